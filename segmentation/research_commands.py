"""The commands that need respondents: train, simulate, targets, select and item-report."""

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from segmentation.instrument import load_instrument
from segmentation.progress import bar
from segmentation.respondents import TooFewRespondents, read_respondents
from segmentation.scoring import FACETS, SEGMENTS
from segmentation.typing_tool import (
    DEFAULT,
    ToolRefused,
    Truth,
    TypingTool,
    load_typing_tool,
    parse_typing_tool,
    write_typing_tool,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmentation.simulation import Played, Simulation
    from segmentation.training import Sample

SIDES: Final[Mapping[str, bool | None]] = {"held-out": True, "training": False, "all": None}
INVENTED: Final = 10_000
SEED: Final = 22
LEAST_PEOPLE: Final = 2

_AIMS: Final = {
    Truth.FORM: "asked for what their full form says",
    Truth.LATENT: "asked for their latent truth",
}
_FIGURES: Final = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "log_loss": "log loss",
    "ece": "ECE",
    "coverage": "coverage",
    "accuracy_assigned": "accuracy of the assigned",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    train = commands.add_parser("train", help="fit the typing tool on the training respondents")
    _needs_data(train)
    train.add_argument("--out", type=Path, help="where to write it; the shipped tool by default")
    train.set_defaults(run=_train)

    simulate = commands.add_parser(
        "simulate", help="play the adaptive form with people whose answers are known"
    )
    _needs_data(simulate, required=False)
    _may_name_a_tool(simulate)
    simulate.add_argument("--stop", type=_probability, help="stop once a segment is so likely")
    simulate.add_argument("--min-items", type=_number, help="answers before it may stop")
    simulate.add_argument("--max-items", type=_number, help="items asked at most")
    simulate.add_argument(
        "--without", type=_facets, default=(), help="facets never asked, such as imprich"
    )
    simulate.add_argument(
        "--truth",
        choices=[truth.value for truth in Truth],
        default=Truth.FORM.value,
        help="form: real respondents against their full form; latent: invented people",
    )
    simulate.add_argument("--side", choices=SIDES, default="held-out", help="of the frozen split")
    simulate.add_argument("--people", type=_number, help="so many; all respondents by default")
    simulate.add_argument(
        "--per-person", type=Path, metavar="OUT.csv", help="write what was asked of each"
    )
    simulate.set_defaults(run=_simulate)

    targets = commands.add_parser("targets", help="print each number to reach and what was reached")
    _needs_data(targets)
    _may_name_a_tool(targets)
    targets.set_defaults(run=_targets)

    select = commands.add_parser("select", help="choose the items of a fixed form, in training")
    _needs_data(select)
    select.add_argument("--items", type=_number, default=12, help="how many; 12 by default")
    select.add_argument(
        "--truth",
        choices=[truth.value for truth in Truth],
        default=Truth.LATENT.value,
        help="what the form is to find; the latent truth by default",
    )
    select.add_argument(
        "--first", action="store_true", help="rank what the adaptive form may ask first instead"
    )
    select.set_defaults(run=_select)

    items = commands.add_parser("item-report", help="say what each item is worth")
    _needs_data(items)
    _may_name_a_tool(items)
    items.add_argument("--side", choices=SIDES, default="held-out", help="of the frozen split")
    items.set_defaults(run=_item_report)


def _needs_data(command: argparse.ArgumentParser, *, required: bool = True) -> None:
    command.add_argument(
        "--data", type=Path, required=required, help="the respondents, CSV or gzipped"
    )
    command.add_argument("--json", action="store_true", help="print JSON")


def _may_name_a_tool(command: argparse.ArgumentParser) -> None:
    command.add_argument("--tool", type=Path, help="a typing tool; the shipped one by default")


def _probability(written: str) -> float:
    if not 0 < (number := float(written)) <= 1:
        raise ValueError(written)
    return number


def _number(written: str) -> int:
    if (number := int(written)) < 1:
        raise ValueError(written)
    return number


def _facets(written: str) -> tuple[str, ...]:
    facets = tuple(facet.strip() for facet in written.split(","))
    if set(facets) - set(FACETS):
        raise ValueError(written)
    return facets


def _tool(options: argparse.Namespace) -> TypingTool:
    if options.tool:
        return parse_typing_tool(options.tool.read_text(encoding="utf-8"))
    return load_typing_tool()


def _sample(options: argparse.Namespace, *, held_out: bool | None) -> "Sample":
    from segmentation.training import Sample

    sample = Sample.of(read_respondents(options.data), held_out=held_out)
    if len(sample.people) < LEAST_PEOPLE:
        raise TooFewRespondents(f"{len(sample.people)} usable respondents are too few")
    return sample


def _print(options: argparse.Namespace, document: Any, text: str) -> int:
    print(json.dumps(document, indent=2) if options.json else text)
    return 0


def _train(options: argparse.Namespace) -> int:
    from segmentation.training import Sample, train

    sample = Sample.of(read_respondents(options.data), held_out=False)
    with bar("training", sys.stderr) as progress:
        tool = train(sample, load_instrument(), progress=progress)
    out: Path = options.out or Path(str(files("segmentation"))) / "typing_tools" / f"{DEFAULT}.json"
    out.write_text(write_typing_tool(tool), encoding="utf-8")
    found = tool.provenance["threshold"]
    return _print(
        options,
        {"written": str(out), "respondents": len(sample.people), "threshold": dict(found)},
        f"{len(sample.people)} training respondents; threshold {tool.refusals.threshold}:"
        f" cross-validated accuracy of the assigned {found['accuracy']:.3f}, coverage"
        f" {found['coverage']:.3f}, {found['mean_items']:.2f} items on average. Written: {out}",
    )


def _simulate(options: argparse.Namespace) -> int:
    from segmentation.simulation import invent, play_all, ruled, simulate

    truth = Truth(options.truth)
    tool = ruled(_tool(options), options.stop, options.min_items, options.max_items)
    if tool.asking.minimum > tool.asking.maximum:
        raise ToolRefused("fewer items at most than at least")
    barred = [tool.item(facet) for facet in options.without]
    if tool.asking.first in barred:
        raise ToolRefused("what is asked first cannot be left out")
    ids: list[str] = []
    against: dict[str, tuple[Truth, NDArray[np.intp]]]
    if truth is Truth.LATENT:
        if options.per_person:
            raise ToolRefused("--per-person is for respondents: with --truth form")
        made = invent(tool, options.people or INVENTED, SEED)
        ratings = made.ratings
        against = {"latent": (truth, made.latent)}
    else:
        if not options.data:
            raise ToolRefused("respondents are needed: --data FILE")
        sample = _sample(options, held_out=SIDES[options.side])
        sample = sample.take(np.arange(len(sample.people))[: options.people])
        ratings, ids = sample.ratings_of(tool.facets), [person.id for person in sample.people]
        against = {"form": (truth, sample.segments)}
    with bar("playing", sys.stderr) as progress:
        played = play_all(tool, ratings, truth, barred, progress)
    games = {truth: simulate(tool, played, against, SEED)}
    if truth is Truth.LATENT:
        with bar("playing as shipped", sys.stderr) as progress:
            shipped = play_all(tool, ratings, Truth.FORM, barred, progress)
        against = {
            "latent": (Truth.LATENT, made.latent),
            "latent, by what is said of the full form": (Truth.FORM, made.latent),
            "form": (Truth.FORM, made.form),
        }
        games[Truth.FORM] = simulate(tool, shipped, against, SEED)
    if options.per_person:
        _write_people(options.per_person, tool, ids, played)
    return _print(
        options,
        {f"aimed_at_{aim}": found.document() for aim, found in games.items()},
        "\n\n".join(_told(aim, found) for aim, found in games.items()),
    )


def _told(aim: Truth, found: "Simulation") -> str:
    asking = found.asking
    heading = (
        f"{found.people} people, {_AIMS[aim]}; first {asking['first']}, at least"
        f" {asking['minimum']}, at most {asking['maximum']} items, stop at {asking['stop']}"
    )
    lines = [heading, *(f"  {'items, ' + item:28}{size}" for item, size in found.items.items())]
    for against, figures in found.found.items():
        lines.append(f"against the truth: {against}")
        lines += [f"  {_FIGURES[figure]:28}{measure}" for figure, measure in figures.items()]
    return "\n".join(lines)


def _write_people(path: Path, tool: TypingTool, ids: list[str], played: "Played") -> None:
    posteriors = tool.posteriors(played.ratings)
    reasons = tool.reasons(played.ratings, posteriors)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "items", "segment", *(f"p_{name}" for name in SEGMENTS), "reason"])
        for row, (person, posterior, reason) in enumerate(
            zip(ids, posteriors, reasons, strict=True)
        ):
            asked = [tool.items[place] for place in played.asked[row, : played.items[row]]]
            segment = "" if reason else SEGMENTS[int(posterior.argmax())]
            chances = [f"{chance:.6f}" for chance in posterior]
            writer.writerow([person, " ".join(asked), segment, *chances, reason or ""])


