"""Who is studied: held-out respondents, simulated people, and what the tool makes of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segmentation.evaluation import SEED, Measure, mean, measure, resamples
from segmentation.instrument import Instrument
from segmentation.progress import Progress, silent
from segmentation.respondents import Respondent, TooFewRespondents, is_usable
from segmentation.scoring import FACETS, SEGMENTS, Floats
from segmentation.selection import choose_for_form
from segmentation.simulation import invent, play_all, ruled
from segmentation.stopping import NEVER, Paths
from segmentation.training import Sample
from segmentation.typing_tool import Truth, TypingTool

Document = dict[str, Any]
"""What JSON can hold."""

SIMULATED: Final = 5000
"""Enough for a standard error of less than 0.7 points."""

TEN: Final = 10
"""Items of the short form that other studies report."""

FEWEST: Final = 10
"""No figure is of fewer people."""

ATTITUDES: Final = ("ppltrst", "trstplt", "imwbcnt", "lrscale", "gincdif", "happy")
"""Columns of the respondents' file that the portraits have no part in."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What came of a form.

    Attributes:
        items: (people,), how many were asked.
        ratings: (people, items), NaN where not asked or left out.
        posterior: (people, segments), of what the full form would say.
        assigned: (people,), whether a segment is said.
    """

    items: NDArray[np.intp]
    ratings: Floats
    posterior: Floats
    assigned: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """People of whom a truth is known.

    Attributes:
        ratings: (people, items) in the order of the tool's items, NaN where left out.
        form: (people,), the segment that their full form names.
        truth: (people,), what they are judged by here: the full form's segment for respondents, the
            latent one for simulated people.
        counts: the bootstrap's draws, see `evaluation.resamples`.
        paths: what they say when asked to the end.
        shipped: what comes of the adaptive form as it ships.
    """

    ratings: Floats
    form: NDArray[np.intp]
    truth: NDArray[np.intp]
    counts: Floats
    paths: Paths
    shipped: Asked


@dataclass(frozen=True, eq=False)
class Study:
    """All that the figures are made from.

    Attributes:
        tool: what is tested.
        instrument: whose paper form is tested.
        training: the respondents the tool may have seen.
        testing: those it has not.
        unusable: respondents whose full form does not count, of both sides.
        respondents: how many were read.
        real: the held-out respondents.
        made: simulated people.
    """

    tool: TypingTool
    instrument: Instrument
    training: Sample
    testing: Sample
    unusable: tuple[Respondent, ...]
    respondents: int
    real: Side
    made: Side

    @classmethod
    def of(
        cls,
        respondents: Sequence[Respondent],
        tool: TypingTool,
        instrument: Instrument,
        simulated: int = SIMULATED,
        progress: Progress = silent,
    ) -> "Study":
        """Ask everybody everything once.

        Raises:
            TooFewRespondents: one side of the split has too few usable people of some segment.
        """
        training, testing = (Sample.of(respondents, held_out=side) for side in (False, True))
        for side in (training, testing):
            if np.bincount(side.segments, minlength=len(SEGMENTS)).min() < FEWEST:
                raise TooFewRespondents(
                    f"each side of the split needs {FEWEST} usable people of every segment"
                )
        people = invent(tool, simulated, SEED)
        sides: list[Side] = []
        for ratings, form, truth in (
            (testing.ratings_of(tool.facets), testing.segments, testing.segments),
            (people.ratings, people.form, people.latent),
        ):
            before = sum(len(side.ratings) for side in sides)

            def told(done: int, _of: int, before: int = before) -> None:
                progress(before + done, len(testing.people) + simulated)

            sides.append(
                Side(
                    ratings=ratings,
                    form=form,
                    truth=truth,
                    counts=draws_of(len(ratings)),
                    paths=asked_to_the_end(tool, ratings, truth),
                    shipped=asked_adaptively(tool, ratings, told),
                )
            )
        return cls(
            tool=tool,
            instrument=instrument,
            training=training,
            testing=testing,
            unusable=tuple(person for person in respondents if not is_usable(person.ratings)),
            respondents=len(respondents),
            real=sides[0],
            made=sides[1],
        )

    @cached_property
    def paper(self) -> tuple[str, ...]:
        """Facets of the fixed form, which were chosen for the latent truth, best first."""
        return tuple(item.facet for item in self.instrument.paper_items)

    @cached_property
    def chosen(self) -> tuple[str, ...]:
        """All facets, as they are chosen one by one for the full form's segment."""
        return choose_for_form(self.training, self.instrument, len(FACETS)).facets

    @cached_property
    def ten(self) -> tuple[str, ...]:
        """The ten facets that together tell most of the full form's segment."""
        return choose_for_form(self.training, self.instrument, TEN).facets

    def fixed(self, side: Side, facets: Sequence[str]) -> Asked:
        """Ask everybody the same facets."""
        keep = np.array([facet in facets for facet in self.tool.facets])
        return answered(self.tool, np.where(keep, side.ratings, np.nan))


def answered(tool: TypingTool, ratings: Floats) -> Asked:
    """See what the tool makes of ratings (people, items), whatever was asked."""
    posterior = tool.posteriors(ratings)
    return Asked(
        items=(~np.isnan(ratings)).sum(axis=1),
        ratings=ratings,
        posterior=posterior,
        assigned=np.array([reason is None for reason in tool.reasons(ratings, posterior)]),
    )


def asked_adaptively(tool: TypingTool, ratings: Floats, progress: Progress = silent) -> Asked:
    """See what comes of the adaptive form with people whose ratings (people, items) are known."""
    played = play_all(tool, ratings, progress=progress)
    return replace(answered(tool, played.ratings), items=played.items)


def asked_to_the_end(
    tool: TypingTool, ratings: Floats, segments: NDArray[np.intp], aim: Truth = Truth.FORM
) -> Paths:
    """Ask people, whose segments are known, adaptively as many items as may be, sure or not."""
    return Paths.of(tool, play_all(ruled(tool, stop=NEVER), ratings, aim), segments)


def share(of: NDArray[np.bool_], counts: Floats) -> Document:
    """Give a share of people with its interval."""
    return measured(measure(mean(of, counts)))


def measured(found: Measure) -> Document:
    """Lay a measure out."""
    return dict(found.document())


def laid_out(found: Mapping[str, Measure]) -> Document:
    """Lay measures out by name."""
    return {name: measured(figure) for name, figure in found.items()}


def draws_of(people: int) -> Floats:
    """Draw people for the bootstrap, the same for the same number of people."""
    return resamples(people, np.random.default_rng(SEED))
