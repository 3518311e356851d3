"""From ratings to value scores, and from the full form to the segment it names.

The definition is that of Schwartz, *Computing scores for the human values* (European Social
Survey), with the groups of Rose and Dade, *Using Values Modes*: reverse the ratings, subtract the
person's own mean over the items (MRAT), average to ten values, average those to three composites,
standardise on published norms. The highest composite names the segment.

Arrays hold one person a row; a rating is 1 (very much like me) to 6 (not like me at all), NaN where
the item was left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segmentation.segments import Segment

Floats = NDArray[np.float64]
"""Any array of double precision numbers; each docstring gives its shape."""

SEGMENTS: Final = tuple(Segment)
"""The order of every axis that runs over segments: settler, prospector, pioneer."""

MOST_LIKE_ME: Final = 1
LEAST_LIKE_ME: Final = 6

FACETS_OF_VALUE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "security": ("impsafe", "ipstrgv"),
        "conformity": ("ipfrule", "ipbhprp"),
        "tradition": ("ipmodst", "imptrad"),
        "achievement": ("ipshabt", "ipsuces"),
        "power": ("imprich", "iprspot"),
        "hedonism": ("ipgdtim", "impfun"),
        "universalism": ("ipeqopt", "ipudrst", "impenv"),
        "self-direction": ("ipcrtiv", "impfree"),
        "benevolence": ("iphlppl", "iplylfr"),
        "stimulation": ("impdiff", "ipadvnt"),
    }
)
"""The ten values and the European Social Survey's portraits (facets) that measure each."""

VALUES: Final = tuple(FACETS_OF_VALUE)
VALUE_OF_FACET: Final[Mapping[str, str]] = MappingProxyType(
    {facet: value for value, facets in FACETS_OF_VALUE.items() for facet in facets}
)

FACETS: Final = (
    *("ipcrtiv", "imprich", "ipeqopt", "ipshabt", "impsafe", "impdiff", "ipfrule"),
    *("ipudrst", "ipmodst", "ipgdtim", "impfree", "iphlppl", "ipsuces", "ipstrgv"),
    *("ipadvnt", "ipbhprp", "iprspot", "iplylfr", "impenv", "imptrad", "impfun"),
)
"""The 21 facets of the full form, in the order the European Social Survey asks them."""

VALUES_OF_SEGMENT: Final[Mapping[Segment, tuple[str, ...]]] = MappingProxyType(
    {
        Segment.SETTLER: ("security", "conformity", "tradition"),
        Segment.PROSPECTOR: ("achievement", "power", "hedonism"),
        Segment.PIONEER: ("universalism", "self-direction", "benevolence", "stimulation"),
    }
)

ENOUGH_ANSWERED: Final = 16
MOST_IDENTICAL: Final = 16


