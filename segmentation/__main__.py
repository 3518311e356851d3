"""The commands: `python -m segmentation train | evaluate | select | classify | sample | weight`.

Exit status: 0 done, 2 refused (the reasons are on stderr).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from segmentation import classification, survey_commands
from segmentation.classification import classify
from segmentation.faults import FileRefused
from segmentation.instrument import load_instrument
from segmentation.respondents import RespondentsRefused, TooFewRespondents, read_respondents
from segmentation.sampling import SurveyRefused
from segmentation.typing_tool import (
    DEFAULT,
    ToolRefused,
    load_typing_tool,
    parse_typing_tool,
    write_typing_tool,
)

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except FileRefused as refused:
        if refused.source:
            print(f"{refused.source}:", file=sys.stderr)
        for finding in refused.findings:
            print(finding, file=sys.stderr)
        if further := refused.count - len(refused.findings):
            print(f"and {further} more", file=sys.stderr)
    except (
        OSError,
        RespondentsRefused,
        SurveyRefused,
        ToolRefused,
        TooFewRespondents,
    ) as refused:
        print(refused, file=sys.stderr)
    else:
        return status
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m segmentation", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="fit the typing tool on the training respondents")
    train.add_argument("--data", type=Path, required=True, help="the respondents, CSV or gzipped")
    train.add_argument("--out", type=Path, help="where to write it; the shipped tool by default")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="test the tool on the held-out respondents")
    evaluate.add_argument("--data", type=Path, required=True, help="the respondents")
    evaluate.add_argument("--tool", type=Path, help="a typing tool; the shipped one by default")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.set_defaults(run=_evaluate)

    select = commands.add_parser("select", help="choose the facets of a short form")
    select.add_argument("--data", type=Path, required=True, help="the respondents")
    select.add_argument("--items", type=int, default=12, help="how many; 12 by default")
    select.set_defaults(run=_select)

    typing = commands.add_parser(
        "classify",
        help="type the answers of a CSV file",
        description=classification.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    typing.add_argument("source", type=Path, metavar="IN.csv")
    typing.add_argument("target", type=Path, metavar="OUT.csv")
    typing.set_defaults(run=_classify)

    survey_commands.add_to(commands)
    return parser


def _train(options: argparse.Namespace) -> int:
    from segmentation.training import Sample, train

    sample = Sample.of(read_respondents(options.data), held_out=False)
    tool = train(sample, load_instrument())
    out: Path = options.out or Path(str(files("segmentation"))) / "typing_tools" / f"{DEFAULT}.json"
    out.write_text(write_typing_tool(tool), encoding="utf-8")
    found = tool.provenance["cross_validation"]
    print(
        f"{len(sample.people)} training respondents; cross-validated accuracy"
        f" {found['accuracy']:.3f}, log loss {found['log_loss']:.3f};"
        f" threshold {tool.refusals.threshold}. Written: {out}"
    )
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from segmentation.evaluation import evaluate

    tool = (
        parse_typing_tool(options.tool.read_text(encoding="utf-8"))
        if options.tool
        else load_typing_tool()
    )
    report = evaluate(list(read_respondents(options.data)), tool)
    print(json.dumps(report.document(), indent=2) if options.json else report.text())
    return 0


def _select(options: argparse.Namespace) -> int:
    from segmentation.training import Sample, select_facets

    sample = Sample.of(read_respondents(options.data), held_out=False)
    for facet, loss in select_facets(sample, options.items):
        print(f"{facet:8} {loss:.4f}")
    return 0


def _classify(options: argparse.Namespace) -> int:
    count = classify(options.source, options.target, load_typing_tool())
    print(f"{count} rows written to {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
