"""Segments by an instrument that a council holds a licence for, kept apart from our own.

Nothing licensed ships with this package. A council that holds a licence writes down in a data file
(TOML) what it holds and how a file of its own is to be read, in one of three ways: the words of a
column are translated (`[groups]`), scores are compared (`[scores]`), or answers are scored by the
licensed key (`[[items]]`). Then a file with a row a person (`id` and the columns named) can be
read. A bad row refuses the whole file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from segmentation.faults import Fault
from segmentation.scoring import SEGMENTS
from segmentation.segments import Segment
from segmentation.survey_files import IDENTITY, SurveyTable


class LicenceRefused(ValueError):
    """The data file of a licence is not complete, or says something that cannot be."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What a council holds.

    Attributes:
        reference: the licence's own reference.
        holder: to whom it was given.
        valid_until: the last day on which it may be used.
    """

    reference: str
    holder: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class KeyItem:
    """A column of numbers, and what it counts for each segment.

    Attributes:
        column: its name in the file.
        least, most: the numbers it may hold.
        weights: by segment, in the order of SEGMENTS.
    """

    column: str
    least: float
    most: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """The highest of three weighted sums names the segment.

    Attributes:
        items: what is summed; who has left one out has no segment.
        start: what each sum begins with, in the order of SEGMENTS.
        margin: the highest must be above the next by more than this.
    """

    items: tuple[KeyItem, ...]
    start: tuple[float, ...]
    margin: float

    def segment(self, answers: tuple[float | None, ...]) -> Segment | None:
        """Name the segment of one person's numbers, in the order of the items."""
        sums = list(self.start)
        for item, answer in zip(self.items, answers, strict=True):
            if answer is None:
                return None
            for place, weight in enumerate(item.weights):
                sums[place] += weight * answer
        next_best, best = sorted(sums)[-2:]
        return SEGMENTS[sums.index(best)] if best - next_best > self.margin else None


@dataclass(frozen=True, slots=True)
class Groups:
    """The words of a column, and which segment each stands for; none for no segment."""

    column: str
    meaning: Mapping[str, Segment | None]


@dataclass(frozen=True, slots=True)
class Licensed:
    """A licence, and how a file under it is read."""

    licence: Licence
    rule: Groups | Key


def parse_licensed(document: Mapping[str, Any]) -> Licensed:
    """Read the data file of a licence.

    Raises:
        LicenceRefused: something is missing, unknown, or cannot be.
    """
    try:
        licence = Licence(
            reference=_text(document["licence"]["reference"]),
            holder=_text(document["licence"]["holder"]),
            valid_until=_day(document["licence"]["valid_until"]),
        )
        return Licensed(licence, _rule(document))
    except LicenceRefused:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LicenceRefused(f"the data file is not complete: {error!r}") from error


def read_licensed(source: Path, licensed: Licensed) -> dict[str, Segment | None]:
    """Read a file under a licence: id to segment, or none.

    Raises:
        FileRefused: something in the file is not as described.
        OSError: it cannot be opened.
    """
    rule = licensed.rule
    if isinstance(rule, Groups):
        table = SurveyTable(source, [IDENTITY, rule.column])
        found = table.read(rule.column, _meaning(rule), Fault.NOT_A_SEGMENT)
    else:
        table = SurveyTable(source, [IDENTITY, *(item.column for item in rule.items)])
        columns = [table.read(item.column, _within(item), Fault.NOT_A_SCORE) for item in rule.items]
        whole = not table.findings.count
        found = tuple(rule.segment(row) for row in zip(*columns, strict=True)) if whole else ()
    table.findings.refuse(source)
    return dict(zip(table.ids, found, strict=True))


def refuse_unknown(source: Path, unknown: Mapping[str, Fault]) -> None:
    """Refuse a file of which some ids cannot be used, by their rows.

    Raises:
        FileRefused: there is any such id.
        OSError: the file cannot be opened.
    """
    table = SurveyTable(source, [IDENTITY])
    for row, identity in zip(table.rows, table.ids, strict=True):
        if identity in unknown:
            table.findings.note(row, unknown[identity], IDENTITY)
    table.findings.refuse(source)


def _rule(document: Mapping[str, Any]) -> Groups | Key:
    kinds = [kind for kind in _RULES if kind in document]
    if len(kinds) != 1 or document.keys() - {"licence", "key", *_RULES}:
        raise LicenceRefused("it needs exactly one of groups, scores and items, and no more")
    return _RULES[kinds[0]](document)


def _groups(document: Mapping[str, Any]) -> Groups:
    groups = document["groups"]
    meaning = {
        _text(word): Segment(segment) if segment else None
        for word, segment in groups["words"].items()
    }
    if not any(meaning.values()):
        raise LicenceRefused("no word stands for a segment")
    return Groups(_column(groups["column"]), MappingProxyType(meaning))


def _scores(document: Mapping[str, Any]) -> Key:
    scores = document["scores"]
    items = tuple(
        KeyItem(
            _column(scores[segment]),
            float("-inf"),
            float("inf"),
            tuple(float(one is segment) for one in SEGMENTS),
        )
        for segment in SEGMENTS
    )
    return _key(items, document)


def _items(document: Mapping[str, Any]) -> Key:
    items = []
    for item in document["items"]:
        least, most = float(item["least"]), float(item["most"])
        if not least < most or item["weights"].keys() - set(SEGMENTS):
            raise LicenceRefused(f"{item['column']}: no such scale, or no such segment")
        weights = tuple(float(item["weights"].get(segment, 0)) for segment in SEGMENTS)
        items.append(KeyItem(_column(item["column"]), least, most, weights))
    return _key(tuple(items), document)


_RULES: Final[Mapping[str, Callable[[Mapping[str, Any]], Groups | Key]]] = MappingProxyType(
    {"groups": _groups, "scores": _scores, "items": _items}
)


def _key(items: tuple[KeyItem, ...], document: Mapping[str, Any]) -> Key:
    columns = {item.column for item in items}
    if not items or len(columns) < len(items):
        raise LicenceRefused("each column is named once, and there is at least one")
    key = document.get("key", {})
    margin = float(key.get("margin", 0))
    if margin < 0:
        raise LicenceRefused("a margin is not below 0")
    start = key.get("start", {})
    return Key(items, tuple(float(start.get(segment, 0)) for segment in SEGMENTS), margin)


def _text(written: object) -> str:
    if not isinstance(written, str) or not written.strip():
        raise LicenceRefused(f"no text: {written!r}")
    return written.strip()


def _column(written: object) -> str:
    name = _text(written)
    if name == IDENTITY:
        raise LicenceRefused("the column id tells who it is, and nothing else")
    return name


def _day(written: object) -> date:
    if type(written) is not date:
        raise LicenceRefused(f"no day, such as 2028-03-31: {written!r}")
    return written


def _meaning(rule: Groups) -> Callable[[str], Segment | None]:
    def read(cell: str) -> Segment | None:
        if not cell:
            return None
        if cell not in rule.meaning:
            raise ValueError(cell)
        return rule.meaning[cell]

    return read


def _within(item: KeyItem) -> Callable[[str], float | None]:
    def read(cell: str) -> float | None:
        if not cell:
            return None
        number = float(cell)
        if not item.least <= number <= item.most or number in {float("inf"), float("-inf")}:
            raise ValueError(cell)
        return number

    return read
