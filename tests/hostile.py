"""What an attacker types into a field, and what of it may never be seen again."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CANARY: Final = "62615533"
"""What 7919 times 7907 comes to: where it stands, something was worked out."""
BEFORE_TEXT: Final = "'"
"""With this in front a spreadsheet takes a cell for text."""


@dataclass(frozen=True, slots=True)
class Attack:
    """Something typed into a field.

    Attributes:
        text: what is typed.
        printable: whether a field of free text may take it; what is not printable has to be
            refused, or to lose what nobody sees, before it reaches a message.
        in_fonts: whether a letter can print it.
    """

    text: str
    printable: bool = True
    in_fonts: bool = True


def _unseen(text: str) -> Attack:
    return Attack(text, printable=False)


ATTACKS: Final[Mapping[str, Attack]] = MappingProxyType(
    {
        "script": Attack("<script>alert(1)</script>"),
        "attribute": Attack("\"'><x-evil onevil=1 style='x'>"),
        "image": Attack("<img src=x onerror=alert(1)>"),
        "entity": Attack("&lt;x-evil&gt; &#60;x-evil&#62; &amp;"),
        "link": Attack("Sam https://evil.example/\"onevil='1'> javascript:alert(1)"),
        "markdown": Attack("# Sam [x](https://evil.example) ![y](z) *b* _i_ `c` > q ~~s~~ | t |"),
        "typst-read": Attack('#read("/etc/passwd") #read("letter.typ")'),
        "typst-panic": Attack('#panic("address-too-wide")'),
        "typst-import": Attack('#import "pieces.typ": * #include "letter.typ"'),
        "typst-markup": Attack("$ x^2 $ *b* _i_ <label> @ref // gone /* gone */ \\ ~ -- \\u{41}"),
        "typst-evaluated": Attack('#(7919*7907) #eval("7919*7907") $#(7919*7907)$'),
        "jinja": Attack("{{7*7}} {{ 7919*7907 }}"),
        "jinja-include": Attack('{% include "/etc/passwd" %}{{ config }}{# gone #}'),
        "format": Attack("%(name)s %s %d {0} {name} {name.__class__} $name ${name}"),
        "placeholder": Attack("((name)) ((segment)) ((one_child??yes))"),
        "formula": Attack("=cmd|'/C calc'!A0"),
        "formula-plus": Attack("+1+7919*7907"),
        "formula-minus": Attack("-2+3*cmd|' /C calc'!A0"),
        "formula-at": Attack("@SUM(1+9)*cmd|' /C calc'!A0"),
        "formula-wide": Attack(
            '\N{FULLWIDTH EQUALS SIGN}HYPERLINK("https://evil.example")', in_fonts=False
        ),
        "sql": Attack("Robert'); DROP TABLE carers;-- \" OR 1=1"),
        "traversal": Attack("../../../../etc/passwd"),
        "traversal-windows": Attack("..\\..\\..\\windows\\win.ini"),
        "command": Attack("$(cat /etc/passwd) `id` | id; id & id"),
        "emoji": Attack("Sam \N{GRINNING FACE}\N{WOMAN}\u200d\N{GIRL}", in_fonts=False),
        "tab": _unseen("\t=1+7919*7907"),
        "header": _unseen("Sam\r\nBcc: everyone@evil.example"),
        "header-feed": _unseen("Sam\nBcc: everyone@evil.example"),
        "header-return": _unseen("Sam\rBcc: everyone@evil.example"),
        "line-separator": _unseen("Sam\u2028Bcc: everyone@evil.example"),
        "nul": _unseen("Sam\0Sample"),
        "escape": _unseen("Sam \x1b[31m\x07\x08"),
        "next-line": _unseen("Sam\x85Sample\x7f"),
        "override": _unseen("Sam \u202egnp.exe"),
        "isolates": _unseen("Sam \u2066\u2067\u2068 Sample"),
        "isolate-ended": _unseen("Sam\u2069\u2069 \u202c Sample"),
        "invisible": _unseen("Sam\u200b\u00ad\ufeff\U000e0041 Sample"),
        "private": _unseen("Sam \ue000 \uffff"),
        "long-word": _unseen("W" * 10_000),
        "long-text": _unseen("Sam says no. " * 770),
    }
)

COMPOSITE: Final = (
    "\"'><x-evil onevil=1>&#60;x-evil&#62;{{7919*7907}}{% raw %}((name))%(x)s{0}#(7919*7907)"
    '#read("/etc/passwd")$1$../../etc/passwd\');DROP TABLE x;--\\'
)
"""All that can stand in one line at once, for where a field has one try."""

UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
_PASSWORD_FILE: Final = re.compile(r"root:[^:\n]*:0:0:")
_RUN_BY_SPREADSHEETS: Final = frozenset("=+-@|%\t\r\n")


def squeezed(text: str) -> str:
    """The text without its blanks and breaks, which a layout may move."""
    return re.sub(r"[\s\u200b]", "", text)


def plain(text: str) -> str:
    """The text without the fences that right-to-left words have around a value."""
    return re.sub("[\u2068\u2069]", "", text)


def is_run(text: str) -> str:
    """What shows that something in the text was worked out or read; empty if nothing was."""
    leaked = _PASSWORD_FILE.search(text)
    return leaked[0] if leaked else CANARY if CANARY in text else ""


def hidden_in(text: str) -> set[str]:
    """Characters of a text that nobody sees, but for line breaks and the fences of values."""
    return {
        f"U+{ord(one):04X}"
        for one in text
        if one not in "\n\u200c\u200d\u2068\u2069" and unicodedata.category(one) in UNSEEN
    }


@dataclass
class Page:
    """What a browser makes of some HTML."""

    elements: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(self.words)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.add(tag)
        self.page.attributes.update(name for name, _ in attrs)

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.page.words.append(data)


def page_of(html: str) -> Page:
    """Read some HTML as a browser does: its elements, its attributes, its words."""
    page = Page()
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return page


def injected(html: str) -> set[str]:
    """Elements and attributes of the attacks that a browser would act upon."""
    page = page_of(html)
    handlers = {name for name in page.attributes if name.startswith("on")}
    return ({"x-evil"} & page.elements) | handlers


def formula_cells(content: bytes) -> list[str]:
    """The cells of a CSV that a spreadsheet would work out."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [
        cell
        for row in rows
        for cell in row
        if cell[:1] in _RUN_BY_SPREADSHEETS
        or unicodedata.normalize("NFKC", cell).lstrip()[:1] in _RUN_BY_SPREADSHEETS
        if cell
    ]
