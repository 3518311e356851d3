"""Sheets that go with letters: Easy Read, and the pack for schools and partners."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from messaging.blocks import block_document
from messaging.drawings import Drawing
from messaging.easy_read import EasyRead
from messaging.languages import is_right_to_left, language_tag
from messaging.letters import drawing_values, square_values
from messaging.pack import Pack
from messaging.paper import paper_wording
from messaging.press import NotPrintable, Press, Printed

MOST_EASY_READ_SIDES = 4
MOST_PACK_SIDES = 2
"""One sheet of paper; what a council says in few words takes one side of it."""


class EasyReadPress:
    """A press for Easy Read, kept for the life of a worker; not for use by two threads."""

    def __init__(self, logo: Drawing | None = None) -> None:
        self._press = Press("easy-read.typ", {})
        self._logo = logo

    def render(self, sheet: EasyRead) -> Printed:
        """The sheet as tagged PDF/UA-1.

        Raises:
            NotPrintable: `unknown-picture`, `too-many-pages`, or a character that no font has.
        """
        words = paper_wording(sheet.language)
        pictures = words["pictures"]
        unknown = sorted({picture for picture, _ in sheet.lines}.difference(pictures))
        if unknown:
            raise NotPrintable("unknown-picture", f"There is no picture {unknown[0]}.")
        squares = [square_values(sheet.link, "caption", [sheet.language])]
        if sheet.bsl_link:
            squares.append(square_values(sheet.bsl_link, "film", [sheet.language]))
        values = {
            **_sheet_values(sheet, self._logo, squares),
            "lines": [
                {"picture": picture, "alt": pictures[picture], "text": text}
                for picture, text in sheet.lines
            ],
        }
        return _allowed(self._press.set(values, sheet.dated), MOST_EASY_READ_SIDES)


class PackPress:
    """A press for packs, kept for the life of a worker; not for use by two threads."""

    def __init__(self, logo: Drawing | None = None) -> None:
        self._press = Press("pack.typ", {})
        self._logo = logo

    def render(self, pack: Pack) -> Printed:
        """The pack as tagged PDF/UA-1.

        Raises:
            NotPrintable: `too-many-pages`, or a character that no font has.
        """
        squares = [square_values(pack.link, "caption", [pack.language])]
        values = {
            **_sheet_values(pack, self._logo, squares),
            "blocks": [block_document(block) for block in pack.blocks],
        }
        return _allowed(self._press.set(values, pack.dated), MOST_PACK_SIDES)


def _sheet_values(
    sheet: EasyRead | Pack, logo: Drawing | None, squares: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    dated = sheet.dated
    return {
        "title": sheet.title,
        "year": dated.year,
        "month": dated.month,
        "day": dated.day,
        "tag": language_tag(sheet.language).partition("-")[0],
        "rtl": is_right_to_left(sheet.language),
        "sender": {**asdict(sheet.sender), "reply_address": list(sheet.sender.reply_address)},
        "page": paper_wording(sheet.language)["page"],
        "logo": drawing_values(logo),
        "squares": list(squares),
    }


def _allowed(printed: Printed, most: int) -> Printed:
    if printed.pages > most:
        words = f"It has {printed.pages} sides, and {most} are allowed."
        raise NotPrintable("too-many-pages", words)
    return printed
