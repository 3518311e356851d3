"""The commands: `python -m segmentation --help` names them.

Exit status: 0 done, 2 refused (the reasons are on stderr).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from segmentation import classification, research_commands, survey_commands
from segmentation.classification import classify
from segmentation.evidence import command as evidence
from segmentation.faults import FileRefused
from segmentation.respondents import RespondentsRefused, TooFewRespondents
from segmentation.sampling import SurveyRefused
from segmentation.typing_tool import ToolRefused, load_typing_tool

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

    research_commands.add_to(commands)
    typing = commands.add_parser(
        "classify",
        help="type the answers of a CSV file",
        description=classification.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    typing.add_argument("source", type=Path, metavar="IN.csv")
    typing.add_argument("target", type=Path, metavar="OUT.csv")
    typing.add_argument("--json", action="store_true", help="print JSON")
    typing.set_defaults(run=_classify)

    survey_commands.add_to(commands)
    evidence.add_to(commands)
    return parser


def _classify(options: argparse.Namespace) -> int:
    count = classify(options.source, options.target, load_typing_tool())
    if options.json:
        print(json.dumps({"rows": count, "written": str(options.target)}, indent=2))
    else:
        print(f"{count} rows written to {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
