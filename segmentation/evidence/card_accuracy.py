"""The sections of the model card on accuracy, calibration and what else would do."""

from collections.abc import Iterator

from segmentation.evidence.markdown import percent, picture, points, table, three, whole
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
    yield _baselines(numbers)
    yield _fewer(numbers)
    yield _temporal(numbers)


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
            ["form", "items", *_titles(measures), "assigned", "accuracy of the assigned"],
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


def _baselines(numbers: Document) -> str:
    baselines = numbers["baselines"]
    measures = ("accuracy", "macro_f1", "log_loss", "ece")
    order = sorted(baselines, key=lambda name: baselines[name]["accuracy"]["value"])
    lengths = numbers["fixed lengths"]
    return f"""
### Baselines

Fitted on the same training respondents, tested on the same held-out people against the full form.
The majority and demographics (sex, age, education, kind of place, child at home) read no item, all
others the twelve of the paper form. None was tuned on anybody held out.

{
        table(
            ["baseline", *_titles(measures)],
            [
                [
                    name,
                    *(
                        three(baselines[name][each]) if each in baselines[name] else "–"
                        for each in measures
                    ),
                ]
                for name in order
            ],
        )
    }

On complete fixed forms the Gaussian does about as well as a logistic regression fitted for exactly
these items, and is not meant to do better: its use is that one set of parameters serves
every subset. Items
chosen for the form:

{
        table(
            [
                "items",
                "Gaussian: accuracy",
                "log loss",
                "ECE",
                "logistic: accuracy",
                "log loss",
                "ECE",
            ],
            [
                [
                    length,
                    *(
                        three(each[by][name])
                        for by in ("ours", "logistic")
                        for name in ("accuracy", "log_loss", "ece")
                    ),
                ]
                for length, each in lengths.items()
            ],
        )
    }"""


def _fewer(numbers: Document) -> str:
    sentence = (
        "A few hundred training people are nearly as good as all of them, and a missing answer "
        "costs the Gaussian less than it costs a logistic regression with means in its place."
    )
    return f"""
### Fewer people, fewer answers

{picture("learning", sentence)}

{sentence} Paper form, against the full form; ten draws of training people (lowest to highest):

{
        table(
            ["trained on", "Gaussian: accuracy", "log loss", "logistic: accuracy", "log loss"],
            [
                [f"{each['people']:,}"]
                + [
                    cell
                    for by in ("ours", "logistic")
                    for cell in (
                        _over_draws(each[by]),
                        f"{each[by]['log_loss']:.3f}",
                    )
                ]
                for each in numbers["learning"]
            ],
        )
    }

{
        table(
            ["answers taken away", "Gaussian: accuracy", "ECE", "logistic: accuracy", "ECE"],
            [
                [
                    str(each["missing"]),
                    *(
                        three(each[by][name])
                        for by in ("ours", "logistic")
                        for name in ("accuracy", "ece")
                    ),
                ]
                for each in numbers["missing"]
            ],
        )
    }"""


def _temporal(numbers: Document) -> str:
    temporal = numbers["temporal"]
    return f"""
### Four years on

Trained on round 7 (2014), tested on the {temporal["tested"]:,} held-out people of round 9 (2018),
adaptively under the shipped rules, beside a tool trained on round 9 itself. The drop is
{points(temporal["drop"])} points (below zero: no drop). The norms are of both rounds together.

{
        table(
            [
                "",
                "people",
                "items",
                "accuracy",
                "log loss",
                "ECE",
                "assigned",
                "accuracy of the assigned",
            ],
            [
                [
                    name,
                    f"{temporal[name]['trained']:,}",
                    f"{temporal[name]['items']:.1f}",
                    *(three(temporal[name][each]) for each in ("accuracy", "log_loss", "ece")),
                    percent(temporal[name]["coverage"]),
                    three(temporal[name]["accuracy_assigned"]),
                ]
                for name in ("trained on round 7", "trained on round 9")
            ],
        )
    }"""


def _titles(measures: tuple[str, ...]) -> list[str]:
    named = {"accuracy": "accuracy", "macro_f1": "macro-F1", "log_loss": "log loss", "ece": "ECE"}
    return [named[each] for each in measures]


def _over_draws(of: Document) -> str:
    return f"{of['accuracy']:.3f} ({of['lowest']:.3f} to {of['highest']:.3f})"
