"""Values into an editor's template: the tone blocks of one message."""

from collections.abc import Mapping

from messaging.blocks import Listing, Paragraph, Ranges
from messaging.languages import isolated
from messaging.markup import Bulleted, Flagged, Markup, Running, Span, Spans, Words
from messaging.placeholders import CompositionRefused, checked


def merge(
    markup: Markup,
    part: str,
    values: Mapping[str, str],
    flags: Mapping[str, bool],
    language: str,
) -> tuple[Paragraph | Listing, ...]:
    """The tone blocks, values in their places; what its flags leave empty falls away.

    Args:
        markup: the template.
        part: the slot it stands in.
        values: the values by placeholder, fenced here in right-to-left text.
        flags: whether each flag is true.
        language: the template's own.

    Raises:
        CompositionRefused: `unknown-placeholder`, `missing-value` or `unprintable-value`.
    """
    blocks: list[Paragraph | Listing] = []
    for piece in markup.pieces:
        lines = piece.items if isinstance(piece, Bulleted) else (piece.spans,)
        merged = [_merged(line, values, flags, language) for line in lines]
        standing = [(text, strong) for text, strong in merged if text]
        if not standing:
            continue
        if isinstance(piece, Running):
            blocks.append(Paragraph(part, False, *standing[0]))  # noqa: FBT003
        else:
            items, ranges = zip(*standing, strict=True)
            bold = ranges if any(ranges) else ()
            blocks.append(Listing(part, locked=False, items=items, strong=bold))
    return tuple(blocks)


def merge_line(
    markup: Markup, values: Mapping[str, str], flags: Mapping[str, bool], language: str
) -> str:
    """A line of `parse_line` with its values.

    Raises:
        CompositionRefused: as `merge`.
    """
    return " ".join(_merged(line, values, flags, language)[0] for line in markup.lines())


def _merged(
    spans: Spans, values: Mapping[str, str], flags: Mapping[str, bool], language: str
) -> tuple[str, Ranges]:
    """The text of one line and its bold ranges, without blanks at the ends."""
    runs = [(_filled(span, values, flags, language), span.strong) for span in spans]
    while runs and not runs[0][0].strip():
        runs.pop(0)
    while runs and not runs[-1][0].strip():
        runs.pop()
    if not runs:
        return "", ()
    runs[0] = (runs[0][0].lstrip(), runs[0][1])
    runs[-1] = (runs[-1][0].rstrip(), runs[-1][1])
    whole, strong = "", list[tuple[int, int]]()
    for run, bold in runs:
        text = run.lstrip() if whole.endswith(" ") and not bold else run
        start, whole = len(whole), whole + text
        if bold and text:
            joins = strong and strong[-1][1] == start
            strong[-1:] = (
                [(strong[-1][0], len(whole))] if joins else [*strong[-1:], (start, len(whole))]
            )
    return whole, tuple(strong)


def _filled(span: Span, values: Mapping[str, str], flags: Mapping[str, bool], language: str) -> str:
    if isinstance(span, Words):
        return span.text
    if isinstance(span, Flagged):
        if span.flag not in flags:
            raise CompositionRefused("unknown-placeholder", name=span.flag)
        return span.text if flags[span.flag] else ""
    if span.name not in values:
        raise CompositionRefused("unknown-placeholder", name=span.name)
    return isolated(checked(span.name, values[span.name]), language)
