"""Real respondents of the European Social Survey, read from a file that is never committed.

The file is a CSV, gzipped or plain, with a row a person: `id`, `essround`, the 21 facets, `gndr`,
`agea`, `eisced`, `domicil`, `chldhm`, `pspwght` and some attitudes. European Social Survey ERIC,
CC BY-NC-SA 4.0.
"""

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from segmentation.instrument import read_rating
from segmentation.scoring import FACETS, Floats, usable

BACKGROUND: Final = ("gndr", "agea", "eisced", "domicil", "chldhm")
"""Sex, age, education, kind of place, child at home: what demographics alone could tell."""

_GZIP_MAGIC: Final = b"\x1f\x8b"


class RespondentsRefused(ValueError):
    """The respondents' file cannot be read; the message gives the line."""


class TooFewRespondents(ValueError):
    """There are not enough usable respondents of each segment for what was asked."""


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person of the survey: ratings 1 to 6 by facet, absent where not answered."""

    id: str
    ratings: Mapping[str, int]
    essround: int
    weight: float
    background: Mapping[str, float]

    @property
    def held_out(self) -> bool:
        """Whether the frozen split keeps this person for testing: never train or tune on them."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


def read_respondents(path: Path, also: Sequence[str] = ()) -> Iterator[Respondent]:
    """Read respondents one by one, in the order of the file.

    Args:
        path: the file.
        also: further columns of numbers to read into `background`, such as attitudes.

    Raises:
        RespondentsRefused: a column is missing or a cell cannot be read.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as peek:
        zipped = peek.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    opener = gzip.open if zipped else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, strict=True)
        try:
            _check_columns(rows.fieldnames or (), also)
            for row in rows:
                yield _read(row, also)
        except (ValueError, TypeError, AttributeError, EOFError, csv.Error, zlib.error) as error:
            raise RespondentsRefused(f"line {max(rows.line_num, 1)}: {error}") from error


def is_usable(ratings: Mapping[str, int]) -> bool:
    """Say whether a full form counts: 16 of 21 answered, at most 16 of them identical."""
    return bool(usable(ratings_matrix([ratings]))[0])


def ratings_matrix(people: list[Mapping[str, int]], facets: tuple[str, ...] = FACETS) -> Floats:
    """Lay ratings by facet out as (people, facets), NaN where a facet is absent."""
    return np.array(
        [[person.get(facet, np.nan) for facet in facets] for person in people], dtype=np.float64
    ).reshape(len(people), len(facets))


def _check_columns(names: Iterable[str], also: Sequence[str]) -> None:
    if missing := {"id", "essround", "pspwght", *FACETS, *BACKGROUND, *also} - set(names):
        raise ValueError(f"no column {', '.join(sorted(missing))}")


def _read(row: Mapping[str, str], also: Sequence[str]) -> Respondent:
    ratings = {facet: read_rating(row[facet]) for facet in FACETS}
    weight = float(row["pspwght"])
    if not (np.isfinite(weight) and weight > 0):
        raise ValueError("pspwght is not a weight")
    return Respondent(
        id=row["id"],
        ratings=MappingProxyType(
            {facet: rating for facet, rating in ratings.items() if rating is not None}
        ),
        essround=int(row["essround"]),
        weight=weight,
        background=MappingProxyType(
            {name: float(row[name] or "nan") for name in (*BACKGROUND, *also)}
        ),
    )
