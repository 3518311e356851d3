"""Letters bear the stationery that is in force when they are printed."""

from __future__ import annotations

from dataclasses import replace

from messaging.council import demonstration_council
from messaging.letters import LetterPress, Stationery
from parentportal.dispatch.paper import LetterPrinter
from parentportal.dispatch.stationery import CouncilStationery
from parentportal.operations.council import save_council
from tests.parentportal.dispatch.parcels import a_message


def test_a_new_logo_is_printed_from_the_next_letter_on(database, council, clock):
    shown = demonstration_council()
    plain = replace(shown, logo=None)
    with database.transaction() as session:
        save_council(session, plain, now=clock())
    stationery = CouncilStationery(database)
    printer = LetterPrinter(stationery)
    without = printer.print(a_message()).pdf
    assert stationery() is stationery()
    press = printer.press
    assert printer.press is press
    with database.transaction() as session:
        save_council(session, shown, now=clock())
    assert stationery() == Stationery.of(shown) != Stationery.of(plain)
    assert (
        printer.print(a_message()).pdf == LetterPress(Stationery.of(shown)).render(a_message()).pdf
    )
    assert printer.print(a_message()).pdf != without