def _targets(options: argparse.Namespace) -> int:
    from segmentation.targets import table

    respondents = list(read_respondents(options.data))
    with bar("measuring", sys.stderr) as progress:
        found = table(respondents, _tool(options), load_instrument(), progress)
    return _print(options, found.document(), found.text())


def _select(options: argparse.Namespace) -> int:
    from segmentation.selection import choose_for_form, choose_for_latent, rank_first
    from segmentation.training import fit

    sample = _sample(options, held_out=False)
    instrument = load_instrument()
    with bar("choosing", sys.stderr) as progress:
        if options.first:
            ranked = sorted(rank_first(sample, instrument, progress), key=lambda pair: pair[1])
            return _print(
                options,
                {"mean_items_for_accuracy_0.8": dict(ranked)},
                "\n".join(f"{facet:8} {items:.2f}" for facet, items in ranked),
            )
        chosen = (
            choose_for_form(sample, instrument, options.items, progress)
            if Truth(options.truth) is Truth.FORM
            else choose_for_latent(fit(sample, instrument), options.items, progress)
        )
    return _print(
        options,
        {"facets": chosen.facets, "log_loss": chosen.log_loss},
        "\n".join([*chosen.facets, f"log loss {chosen.log_loss:.4f}"]),
    )


def _item_report(options: argparse.Namespace) -> int:
    from segmentation.item_report import HEADINGS, item_reports

    found = item_reports(_tool(options), _sample(options, held_out=SIDES[options.side]))
    return _print(
        options,
        [report.document() for report in found],
        "\n".join([HEADINGS, *(report.line() for report in found)]),
    )
