"""Every letter of the demonstration, on paper: in its zones, embedded, tagged, and without a label.

The small form stages 24 families; ``script/test --full`` all 600.
"""

import csv
import email
import os
import re
from email import policy

import pytest
from sqlalchemy import select

from parentportal import dispatch
from parentportal.demonstration import stage
from parentportal.models import (
    Assignment,
    FocusGroup,
    Officer,
    OutgoingBatch,
    OutgoingMessage,
    Role,
)
from parentportal.operations import groups, outbox
from parentportal.operations.pools import pool_for
from tests import paper

LABELS = re.compile(r"settler|prospector|pioneer|segment|typolog", re.IGNORECASE)
STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
FULL = os.environ.get("PARENTPORTAL_FULL") == "1"


@pytest.fixture
def dispatched(database, settings, clock):
    """The whole outbox and mailbox of the demonstration: offers, and invitations to its groups."""
    with database.transaction() as session:
        stage.stage(
            session, "http://127.0.0.1:8000", now=clock(), families=stage.FAMILIES if FULL else 24
        )
        officers = {one.role: one for one in session.scalars(select(Officer))}
        for group in session.scalars(select(FocusGroup)).all():
            households = pool_for(session, group.segment).households
            if households < groups.FEWEST_HOUSEHOLDS:
                continue
            programme = officers[Role.PROGRAMME]
            invite = min(14, households)
            groups.hold_draw(
                session, group.id, invite=invite, seed="proof", now=clock(), by=programme
            )
            groups.draft_invitations(
                session,
                group.id,
                reply_link=lambda key: f"http://127.0.0.1:8000/account/reply/{key}",
                portal_link="http://127.0.0.1:8000",
                dated=clock().date(),
                now=clock(),
                by=programme,
            )
        batches = session.scalars(select(OutgoingBatch)).all()
        for batch in batches:
            outbox.submit(session, batch.id, now=clock(), by=officers[Role.OFFICER])
            outbox.approve(session, batch.id, now=clock(), by=officers[Role.APPROVER])
    for batch in batches:
        dispatch.run(database, settings, batch.id, clock=clock)
    assert len(batches) >= 2
    return settings


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)  # paper knows no database
def test_every_letter_and_email_is_fit_to_send(dispatched, database):
    letters = sorted(dispatched.outbox_directory.rglob("*.pdf"))
    assert len(letters) >= 20
    with database.reading() as session:
        rows = session.execute(select(OutgoingMessage.id, OutgoingMessage.language))
        language_of = {str(key): language for key, language in rows}
    for path in letters:
        pdf = path.read_bytes()
        assert paper.strays(pdf) == [], path.name
        assert paper.is_tagged(pdf), path.name
        assert set(paper.fonts(pdf).values()) == {True}, path.name
        if path.stem in language_of:  # the print files hold many letters
            assert paper.pages(pdf) <= (3 if language_of[path.stem] == "cy" else 2), path.name
        assert LABELS.search(paper.words(pdf)) is None, path.name
        assert LABELS.search(path.as_posix().removeprefix(str(dispatched.var_directory))) is None
    with database.reading() as session:
        scores = {
            f"{number:.3f}"
            for figures in (one.figures for one in session.scalars(select(Assignment)))
            for kind in figures.values()
            for number in kind.values()
        }
    assert scores
    emails = [path for path in dispatched.mailbox_directory.rglob("*") if path.is_file()]
    assert emails
    for path in emails:
        raw = path.read_bytes()
        message = email.message_from_bytes(raw, policy=policy.default)
        shown = "".join(part.get_content() for part in message.walk() if not part.is_multipart())
        assert LABELS.search(raw.decode() + shown) is None, path.name
        said = STYLE.sub("", shown)  # a size in a style sheet can be the same number
        assert not any(score in said for score in scores), path.name
    for path in dispatched.outbox_directory.rglob("manifest.csv"):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert LABELS.search(path.read_text()) is None
        assert not {"variant", "segment", "arm", "choice_reason"} & set(rows[0])
