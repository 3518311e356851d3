"""The command `evaluate`: write the model card, or check the one that is committed."""

import argparse
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from segmentation.instrument import load_instrument
from segmentation.progress import bar
from segmentation.respondents import read_respondents
from segmentation.typing_tool import load_typing_tool, parse_typing_tool

DIFFERS: Final = 1
NUMBERS: Final = "figures.json"
CARD: Final = "card.md"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    evaluate = commands.add_parser(
        "evaluate",
        help="test the tool on the held-out respondents: the model card and its figures",
        description=__doc__,
    )
    evaluate.add_argument("--data", type=Path, required=True, help="the respondents")
    evaluate.add_argument("--tool", type=Path, help="a typing tool; the shipped one by default")
    evaluate.add_argument("--out", type=Path, help="the folder; beside the tool by default")
    evaluate.add_argument(
        "--check", action="store_true", help="compare with the numbers there, write nothing"
    )
    evaluate.add_argument("--json", action="store_true", help="print all numbers as JSON")
    evaluate.set_defaults(run=run)


def folder(version: str) -> Path:
    """Say where the evidence of a tool that ships with this package is kept."""
    return Path(str(files("segmentation"))) / "typing_tools" / version


def run(options: argparse.Namespace) -> int:
    """Work the evidence out, and write or check it.

    Returns:
        0 done, 1 where a number differs from the committed one in the first three decimals.
    """
    from segmentation.evidence.document import compute, differences
    from segmentation.evidence.study import ATTITUDES, Study

    tool = (
        parse_typing_tool(options.tool.read_text(encoding="utf-8"))
        if options.tool
        else load_typing_tool()
    )
    out: Path = options.out or folder(tool.version)
    committed = json.loads((out / NUMBERS).read_text(encoding="utf-8")) if options.check else None
    respondents = list(read_respondents(options.data, also=ATTITUDES))
    with bar("playing", sys.stderr) as progress:
        study = Study.of(respondents, tool, load_instrument(), progress=progress)
    with bar("measuring", sys.stderr) as progress:
        numbers = compute(study, progress)
    if options.json:
        print(json.dumps(numbers, indent=2))
    if committed is not None:
        found = list(differences(committed, numbers))
        for difference in found:
            print(difference, file=sys.stderr)
        return DIFFERS if found else 0
    if not options.json:
        for path in write(numbers, out):
            print(path)
    return 0


def write(numbers: dict[str, Any], out: Path) -> list[Path]:
    """Write numbers, card and figures into a folder, and name what was written."""
    from segmentation.evidence.card import write as write_card
    from segmentation.evidence.charts import draw

    out.mkdir(parents=True, exist_ok=True)
    pages = {
        NUMBERS: (json.dumps(numbers, indent=1, ensure_ascii=False) + "\n").encode(),
        CARD: write_card(numbers).encode(),
        **{f"{name}.svg": figure for name, figure in draw(numbers).items()},
    }
    for name, page in pages.items():
        (out / name).write_bytes(page)
    return [out / name for name in pages]
