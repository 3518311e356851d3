"""Messages to paper: tagged PDF/UA-1 letters for a window envelope, set by Typst."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.resources import as_file, files
from typing import Any

import typst

from messaging.languages import is_right_to_left, language_tag
from messaging.message import Message

MOST_PAGES = 10
_PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")
# Characters up to which a letter keeps to two sides with roomy lines: left to right, right to left.
_ROOMY = {False: 4_650, True: 3_700}
_KNOWN = {
    "address-too-wide": "A line of the address is too long for the envelope's window.",
    "contact-too-tall": "The council's contact lines need more room than the page has for them.",
}


class LetterRefused(ValueError):
    """A message cannot be printed; `code` says why."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Letter:
    """A printed letter: the PDF's bytes, and how many sides it has."""

    pdf: bytes
    pages: int


class LetterPress:
    """One compiler with its fonts, kept for the life of a worker; not for use by two threads.

    The same message always gives the same bytes: the only date in the file is the message's own.
    """

    def __init__(self) -> None:
        with as_file(files("messaging") / "layout") as layout:
            fonts = typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[layout / "fonts"],
            )
            self._compiler = typst.Compiler(layout / "letter.typ", root=layout, font_paths=fonts)

    def render(self, message: Message) -> Letter:
        """The message as a letter.

        Raises:
            LetterRefused: it does not fit, or a character of it is in none of the fonts.
        """
        return self._print([message], duplex=False, title=message.subject)

    def merge(self, messages: Sequence[Message]) -> bytes:
        """All messages as one document for the print house, each starting on a right-hand page.

        Rendered together and not joined afterwards, because joining loses the tags.

        Raises:
            LetterRefused: one of them cannot be printed.
            ValueError: there is no message.
        """
        if not messages:
            raise ValueError("a print file needs a letter")
        return self._print(messages, duplex=True, title=messages[0].sender.council).pdf

    def _print(self, messages: Sequence[Message], *, duplex: bool, title: str) -> Letter:
        dated = messages[0].dated
        data = {
            "title": title,
            "year": dated.year,
            "month": dated.month,
            "day": dated.day,
            "duplex": duplex,
            "letters": [_page_values(message) for message in messages],
        }
        try:
            pdf = self._compiler.compile(
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                format="pdf",
                pdf_standards="ua-1",
                timestamp=datetime.combine(dated, time(), UTC),
            )
        except typst.TypstError as wrong:
            raise _refusal(wrong) from wrong
        if not isinstance(pdf, bytes):  # the binding's type also covers pictures, a list of pages
            raise TypeError("the compiler gave no PDF")
        return Letter(pdf, len(_PAGE_OBJECT.findall(pdf)))


def _page_values(message: Message) -> dict[str, Any]:
    return {
        **message.document(),
        "tag": language_tag(message.language).partition("-")[0],
        "rtl": is_right_to_left(message.language),
        "close": len(message.plain_text()) > _ROOMY[is_right_to_left(message.language)],
    }


def _refusal(wrong: typst.TypstError) -> LetterRefused:
    said = f"{wrong.message} {wrong.diagnostic}"
    for code, words in _KNOWN.items():
        if code in said:
            return LetterRefused(code, words)
    if "could not be displayed" in said or "missing glyph" in said.casefold():
        return LetterRefused(
            "character-not-in-fonts", "It holds a character that cannot be printed."
        )
    return LetterRefused("not-printable", f"The letter cannot be set: {wrong.message}")
