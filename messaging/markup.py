"""What an editor may write in a tone block: paragraphs, bulleted lists, bold, and blanks.

The marks are a small part of Markdown, and the blanks those officers know from GOV.UK Notify:
`((name))` takes a value, `((flag??text))` stands only where the flag is true. A text is parsed
once, as a template; `merging` puts values into the finished pieces as text and never parses them,
so no value can become markup, and nothing is ever evaluated.

What is plainly meant as other markup (a heading, a link, a picture, HTML, code, italics, a numbered
or nested list, a quotation, a rule) is refused with its place, because it would print as litter.
Everything else prints as it stands: a lone star, a hash before a word, braces, a backslash.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from messaging.placeholders import placeholder_name
from messaging.printable import why_unprintable

MOST_CHARACTERS = 10_000
GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for a blank where a template is read as words."""

# Each token is matched once and whole, none looks ahead: reading takes as many steps as tokens.
_TOKEN = re.compile(r"\*++|\(\((?!\()|\)\)|[()]|[^*()]++")
_LINE_MARKS = (
    ("heading", re.compile(r"#{1,6}(?:\s|$)")),
    ("rule", re.compile(r"(?:[-*_=]\s*+){3,}+$|={2,}+$|-{2,}+$")),
    ("quotation", re.compile(r"[>^](?:\s|$)")),
    ("numbered-list", re.compile(r"\d{1,3}[.)]\s")),
    ("list-mark", re.compile(r"[+•]\s")),
)
_INNER_MARKS = (
    ("image", re.compile(r"!\[")),
    ("link", re.compile(r"\](?:\(|\[)")),
    ("html", re.compile(r"<[A-Za-z/!?]|&#?\w{1,31};")),
    ("code", re.compile(r"`")),
    ("italic", re.compile(r"(?<![\w*])(?:\*(?![\s*])[^*]++\*(?!\*)|_++[^\s_][^_]*+_++(?!\w))")),
)
_BULLET = re.compile(r"[*-]\s+")


@dataclass(frozen=True, slots=True)
class MarkupFault:
    """Something in a template that is refused.

    Attributes:
        code: why: the name of the mark, or what is wrong with a blank.
        line: where, counted from 1.
        column: where in the line, counted from 1.
        found: the place's own words, shortened.
    """

    code: str
    line: int
    column: int
    found: str


class MarkupRefused(ValueError):
    """A template that cannot be used, with everything that is wrong with it, in order.

    Attributes:
        faults: at least one.
        code: that of the first.
    """

    def __init__(self, faults: tuple[MarkupFault, ...]) -> None:
        self.faults = faults
        self.code = faults[0].code
        super().__init__(", ".join(f"{f.code} in line {f.line}" for f in faults))


@dataclass(frozen=True, slots=True)
class Words:
    """Text that prints as it stands."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A value's place."""

    name: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Flagged:
    """Text that stands only where its flag is true."""

    flag: str
    text: str
    strong: bool = False


