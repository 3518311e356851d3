"""Messages to paper: tagged PDF/UA-1 letters for a window envelope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from messaging.council import Council
from messaging.drawings import Drawing
from messaging.fitting import ways
from messaging.languages import is_right_to_left, isolated, language_tag
from messaging.message import Edition, Message
from messaging.paper import paper_wording
from messaging.press import NotPrintable, Press, Printed
from messaging.sides import MOST_PAGES, USUAL_SIDES, MostSides
from messaging.squares import qr_square

__all__ = ["MOST_PAGES", "LetterPress", "Stationery"]

_DRAWN = 14.0  # mm that a drawn signature adds to a letter, at the most
_KNOWN = {
    "address-too-wide": "A line of the address is too long for the envelope's window.",
    "contact-too-tall": "The council's contact lines need more room than the page has for them.",
}


@dataclass(frozen=True, slots=True)
class Stationery:
    """What a council's letters have that their words have not.

    Attributes:
        most_sides: a longer letter is refused.
        logo: at the head; without it the council's name stands there.
        signature: above the printed name of the one whose it is.
        signed_by: that name; a letter from anybody else goes without.
    """

    most_sides: MostSides = USUAL_SIDES
    logo: Drawing | None = None
    signature: Drawing | None = None
    signed_by: str = ""

    @classmethod
    def of(cls, council: Council) -> Self:
        """The stationery that the council has set."""
        contact = council.contact
        return cls(council.most_sides, council.logo, contact.signature, contact.name)


class LetterPress:
    """A press for letters, kept for the life of a worker; not for use by two threads."""

    def __init__(self, stationery: Stationery | None = None) -> None:
        self._press = Press("letter.typ", _KNOWN)
        self._stationery = stationery or Stationery()
        self._columns: dict[str, object] = {}  # by what is in them; to measure one is dear

    def render(self, message: Message) -> Printed:
        """The message as a letter.

        Raises:
            NotPrintable: it does not fit, a character of it is in none of the fonts, or it has
                more sides than the council's price allows (`too-many-pages`).
        """
        printed = self._print([message], duplex=False, title=message.subject)
        most = self._stationery.most_sides.of(message)
        if printed.pages > most:
            words = f"It has {printed.pages} sides, and {most} are allowed."
            raise NotPrintable("too-many-pages", words)
        return printed

    def sides(self, message: Message) -> int:
        """How many sides it takes, allowed or not: to be told before anybody approves it.

        Raises:
            NotPrintable: it cannot be set at all.
        """
        return self._print([message], duplex=False, title=message.subject).pages

    def merge(self, messages: Sequence[Message]) -> bytes:
        """All messages as one document for the print house, each starting on a right-hand page.

        Rendered together and not joined afterwards, because joining loses the tags.

        Raises:
            NotPrintable: one of them cannot be printed.
            ValueError: there is no message.
        """
        if not messages:
            raise ValueError("a print file needs a letter")
        try:
            return self._print(messages, duplex=True, title=messages[0].sender.council).pdf
        finally:
            self._press.forget()  # print files are large, and no two have a letter in common

    def _print(self, messages: Sequence[Message], *, duplex: bool, title: str) -> Printed:
        dated = messages[0].dated
        stationery = self._stationery
        letters = [_letter_values(message, stationery) for message in messages]
        values = {
            "title": title,
            "year": dated.year,
            "month": dated.month,
            "day": dated.day,
            "duplex": duplex,
            "logo": drawing_values(stationery.logo),
            "signature": drawing_values(stationery.signature),
            "letters": letters,
        }
        columns = [_column(message) for message in messages]
        for letter, column in zip(letters, columns, strict=True):
            letter["column"] = self._columns.get(column)
        aims = [_aim(message, stationery) for message in messages]
        left = [
            list(ways(message, aim, drawn=_DRAWN if letter["signed"] else 0))
            for message, aim, letter in zip(messages, aims, letters, strict=True)
        ]
        while True:
            for letter, its_ways in zip(letters, left, strict=True):
                letter["way"] = its_ways[0]
            printed = self._press.set(values, dated)
            told = self._press.told()
            long = [one["sides"] > aim for one, aim in zip(told, aims, strict=True)]
            closer = [its_ways for its_ways, over in zip(left, long, strict=True) if over]
            if all(len(its_ways) == 1 for its_ways in closer):
                self._columns.update(zip(columns, (one["column"] for one in told), strict=True))
                return printed
            for its_ways in closer:
                del its_ways[: len(its_ways) > 1]


def drawing_values(drawing: Drawing | None) -> dict[str, Any] | None:
    """A drawing as the layouts take it."""
    return {"svg": drawing.svg, "aspect": drawing.aspect} if drawing else None


def _letter_values(message: Message, stationery: Stationery) -> dict[str, Any]:
    beside = message.beside
    return {
        **_part_values(message, stationery),
        "large": message.edition is Edition.LARGE_PRINT,
        "square": _square_values(message) if message.link else None,
        # One signature is enough for both.
        "beside": _part_values(beside, stationery) | {"signed": False} if beside else None,
    }


def _aim(message: Message, stationery: Stationery) -> int:
    """The sides that a letter is set closer for, before it takes another."""
    return min(stationery.most_sides.of(message), USUAL_SIDES.of(message))


def _column(message: Message) -> str:
    """All that decides what room the column of who writes takes."""
    who, has_link = message.sender, bool(message.link)
    return repr((who, message.dated_text, message.language, message.edition, has_link))


def _part_values(message: Message, stationery: Stationery) -> dict[str, Any]:
    """A message in one of its languages."""
    language = message.language
    name = message.sender.name
    signed = stationery.signature is not None and name == stationery.signed_by
    alt = paper_wording(language)["signature"].replace("((name))", isolated(name, language))
    return {
        **message.document(),
        "tag": language_tag(language).partition("-")[0],
        "rtl": is_right_to_left(language),
        "signed": signed,
        "signature_alt": alt,
    }


def _square_values(message: Message) -> dict[str, Any]:
    """The way to the page that says more, with a caption in each language of the letter."""
    languages = [part.language for part in (message, message.beside) if part]
    return square_values(message.link, "caption", languages)


def square_values(link: str, caption: str, languages: Sequence[str]) -> dict[str, Any]:
    """A QR code as the layouts take it; `caption` names its words among those for paper."""
    square, own = qr_square(link), languages[0]
    return {
        "svg": square.svg,
        "modules": square.modules,
        "alt": paper_wording(own)["square"].replace("((link))", isolated(link, own)),
        "captions": [
            {
                "text": paper_wording(language)[caption],
                "tag": language_tag(language).partition("-")[0],
                "rtl": is_right_to_left(language),
            }
            for language in languages
        ],
    }
