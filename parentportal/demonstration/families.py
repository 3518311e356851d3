"""Families nobody could mistake for real ones, as the cohort file a council would bring.

Surnames, streets, schools and places are invented; telephone numbers are those that Ofcom keeps for
drama (07700 900000 to 900999); email domains cannot exist (RFC 2606).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

PREFIX = "DEMO"
"""Begins the reference of every family of the practice council."""

COLUMNS = (
    "family_reference",
    "carer_name",
    *(f"address_line_{number}" for number in range(1, 8)),
    "phone",
    "email",
    "language",
    "child_reference",
    "child_first_name",
    "age_band",
    "school",
    "present_travel",
    "annual_cost",
    "miles",
    "offers_open",
    "flags",
)

_FIRST_NAMES = {
    "en_GB": "Alex Bryony Casey Dana Ellis Frankie Georgie Harper Indy Jamie Kit Lee Morgan Nicky "
    "Ola Perry Quinn Robin Sam Taylor Umi Val Wren Yasmin Zoe",
    "cy": "Aled Bethan Carys Dafydd Eleri Ffion Gethin Huw Ifan Nia Rhys Sioned",
    "pl": "Agnieszka Bartek Celina Darek Ewa Filip Gosia Hania Igor Jola Kasia Marek",
    "ur": "Amina Bilal Faisal Hina Imran Javeria Kamran Lubna Nadia Omar Rabia Sana",
}
_SURNAMES = (
    "Brindlewick",
    "Cobblestow",
    "Dapplemere",
    "Elmspinner",
    "Fennimarsh",
    "Gatherlow",
    "Hobblethwick",
    "Inkersole",
    "Jubberly",
    "Kettlemoor",
    "Larkwhistle",
    "Mossbottle",
    "Nettlefold-Test",
    "Oakenshade",
    "Pebblewright",
    "Quillfeather",
    "Rumblestone",
    "Saddlecombe",
    "Thistledon",
    "Umberly",
    "Vexmoor",
    "Wobbleton",
    "Yarrowsmith",
    "Zestershaw",
)
_CHILDREN = (
    "Ash",
    "Bo",
    "Cleo",
    "Drew",
    "Eden",
    "Fern",
    "Glen",
    "Hal",
    "Iris",
    "Jude",
    "Kai",
    "Lux",
    "Max",
    "Noor",
    "Oz",
    "Pip",
    "Rae",
    "Sky",
    "Toby",
    "Uma",
    "Vic",
    "Wyn",
)
_STREETS = (
    "Lantern Row",
    "Teapot Lane",
    "Marmalade Close",
    "Button Street",
    "Kite Hill",
    "Paper Boat Quay",
    "Umbrella Walk",
    "Pocket Mews",
    "Thimble Green",
    "Windmill Toy Road",
    "Crayon Crescent",
    "Jigsaw Avenue",
)
_TOWNS = (
    "Exampleton",
    "Little Sample",
    "Testerby",
    "Mockford",
    "Specimen St Mary",
    "Placeholder Bay",
)
_SCHOOLS = (
    "Lantern Hill School",
    "Teasel Wood Academy",
    "Paper Boat College",
    "Kite Meadow School",
    "The Willow Test School",
    "Marmalade Park School",
    "Thimble Lane Centre",
)
_TRAVEL = (
    "taxi alone",
    "taxi alone",
    "shared taxi",
    "shared taxi",
    "minibus",
    "minibus with escort",
)
_AGE_BANDS = ("5-7", "8-10", "11-13", "11-13", "14-15", "14-15", "16-18", "16-18", "19-25")
_LANGUAGES = ("en_GB",) * 80 + ("ur",) * 9 + ("pl",) * 7 + ("cy",) * 4
_ANSWERED_FOR_SHOW = {0, 111, 222}
"""Ends of numbers that GOV.UK Notify answers as if it had taken the text, and then forgets."""
_DRAMA_NUMBERS = [end for end in range(1000) if end not in _ANSWERED_FOR_SHOW]
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_DIGITS = 9

_TWO_CHILDREN = 0.18
_TWO_HOMES = 0.06
_HAS_EMAIL = 0.7
_OFFERS = ("ptb", "ptb", "ptb", "ptb;itt", "ptb;itt", "itt", "")
_DO_NOT_CONTACT = 0.01


def cohort_file(families: int, chance: Random, *, first: int = 1) -> bytes:
    """A cohort file in the canonical columns: UTF-8, one row a carer and child.

    Args:
        families: how many households.
        chance: the same generator makes the same file.
        first: number of the first household.
    """
    return _file(
        row
        for number in range(first, first + families)
        for row in _household(number, chance.choice(_LANGUAGES), chance)
    )


def lone_carers_file(
    languages: Sequence[str], chance: Random, *, prefix: str, first: int = 1
) -> bytes:
    """A cohort file of households with one carer and one child each, to whom a PTB is open.

    Args:
        languages: the language of each household's carer, in order.
        chance: the same generator makes the same file.
        prefix: begins every family reference, so that the households can be told again.
        first: number of the first household.
    """
    return _file(
        {
            "family_reference": f"{prefix}-{number:05}",
            **_carer(number, chance.choice(_FIRST_NAMES[language].split()), language, chance),
            **_child(f"{prefix}-{number:05}", 1, chance.choice(_CHILDREN), chance),
            "offers_open": "ptb",
        }
        for number, language in enumerate(languages, first)
    )


def _file(rows: Iterable[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _household(number: int, language: str, chance: Random) -> Iterator[dict[str, str]]:
    reference = f"{PREFIX}-{number:05}"
    first_names = chance.sample(_FIRST_NAMES[language].split(), 2)
    homes = 2 if chance.random() < _TWO_HOMES else 1
    carers = [
        _carer(number, name, language, chance, home=home)
        for home, name in enumerate(first_names[:homes])
    ]
    flags = "do-not-contact" if chance.random() < _DO_NOT_CONTACT else ""
    names = chance.sample(_CHILDREN, 2 if chance.random() < _TWO_CHILDREN else 1)
    children = [_child(reference, place, name, chance) for place, name in enumerate(names, 1)]
    for carer in carers:
        for child in children:
            yield {"family_reference": reference, "flags": flags, **carer, **child}


def _carer(
    number: int, first: str, language: str, chance: Random, *, home: int = 0
) -> dict[str, str]:
    surname = chance.choice(_SURNAMES)
    mailbox = f"{first}.{surname}.{number}".lower()
    return {
        "carer_name": f"{first} {surname}",
        "address_line_1": f"{chance.randint(1, 180)} {chance.choice(_STREETS)}",
        "address_line_2": chance.choice(_TOWNS),
        "address_line_3": _postcode(2 * number + home),
        "phone": f"07700 900{_DRAMA_NUMBERS[number % len(_DRAMA_NUMBERS)]:03}",
        "email": f"{mailbox}@family.example" if chance.random() < _HAS_EMAIL else "",
        "language": language,
    }


def _postcode(home: int) -> str:
    """A postcode of its own for each home: namesakes in one place would look like one family."""
    rest, last = divmod(home, len(_LETTERS))
    rest, first = divmod(rest, len(_LETTERS))
    district, sector = divmod(rest, _DIGITS)
    return f"EX{district % _DIGITS + 1} {sector + 1}{_LETTERS[first]}{_LETTERS[last]}"


def _child(reference: str, place: int, name: str, chance: Random) -> dict[str, str]:
    miles = round(chance.lognormvariate(1.6, 0.5), 1)
    travel = chance.choice(_TRAVEL)
    alone = travel == "taxi alone"
    cost = round((2600 + 620 * miles) * (1.6 if alone else 1.0) * chance.uniform(0.8, 1.25), -1)
    return {
        "child_reference": f"{reference}-{place}",
        "child_first_name": name,
        "age_band": chance.choice(_AGE_BANDS),
        "school": chance.choice(_SCHOOLS),
        "present_travel": travel,
        "annual_cost": f"{cost:.2f}",
        "miles": f"{miles}",
        "offers_open": chance.choice(_OFFERS),
    }