Span = Words | Blank | Flagged
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A paragraph."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Bulleted:
    """A list, each item a line of running text."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Markup:
    """A parsed template."""

    pieces: tuple[Running | Bulleted, ...]

    def lines(self) -> Iterator[Spans]:
        """The spans of every paragraph and every item, in order."""
        for piece in self.pieces:
            yield from (piece.spans,) if isinstance(piece, Running) else piece.items

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of values it asks for, each once, in order."""
        spans = (span for line in self.lines() for span in line)
        return tuple(dict.fromkeys(span.name for span in spans if isinstance(span, Blank)))

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags it asks for, each once, in order."""
        spans = (span for line in self.lines() for span in line)
        return tuple(dict.fromkeys(span.flag for span in spans if isinstance(span, Flagged)))

    def words(self) -> str:
        """The template as words, a line for each paragraph and item; all flags count as true.

        A blank is a `GAP`: a child called May is no month, and a place's name no promise.
        """
        return "\n".join("".join(_read(span) for span in line) for line in self.lines())


def parse(text: str) -> Markup:
    """The template an editor wrote.

    A single line break is a blank; an empty line ends a paragraph, and so does a list.

    Raises:
        MarkupRefused: `too-long`, an unprintable character (codes of `printable`), a mark that is
            not ours (`heading`, `link`, `image`, `html`, `code`, `italic`, `quotation`, `rule`,
            `numbered-list`, `nested-list`, `list-mark`), `bold-not-closed`, or a blank that is none
            (`blank-not-closed`, `blank-nested`, `blank-without-name`, `mark-in-flagged-text`).
    """
    if len(text) > MOST_CHARACTERS:
        raise MarkupRefused((MarkupFault("too-long", 1, 1, str(len(text))),))
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    faults = tuple(fault for n, line in enumerate(lines, 1) for fault in _faults_of(n, line))
    paragraphs = tuple(_paragraphs(lines))
    read = [[_spans(item) for item in items] for _, items in paragraphs]
    faults += tuple(fault for items in read for _, found in items for fault in found)
    if faults:
        raise MarkupRefused(tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))))
    return Markup(
        tuple(
            Bulleted(tuple(spans for spans, _ in items)) if bulleted else Running(items[0][0])
            for (bulleted, _), items in zip(paragraphs, read, strict=True)
        )
    )


def parse_line(text: str) -> Markup:
    """A template of one plain line: a subject, a text message.

    Raises:
        MarkupRefused: as `parse`; and `line-break`, `list` or `bold`, which it cannot hold.
    """
    markup = parse(text)
    bold = any(span.strong for line in markup.lines() for span in line)
    if any(isinstance(piece, Bulleted) for piece in markup.pieces):
        raise MarkupRefused((MarkupFault("list", 1, 1, ""),))
    if "\n" in text.strip():
        raise MarkupRefused((MarkupFault("line-break", 1, 1, ""),))
    if bold:
        raise MarkupRefused((MarkupFault("bold", 1, text.find("**") + 1, "**"),))
    return markup


def _read(span: Span) -> str:
    return GAP if isinstance(span, Blank) else span.text


def _faults_of(number: int, line: str) -> Iterator[MarkupFault]:
    """What is refused in one line whatever stands around it."""
    reason = why_unprintable(line, MOST_CHARACTERS)
    if reason:
        place = next(n for n, letter in enumerate(line) if why_unprintable(letter))
        yield MarkupFault(reason, number, place + 1, f"U+{ord(line[place]):04X}")
    text = line.lstrip()
    indent = len(line) - len(text)
    for code, pattern in _LINE_MARKS:
        if pattern.match(text):
            yield MarkupFault(code, number, indent + 1, _short(text))
            return
    bullet = _BULLET.match(text)
    if bullet and indent > 1:
        yield MarkupFault("nested-list", number, indent + 1, _short(text))
    start = bullet.end() if bullet else 0
    for code, pattern in _INNER_MARKS:
        found = pattern.search(text, start)
        if found:
            yield MarkupFault(code, number, indent + found.start() + 1, _short(found[0]))
            return


def _short(text: str) -> str:
    return text[:30]


_Line = tuple[int, int, str]  # number, column of its first letter, words


def _paragraphs(lines: list[str]) -> Iterator[tuple[bool, list[list[_Line]]]]:
    """Paragraphs and lists: whether it is a list, and its items as lines of the source."""
    bulleted, items, after_blank = False, list[list[_Line]](), True
    for number, line in enumerate(lines, 1):
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if not text:
            after_blank = True
            continue
        bullet = _BULLET.match(text)
        if bullet:
            if items and not bulleted:
                yield False, items
                items = []
            column = indent + bullet.end() + 1
            bulleted = True
            items.append([(number, column, text[bullet.end() :])])
        elif items and not after_blank and (not bulleted or indent > 1):
            items[-1].append((number, indent + 1, text))
        else:
            if items:
                yield bulleted, items
            bulleted, items = False, [[(number, indent + 1, text)]]
        after_blank = False
    if items:
        yield bulleted, items


class _Place:
    """Where a character of joined lines stood in the source."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._starts = [0, *accumulate(len(words) + 1 for _, _, words in lines)]

    def fault(self, code: str, offset: int, found: str) -> MarkupFault:
        index = max(n for n, start in enumerate(self._starts[:-1]) if start <= offset)
        number, column, _ = self._lines[index]
        return MarkupFault(code, number, column + offset - self._starts[index], _short(found))


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The marks and the runs of words between them; together they are the text."""
    return _TOKEN.finditer(text)


def _spans(lines: list[_Line]) -> tuple[Spans, tuple[MarkupFault, ...]]:
    """Running text: words, blanks and what is bold, and what is wrong with them."""
    place = _Place(lines)
    text = " ".join(words for _, _, words in lines)
    spans, faults = list[Span](), list[MarkupFault]()
    bold: int | None = None  # where what is bold began
    for start, mark, body in _units(text):
        strong = bold is not None
        if mark == "((":
            made = _blank(body, strong=strong)
            if isinstance(made, str):
                faults.append(place.fault(made, start, mark + body))
            else:
                spans.append(made)
        elif mark == "**":
            bold = None if strong else start
        elif mark.startswith("***"):
            faults.append(place.fault("italic", start, mark))
        else:
            spans.append(Words(mark, strong))
    if bold is not None:
        faults.append(place.fault("bold-not-closed", bold, text[bold:]))
    return tuple(_joined(spans)), tuple(faults)


def _units(text: str) -> Iterator[tuple[int, str, str]]:
    """Each token with where it begins; a blank is one unit, its mark `((` and its body."""
    opened: int | None = None
    for token in tokens(text):
        if opened is None and token[0] == "((":
            opened = token.end()
        elif opened is None:
            yield token.start(), token[0], ""
        elif token[0] == "))":
            yield opened - 2, "((", text[opened : token.start()]
            opened = None
    if opened is not None:
        yield opened - 2, "((", text[opened:] + "("


def _blank(body: str, *, strong: bool) -> Blank | Flagged | str:
    """What stands between the brackets, or the code of what is wrong with it."""
    if "((" in body:
        return "blank-nested"
    if "(" in body or ")" in body:
        return "blank-not-closed"
    name, condition, text = body.partition("??")
    key = placeholder_name(name)
    if not key:
        return "blank-without-name"
    if not condition:
        return Blank(key, strong)
    if "**" in text:
        return "mark-in-flagged-text"
    return Flagged(key, text, strong)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Neighbouring words made one."""
    held: Words | None = None
    for span in spans:
        if isinstance(span, Words) and held is not None and held.strong == span.strong:
            held = Words(held.text + span.text, held.strong)
            continue
        if held is not None:
            yield held
        held = span if isinstance(span, Words) else None
        if held is None:
            yield span
    if held is not None:
        yield held
