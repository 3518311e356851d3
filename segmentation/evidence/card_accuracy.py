"""The sections of the model card on accuracy, calibration and coverage."""

from collections.abc import Iterator

from segmentation.evidence.markdown import percent, picture, table, three, titles, whole
from segmentation.evidence.study import Document

_FORMS = {
    "adaptive": "adaptive, as shipped",
    "paper": "12 fixed (paper), chosen for the truth",
    "twelve for the form": "12 fixed, chosen for the form",
    "ten for the form": "10 fixed, chosen for the form",
    "all 21": "all 21",
}


def sections(numbers: Document) -> Iterator[str]:
    """Write them in order."""
    yield _forms(numbers)
    yield _items(numbers)
    yield _reliability(numbers)
    yield _coverage(numbers)
    yield _confusion(numbers)


def _forms(numbers: Document) -> str:
    forms = numbers["forms"]
    measures = ("accuracy", "macro_f1", "log_loss", "ece")
    adaptive = forms["adaptive"]
    asked = adaptive["items asked"]
    stated, held = numbers["stated accuracy"], adaptive["full form"]["accuracy_assigned"]
    below = (
        f"The threshold was chosen so that cross-validated training respondents reach {stated:.2f} "
        f"among the assigned; held-out people reach {three(held)}"
    )
    below += (
        ", which is less: it is the lowest of many thresholds that passed, and so a lucky one."
        if held["high"] < stated
        else "."
    )
    return f"""
### Accuracy, against both truths

Against the full form, held-out people (*accuracy*: of the most likely segment, everybody counted):

{
        table(
            ["form", "items", *titles(measures), "assigned", "accuracy of the assigned"],
            [
                [title, f"{forms[name]['items']['value']:.1f}"]
                + [three(forms[name]["full form"][each]) for each in measures]
                + [
                    percent(forms[name]["full form"]["coverage"]),
                    three(forms[name]["full form"]["accuracy_assigned"]),
                ]
                for name, title in _FORMS.items()
            ],
        )
    }

Against the latent truth, simulated people, by what the tool says (it aims at the full form), and by
its own latent model given the same answers:

{
        table(
            [
                "form",
                "accuracy",
                "log loss",
                "ECE",
                "accuracy of the assigned",
                "latent model: accuracy",
                "log loss",
            ],
            [
                [title]
                + [three(forms[name]["latent"][each]) for each in ("accuracy", "log_loss", "ece")]
                + [three(forms[name]["latent"]["accuracy_assigned"])]
                + [three(forms[name]["latent model"][each]) for each in ("accuracy", "log_loss")]
                for name, title in _FORMS.items()
            ]
            + [
                [
                    "all 21, simply scored",
                    three(forms["simple scoring of all 21"]["latent"]["accuracy"]),
                    *["–"] * 5,
                ]
            ],
        )
    }

The adaptive form asks a median of {asked["median"]:.0f} items, nine people in ten at most
{asked["p90"]:.0f}. The simulated people's adaptive forms agree with their own full forms in
{three(adaptive["full form, simulated"]["accuracy"])}, real people's in
{three(adaptive["full form"]["accuracy"])}. A few respondents left items out of the full form, which
is why even all 21 items miss some of them. {below}"""


