"""All the evidence as one document of plain numbers, and what has changed between two of them."""

import math
from collections.abc import Iterator
from typing import Any, Final

from segmentation.evidence import accuracy, comparison, external, fairness, psychometrics
from segmentation.evidence.study import Document, Study
from segmentation.progress import Progress, silent

DIGITS: Final = 4
"""Kept in the committed document."""

TOLERANCE: Final = 0.0005
"""Numbers agree when they are the same to three decimals, wherever a rounding falls."""

SECTIONS: Final = {
    "people": psychometrics.usable_people,
    "evidence": accuracy.headline,
    "forms": accuracy.forms,
    "halves": accuracy.halves,
    "reliability": accuracy.reliability,
    "coverage": accuracy.coverage,
    "confusion": accuracy.confusion,
    "items": accuracy.items,
    "baselines": comparison.baselines,
    "fixed lengths": comparison.fixed_lengths,
    "learning": comparison.learning,
    "missing": comparison.missing,
    "temporal": comparison.temporal,
    "groups": fairness.groups,
    "differential items": fairness.differential_items,
    "alphas": psychometrics.alphas,
    "map": psychometrics.value_map,
    "attitudes": external.attitudes,
    "norms": psychometrics.norms,
    "shares": psychometrics.shares,
    "alike": psychometrics.alike,
}
"""Each part of the evidence and what works it out."""


def compute(study: Study, progress: Progress = silent) -> Document:
    """Work everything out, rounded as it is committed."""
    tool = study.tool
    found: Document = {
        "tool": tool.version,
        "instrument": tool.instrument_version,
        "threshold": tool.refusals.threshold,
        "asking": {
            "minimum": tool.asking.minimum,
            "maximum": tool.asking.maximum,
            "stop": tool.asking.stop,
        },
        "stated accuracy": tool.provenance.get("threshold", {}).get("stated_accuracy"),
        "facets": {
            "paper": list(study.paper),
            "ten": list(study.ten),
            "for the form": list(study.chosen),
        },
    }
    for done, (name, section) in enumerate(SECTIONS.items(), start=1):
        found[name] = section(study)
        progress(done, len(SECTIONS))
    rounded: Document = _rounded(found)
    return rounded


def differences(committed: Any, computed: Any, path: str = "") -> Iterator[str]:
    """Name every place where two documents do not say the same to three decimals."""
    match committed, computed:
        case dict(), dict():
            for name in [*committed, *(name for name in computed if name not in committed)]:
                where = f"{path}/{name}"
                if name not in committed or name not in computed:
                    yield f"{where}: only in the {'computed' if name in computed else 'committed'}"
                else:
                    yield from differences(committed[name], computed[name], where)
        case list(), list() if len(committed) == len(computed):
            for place, pair in enumerate(zip(committed, computed, strict=True)):
                yield from differences(*pair, f"{path}/{place}")
        case (int() | float(), int() | float()):
            if abs(committed - computed) > TOLERANCE + 10**-DIGITS / 2:
                yield f"{path}: committed {committed}, computed {computed}"
        case _:
            if committed != computed:
                yield f"{path}: committed {committed!r}, computed {computed!r}"


def _rounded(found: Any) -> Any:
    match found:
        case dict():
            return {str(name): _rounded(each) for name, each in found.items()}
        case list() | tuple():
            return [_rounded(each) for each in found]
        case float():
            return None if math.isnan(found) else round(float(found), DIGITS) + 0.0
        case _:
            return found
