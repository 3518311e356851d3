"""Playing the adaptive form with people whose answers are known: thousands at once.

What is asked is what `adaptive.next_item` would ask, person by person; a test holds the two
together. Here each person carries the whole Gaussian along, and every answer conditions it in one
step, which is many times faster than planning from the beginning for each item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segmentation.adaptive import ORDER, POLE_OF_FACET
from segmentation.evaluation import Measure, figures, mean, measure, quantile, resamples
from segmentation.factors import FactorModel, simulate_people
from segmentation.gaussian import CUTS, RATINGS, RegionModel
from segmentation.progress import Progress, silent
from segmentation.regions import normal_below, region_probabilities
from segmentation.scoring import SEGMENTS, VALUE_OF_FACET, VALUES, Floats, likeness
from segmentation.typing_tool import Truth, TypingTool

AT_ONCE: Final = 512
NOT_ASKED: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What an adaptive form asked of some people.

    Attributes:
        asked: (people, items at most), places in the tool's items in their order; NOT_ASKED after
            the end.
        posteriors: (people, items at most, segments), of the truth aimed at, after each item; NaN
            after the end.
        ratings: (people, items), what was answered; NaN where not asked, or left out.
    """

    asked: NDArray[np.intp]
    posteriors: Floats
    ratings: Floats

    @property
    def items(self) -> NDArray[np.intp]:
        """How many items were asked of each of the (people,)."""
        count: NDArray[np.intp] = (self.asked != NOT_ASKED).sum(axis=1)
        return count


@dataclass(frozen=True, slots=True)
class Simulation:
    """What playing found.

    Attributes:
        people: how many played.
        asking: the rules they played by.
        items: mean, median and p90 (nine in ten needed no more) of the items asked.
        found: what the probabilities are held against to their figures (`evaluation.figures`).
    """

    people: int
    asking: Mapping[str, Any]
    items: Mapping[str, Measure]
    found: Mapping[str, Mapping[str, Measure]]

    def document(self) -> dict[str, Any]:
        """Give everything as JSON can hold it."""
        return {
            "people": self.people,
            "asking": dict(self.asking),
            "items": {name: figure.document() for name, figure in self.items.items()},
            "against": {
                truth: {name: figure.document() for name, figure in named.items()}
                for truth, named in self.found.items()
            },
        }


def ruled(
    tool: TypingTool,
    stop: float | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
) -> TypingTool:
    """Give a tool other rules of asking; who stops is sure enough, so the threshold goes along."""
    rules = tool.asking
    asking = replace(
        rules,
        stop=rules.stop if stop is None else stop,
        minimum=rules.minimum if minimum is None else minimum,
        maximum=rules.maximum if maximum is None else maximum,
    )
    refusals = replace(
        tool.refusals,
        threshold=tool.refusals.threshold if stop is None else stop,
        minimum_items=min(tool.refusals.minimum_items, asking.minimum),
    )
    return replace(tool, asking=asking, refusals=refusals)


def play_all(
    tool: TypingTool,
    ratings: Floats,
    truth: Truth = Truth.FORM,
    barred: Sequence[str] = (),
    progress: Progress = silent,
) -> Played:
    """Ask people whose answers are known, as `adaptive.play` asks one.

    Args:
        tool: what asks, by its rules.
        ratings: (people, items), 1 to 6, NaN where an item is left out when asked.
        truth: whose segment is to be found.
        barred: codes of items that are never asked.
        progress: told how many people are done.
    """
    may = np.array([code not in barred for code in tool.items])
    if not may[tool.items.index(tool.asking.first)]:
        raise ValueError("the first item cannot be barred")
    model = tool.form if truth is Truth.FORM else tool.latent
    parts = []
    for start in range(0, len(ratings), AT_ONCE):
        parts.append(_play(tool, model, likeness(ratings[start : start + AT_ONCE]), may))
        progress(min(start + AT_ONCE, len(ratings)), len(ratings))
    asked = np.concatenate([part[0] for part in parts])
    heard = np.zeros(ratings.shape, dtype=np.bool_)
    rows, steps = np.nonzero(asked != NOT_ASKED)
    heard[rows, asked[rows, steps]] = True
    return Played(
        asked=asked,
        posteriors=np.concatenate([part[1] for part in parts]),
        ratings=np.where(heard, ratings, np.nan),
    )


def may_stop(tool: TypingTool, played: Played) -> NDArray[np.bool_]:
    """Say after which items (people, items at most) the rules let a game end, if it is sure.

    They do when enough was answered and something of each pole was heard, and at the last item.
    """
    poles = np.array([POLE_OF_FACET[facet] for facet in tool.facets])
    rows = np.arange(len(played.asked))[:, np.newaxis]
    given = ~np.isnan(played.ratings[rows, played.asked]) & (played.asked != NOT_ASKED)
    may: NDArray[np.bool_] = given.cumsum(axis=1) >= tool.asking.minimum
    for pole in range(len(SEGMENTS)):
        may &= np.logical_or.accumulate(given & (poles[played.asked] == pole), axis=1)
    may[:, -1] = True
    return may


