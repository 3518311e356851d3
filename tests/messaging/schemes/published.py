"""Schemes as councils have published them, read from settings as a council would write them.

They are examples to reproduce (domain/benefits.md, "PTB schemes seen"; the councils' own pages),
and nobody's default. Where a page gives no dates, a school year stands in.
"""

import tomllib
from decimal import Decimal
from typing import Any

from messaging.schemes.kinds import Scheme
from messaging.settings import SettingsReader

YEAR = "valid_from = 2026-09-01\nvalid_to = 2027-08-31\n"
DAYS_190 = 'year = { kind = "days", days = 190 }\n'


def mileage(pence: str, **more: str) -> str:
    stated = "".join(f"{name} = {value}\n" for name, value in more.items())
    return (
        f'kind = "mileage"\nmeasured = "by-road"\npence_per_mile = "{pence}"\n'
        f"trips_a_day = 4\n{YEAR}{DAYS_190}{stated}"
    )


HERTFORDSHIRE = mileage("55")
YORK = mileage("60")
SWINDON = mileage("55")
BUCKINGHAMSHIRE = mileage("45")  # "at least"
DURHAM = mileage("45", higher_pence_per_mile='"75"')
LIVERPOOL = (
    'kind = "daily-allowance"\nmeasured = "by-road"\npounds_a_day = "3"\npence_per_mile = "45"\n'
    f"trips_a_day = 4\n{YEAR}{DAYS_190}"
)
LEICESTERSHIRE = f"""kind = "distance-bands"
measured = "by-road"
per = "year"
{YEAR}
bands = [
  {{ pounds = "1000", upper_miles = "2", upper = "exclusive" }},
  {{ pounds = "1500", upper_miles = "5", upper = "exclusive" }},
  {{ pounds = "3000", upper_miles = "11", upper = "exclusive" }},
  {{ pounds = "4000", upper_miles = "16", upper = "exclusive" }},
  {{ pounds = "5000" }},
]
age_reductions = [{{ ages = ["16-18"], pounds_a_year = "660" }}]
"""
CENTRAL_BEDFORDSHIRE = f"""kind = "distance-bands"
measured = "straight-line"
per = "year"
{YEAR}
bands = [
  {{ pounds = "2000", upper_miles = "5", upper = "exclusive" }},
  {{ pounds = "3000", upper_miles = "10", upper = "exclusive" }},
  {{ pounds = "5000", upper_miles = "20", upper = "exclusive" }},
  {{ pounds = "8000" }},
]
"""
KENT = f"""kind = "distance-bands"
measured = "straight-line"
per = "year"
{YEAR}
bands = [
  {{ pounds = "2000", upper_miles = "5", upper = "exclusive" }},
  {{ pounds = "3000", upper_miles = "10", upper = "inclusive" }},
  {{ pounds = "5000" }},
]
"""


def document(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def read(kind: Any, written: str | dict[str, Any]) -> Any:
    """A setting that is right; fails with its problems where it is not."""
    reader = SettingsReader()
    value = reader._value(kind, document(written) if isinstance(written, str) else written, "")
    assert not reader.problems
    return value


def problems(kind: Any, written: str | dict[str, Any]) -> dict[str, str]:
    """What is refused in a setting, by its place."""
    reader = SettingsReader()
    reader._value(kind, document(written) if isinstance(written, str) else written, "")
    return dict(reader.problems)


def scheme(written: str) -> Scheme:
    return read(Scheme, written)
