"""The sections of the model card on groups, and on items that work differently."""

from collections.abc import Iterator, Sequence

from segmentation.evidence.fairness import CHANCE, LARGE, MODERATE
from segmentation.evidence.markdown import percent, picture, points, table, whole
from segmentation.evidence.names import FACET_NAMES
from segmentation.evidence.study import Document


def sections(numbers: Document) -> Iterator[str]:
    """Write them in order."""
    yield _groups(numbers)
    yield _differential(numbers)


def _groups(numbers: Document) -> str:
    groups, gaps = numbers["groups"]["groups"], numbers["groups"]["gaps"]
    rows = [
        [
            name,
            f"{group['people']:,}",
            percent(group["accuracy"]),
            percent(group["accuracy_assigned"]),
            percent(group["unassigned"]),
            f"{group['items']:.1f}",
        ]
        for of_grouping in groups.values()
        for name, group in of_grouping.items()
    ]
    stated = [
        [name]
        + [
            f"{whole(group['full form'][segment])}%, {points(over)}"
            for segment, over in group["overstated"].items()
        ]
        for of_grouping in groups.values()
        for name, group in of_grouping.items()
    ]
    gap_rows = [
        [
            f"{title}: {name}",
            points(gap).lstrip("+"),
            f"{100 * gap['by chance']:.1f}",
        ]
        for quantity, title in (("accuracy", "accuracy"), ("unassigned", "unassigned"))
        for name, gap in (
            ("largest of all", {**gaps[quantity]["largest"], **_chance(gaps[quantity])}),
            *gaps[quantity]["of"].items(),
        )
    ]
    sentence = "Accuracy and who goes unassigned, by sex, age and education, and for parents."
    return f"""
### Groups

{picture("groups", sentence)}

{sentence} Adaptive form as shipped, held-out people, against the full form:

{
        table(
            ["group", "people", "accuracy", "of the assigned", "unassigned", "items"],
            rows,
        )
    }

The largest of many gaps is above zero by chance alone. *By chance* is what the gap would
exceed once
in twenty if people were dealt out to the groups at random; gaps in points,
their intervals moved as said under *Split*:

{table(["gap", "points", "by chance"], gap_rows)}

Being right equally often is not everything: the tool could still take one group for something it
is not. Share of each segment by the full form, and by how many points the mean stated probability
is above it (below it, if negative). {furthest_off(numbers)}

{table(["group", "settler", "prospector", "pioneer"], stated)}"""


def furthest_off(numbers: Document) -> str:
    """Say which segment of which group the tool sees most too often or too seldom."""
    group, segment, over = max(
        (
            (name, segment, over)
            for of_grouping in numbers["groups"]["groups"].values()
            for name, group in of_grouping.items()
            for segment, over in group["overstated"].items()
        ),
        key=lambda each: abs(each[2]["value"]),
    )
    way = "often" if over["value"] > 0 else "seldom"
    return (
        f"It sees {segment}s too {way} among people of the group *{group}*: by "
        f"{points(over)} points, the furthest off of all."
    )


def _chance(gap: Document) -> Document:
    return {"by chance": gap["by chance"]}


def _differential(numbers: Document) -> str:
    found = numbers["differential items"]
    items: Document = found["items"]
    flagged = [
        (facet, grouping, each)
        for facet, of_item in items.items()
        for grouping, each in of_item.items()
        if each["flag"] != "none"
    ]
    rows = [
        [
            f"{FACET_NAMES[facet]} ({facet})",
            *(f"{of_item[grouping]['growth']:.3f}" for grouping in ("sex", "age", "education")),
            ", ".join(
                f"{each['flag']} by {grouping}"
                for grouping, each in of_item.items()
                if each["flag"] != "none"
            )
            or "–",
        ]
        for facet, of_item in sorted(
            items.items(),
            key=lambda pair: -max(each["growth"] for each in pair[1].values()),
        )
    ]
    sentence = (
        "How much knowing a person's group adds to what their other answers say of one answer."
    )
    return f"""
### Items that work differently

{picture("differential-items", sentence)}

{sentence} Ordinal logistic regression of each answer on the rest score of its pole and the person's
mean of all other answers, then the group, then the group by rest score ({found["people"]:,}
held-out
people who answered everything). **Rule:** an item is flagged where Nagelkerke's R² grows by
{MODERATE:.3f} (moderate) or {LARGE:.3f} (large; Jodoin and Gierl 2001) and the likelihood ratio is
beyond {CHANCE} after correction for all {found["tests"]} tests.

{_flags(flagged)}

{table(["item", "sex", "age", "education", "flag"], rows)}"""


def _flags(flagged: Sequence[tuple[str, str, Document]]) -> str:
    if not flagged:
        return "No item is flagged."
    said = [
        f"- **{FACET_NAMES[facet]}, by {grouping} ({each['flag']})**: log odds of a more alike "
        "answer beside the first group, at the same rest score: "
        + "; ".join(f"{name} {shift:+.2f}" for name, shift in each["shift"].items())
        + "."
        for facet, grouping, each in flagged
    ]
    return "\n".join(said) + f"\n\n{_CAUTION}"


_CAUTION = """
These groups answer these items differently from what the rest of their answers would have it. Two
or three items of a value cannot tell an item that works differently from a value that differs in
just this respect; the full form shares the difference, so the gaps above do not show it. Read the
segments of very young and very old people with this in mind.
""".strip()
