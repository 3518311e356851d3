"""Whom to ask, and how many: sample sizes, shares of the strata, and a draw anyone can repeat.

The council holds the whole frame (everybody who could be asked, with what is known of them before
they answer), so samples are drawn from a list, without replacement, and every chance is known. What
the replies then say of everyone is in `segmentation.weighting` and `segmentation.shares`.

Source: Cochran, *Sampling Techniques*, 3rd edition, 1977.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from segmentation.scoring import Floats

Stratum = tuple[str, ...]
"""Categories of the variables a sample is stratified by; the empty one holds everybody."""


class Reason(StrEnum):
    """Why a sample cannot be drawn, or its replies not weighted."""

    TOO_FEW_PEOPLE = "too-few-people"
    TOO_FEW_FOR_STRATA = "too-few-for-strata"
    TOO_FEW_RESPONSES = "too-few-responses"
    NOBODY_REPLIED = "nobody-replied"
    STRATUM_SILENT = "stratum-silent"
    MARGINS_DISAGREE = "margins-disagree"
    NOT_IN_THE_MARGINS = "not-in-the-margins"
    CAP_TOO_TIGHT = "cap-too-tight"
    NOT_CONVERGED = "not-converged"


REASONS: Final[Mapping[Reason, str]] = {
    Reason.TOO_FEW_PEOPLE: "more people are to be asked than there are",
    Reason.TOO_FEW_FOR_STRATA: "too few are to be asked for some in every stratum",
    Reason.TOO_FEW_RESPONSES: "too few replies to say anything of the others",
    Reason.NOBODY_REPLIED: "nobody replied in a category, so no weight can speak for it; merge it",
    Reason.STRATUM_SILENT: "nobody replied in a stratum, so no reply speaks for it; merge it",
    Reason.MARGINS_DISAGREE: "the margins are not of the same population",
    Reason.NOT_IN_THE_MARGINS: "a reply is of a category the margins do not know",
    Reason.CAP_TOO_TIGHT: "no weights keep to the cap and to the margins; raise the cap or merge",
    Reason.NOT_CONVERGED: "no weights keep to all margins at once; rake on fewer variables",
}
"""What is said for each reason."""


class SurveyRefused(ValueError):
    """Something cannot be drawn or weighted as asked.

    Attributes:
        reason: why, from the table.
        about: what it is about, such as the variable and category.
    """

    def __init__(self, reason: Reason, about: str) -> None:
        super().__init__(f"{about}: {REASONS[reason]}")
        self.reason = reason
        self.about = about


@dataclass(frozen=True, slots=True)
class Frame:
    """Everybody who could be asked, and what is known of them whether they answer or not.

    Attributes:
        ids: one for each person, all different.
        columns: variable (area, age band…) to each person's category, in the order of `ids`.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]

    def strata(self, by: Sequence[str]) -> tuple[Stratum, ...]:
        """Give each person's stratum: their categories of these variables, none for no variable."""
        if not by:
            return ((),) * len(self.ids)
        return tuple(zip(*(self.columns[variable] for variable in by), strict=True))

    def margins(self, by: Sequence[str]) -> dict[str, dict[str, float]]:
        """Count the people in each category of each variable."""
        return {
            variable: {category: float(count) for category, count in sorted(counts.items())}
            for variable, counts in ((variable, Counter(self.columns[variable])) for variable in by)
        }


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many to ask for a proportion to be known so closely.

    Attributes:
        population: how many there are.
        respondents: replies needed for the margin asked for.
        invitations: how many to invite for so many replies; everybody at most.
        expected_replies: what so many invitations should bring.
        expected_margin: half the width of the interval those replies give. Above the margin asked
            for where even inviting everybody brings too few replies.
    """

    population: int
    respondents: int
    invitations: int
    expected_replies: int
    expected_margin: float


def sample_size(
    population: int,
    margin: float,
    *,
    confidence: float = 0.95,
    expected: float = 0.5,
    design_effect: float = 1.0,
    response: float = 1.0,
) -> SampleSize:
    """Say how many to ask so that a proportion is known to plus or minus `margin`.

    Cochran 1977, section 4.4, page 75, equation 4.1: n = n0 / (1 + (n0 - 1) / N) with
    n0 = t² p q / d²; a design effect multiplies the variance, so it multiplies n0.

    Args:
        population: people in the frame, at least 1.
        margin: half the width of the interval, as a share: 0.05 is five points either way.
        confidence: of that interval.
        expected: the proportion to be measured; 0.5 asks for the most people.
        design_effect: by how much weighting and stratifying multiply the variance.
        response: the share of those invited who reply.
    """
    spread = NormalDist().inv_cdf((1 + confidence) / 2) ** 2 * expected * (1 - expected)
    unlimited = design_effect * spread / margin**2
    needed = unlimited / (1 + (unlimited - 1) / population)
    respondents = min(max(_up(needed), 1), population)
    invitations = min(_up(respondents / response), population)
    replies = max(min(respondents, floor(invitations * response + _SLACK)), 1)
    return SampleSize(
        population=population,
        respondents=respondents,
        invitations=invitations,
        expected_replies=replies,
        expected_margin=margin_of(
            replies,
            population,
            confidence=confidence,
            expected=expected,
            design_effect=design_effect,
        ),
    )


def margin_of(
    respondents: int,
    population: int,
    *,
    confidence: float = 0.95,
    expected: float = 0.5,
    design_effect: float = 1.0,
) -> float:
    """Say how closely so many replies tell a proportion: half the width of the interval.

    Cochran 1977, section 3.3 (variance of a proportion, without replacement) with the normal
    approximation of section 3.6; the inverse of `sample_size`. Zero when everybody replied.
    """
    if respondents >= population:
        return 0.0
    unsampled = (population - respondents) / (population - 1)
    variance = design_effect * unsampled * expected * (1 - expected) / respondents
    return NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(variance)


_SLACK: Final = 1e-9
"""What arithmetic in binary may add to a whole number of people."""


def _up(people: float) -> int:
    return ceil(people - _SLACK)


class Allocation(StrEnum):
    """How a sample is shared out among the strata."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"
    NEYMAN = "neyman"


