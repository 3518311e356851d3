"""An officer keeps what a carer said on the telephone or on a slip."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.variants import VariantName
from parentportal.models import (
    Carer,
    CarerReply,
    OutgoingMessage,
    PrintFormat,
    ReplyKind,
    Role,
    Suppression,
)

AS_IT_IS = {"channel": "", "print_format": "standard", "language": "", "voice": ""}


@pytest.fixture
def letter(database, batch, clock):
    """A letter of the batch that has gone."""
    with database.transaction() as session:
        row = session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.channel == Channel.LETTER)
        ).first()
        row.state, row.evidence, row.dispatched_at = State.DISPATCHED, {"file": "x"}, clock()
        return row


def address_of(row, what=""):
    return f"/desk/messages/{row.batch_id}/{row.id}{what}"


def carer_of(database, row):
    with database.reading() as session:
        return session.get_one(Carer, row.carer_id)


def test_a_reply_by_telephone_is_kept_with_the_officer_who_took_it(
    as_role, database, letter, officers
):
    client = as_role(Role.OFFICER)
    answer = client.post(address_of(letter, "/reply"), data={"kind": "interest"})
    assert answer.location == address_of(letter)
    with database.reading() as session:
        kept = session.scalars(select(CarerReply)).one()
    assert (kept.kind, kept.recorded_by_id) == (ReplyKind.INTEREST, officers[Role.OFFICER].id)
    assert "They are interested" in client.get(answer.location).text


def test_wishes_are_kept_from_the_page(as_role, database, letter):
    wishes = {
        "channel": "email",
        "print_format": "large-print",
        "language": "pl",
        "voice": "prospector",
    }
    assert as_role(Role.OFFICER).post(address_of(letter, "/wishes"), data=wishes).status_code == 302
    carer = carer_of(database, letter)
    assert (carer.preferred_channel, carer.print_format, carer.wished_language) == (
        Channel.EMAIL,
        PrintFormat.LARGE_PRINT,
        "pl",
    )
    assert carer.chosen_voice is VariantName.PROSPECTOR


def test_wishes_that_are_as_they_were_change_nothing(as_role, database, letter):
    as_role(Role.OFFICER).post(address_of(letter, "/wishes"), data=AS_IT_IS)
    carer = carer_of(database, letter)
    assert (carer.preferred_channel, carer.wished_language, carer.chosen_voice) == (None,) * 3


def test_who_does_not_see_versions_chooses_none_for_anybody(as_role, database, letter):
    client = as_role(Role.PROGRAMME)
    assert "In which version" not in client.get(address_of(letter)).text
    client.post(address_of(letter, "/wishes"), data={**AS_IT_IS, "voice": "pioneer"})
    assert carer_of(database, letter).chosen_voice is None


@pytest.mark.parametrize(("how", "channel"), [("this-way", Channel.LETTER), ("every-way", None)])
def test_messages_of_a_purpose_are_stopped_and_wanted_again(
    as_role, database, letter, how, channel
):
    client = as_role(Role.OFFICER)
    client.post(address_of(letter, "/stop"), data={"how": how})
    with database.reading() as session:
        kept = session.scalars(select(Suppression)).one()
    assert (kept.channel, kept.purpose, kept.lifted_at) == (channel, "offer", None)
    client.post(address_of(letter, "/stop"), data={"how": "not"})
    with database.reading() as session:
        assert session.scalars(select(Suppression)).one().lifted_at is not None


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("/reply", {"kind": "perhaps"}),
        ("/stop", {"how": "somehow"}),
        ("/wishes", {**AS_IT_IS, "channel": "pigeon"}),
        ("/wishes", {**AS_IT_IS, "language": "tlh"}),
    ],
)
def test_what_no_button_says_is_refused(as_role, letter, what, data):
    assert as_role(Role.OFFICER).post(address_of(letter, what), data=data).status_code == 400


@pytest.mark.parametrize("what", ["/reply", "/wishes", "/stop"])
def test_who_only_approves_keeps_nothing(as_role, letter, what):
    assert as_role(Role.APPROVER).post(address_of(letter, what)).status_code == 403


def test_a_message_that_has_not_gone_is_answered_by_nobody(as_role, database, batch):
    with database.reading() as session:
        row = session.scalars(select(OutgoingMessage)).first()
    client = as_role(Role.OFFICER)
    assert "They would like a call" not in client.get(address_of(row)).text
    assert client.post(address_of(row, "/reply"), data={"kind": "call"}).status_code == 409
