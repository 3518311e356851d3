"""A message's blocks as plain text and as HTML."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from messaging.blocks import (
    Block,
    Fact,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Ranges,
    Signature,
    emphasised,
)
from messaging.languages import is_right_to_left, language_tag

_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]+[^\s<>\"'\u2066-\u2069.,;:!?\u06d4\u060c)]")


def plain_text(subject: str, salutation: str, blocks: Iterable[Block]) -> str:
    """Paragraphs with a blank line between them."""
    parts = [subject, salutation, *(_plain(block) for block in blocks)]
    return "\n\n".join(parts) + "\n"


def running_text(blocks: Iterable[Block]) -> str:
    """Every block on one line, as a text message has it."""
    return " ".join(_plain(block) for block in blocks)


def _plain(block: Block) -> str:
    match block:
        case Heading(text=text):
            return f"{text}\n{'-' * len(text)}"
        case Paragraph(text=text):
            return text
        case Listing(items=items):
            return "\n".join(f"* {item}" for item in items)
        case Fact(title=title, text=text):
            return f"{title} {text}".strip()
        case Signature(lines=lines):
            return "\n".join(lines)
        case Grid(head=head, rows=rows):
            return _grid(head, rows)


def _grid(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A table in words: two columns name themselves, more need the names of their head."""
    if len(head) == 2:  # noqa: PLR2004
        return "\n".join(f"{topic}: {details}" for topic, details in rows)
    return "\n\n".join(
        "\n".join(f"{name}: {_indented(cell)}" for name, cell in zip(head, row, strict=True))
        for row in rows
    )


def _indented(cell: str) -> str:
    return cell.replace("\n", "\n  ")


def html(subject: str, salutation: str, blocks: Iterable[Block], language: str) -> str:
    """An `article` with one `h1`, in the message's own language and direction."""
    direction = "rtl" if is_right_to_left(language) else "ltr"
    inside = "\n".join(
        (
            f"<h1>{_words(subject)}</h1>",
            f"<p>{_words(salutation)}</p>",
            *(piece for block in blocks for piece in _pieces(block)),
        )
    )
    opening = f'<article class="message" lang="{language_tag(language)}" dir="{direction}">'
    return f"{opening}\n{inside}\n</article>"


def _pieces(block: Block) -> Iterator[str]:
    mark = ' class="locked"' if block.locked else ""
    match block:
        case Heading(text=text):
            yield f"<h2{mark}>{_words(text)}</h2>"
        case Paragraph(text=text, strong=strong):
            yield f"<p{mark}>{_runs(text, strong)}</p>"
        case Listing(items=items, strong=strong):
            lines = zip(items, strong or [()] * len(items), strict=True)
            yield f"<ul{mark}>" + "".join(f"<li>{_runs(*line)}</li>" for line in lines) + "</ul>"
        case Fact(title=title, text=text):
            yield (
                f"<p{mark}>"
                + " ".join((f"<strong>{_words(title)}</strong>", _words(text)))
                + "</p>"
            )
        case Signature(lines=lines):
            yield f"<p{mark}>" + "<br>".join(_words(line) for line in lines) + "</p>"
        case Grid(head=head, rows=rows):
            yield f"<table{mark}><thead><tr>"
            yield "".join(f'<th scope="col">{_words(name)}</th>' for name in head)
            yield "</tr></thead><tbody>"
            for first, *others in rows:
                cells = "".join(f"<td>{_lines(cell)}</td>" for cell in others)
                yield f'<tr><th scope="row">{_words(first)}</th>{cells}</tr>'
            yield "</tbody></table>"


def _lines(cell: str) -> str:
    """A cell; the first line of several is its point."""
    point, *rest = cell.split("\n")
    if not rest:
        return _words(point)
    return "<br>".join((f"<strong>{_words(point)}</strong>", *(_words(line) for line in rest)))


def _runs(text: str, strong: Ranges) -> str:
    return "".join(
        f"<strong>{_words(run)}</strong>" if bold else _words(run)
        for run, bold in emphasised(text, strong)
    )


def _words(text: str) -> str:
    """Escaped text; web addresses in it become links."""
    pieces = []
    end = 0
    for match in _LINK.finditer(text):
        address = escape(match[0])
        pieces += [escape(text[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join((*pieces, escape(text[end:])))