@dataclass(frozen=True, slots=True)
class Norms:
    """Mean and standard deviation of each composite in a population, in the order of SEGMENTS."""

    source: str
    means: tuple[float, float, float]
    deviations: tuple[float, float, float]

    def document(self) -> dict[str, Any]:
        """The norms in JSON's types, by the names of the segments; `read` takes them back."""
        return {
            "source": self.source,
            "means": dict(zip(SEGMENTS, self.means, strict=True)),
            "deviations": dict(zip(SEGMENTS, self.deviations, strict=True)),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Norms":
        """Take norms from JSON's types; KeyError, TypeError or ValueError where they are none."""

        def three(name: str) -> tuple[float, float, float]:
            settler, prospector, pioneer = (float(document[name][segment]) for segment in SEGMENTS)
            return settler, prospector, pioneer

        return cls(str(document["source"]), three("means"), three("deviations"))


PUBLISHED_NORMS: Final = Norms(
    source="Great Britain, European Social Survey rounds 7 and 9, weighted",
    means=(0.0469, -0.6404, 0.3636),
    deviations=(0.6056, 0.5858, 0.4052),
)


def likeness(ratings: Floats) -> Floats:
    """Reverse ratings, so that more means more like me: 6 (very much) to 1 (not at all)."""
    return (MOST_LIKE_ME + LEAST_LIKE_ME) - ratings


def value_scores(ratings: Floats, facets: Sequence[str]) -> Floats:
    """Score the ten values, each centred on the person's mean rating (MRAT).

    Args:
        ratings: shape (people, facets), 1 to 6, NaN where unanswered.
        facets: the facet of each column.

    Returns:
        Shape (people, 10) in the order of VALUES, in rating points above the person's own mean;
        NaN where none of a value's facets was answered.
    """
    reversed_ratings = likeness(ratings)
    centred = reversed_ratings - _mean_of_answered(reversed_ratings)[:, np.newaxis]
    columns = [
        _mean_of_answered(centred[:, [VALUE_OF_FACET[facet] == value for facet in facets]])
        for value in VALUES
    ]
    return np.stack(columns, axis=1)


def composites(values: Floats) -> Floats:
    """Average value scores (people, 10) to composites (people, 3), NaN where none is known."""
    columns = [
        _mean_of_answered(values[:, [value in members for value in VALUES]])
        for members in VALUES_OF_SEGMENT.values()
    ]
    return np.stack(columns, axis=1)


def standardise(scores: Floats, norms: Norms = PUBLISHED_NORMS) -> Floats:
    """Put composites (people, 3) on the scale of a population: its mean 0, its deviation 1."""
    standardised: Floats = (scores - np.array(norms.means)) / np.array(norms.deviations)
    return standardised


def standing_weights(
    facets: Sequence[str], norms: Norms = PUBLISHED_NORMS
) -> tuple[Floats, Floats]:
    """Write the standardised composites of a complete form as a linear map of likeness.

    Args:
        facets: the 21 facets, each once, in any order.
        norms: what the composites are standardised on.

    Returns:
        Weights (3, 21) and offset (3,): `weights @ likeness + offset` is what `standardise` of
        `composites` of `value_scores` gives for a person who answered every item.
    """
    weights = np.zeros((len(SEGMENTS), len(facets)))
    for row, members in enumerate(VALUES_OF_SEGMENT.values()):
        for column, facet in enumerate(facets):
            value = VALUE_OF_FACET[facet]
            if value in members:
                weights[row, column] = 1 / len(members) / len(FACETS_OF_VALUE[value])
    centred = weights - weights.sum(axis=1, keepdims=True) / len(facets)
    deviations = np.array(norms.deviations)
    return centred / deviations[:, np.newaxis], -np.array(norms.means) / deviations


def full_form_segments(ratings: Floats, norms: Norms = PUBLISHED_NORMS) -> NDArray[np.intp]:
    """Name the segment of each person who answered the full form.

    Args:
        ratings: shape (people, 21) in the order of FACETS; usable rows only (see `usable`).
        norms: what the composites are standardised on.

    Returns:
        Shape (people,): positions in SEGMENTS.
    """
    standing = standardise(composites(value_scores(ratings, FACETS)), norms)
    highest: NDArray[np.intp] = standing.argmax(axis=1)
    return highest


def usable(ratings: Floats) -> NDArray[np.bool_]:
    """Say which rows (people, 21) hold enough answers: 16 or more, at most 16 of them identical.

    The rule is the one the European Social Survey advises for its value portraits.
    """
    answered = (~np.isnan(ratings)).sum(axis=1)
    identical = np.stack(
        [(ratings == rating).sum(axis=1) for rating in range(MOST_LIKE_ME, LEAST_LIKE_ME + 1)]
    ).max(axis=0)
    enough: NDArray[np.bool_] = (answered >= ENOUGH_ANSWERED) & (identical <= MOST_IDENTICAL)
    return enough


def _mean_of_answered(matrix: Floats) -> Floats:
    """Average each row over what is not NaN; NaN where nothing is."""
    answered = ~np.isnan(matrix)
    counts = answered.sum(axis=1)
    totals = np.where(answered, matrix, 0.0).sum(axis=1)
    means: Floats = np.divide(totals, counts, out=np.full(len(matrix), np.nan), where=counts > 0)
    return means
