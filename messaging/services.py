"""What a council has set about its services beside the Personal Transport Budget.

Each is optional: a council without one of them sends no message about it. Every text is the
council's own, reviewed by the council, and stands in all languages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from messaging.settings import Problem, Texts


@dataclass(frozen=True, slots=True)
class IndependentTravelTraining:
    """The council's training for travelling alone.

    Attributes:
        trainers: how the trainers are checked, and that the family meets them.
        steps: the steps of the training, and who agrees before the trainer steps back.
        meanwhile: what happens to the present travel as long as the training lasts.
        insurance: who is insured on a training journey.
        post_16: what the council's policy statement says about the choice after compulsory
            school age.
        usual_weeks, longest_weeks: how long the training took, over the last two years.
        restore_median_days, restore_longest_days: calendar days until the old travel ran again,
            over the families who asked for it in the last two years.
    """

    trainers: Texts
    steps: Texts
    meanwhile: Texts
    insurance: Texts
    post_16: Texts
    usual_weeks: int
    longest_weeks: int
    restore_median_days: int
    restore_longest_days: int

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if self.usual_weeks > self.longest_weeks:
            yield "longest_weeks", "is less than the usual weeks"
        if self.restore_median_days > self.restore_longest_days:
            yield "restore_longest_days", "is less than the median days"


@dataclass(frozen=True, slots=True)
class MiniBudget:
    """A payment made once that unlocks a journey.

    Attributes:
        most_pounds: the highest sum.
        permitted_uses: what it may be spent on.
        evidence: what a family shows, and when.
        reviewed: the council's own reviewed words on tax and benefits.
        post_16: what the council's policy statement says about the choice after compulsory
            school age.
        decide_working_days, pay_working_days: from the request to the answer, and from a yes to
            the payment.
    """

    most_pounds: Decimal
    permitted_uses: Texts
    evidence: Texts
    reviewed: Texts
    post_16: Texts
    decide_working_days: int
    pay_working_days: int


@dataclass(frozen=True, slots=True)
class TravelReview:
    """How the council looks again at a child's travel.

    Attributes:
        looks_at: what counts; nothing else does.
        hears: whom the council talks with, and what a family may send.
        meanwhile: what happens to the present travel until there is a decision, and after it.
    """

    looks_at: Texts
    hears: Texts
    meanwhile: Texts


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """How the choice of a school affects travel: the council's own words, reviewed as law."""

    must: Texts
    may: Texts
    need_not: Texts
    with_parents: Texts


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One published step; `working_days` count from the end of the step before."""

    what: Texts
    working_days: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """From an application to the first journey, and what happens if a step is late."""

    steps: tuple[TimelineStep, ...]
    late: Texts
