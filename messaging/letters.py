"""Messages to paper: tagged PDF/UA-1 letters for a window envelope."""

from collections.abc import Sequence
from typing import Any

from messaging.languages import is_right_to_left, language_tag
from messaging.message import Message
from messaging.press import Press, Printed

MOST_PAGES = 10
# Characters up to which a letter keeps to two sides with roomy lines: left to right, right to left.
_ROOMY = {False: 4_650, True: 3_700}
_KNOWN = {
    "address-too-wide": "A line of the address is too long for the envelope's window.",
    "contact-too-tall": "The council's contact lines need more room than the page has for them.",
}


class LetterPress:
    """A press for letters, kept for the life of a worker; not for use by two threads."""

    def __init__(self) -> None:
        self._press = Press("letter.typ", _KNOWN)

    def render(self, message: Message) -> Printed:
        """The message as a letter.

        Raises:
            NotPrintable: it does not fit, or a character of it is in none of the fonts.
        """
        return self._print([message], duplex=False, title=message.subject)

    def merge(self, messages: Sequence[Message]) -> bytes:
        """All messages as one document for the print house, each starting on a right-hand page.

        Rendered together and not joined afterwards, because joining loses the tags.

        Raises:
            NotPrintable: one of them cannot be printed.
            ValueError: there is no message.
        """
        if not messages:
            raise ValueError("a print file needs a letter")
        return self._print(messages, duplex=True, title=messages[0].sender.council).pdf

    def _print(self, messages: Sequence[Message], *, duplex: bool, title: str) -> Printed:
        dated = messages[0].dated
        values = {
            "title": title,
            "year": dated.year,
            "month": dated.month,
            "day": dated.day,
            "duplex": duplex,
            "letters": [_page_values(message) for message in messages],
        }
        return self._press.set(values, dated)


def _page_values(message: Message) -> dict[str, Any]:
    return {
        **message.document(),
        "tag": language_tag(message.language).partition("-")[0],
        "rtl": is_right_to_left(message.language),
        "close": len(message.plain_text()) > _ROOMY[is_right_to_left(message.language)],
    }
