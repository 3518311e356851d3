"""Which items a fixed form asks, and which comes first: chosen on training respondents alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.instrument import NEVER_FIRST, Instrument
from segmentation.progress import Progress, silent
from segmentation.scoring import FACETS, Floats
from segmentation.simulation import invent
from segmentation.training import Paths, Sample, cross_validated_paths, fit, folds
from segmentation.typing_tool import Truth, TypingTool

INVENTED: Final = 40_000
SEED: Final = 11
GOAL: Final = 0.80

Loss = Callable[[tuple[str, ...]], float]


def log_loss(posterior: Floats, segments: NDArray[np.intp]) -> float:
    """Average the surprise at the segments (people,), given posteriors (people, segments)."""
    return float(-np.log(posterior[np.arange(len(segments)), segments]).mean())


def choose_for_form(
    sample: Sample, instrument: Instrument, number: int, progress: Progress = silent
) -> Iterator[tuple[str, float]]:
    """Choose facets one after the other by what they tell of the full form's segment.

    Yields:
        A facet, and the cross-validated log loss of the form up to it.
    """
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

    yield from _forward(loss, number, progress)


def choose_for_latent(
    tool: TypingTool, number: int, progress: Progress = silent
) -> Iterator[tuple[str, float]]:
    """Choose facets one after the other by what they tell of the latent truth of invented people.

    Yields:
        A facet, and the log loss of the form up to it.
    """
    made = invent(tool, INVENTED, SEED)

    def loss(facets: tuple[str, ...]) -> float:
        return log_loss(_asked(tool, made.ratings, facets, Truth.LATENT), made.latent)

    yield from _forward(loss, number, progress)


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
        yield facet, items_for(cross_validated_paths(sample, replace(instrument, first=first)))
        progress(number + 1, len(facets))


def items_for(paths: Paths, accuracy: float = GOAL) -> float:
    """Give the items needed on average for an accuracy, between the stop rules on either side."""
    items, reached = [], []
    for stop in np.arange(0.50, 0.99, 0.01):
        asked, posterior = paths.stopped(float(stop))
        items.append(asked.mean())
        reached.append((posterior.argmax(axis=1) == paths.segments).mean())
    rising = np.maximum.accumulate(reached)
    return float(np.interp(accuracy, rising, items, right=np.inf))


def _asked(tool: TypingTool, ratings: Floats, facets: tuple[str, ...], truth: Truth) -> Floats:
    """Give the posteriors of people (people, items) of whom only some facets are asked."""
    asked = np.array([facet in facets for facet in tool.facets])
    return tool.posteriors(np.where(asked, ratings, np.nan), truth)


def _forward(loss: Loss, number: int, progress: Progress) -> Iterator[tuple[str, float]]:
    chosen: tuple[str, ...] = ()
    steps = sum(len(FACETS) - step for step in range(number))
    done = 0
    for _ in range(number):
        losses = {}
        for facet in FACETS:
            if facet not in chosen:
                losses[facet] = loss((*chosen, facet))
                done += 1
                progress(done, steps)
        best = min(losses, key=lambda facet: losses[facet])
        chosen = (*chosen, best)
        yield best, losses[best]
