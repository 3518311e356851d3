"""The figures of groups, items, values and attitudes."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from segmentation.evidence.canvas import ACCENT, GREY, INK, PALE, percent, whiskers
from segmentation.evidence.names import ATTITUDE_NAMES, FACET_NAMES
from segmentation.evidence.psychometrics import CIRCLE
from segmentation.evidence.study import Document

if TYPE_CHECKING:
    from collections.abc import Mapping


def groups_figure(numbers: Document) -> Figure:
    """Accuracy and unassigned shares, group by group."""
    figure = Figure(figsize=(8.6, 4.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    names, rows, places = [], [], []
    place = 0.0
    for groups in numbers["groups"]["groups"].values():
        for name, group in groups.items():
            names.append(f"{name} ({group['people']})")
            rows.append(group)
            places.append(place)
            place += 1
        place += 0.6
    everyone = numbers["forms"]["adaptive"]["full form"]
    for axes, quantity, title, overall in (
        (panels[0], "accuracy", "Right by the full form", everyone["accuracy"]["value"]),
        (panels[1], "unassigned", "Unassigned", 1 - everyone["coverage"]["value"]),
    ):
        axes.axvline(overall, color=GREY, ls="--", lw=1)
        whiskers(
            axes,
            [row[quantity] for row in rows],
            places,
            color=ACCENT,
            marker="o",
            ls="",
        )
        axes.set_title(title)
        percent(axes, "x", "share of the group (dashed: everyone)")
    panels[0].set_yticks(places, names)
    panels[0].invert_yaxis()
    return figure


def differential_figure(numbers: Document) -> Figure:
    """How much a group adds to what the other answers say of each item."""
    figure = Figure(figsize=(7.4, 5.6), layout="constrained")
    axes = figure.subplots()
    items = numbers["differential items"]["items"]
    order = sorted(items, key=lambda facet: max(each["growth"] for each in items[facet].values()))
    styles: Mapping[str, dict[str, Any]] = {
        "sex": {"marker": "o", "color": ACCENT},
        "age": {"marker": "s", "color": INK, "mfc": "white"},
        "education": {"marker": "^", "color": GREY},
    }
    for grouping, style in styles.items():
        axes.plot(
            [items[facet][grouping]["growth"] for facet in order],
            range(len(order)),
            ls="",
            label=grouping,
            **style,
        )
    for limit, name in ((0.035, "moderate"), (0.07, "large")):
        axes.axvline(limit, color=GREY, ls="--", lw=1)
        axes.text(limit + 0.0008, -0.6, name, size=8, color=GREY, va="bottom")
    axes.set_yticks(range(len(order)), [f"{FACET_NAMES[facet]}  {facet}" for facet in order])
    axes.set_xlabel("growth of R² (Nagelkerke) when the group is known")
    axes.set_xlim(-0.001, 0.082)
    axes.legend(loc="center", bbox_to_anchor=(0.66, 0.4), title="group")
    return figure


def map_figure(numbers: Document) -> Figure:
    """The ten values as found, on theory's circle."""
    figure = Figure(figsize=(5.8, 5.4), layout="constrained")
    axes = figure.subplots()
    theory, found = numbers["map"]["theory"], numbers["map"]["found"]
    ring = np.linspace(0, 2 * np.pi, 181)
    centre = np.mean([(np.array(theory[value])) for value in CIRCLE], axis=0)
    radius = float(np.hypot(*(np.array(theory[CIRCLE[0]]) - centre)))
    axes.plot(
        centre[0] + radius * np.sin(ring), centre[1] + radius * np.cos(ring), color=PALE, lw=1
    )
    for value, (across, up) in found.items():
        there = theory[value]
        axes.plot([there[0], across], [there[1], up], color=PALE, lw=1)
        axes.plot(*there, marker="o", mfc="white", mec=GREY, ls="")
        axes.plot(across, up, marker="o", color=ACCENT, ls="", ms=6)
        away = np.array([across, up]) - centre
        away = 9 * away / np.hypot(*away)
        axes.annotate(
            value,
            (across, up),
            xytext=tuple(away),
            textcoords="offset points",
            ha="left" if away[0] > 0 else "right",
            va="center",
            size=9,
        )
    axes.plot([], [], marker="o", color=ACCENT, ls="", ms=6, label="found")
    axes.plot([], [], marker="o", mfc="white", mec=GREY, ls="", label="theory")
    axes.legend(loc="lower right")
    axes.set_aspect("equal")
    axes.set_xlim(-0.53, 0.53)
    axes.set_ylim(-0.42, 0.42)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def attitudes_figure(numbers: Document) -> Figure:
    """How much of outside attitudes is explained."""
    figure = Figure(figsize=(7.8, 4.2), layout="constrained")
    axes = figure.subplots()
    found = numbers["attitudes"]
    kinds = ("segment, adaptive", "segment, full form", "three composites", "ten values")
    for place, (kind, marker, colour, face) in enumerate(
        zip(
            kinds,
            ("s", "s", "^", "o"),
            (GREY, INK, ACCENT, ACCENT),
            ("white", INK, "white", ACCENT),
            strict=True,
        )
    ):
        whiskers(
            axes,
            [found[name]["explained"][kind] for name in found],
            [row + 0.17 * (place - 1.5) for row in range(len(found))],
            color=colour,
            marker=marker,
            mfc=face,
            ls="",
            label=kind,
        )
    axes.axvline(0, color=GREY, lw=1)
    axes.set_yticks(range(len(found)), [ATTITUDE_NAMES[name] for name in found])
    axes.invert_yaxis()
    percent(axes, "x", "share of variance explained (adjusted)")
    axes.legend(loc="lower right")
    return figure
