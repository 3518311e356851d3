"""The commands `sample` and `weight`: whom to ask, and what the replies mean for everyone."""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np

from segmentation import survey_files
from segmentation.faults import written_whole
from segmentation.sampling import (
    Allocation,
    Draw,
    SampleSize,
    Stratum,
    allocate,
    draw,
    sample_size,
)
from segmentation.scoring import SEGMENTS, Floats
from segmentation.shares import Estimate, Replies, Shares, collapse, memberships, segment_shares
from segmentation.survey_files import (
    IDENTITY,
    PROBABILITY,
    Invited,
    Typed,
    read_frame,
    read_invited,
    read_typed,
)
from segmentation.weighting import (
    Bools,
    Raked,
    ResponseRate,
    propensity_classes,
    rake,
    response_propensity,
    response_rates,
)

CAP: Final = 4.0
"""The largest weight by default, as a multiple of the mean."""

PROPENSITIES: Final = ("model", "classes", "none")


BY_SEGMENT: Final = "segments"
BY_PROBABILITY: Final = "probabilities"
TITLES: Final = {BY_SEGMENT: "Segments", BY_PROBABILITY: "By part, as probable"}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two commands."""
    described: dict[str, Any] = {
        "description": survey_files.__doc__,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }
    sample = commands.add_parser(
        "sample", help="say how many to ask, and draw them by lot", **described
    )
    sample.add_argument("frame", type=Path, metavar="FRAME.csv", help="everybody; needs id")
    sample.add_argument("target", type=Path, metavar="OUT.csv")
    sample.add_argument("--margin", type=_within, required=True, help="such as 0.05: 5 points")
    sample.add_argument("--response", type=_share, default=1.0, help="share expected to reply")
    sample.add_argument("--confidence", type=_within, default=0.95)
    sample.add_argument("--expected", type=_within, default=0.5, help="the share to be measured")
    sample.add_argument("--design-effect", type=_factor, default=1.0)
    sample.add_argument("--by", type=_variables, default=(), help="variables to stratify by")
    sample.add_argument("--allocation", choices=["proportional", "equal"], default="proportional")
    sample.add_argument("--seed", type=_seed, required=True, help="draws the same people again")
    sample.add_argument("--json", action="store_true", help="print JSON")
    sample.set_defaults(run=_sample)

    weight = commands.add_parser(
        "weight", help="weight who replied, and say what it means", **described
    )
    weight.add_argument("replies", type=Path, metavar="RESPONSES.csv", help="from classify")
    weight.add_argument("frame", type=Path, metavar="FRAME.csv", help="everybody; needs id")
    weight.add_argument("target", type=Path, metavar="OUT.csv")
    weight.add_argument("--by", type=_variables, required=True, help="variables to rake on")
    weight.add_argument("--sample", type=Path, help="who was asked, from sample; else everybody")
    weight.add_argument("--cap", type=_cap, default=CAP, help="largest over mean weight, or inf")
    weight.add_argument("--propensity", choices=PROPENSITIES, default=PROPENSITIES[0])
    weight.add_argument("--merge", action="store_true", help="merge categories without replies")
    weight.add_argument("--confidence", type=_within, default=0.95)
    weight.add_argument("--json", action="store_true", help="print JSON")
    weight.set_defaults(run=_weight)


def _within(written: str) -> float:
    if not 0 < (number := float(written)) < 1:
        raise ValueError(written)
    return number


def _share(written: str) -> float:
    if not 0 < (number := float(written)) <= 1:
        raise ValueError(written)
    return number


def _factor(written: str) -> float:
    if not 0 < (number := float(written)) < inf:
        raise ValueError(written)
    return number


def _cap(written: str) -> float:
    if not (number := float(written)) > 1:
        raise ValueError(written)
    return number


def _seed(written: str) -> int:
    if (number := int(written)) < 0:
        raise ValueError(written)
    return number


def _variables(written: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in written.split(","))
    if len(set(names)) < len(names) or {"", IDENTITY, PROBABILITY} & set(names):
        raise ValueError(written)
    return names


def _sample(options: argparse.Namespace) -> int:
    frame = read_frame(options.frame, options.by)
    size = sample_size(
        len(frame.ids),
        options.margin,
        confidence=options.confidence,
        expected=options.expected,
        design_effect=options.design_effect,
        response=options.response,
    )
    strata = frame.strata(options.by)
    sizes = Counter(strata)
    allocation = allocate(sizes, size.invitations, Allocation(options.allocation))
    drawn = draw(frame.ids, strata, allocation, np.random.default_rng(options.seed))
    with written_whole(options.target, options.frame) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([IDENTITY, *options.by, PROBABILITY])
        for identity, stratum in zip(drawn.ids, drawn.strata, strict=True):
            writer.writerow([identity, *stratum, drawn.chances[stratum]])
    if options.json:
        print(json.dumps(_sample_document(options, size, sizes, drawn), indent=2))
    else:
        print("\n".join(_sample_lines(options, size, sizes, drawn)))
    return 0


def _sample_document(
    options: argparse.Namespace, size: SampleSize, sizes: Mapping[Stratum, int], drawn: Draw
) -> dict[str, Any]:
    asked = Counter(drawn.strata)
    return {
        **asdict(size),
        "margin": options.margin,
        "confidence": options.confidence,
        "seed": options.seed,
        "strata": [
            {
                "stratum": dict(zip(options.by, stratum, strict=True)),
                "people": sizes[stratum],
                "invited": asked[stratum],
                "probability": drawn.chances[stratum],
            }
            for stratum in sorted(sizes)
        ],
    }


def _sample_lines(
    options: argparse.Namespace, size: SampleSize, sizes: Mapping[Stratum, int], drawn: Draw
) -> list[str]:
    asked = Counter(drawn.strata)
    lines = [
        (
            f"{size.population} people: {size.respondents} replies tell a share to within"
            f" {100 * options.margin:.1f} points either way ({options.confidence:.0%} confidence)."
        ),
        (
            f"{size.invitations} invited, of whom {options.response:.0%} reply:"
            f" {size.expected_replies} replies,"
            f" and {100 * size.expected_margin:.1f} points either way."
        ),
    ]
    if size.expected_margin > options.margin:
        lines.append("Everybody is invited, and that is still too few for the margin asked for.")
    if options.by:
        lines += ["", f"{'Stratum':34} {'people':>7}  {'invited':>7}  chance"]
        lines += [
            f"{' / '.join(stratum):34} {sizes[stratum]:7}  {asked[stratum]:7}"
            f"  {drawn.chances[stratum]:.3f}"
            for stratum in sorted(sizes)
        ]
    return [*lines, "", f"Drawn with seed {options.seed}. Written: {options.target}"]


@dataclass(frozen=True, slots=True)
class _Weighted:
    """What the command `weight` found.

    Attributes:
        raked: the weights.
        response: who replied.
        invited: how many were.
        shares: what was counted (segments as named, or by part as probable) to the shares.
    """

    raked: Raked
    response: tuple[ResponseRate, ...]
    invited: int
    shares: Mapping[str, Shares]


def _weight(options: argparse.Namespace) -> int:
    invited = read_invited(options.frame, options.by, options.sample)
    typed = read_typed(options.replies, invited)
    found = _weighted(options, invited, typed)
    sources = [options.replies, options.frame, *([options.sample] if options.sample else [])]
    with written_whole(options.target, *sources) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([IDENTITY, "weight"])
        writer.writerows(zip(typed.ids, found.raked.weights.tolist(), strict=True))
    if options.json:
        print(json.dumps(_weight_document(found), indent=2))
    else:
        print("\n".join([*_weight_lines(found), "", f"Written: {options.target}"]))
    return 0


def _weighted(options: argparse.Namespace, invited: Invited, typed: Typed) -> _Weighted:
    frame = invited.frame
    place = {identity: place for place, identity in enumerate(frame.ids)}
    asked = [place[identity] for identity in invited.chances]
    own = [place[identity] for identity in typed.ids]
    columns = {name: frame.columns[name] for name in options.by}
    of_asked = {name: [column[n] for n in asked] for name, column in columns.items()}
    replied = np.isin(asked, own)
    chances = np.array([invited.chances[identity] for identity in typed.ids], dtype=np.float64)
    chances *= _propensity(options.propensity, of_asked, replied, asked, own)
    raked = rake(
        1 / chances,
        {name: [column[n] for n in own] for name, column in columns.items()},
        frame.margins(options.by),
        cap=options.cap,
        merge=options.merge,
    )
    everybody = frame.strata(invited.by)
    strata = [everybody[n] for n in own]
    sizes: Mapping[Stratum, int] = Counter(everybody)
    replies = Replies(
        weights=raked.weights,
        strata=strata,
        sizes=collapse(strata, sizes) if options.merge else sizes,
        start=1 / chances,
        raked_on=raked.columns,
    )
    counted: dict[str, Mapping[str, Floats]] = {}
    if typed.segments is not None:
        counted[BY_SEGMENT] = memberships(typed.segments)
    if typed.posteriors is not None:
        names = [segment.value for segment in SEGMENTS]
        counted[BY_PROBABILITY] = dict(zip(names, typed.posteriors.T, strict=True))
    return _Weighted(
        raked=raked,
        response=response_rates(of_asked, replied, options.confidence),
        invited=len(asked),
        shares={
            kind: segment_shares(membership, replies, options.confidence)
            for kind, membership in counted.items()
        },
    )


def _propensity(
    kind: str,
    of_asked: Mapping[str, Sequence[str]],
    replied: Bools,
    asked: Sequence[int],
    own: Sequence[int],
) -> Floats:
    """Give the chance of a reply of each who replied, in the order of their file."""
    if kind == "none":
        return np.ones(len(own))
    propensity = response_propensity(of_asked, replied)
    if kind == "classes":
        propensity = propensity_classes(propensity, replied)
    of_place = dict(zip(asked, propensity.tolist(), strict=True))
    return np.array([of_place[n] for n in own], dtype=np.float64)


def _weight_document(found: _Weighted) -> dict[str, Any]:
    raked = found.raked
    shares = next(iter(found.shares.values()))
    return {
        "invited": found.invited,
        "respondents": shares.respondents,
        "population": shares.population,
        "design_effect": shares.design_effect,
        "effective_size": shares.effective_size,
        "confidence": shares.confidence,
        "weights": {
            "smallest": float(raked.weights.min()),
            "largest": float(raked.weights.max()),
            "limit": raked.limit if raked.limit < inf else None,
            "at_the_limit": raked.capped,
            "rounds": raked.rounds,
            "gap": raked.gap,
        },
        "merged": [asdict(merged) for merged in raked.merged],
        "shares": {
            kind: {
                group: {"weighted": asdict(estimate), "unweighted": asdict(of.unweighted[group])}
                for group, estimate in of.weighted.items()
            }
            for kind, of in found.shares.items()
        },
        "response": [asdict(rate) for rate in found.response],
    }


def _weight_lines(found: _Weighted) -> list[str]:
    raked = found.raked
    shares = next(iter(found.shares.values()))
    limit = f", {raked.capped} at the limit of {raked.limit:.2f}" if raked.limit < inf else ""
    lines = [
        (
            f"{shares.respondents} replies of {found.invited} invited stand for"
            f" {shares.population} people; {shares.confidence:.0%} intervals."
        ),
        f"Weights {raked.weights.min():.2f} to {raked.weights.max():.2f}{limit}.",
        (
            f"Design effect {shares.design_effect:.2f}: as sure as"
            f" {shares.effective_size:.0f} replies of even weight."
        ),
        *(
            f"Nobody replied of {merged.variable} {merged.category}; {merged.into} stands for them."
            for merged in raked.merged
        ),
    ]
    for kind, of in found.shares.items():
        lines += ["", f"{TITLES[kind]:34} {'of everybody':24} of those who replied"]
        lines += [
            f"{group:34} {_line(estimate):24} {_line(of.unweighted[group])}"
            for group, estimate in of.weighted.items()
        ]
    lines += ["", f"{'Who replied':34} invited  replied  rate"]
    return lines + [
        f"{f'{rate.variable} {rate.category}':34} {rate.invited:7}  {rate.replied:7}"
        f"  {rate.rate:.3f} ({rate.low:.3f} to {rate.high:.3f})"
        for rate in found.response
    ]


def _line(estimate: Estimate) -> str:
    return f"{estimate.share:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
