"""Real respondents where they are, invented ones everywhere."""

import csv
from types import MappingProxyType

import numpy as np
import pytest

from segmentation.instrument import load_instrument
from segmentation.respondents import BACKGROUND, Respondent, read_respondents
from segmentation.scoring import FACETS, VALUE_OF_FACET, VALUES, VALUES_OF_SEGMENT
from segmentation.training import Sample
from segmentation.typing_tool import load_typing_tool


@pytest.fixture(scope="session")
def respondents(respondents_file):
    return list(read_respondents(respondents_file))


@pytest.fixture(scope="session")
def held_out(respondents):
    return Sample.of(respondents, held_out=True)


@pytest.fixture(scope="session")
def instrument():
    return load_instrument()


@pytest.fixture(scope="session")
def tool():
    return load_typing_tool()


@pytest.fixture(scope="session")
def invented():
    """Six hundred plainly invented respondents, whose values hang together as theory says."""
    chance = np.random.default_rng(1)
    people = []
    for number in range(600):
        poles = {pole: chance.normal() for pole in VALUES_OF_SEGMENT}
        of_value = {
            value: poles[pole] + chance.normal(0, 0.5)
            for pole, values in VALUES_OF_SEGMENT.items()
            for value in values
        }
        assert set(of_value) == set(VALUES)
        likeness = {
            facet: 4 + of_value[VALUE_OF_FACET[facet]] + chance.normal(0, 0.7) for facet in FACETS
        }
        people.append(
            Respondent(
                id=f"invented-{number}",
                ratings=MappingProxyType(
                    {facet: int(np.clip(round(7 - like), 1, 6)) for facet, like in likeness.items()}
                ),
                essround=7,
                weight=float(chance.uniform(0.5, 2)),
                background=MappingProxyType(
                    {
                        "gndr": float(chance.integers(1, 3)),
                        "agea": float(chance.integers(18, 90)),
                        "eisced": float(chance.integers(1, 8)),
                        "domicil": float(chance.integers(1, 6)),
                        "chldhm": float("nan"),
                    }
                ),
            )
        )
    return people


@pytest.fixture(scope="session")
def invented_file(invented, tmp_path_factory):
    path = tmp_path_factory.mktemp("respondents") / "invented.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "essround", "pspwght", *FACETS, *BACKGROUND])
        for person in invented:
            background = ["" if v != v else v for v in person.background.values()]  # noqa: PLR0124
            ratings = [person.ratings[facet] for facet in FACETS]
            writer.writerow([person.id, person.essround, person.weight, *ratings, *background])
    return path
