"""The sections of the model card on the values: reliability, map, attitudes, norms, shares."""

from collections.abc import Iterator

from segmentation.evidence.markdown import percent, picture, table, three
from segmentation.evidence.names import ATTITUDE_NAMES
from segmentation.evidence.study import Document

_SEGMENTS = ("settler", "prospector", "pioneer")


def sections(numbers: Document) -> Iterator[str]:
    """Write them in order."""
    yield _reliability(numbers)
    yield _map(numbers)
    yield _attitudes(numbers)
    yield _norms(numbers)
    yield _shares(numbers)
    yield _alike(numbers)


def _reliability(numbers: Document) -> str:
    halves = numbers["halves"]
    real, made = halves["respondents"], halves["simulated"]
    if made["high"] < real["low"]:
        verdict = (
            "Simulated halves agree less often than real ones, so the simulation is, if anything, "
            "hard on the questionnaire, and the figures against the latent truth are cautious."
        )
    elif made["low"] > real["high"]:
        verdict = (
            "Simulated halves agree more often than real ones, so the simulation flatters the "
            "questionnaire, and the figures against the latent truth are too good."
        )
    else:
        verdict = "Simulated halves agree as often as real ones."
    return f"""
### Reliability

Cronbach's alpha of each value, as answered. Two or three items of deliberate breadth cannot do much
better; it is why the full form itself is no gold standard.

{
        table(
            ["value", "items", "alpha"],
            [[value, str(each["items"]), three(each)] for value, each in numbers["alphas"].items()],
        )
    }

Two halves of the full form, each value's items dealt out between them by chance, a hundred times,
name the same segment for {percent(real)} of held-out people, and for {percent(made)} of simulated
ones. {verdict}"""


def _map(numbers: Document) -> str:
    found = numbers["map"]
    chance = found["misfit by chance"]
    sentence = "The ten values as held-out answers place them, turned onto theory's circle."
    return f"""
### The map of the values

{picture("map", sentence)}

{sentence} Ordinal multidimensional scaling in two dimensions of the correlations of centred values
(stress {
        found["stress"]:.3f}), started from theory's circle and turned, scaled and mirrored onto it.
{
        100
        * found[
            "misfit"
        ]:.1f}% of the circle's spread is missed; with the values dealt out onto the same
map by chance, half of the time {
        100 * chance["median"]:.0f}% or more is, and one time in twenty less
than {100 * chance["lowest of 20"]:.0f}%. Best of
{found["without theory's start"]["starts"]} starts by chance instead of theory's: stress
{found["without theory's start"]["stress"]:.3f}, {
        100 * found["without theory's start"]["misfit"]:.1f}%
missed. {
        found["out of order"]
    } of the circle's nine neighbouring pairs are not neighbours on the map.

{
        table(
            ["value", "found: across", "up", "theory: across", "up"],
            [
                [
                    value,
                    *(
                        f"{place:.2f}"
                        for place in (*found["found"][value], *found["theory"][value])
                    ),
                ]
                for value in found["found"]
            ],
        )
    }"""


def _attitudes(numbers: Document) -> str:
    attitudes = numbers["attitudes"]
    kinds = ("segment, adaptive", "segment, full form", "three composites", "ten values")
    most = max(each["explained"]["segment, full form"]["value"] for each in attitudes.values())
    sentence = "Segments explain little of what people think; the ten values explain more."
    return f"""
### Relation to attitudes outside

{picture("attitudes", sentence)}

{sentence} Adjusted shares of variance (eta² of segments, R² of scores); at most
{100 * most:.1f}% for the full form's segment. Whoever hopes to know a person's opinions from their
segment is mistaken, and much of what little the answers tell is lost in three boxes.

{
        table(
            ["attitude", "people", *kinds],
            [
                [f"{ATTITUDE_NAMES[name]} ({name})", f"{each['people']:,}"]
                + [three(each["explained"][kind]) for kind in kinds]
                for name, each in attitudes.items()
            ],
        )
    }

Means by the full form's segment (0 to 10; incomes 1, agree strongly, to 5):

{
        table(
            ["attitude", *_SEGMENTS],
            [
                [ATTITUDE_NAMES[name], *(_mean(each["means"][segment]) for segment in _SEGMENTS)]
                for name, each in attitudes.items()
            ],
        )
    }"""


def _norms(numbers: Document) -> str:
    norms = numbers["norms"]
    return f"""
### If the norms were others

A variant moves the three composites so that the shares are those published for the United Kingdom
(26, 37 and 38%). It names the same segment for {percent(norms["agreement"])} of held-out people.
The same answers to the adaptive form, read by the variant and judged by it: accuracy
{three(norms["accuracy"])}; {percent(norms["coverage"])} assigned (the form was not asked with the
variant in mind), of these {three(norms["accuracy_assigned"])} rightly. About one person in
{_one_in(1 - norms["agreement"]["value"])} is what they are by the choice of norms alone."""


def _shares(numbers: Document) -> str:
    shares = numbers["shares"]
    titles = {
        "full form": "full form, weighted",
        "most likely": "most likely after the adaptive form, weighted",
        "mean probability": "mean probability after the adaptive form, weighted",
        "of the assigned": "of the assigned, weighted",
        "unweighted, full form": "full form, unweighted",
    }
    return f"""
### Shares of the population

Held-out people, post-stratification weights, bootstrap intervals; beside them the variant norms.

{
        table(
            ["", *_SEGMENTS],
            [
                [title, *(percent(shares[name][each]) for each in _SEGMENTS)]
                for name, title in titles.items()
            ]
            + [
                [
                    "full form by the variant norms, weighted",
                    *(percent(numbers["norms"]["shares"][each]) for each in _SEGMENTS),
                ]
            ],
        )
    }

Where the mean probability lies beside the full form's share, the tool as a whole leans that way;
counts of the assigned are further off, since segments differ in how often they are recognised."""


def _alike(numbers: Document) -> str:
    alike = numbers["alike"]
    left = alike["not usable"]
    return f"""
### People who answer nearly everything alike

{left["people"]} respondents are not used at all: {
        left["too few answers"]
    } gave fewer than 16 answers,
{
        left["too many alike"]
    } more than 16 identical ones. In the portal eight or more answers that are all
the same get no segment. Among those that are used, by the largest number of identical
answers of 21:

{
        table(
            ["identical", "people", "accuracy", "unassigned"],
            [
                [
                    f"{each['from']} to {each['to']}",
                    f"{each['people']:,}",
                    percent(each["accuracy"]),
                    percent(each["unassigned"]),
                ]
                for each in alike["most identical"]
            ],
        )
    }"""


def _mean(measure: Document) -> str:
    return f"{measure['value']:.2f} ({measure['low']:.2f} to {measure['high']:.2f})"


def _one_in(share: float) -> str:
    return f"{round(1 / share)}" if share else "none"
