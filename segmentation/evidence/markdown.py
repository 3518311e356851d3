"""How numbers, tables and figures are written in the model card."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

from segmentation.evidence.study import Document


def percent(measure: Document) -> str:
    """Write a share with its interval: 84% (82 to 85)."""
    return f"{whole(measure['value'])}% ({whole(measure['low'])} to {whole(measure['high'])})"


def points(measure: Document) -> str:
    """Write a difference of shares with its interval, in points: +1.4 (-0.3 to 3.2)."""
    value, low, high = (100 * measure[name] for name in ("value", "low", "high"))
    return f"{value:+.1f} ({low:.1f} to {high:.1f})"


def three(measure: Document) -> str:
    """Write a figure to three decimals with its interval: 0.838 (0.822 to 0.855)."""
    return f"{measure['value']:.3f} ({measure['low']:.3f} to {measure['high']:.3f})"


def whole(share: float) -> int:
    """Give a share in whole percent."""
    return round(100 * share)


def in_words(tenths: int) -> str:
    """Say how many in ten."""
    return _NUMBERS[tenths]


def titles(measures: Sequence[str]) -> list[str]:
    """Name the columns of measures as `evaluation.figures` gives them."""
    named = {"accuracy": "accuracy", "macro_f1": "macro-F1", "log_loss": "log loss", "ece": "ECE"}
    return [named[each] for each in measures]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay a table out; the first column to the left, all others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def picture(name: str, sentence: str) -> str:
    """Show a figure by its sentence."""
    return f"![{sentence}]({name}.svg)"


def filled(text: str) -> str:
    """Break prose and lists at the width of the project's lines, and leave all else as it is."""
    return "\n\n".join(
        block if block.startswith(_NOT_PROSE) else _filled(block) for block in text.split("\n\n")
    )


def _filled(block: str) -> str:
    listed = block.startswith("- ")
    entries = block[2:].split("\n- ") if listed else [block]
    return "\n".join(
        textwrap.fill(
            " ".join(entry.split()),
            WIDTH,
            initial_indent="- " if listed else "",
            subsequent_indent="  " if listed else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for entry in entries
    )


WIDTH: Final = 100
_NOT_PROSE: Final = ("#", "|", "!", "```")
_NUMBERS: Final = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
)