def _items(numbers: Document) -> str:
    items = numbers["items"]
    form, latent = items["full form"], items["latent"]
    lengths = [point["items"] for point in form["fixed for the form"]]
    paper = {point["items"]: point for point in form["fixed for the truth"]}
    latent_paper = {point["items"]: point for point in latent["fixed for the truth"]}
    fixed = [
        [
            str(length),
            three(form["random"][place]["accuracy"]),
            three(form["fixed for the form"][place]["accuracy"]),
            three(paper[length]["accuracy"]) if length in paper else "–",
            three(latent["fixed for the form"][place]["accuracy"]),
            three(latent_paper[length]["accuracy"]) if length in paper else "–",
        ]
        for place, length in enumerate(lengths)
    ]
    stops = [
        [
            f"{real['stop']:.2f}",
            f"{real['items']:.1f}",
            three(real["accuracy"]),
            f"{made['items']:.1f}",
            three(made["accuracy"]),
            f"{aimed['items']:.1f}",
            three(aimed["accuracy"]),
        ]
        for real, made, aimed in zip(
            form["adaptive"],
            latent["adaptive"],
            latent["adaptive, aimed at the truth"],
            strict=True,
        )
    ]
    sentence = (
        "Asked adaptively, people need fewer items for the same accuracy against the full form "
        "than with any fixed form; against the latent truth all forms level off near what the "
        "full form itself reaches, and only asking for the truth goes beyond it."
    )
    return f"""
### Items against accuracy

{picture("items", sentence)}

{sentence} Fixed forms (the shorter ones are the longer ones' first items):

{
        table(
            [
                "items",
                "random, full form",
                "for the form, full form",
                "for the truth, full form",
                "for the form, latent",
                "for the truth, latent",
            ],
            fixed,
        )
    }

Adaptive, by the probability at which it stops (items are means):

{
        table(
            [
                "stop",
                "items",
                "accuracy, full form",
                "items, simulated",
                "accuracy, latent",
                "items, aimed at the truth",
                "accuracy, latent",
            ],
            stops,
        )
    }"""


def _reliability(numbers: Document) -> str:
    titles = {
        "adaptive, full form": "adaptive, full form",
        "paper, full form": "paper, full form",
        "adaptive, latent": "adaptive, latent truth",
    }
    rows = [
        [
            title,
            f"{each['from']:.2f} to {each['to']:.2f}",
            f"{each['people']:,}",
            f"{each['confidence']:.3f}",
            three(each["right"]),
        ]
        for name, title in titles.items()
        for each in numbers["reliability"][name]
    ]
    highest = numbers["reliability"]["adaptive, latent"][-1]
    sentence = (
        "Against the full form, people are right about as often as is stated; against the latent "
        "truth every statement is too sure."
    )
    return f"""
### Calibration

{picture("reliability", sentence)}

{sentence} Of simulated people told {whole(highest["from"])}% or more,
{percent(highest["right"])} are where their latent values put them. So the stated probability
must be
read as it is meant: of what the full form would say.

{table(["form and truth", "stated", "people", "mean stated", "right"], rows)}"""


def _coverage(numbers: Document) -> str:
    coverage = numbers["coverage"]
    rows = [
        [
            f"{adaptive['threshold']:.2f}",
            f"{adaptive['items']:.1f}",
            *(three(adaptive[each]) for each in ("coverage", "accuracy")),
            *(three(ten[each]) for each in ("coverage", "accuracy")),
            *(three(paper[each]) for each in ("coverage", "accuracy")),
        ]
        for adaptive, ten, paper in zip(
            coverage["adaptive"], coverage["ten for the form"], coverage["paper"], strict=True
        )
    ]
    sentence = (
        "Whoever is content to assign fewer people is right about more of them; the adaptive form "
        "buys the same bargain with fewer items."
    )
    return f"""
### Who is assigned, and how rightly

{picture("coverage", sentence)}

{sentence} Against the full form, held-out people:

{
        table(
            [
                "threshold",
                "adaptive: items",
                "assigned",
                "accuracy",
                "10 fixed: assigned",
                "accuracy",
                "paper: assigned",
                "accuracy",
            ],
            rows,
        )
    }"""


def _confusion(numbers: Document) -> str:
    rows = [
        [
            f"{segment}, {truth}",
            f"{cells['people']:,}",
            *(
                percent(cells[said]) if cells[said] else "fewer than 10 people"
                for said in ("settler", "prospector", "pioneer", "unassigned")
            ),
        ]
        for truth, of_truth in numbers["confusion"].items()
        for segment, cells in of_truth.items()
    ]
    sentence = "What the adaptive form says of people whose segment is known."
    return f"""
### Confusion

{picture("confusion", sentence)}

{sentence} Rows add to 100%:

{
        table(
            [
                "segment, by",
                "people",
                "said: settler",
                "said: prospector",
                "said: pioneer",
                "unassigned",
            ],
            rows,
        )
    }"""
