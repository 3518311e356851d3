"""The sections of the model card on what else would do: other models, fewer people, other years."""

from collections.abc import Iterator

from segmentation.evidence.markdown import percent, picture, points, table, three, titles
from segmentation.evidence.study import Document


def sections(numbers: Document) -> Iterator[str]:
    """Write them in order."""
    yield _baselines(numbers)
    yield _fewer(numbers)
    yield _temporal(numbers)


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
            ["baseline", *titles(measures)],
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


def _over_draws(of: Document) -> str:
    return f"{of['accuracy']:.3f} ({of['lowest']:.3f} to {of['highest']:.3f})"