def simulate(
    tool: TypingTool,
    played: Played,
    against: Mapping[str, tuple[Truth, NDArray[np.intp]]],
    seed: int,
) -> Simulation:
    """Measure a game.

    Args:
        tool: what asked.
        played: what it asked and was answered.
        against: a name to the truth that is estimated from the answers, and the segments (people,)
            it is held against.
        seed: of the bootstrap.
    """
    counts = resamples(len(played.asked), np.random.default_rng(seed))
    assigned = np.array(
        [reason is None for reason in tool.reasons(played.ratings, tool.posteriors(played.ratings))]
    )
    return Simulation(
        people=len(played.asked),
        asking={
            "first": tool.asking.first,
            "minimum": tool.asking.minimum,
            "maximum": tool.asking.maximum,
            "stop": tool.asking.stop,
            "threshold": tool.refusals.threshold,
        },
        items={
            "mean": measure(mean(played.items.astype(np.float64), counts)),
            "median": measure(quantile(played.items, 0.5, counts)),
            "p90": measure(quantile(played.items, 0.9, counts)),
        },
        found={
            name: figures(tool.posteriors(played.ratings, truth), segments, counts, assigned)
            for name, (truth, segments) in against.items()
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class Invented:
    """People made from a tool's factor model.

    Attributes:
        ratings: (people, items), 1 to 6.
        latent: (people,), their latent truth, and
        form: (people,), what their full form says: places in SEGMENTS.
    """

    ratings: Floats
    latent: NDArray[np.intp]
    form: NDArray[np.intp]


def invent(tool: TypingTool, people: int, seed: int) -> Invented:
    """Make people from a tool's factor model, whose latent truth is known."""
    model = FactorModel(tool.mean, tool.loadings, tool.noise)
    made = simulate_people(model, tool.facets, tool.latent_norms, people, seed)
    standings = made.likeness @ tool.form.weights.T + tool.form.offset
    return Invented(likeness(made.likeness), made.segments, standings.argmax(axis=1))


def _play(
    tool: TypingTool, model: RegionModel, told: Floats, may: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], Floats]:
    """Play with people (people, items) of known likeness; give what was asked, and posteriors."""
    rules, (people, size) = tool.asking, told.shape
    poles = np.array([POLE_OF_FACET[facet] for facet in tool.facets])
    values = np.array([VALUES.index(VALUE_OF_FACET[facet]) for facet in tool.facets])
    longest = min(rules.maximum, size)
    asked = np.full((people, longest), NOT_ASKED, dtype=np.intp)
    posteriors = np.full((people, longest, len(SEGMENTS)), np.nan)
    state = _State(model, people)
    untouched = np.tile(may, (people, 1))
    answered = np.zeros((people, size), dtype=np.bool_)
    playing = np.arange(people)
    for step in range(longest):
        if step == 0:
            item = np.full(people, tool.items.index(rules.first), dtype=np.intp)
        else:
            last = posteriors[playing, step - 1].max(axis=1)
            counts = answered[playing].sum(axis=1)
            enough = (last >= rules.stop) & (counts >= rules.minimum)
            heard = np.stack(
                [answered[playing][:, poles == pole].any(axis=1) for pole in range(len(SEGMENTS))]
            )
            allowed = untouched[playing] & ~(enough[:, np.newaxis] & heard[poles].T)
            onward = allowed.any(axis=1)
            playing, allowed = playing[onward], allowed[onward]
            if not len(playing):
                break
            other = allowed & (values != values[asked[playing, step - 1]][:, np.newaxis])
            allowed = np.where(other.any(axis=1, keepdims=True), other, allowed)
            item = state.most_telling(playing, allowed)
        asked[playing, step] = item
        untouched[playing, item] = False
        given = ~np.isnan(told[playing, item])
        answered[playing[given], item[given]] = True
        state.learn(playing[given], item[given], told[playing[given], item[given]])
        posteriors[playing, step] = state.posteriors(playing)
    return asked, posteriors


class _State:
    """What is known of each person: a Gaussian over all items and the three standings."""

    def __init__(self, model: RegionModel, people: int) -> None:
        crossed = model.weights @ model.telling
        joint = np.block([[model.covariance, crossed.T], [crossed, crossed @ model.weights.T]])
        centre = np.concatenate([model.mean, model.weights @ model.mean + model.offset])
        self.size = len(model.mean)
        self.centre = np.tile(centre, (people, 1))
        self.spread = np.tile(joint, (people, 1, 1))

    def learn(self, people: NDArray[np.intp], item: NDArray[np.intp], told: Floats) -> None:
        """Condition each of some people on one answer."""
        with_item = self.spread[people, item]
        gain = with_item / self.spread[people, item, item][:, np.newaxis]
        surprise = told - self.centre[people, item]
        self.centre[people] += gain * surprise[:, np.newaxis]
        self.spread[people] -= gain[:, :, np.newaxis] * with_item[:, np.newaxis, :]

    def posteriors(self, people: NDArray[np.intp]) -> Floats:
        """Give the probabilities (people, segments) as they are now."""
        return region_probabilities(
            self.centre[people, self.size :], self.spread[people, self.size :, self.size :]
        )

    def most_telling(
        self, people: NDArray[np.intp], allowed: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """Choose for each of some people the item, of those allowed (people, items)."""
        rows, items = np.nonzero(allowed)
        who = people[rows]
        variance = self.spread[who, items, items]
        centre = self.centre[who, items]
        cuts = (CUTS - centre[:, np.newaxis]) / np.sqrt(variance)[:, np.newaxis]
        chances = np.diff(normal_below(cuts), axis=1)
        crossed = self.spread[who, items, self.size :]
        gain = crossed / variance[:, np.newaxis]
        surprise = RATINGS - centre[:, np.newaxis]
        standings = (
            self.centre[who, self.size :][:, np.newaxis]
            + surprise[:, :, np.newaxis] * gain[:, np.newaxis, :]
        )
        left = self.spread[who, self.size :, self.size :]
        left = left - gain[:, :, np.newaxis] * crossed[:, np.newaxis, :]
        after = region_probabilities(standings, left[:, np.newaxis])
        telling = np.full(allowed.shape, -np.inf)
        telling[rows, items] = (chances * (after**ORDER).sum(axis=2)).sum(axis=1)
        best: NDArray[np.intp] = telling.argmax(axis=1)
        return best
