"""The figures of the model card, drawn from its numbers alone: the same numbers, the same bytes.

Lines differ in dash and marker, bars in shade, so that nothing is lost in grey; words are drawn as
outlines, so that no reader needs a font.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from segmentation.evidence.canvas import ACCENT, GREY, INK, SHADES, drawn, percent, whiskers
from segmentation.evidence.study import Document
from segmentation.evidence.value_charts import (
    attitudes_figure,
    differential_figure,
    groups_figure,
    map_figure,
)

_LONGEST: Final = 16
_ROOM: Final = 0.04
_LABELLED: Final = {
    "adaptive": (0.5, 0.6, 0.7, 0.8, 0.9),
    "paper": (0.7,),
    "ten for the form": (0.7,),
}
_SAID: Final = ("settler", "prospector", "pioneer", "unassigned")
_RIVALS: Final[Sequence[tuple[str, str, dict[str, Any]]]] = (
    ("logistic", "multinomial logistic", {"color": GREY, "ls": "--", "marker": "s"}),
    ("ours", "region of a Gaussian", {"color": ACCENT, "ls": "-", "marker": "o"}),
)


def draw(numbers: Document, kind: str = "svg") -> dict[str, bytes]:
    """Draw every figure: name to file."""
    return {name: drawn(figure, numbers, kind) for name, figure in FIGURES.items()}


def items_figure(numbers: Document) -> Figure:
    """Items against accuracy, both truths."""
    figure = Figure(figsize=(8.6, 4.3), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, truth, title in (
        (left, "full form", "Against the full form (held-out people)"),
        (right, "latent", "Against the latent truth (simulated people)"),
    ):
        curves = numbers["items"][truth]
        for name, style in (
            ("random", {"color": GREY, "ls": ":", "marker": "x", "label": "items at random"}),
            (
                "fixed for the form",
                {"color": GREY, "ls": "--", "marker": "s", "label": "fixed, chosen for the form"},
            ),
            (
                "fixed for the truth",
                {
                    "color": INK,
                    "ls": "-.",
                    "marker": "^",
                    "label": "fixed, chosen for the truth (paper)",
                },
            ),
            (
                "fixed for the truth, latent model",
                {
                    "color": INK,
                    "ls": ":",
                    "marker": "^",
                    "mfc": "white",
                    "label": "the same, read by the latent model",
                },
            ),
            (
                "adaptive",
                {"color": ACCENT, "ls": "-", "marker": "o", "label": "adaptive, mean items"},
            ),
            (
                "adaptive, aimed at the truth",
                {
                    "color": ACCENT,
                    "ls": "--",
                    "marker": "o",
                    "mfc": "white",
                    "label": "adaptive, aimed at the truth and read so",
                },
            ),
        ):
            points = [point for point in curves.get(name, ()) if point["items"] <= _LONGEST]
            if points:
                axes.plot(
                    [point["items"] for point in points],
                    [point["accuracy"]["value"] for point in points],
                    **style,
                )
        axes.set_title(title)
        axes.set_xlabel("items asked")
        axes.set_xlim(3.5, _LONGEST + 0.5)
        axes.set_xticks(range(4, _LONGEST + 1, 2))
        percent(axes, "y", "right most likely segment")
    scored = numbers["items"]["latent"]["simple scoring of all 21"]
    right.axhline(scored, color=INK, lw=0.9)
    right.text(
        _LONGEST + 0.4, scored + 0.004, "all 21, simply scored", ha="right", va="bottom", size=8
    )
    for axes, low in ((left, 0.55), (right, 0.48)):
        axes.set_ylim(low, low + 0.40 if axes is left else 0.76)
    handles = {
        label: handle
        for axes in (left, right)
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=3)
    return figure


def reliability_figure(numbers: Document) -> Figure:
    """Stated confidence against how often it was right."""
    figure = Figure(figsize=(8.6, 3.7), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    titles = {
        "adaptive, full form": "Adaptive, full form",
        "paper, full form": "Paper form, full form",
        "adaptive, latent": "Adaptive, latent truth",
    }
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        bins = numbers["reliability"][name]
        axes.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--")
        whiskers(
            axes,
            [each["confidence"] for each in bins],
            [each["right"] for each in bins],
            color=ACCENT,
            marker="o",
        )
        for each in bins:
            axes.text(
                each["confidence"],
                0.165,
                str(each["people"]),
                ha="center",
                va="bottom",
                size=7.5,
                rotation=90,
                color=GREY,
            )
        axes.set_title(title)
        axes.set_xlim(0.33, 1.02)
        axes.set_ylim(0.15, 1.02)
        percent(axes, "x", "stated probability")
    percent(panels[0], "y", "right in so many")
    panels[0].text(0.345, 0.165, "people", size=7.5, color=GREY, rotation=90, va="bottom")
    return figure


def coverage_figure(numbers: Document) -> Figure:
    """Who would be assigned against how often rightly."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    series: Sequence[tuple[str, str, dict[str, Any]]] = (
        ("ten for the form", "10 fixed items", {"color": GREY, "ls": "--", "marker": "s"}),
        ("paper", "12 fixed items (paper)", {"color": INK, "ls": "-.", "marker": "^"}),
        ("adaptive", "adaptive, stops at the threshold", {"color": ACCENT, "marker": "o"}),
    )
    for name, label, style in series:
        points = numbers["coverage"][name]
        across = [point["coverage"]["value"] for point in points]
        up = [point["accuracy"]["value"] for point in points]
        axes.plot(across, up, label=label, **style)
        for point, at, high in zip(points, across, up, strict=True):
            if point["threshold"] in _LABELLED[name]:
                axes.annotate(
                    f"{point['threshold']:.1f}",
                    (at, high),
                    xytext=(5, 4) if name == "paper" else (-14, -9),
                    textcoords="offset points",
                    size=7.5,
                    color=style["color"],
                )
    shipped = numbers["forms"]["adaptive"]["full form"]
    axes.plot(
        shipped["coverage"]["value"],
        shipped["accuracy_assigned"]["value"],
        marker="*",
        ms=13,
        color=INK,
        ls="",
        label=f"as shipped (threshold {numbers['threshold']})",
    )
    axes.set_title("Beside the points: thresholds")
    percent(axes, "x", "people to whom a segment is said")
    percent(axes, "y", "of these, right by the full form")
    axes.legend(loc="lower left")
    return figure


