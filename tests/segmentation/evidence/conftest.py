"""The committed numbers, and evidence worked out from invented respondents."""

import csv
import json
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from segmentation.evidence.command import NUMBERS, folder
from segmentation.evidence.document import compute
from segmentation.evidence.study import ATTITUDES, Study
from segmentation.respondents import BACKGROUND
from segmentation.scoring import FACETS
from segmentation.typing_tool import DEFAULT


@pytest.fixture(scope="session")
def committed():
    return json.loads((folder(DEFAULT) / NUMBERS).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def surveyed(invented):
    """The invented respondents, with attitudes, half of them of the later round."""
    chance = np.random.default_rng(2)
    return [
        replace(
            person,
            essround=7 + 2 * (number % 2),
            background=MappingProxyType(
                {**person.background}
                | {name: float(chance.integers(0, 11)) for name in ATTITUDES}
                | {"happy": 10.0 - person.ratings["impfun"]}
            ),
        )
        for number, person in enumerate(invented)
    ]


@pytest.fixture(scope="session")
def study(surveyed, tool, instrument):
    return Study.of(surveyed, tool, instrument, simulated=400)


@pytest.fixture(scope="session")
def computed(study):
    return compute(study)


@pytest.fixture
def surveyed_file(surveyed, tmp_path):
    path = tmp_path / "surveyed.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        columns = (*BACKGROUND, *ATTITUDES)
        writer.writerow(["id", "essround", "pspwght", *FACETS, *columns])
        for person in surveyed:
            known = [person.background[name] for name in columns]
            writer.writerow(
                [person.id, person.essround, person.weight]
                + [person.ratings[facet] for facet in FACETS]
                + ["" if np.isnan(value) else value for value in known]
            )
    return path