def allocate(
    sizes: Mapping[Stratum, int],
    total: int,
    rule: Allocation = Allocation.PROPORTIONAL,
    *,
    deviations: Mapping[Stratum, float] | None = None,
    at_least: int = 2,
) -> dict[Stratum, int]:
    """Share out a sample among the strata, to the person.

    Every stratum gets at least `at_least` people (two are needed to see any variance in it) and at
    most all it has; between these bounds shares are exactly in proportion, and what is left by
    rounding down goes to the largest remainders, ties to the stratum first in the alphabet.

    Args:
        sizes: people in each stratum, each at least 1.
        total: people to ask.
        rule: in proportion to the people, the same for each, or Neyman's optimum: in proportion to
            people times standard deviation (Cochran 1977, section 5.5, equation 5.26).
        deviations: for Neyman's rule, each stratum's standard deviation, above 0.
        at_least: or the whole stratum where it is smaller.

    Raises:
        SurveyRefused: `total` is more than all, or too few for the strata.
    """
    if total > sum(sizes.values()):
        raise SurveyRefused(Reason.TOO_FEW_PEOPLE, f"{total} of {sum(sizes.values())}")
    least = {stratum: min(at_least, size) for stratum, size in sizes.items()}
    if total < sum(least.values()):
        raise SurveyRefused(Reason.TOO_FEW_FOR_STRATA, f"{total} for {len(sizes)} strata")
    merits = {stratum: _merit(stratum, size, rule, deviations) for stratum, size in sizes.items()}
    quotas = _bounded(merits, least, sizes, total)
    shares = {stratum: floor(quota) for stratum, quota in quotas.items()}
    remainders = sorted(quotas, key=lambda stratum: (shares[stratum] - quotas[stratum], stratum))
    for stratum in remainders[: total - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def _merit(
    stratum: Stratum, size: int, rule: Allocation, deviations: Mapping[Stratum, float] | None
) -> Fraction:
    if rule is Allocation.EQUAL:
        return Fraction(1)
    if rule is Allocation.NEYMAN and deviations is not None:
        return size * Fraction(deviations[stratum])
    return Fraction(size)


def _bounded(
    merits: Mapping[Stratum, Fraction],
    least: Mapping[Stratum, int],
    most: Mapping[Stratum, int],
    total: int,
) -> dict[Stratum, Fraction]:
    """Find the rate at which merits, each held between its bounds, come to the total.

    The sum grows with the rate and bends only where a stratum meets a bound: between the two bends
    around the total it is a straight line, so fractions give the rate exactly.
    """

    def at(rate: Fraction) -> dict[Stratum, Fraction]:
        return {
            stratum: min(max(rate * merit, Fraction(least[stratum])), Fraction(most[stratum]))
            for stratum, merit in merits.items()
        }

    bends = sorted(
        {Fraction(0)}
        | {bound[stratum] / merit for stratum, merit in merits.items() for bound in (least, most)}
    )
    for low, high in pairwise(bends):
        before, after = sum(at(low).values()), sum(at(high).values())
        if before <= total < after:
            return at(low + (high - low) * (total - before) / (after - before))
    return at(bends[-1])


@dataclass(frozen=True, slots=True)
class Draw:
    """Who was drawn.

    Attributes:
        ids: by stratum and then by id.
        strata: the stratum of each.
        chances: every stratum's probability of inclusion, the same for all who are in it.
    """

    ids: tuple[str, ...]
    strata: tuple[Stratum, ...]
    chances: Mapping[Stratum, float]

    @property
    def probabilities(self) -> Floats:
        """How likely each of the drawn was to be drawn, in the order of `ids`."""
        return np.array([self.chances[stratum] for stratum in self.strata], dtype=np.float64)


def draw(
    ids: Sequence[str],
    strata: Sequence[Stratum],
    allocation: Mapping[Stratum, int],
    chance: np.random.Generator,
) -> Draw:
    """Draw so many of each stratum, without replacement; with one stratum, simply at random.

    People are put in order first: the same seed draws the same people however the frame is sorted.

    Args:
        ids: everybody, each id once.
        strata: the stratum of each.
        allocation: how many of each stratum, as `allocate` shares them out.
        chance: a generator, seeded by whoever wants to draw the same again.
    """
    members: dict[Stratum, list[str]] = {}
    for identity, stratum in zip(ids, strata, strict=True):
        members.setdefault(stratum, []).append(identity)
    drawn: list[tuple[Stratum, str]] = []
    for stratum in sorted(members):
        people = sorted(members[stratum])
        places = chance.choice(len(people), size=allocation[stratum], replace=False)
        drawn += ((stratum, people[place]) for place in sorted(places.tolist()))
    return Draw(
        ids=tuple(identity for _, identity in drawn),
        strata=tuple(stratum for stratum, _ in drawn),
        chances={stratum: allocation[stratum] / len(people) for stratum, people in members.items()},
    )
