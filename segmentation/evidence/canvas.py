"""How every figure of the model card looks, and how it becomes a file."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segmentation.evidence.study import Document

INK, ACCENT, GREY, PALE = "#0b0c0c", "#1d4f91", "#6f777b", "#c9cdcf"
SHADES: Final = ("#12305c", "#6d8fbf", "#b7c7de", "#eceff2")

_STYLE: Final[Any] = {
    "svg.hashsalt": "parentportal",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "grid.color": "#e6e8e9",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
}

_NO_TRACE: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}


def drawn(figure: Callable[[Document], Figure], numbers: Document, kind: str) -> bytes:
    """Give a figure as a file: SVG, or PNG to look at."""
    with mpl.rc_context(_STYLE):
        page = io.BytesIO()
        metadata = _NO_TRACE if kind == "svg" else None
        figure(numbers).savefig(page, format=kind, metadata=metadata, dpi=110)
    return page.getvalue()


def whiskers(axes: Axes, across: Sequence[Any], up: Sequence[Any], **style: Any) -> None:
    """Plot measures with their intervals, along whichever axis they are given for."""
    upright = isinstance(up[0], Mapping)
    measures = up if upright else across
    value = [each["value"] for each in measures]
    spread = [
        [max(each["value"] - each["low"], 0) for each in measures],
        [max(each["high"] - each["value"], 0) for each in measures],
    ]
    style |= {"yerr" if upright else "xerr": spread}
    axes.errorbar(
        across if upright else value,
        value if upright else up,
        elinewidth=1,
        capsize=2,
        **style,
    )


def percent(axes: Axes, which: str, label: str) -> None:
    """Write an axis in percent, under a label."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(lambda share, _: f"{100 * share:.0f}%")
    axis.set_label_text(label)