def confusion_figure(numbers: Document) -> Figure:
    """What is said of people of each segment."""
    figure = Figure(figsize=(8.6, 2.9), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, truth, title in (
        (panels[0], "full form", "By the full form's segment"),
        (panels[1], "latent", "By the latent segment (simulated)"),
    ):
        rows = numbers["confusion"][truth]
        for height, (_segment, cells) in enumerate(rows.items()):
            start = 0.0
            for shade, said in zip(SHADES, _SAID, strict=True):
                width = cells[said]["value"] if cells[said] else 0.0
                axes.barh(
                    height,
                    width,
                    left=start,
                    color=shade,
                    edgecolor="white",
                    height=0.72,
                    label=said if height == 0 else None,
                )
                if width > _ROOM:
                    axes.text(
                        start + width / 2,
                        height,
                        f"{100 * width:.0f}",
                        ha="center",
                        va="center",
                        size=8,
                        color="white" if shade == SHADES[0] else INK,
                    )
                start += width
        axes.set_yticks(range(len(rows)), [f"is {segment}" for segment in rows])
        axes.set_title(title)
        axes.set_xlim(0, 1)
        axes.grid(visible=False)
        percent(axes, "x", "said to be, % of people")
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def learning_figure(numbers: Document) -> Figure:
    """Training people, and answers taken away, against accuracy."""
    figure = Figure(figsize=(8.6, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=False)
    for name, label, style in _RIVALS:
        sizes = [point["people"] for point in numbers["learning"]]
        found = [point[name] for point in numbers["learning"]]
        left.plot(sizes, [each["accuracy"] for each in found], label=label, **style)
        left.fill_between(
            sizes,
            [each["lowest"] for each in found],
            [each["highest"] for each in found],
            color=style["color"],
            alpha=0.13,
            lw=0,
        )
        whiskers(
            right,
            [
                point["missing"] + (0.06 if name == "ours" else -0.06)
                for point in numbers["missing"]
            ],
            [point[name]["accuracy"] for point in numbers["missing"]],
            **style,
        )
    left.set_xscale("log")
    left.set_xticks(
        [point["people"] for point in numbers["learning"]],
        [str(point["people"]) for point in numbers["learning"]],
        size=7.5,
    )
    left.minorticks_off()
    left.set_title("Fewer training people (band: ten draws)")
    left.set_xlabel("people trained on")
    left.legend(loc="lower right")
    right.set_title("Answers missing from the paper form")
    right.set_xlabel("answers taken away of 12")
    for axes in (left, right):
        percent(axes, "y", "right by the full form")
        axes.yaxis.set_major_locator(MultipleLocator(0.02))
    return figure


FIGURES: Final[Mapping[str, Callable[[Document], Figure]]] = {
    "items": items_figure,
    "reliability": reliability_figure,
    "coverage": coverage_figure,
    "confusion": confusion_figure,
    "learning": learning_figure,
    "groups": groups_figure,
    "differential-items": differential_figure,
    "map": map_figure,
    "attitudes": attitudes_figure,
}
