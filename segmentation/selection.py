"""Which items a fixed form asks, and which comes first: chosen on training respondents alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.instrument import NEVER_FIRST, Instrument
from segmentation.progress import Progress, silent
from segmentation.scoring import FACETS, Floats
from segmentation.simulation import invent
from segmentation.stopping import items_for
from segmentation.training import Sample, cross_validated_paths, fit, folds
from segmentation.typing_tool import Truth, TypingTool

INVENTED: Final = 40_000
SEED: Final = 11
GOAL: Final = 0.80


@dataclass(frozen=True, slots=True)
class Chosen:
    """The facets of a short form, the most telling first, and its log loss."""

    facets: tuple[str, ...]
    log_loss: float


Loss = Callable[[tuple[str, ...]], float]


def log_loss(posterior: Floats, segments: NDArray[np.intp]) -> float:
    """Average the surprise at the segments (people,), given posteriors (people, segments)."""
    return float(-np.log(posterior[np.arange(len(segments)), segments]).mean())


def choose_for_form(
    sample: Sample, instrument: Instrument, number: int, progress: Progress = silent
) -> Chosen:
    """Choose facets by what they tell of the full form's segment, cross-validated."""
    parts = [
        (fit(sample.take(seen), instrument), sample.take(unseen)) for seen, unseen in folds(sample)
    ]

    def loss(facets: tuple[str, ...]) -> float:
        lost = [
            log_loss(_asked(tool, part.ratings, facets, Truth.FORM), part.segments)
            * len(part.people)
            for tool, part in parts
        ]
        return sum(lost) / len(sample.people)

    return _choose(loss, number, progress)


def choose_for_latent(tool: TypingTool, number: int, progress: Progress = silent) -> Chosen:
    """Choose facets by what they tell of the latent truth of people invented from the tool."""
    made = invent(tool, INVENTED, SEED)

    def loss(facets: tuple[str, ...]) -> float:
        return log_loss(_asked(tool, made.ratings, facets, Truth.LATENT), made.latent)

    return _choose(loss, number, progress)


def rank_first(
    sample: Sample, instrument: Instrument, progress: Progress = silent
) -> Iterator[tuple[str, float]]:
    """Play the adaptive form with each facet asked first, but the one that never is.

    Yields:
        A facet, and the items needed on average for an accuracy of GOAL against the full form,
        cross-validated.
    """
    facets = [facet for facet in FACETS if facet != NEVER_FIRST]
    for number, facet in enumerate(facets):
        first = next(item.code for item in instrument.items if item.facet == facet)
        paths = cross_validated_paths(sample, replace(instrument, first=first))
        everyone = np.ones((1, len(sample.people)))
        yield facet, float(items_for(paths, GOAL, everyone)[0])
        progress(number + 1, len(facets))


def _asked(tool: TypingTool, ratings: Floats, facets: tuple[str, ...], truth: Truth) -> Floats:
    """Give the posteriors of people (people, items) of whom only some facets are asked."""
    asked = np.array([facet in facets for facet in tool.facets])
    return tool.posteriors(np.where(asked, ratings, np.nan), truth)


def _choose(loss: Loss, number: int, progress: Progress) -> Chosen:
    """Take the best facet again and again, then exchange one for another while that helps."""
    steps = sum(len(FACETS) - step for step in range(number))
    chosen: tuple[str, ...] = ()
    least = np.inf
    done = 0
    for _ in range(number):
        forms = [(*chosen, facet) for facet in FACETS if facet not in chosen]
        least, chosen = min((loss(form), form) for form in forms)
        done += len(forms)
        progress(done, steps)
    while True:
        forms = [
            tuple(other if facet == old else facet for facet in chosen)
            for old in chosen
            for other in FACETS
            if other not in chosen
        ]
        if not forms or (best := min((loss(form), form) for form in forms))[0] >= least:
            return Chosen(chosen, float(least))
        least, chosen = best
