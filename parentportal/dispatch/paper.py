"""An approved letter as a PDF, or whose fault it is that there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from messaging.address import AddressRefused, PostalAddress
from messaging.blocks import Paragraph
from messaging.letters import LetterPress, Stationery
from messaging.press import NotPrintable
from parentportal.dispatch.ways import NeverAccepted, Shut, WayShut

if TYPE_CHECKING:
    from collections.abc import Callable

    from messaging.message import Message
    from messaging.press import Printed

LARGEST = 2 * 1024 * 1024
"""Bytes of one letter: the most that GOV.UK Notify takes, and any print house."""

_OF_THE_LETTER = frozenset({"address-too-wide", "character-not-in-fonts", "too-many-pages"})
_PROBE = ("A Sample", "1 Sample Street", "EX1 1AA")


class LetterPrinter:
    """A press that tells a letter that cannot be printed from a press that cannot print."""

    def __init__(self, stationery: Callable[[], Stationery] = Stationery) -> None:
        """Set up; the press itself is made for the first letter.

        Args:
            stationery: the council's logo, signature and most sides, as they are set now.
        """
        self._stationery = stationery
        self._made: tuple[Stationery, LetterPress] | None = None

    @property
    def press(self) -> LetterPress:
        """The press, made anew when the council has set another logo or signature."""
        stationery = self._stationery()
        if self._made is None or self._made[0] != stationery:
            self._made = stationery, LetterPress(stationery)
        return self._made[1]

    def print(self, message: Message) -> Printed:
        """The letter, with its address looked at once more.

        Raises:
            NeverAccepted: this letter cannot go by post: the address, a character, its length.
            WayShut: no letter of this council can be printed: `press-broken`.
        """
        check_address(message)
        press = self.press
        try:
            printed = press.render(message)
        except NotPrintable as fault:
            if fault.code not in _OF_THE_LETTER and not _prints_another(press, message):
                raise WayShut(Shut.PRESS_BROKEN) from fault
            raise NeverAccepted(fault.code) from fault
        if len(printed.pdf) > LARGEST:
            raise NeverAccepted("letter-too-large")
        return printed


def check_address(message: Message) -> None:
    """Refuse what no sorting machine can read, whatever it was when the letter was composed.

    Raises:
        NeverAccepted: with the first reason of `AddressRefused`.
    """
    try:
        PostalAddress.parse(message.address)
    except AddressRefused as refused:
        raise NeverAccepted(refused.codes[0]) from refused


def _prints_another(press: LetterPress, message: Message) -> bool:
    """Whether the same council's plainest letter prints."""
    plain = replace(
        message,
        subject="Sample",
        salutation="Sample",
        address=_PROBE,
        blocks=(Paragraph("opening", locked=False, text="Sample"),),
        beside=None,
    )
    try:
        press.render(plain)
    except NotPrintable:
        return False
    return True
