"""A council's own words: what may follow what, who may do it, and what is at fault."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from messaging.checks import Code
from messaging.council import demonstration_council
from messaging.editing import COPY_STEPS, CopyState, CopyStep, CopyStepNotAllowed, follow_copy
from messaging.languages import ENGLISH, LANGUAGES
from messaging.message import Message
from messaging.variants import VariantName, load_variant
from parentportal.models import AuditEvent, OutgoingMessage, TemplateVersion
from parentportal.operations import copy, outbox
from parentportal.operations.council import save_council
from parentportal.operations.judging import (
    ServiceNotSet,
    VersionsDiffer,
    findings_of,
    judge,
    report_of,
)
from parentportal.operations.outbox import SecondOfficerNeeded
from parentportal.operations.wording import tone_of
from parentportal.refusals import NotThere
from tests.parentportal.cohort_rows import a_family

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
KIND_WORDS = "If anything here is not clear, please ask me. I am glad to help."


@pytest.fixture
def edit(session, drafter, now):
    def begin(language=ENGLISH, name=VariantName.NEUTRAL, campaign="ptb-offer", **slots):
        row = copy.begin_edit(session, campaign, language, name, now=now, by=drafter)
        return copy.save_words(session, row.id, {**row.tone, **slots}, now=now, by=drafter)

    return begin


def used(session, row, drafter, second, now):
    copy.check(session, row.id, now=now, by=drafter)
    copy.approve(session, row.id, now=now, by=second)
    return copy.put_in_use(session, row.id, now=now, by=drafter)


def test_an_edit_begins_with_the_words_in_use_and_is_a_version_of_its_own(session, edit):
    row = edit()
    assert row.state is CopyState.DRAFT
    assert row.tone == tone_of(load_variant("ptb-offer", ENGLISH, VariantName.NEUTRAL))
    assert edit() is row


def test_the_walk_from_draft_to_use_and_the_next_draft_of_messages_says_it(
    session, edit, draft, drafter, second, now
):
    a_family(session, "F1", now)
    row = edit(closing=KIND_WORDS)
    used(session, row, drafter, second, now)
    assert row.state is CopyState.IN_USE
    draft()
    messages = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.variant == VariantName.NEUTRAL)
    ).all()
    assert messages
    for message in messages:
        assert KIND_WORDS in Message.from_json(message.content).plain_text()
        assert message.template_version_id == row.id


def test_what_is_drafted_keeps_its_words_whatever_is_put_in_use_later(
    session, edit, draft, drafter, second, now
):
    a_family(session, "F1", now)
    draft()
    before = [message.content for message in session.scalars(select(OutgoingMessage))]
    used(session, edit(closing=KIND_WORDS), drafter, second, now)
    assert [message.content for message in session.scalars(select(OutgoingMessage))] == before


def test_words_put_in_use_retire_those_before_and_retiring_them_brings_the_shipped_ones_back(
    session, edit, drafter, second, now
):
    first = used(session, edit(closing=KIND_WORDS), drafter, second, now)
    later = edit(closing="Please ask me anything at all. I am glad to help.")
    assert later.version > first.version
    used(session, later, drafter, second, now)
    assert (first.state, later.state) == (CopyState.RETIRED, CopyState.IN_USE)
    copy.retire(session, later.id, now=now, by=drafter)
    shipped = tone_of(load_variant("ptb-offer", ENGLISH, VariantName.NEUTRAL))
    assert edit().tone == shipped


def test_whoever_wrote_words_does_not_approve_them(session, edit, drafter, now):
    row = edit(closing=KIND_WORDS)
    copy.check(session, row.id, now=now, by=drafter)
    with pytest.raises(SecondOfficerNeeded):
        copy.approve(session, row.id, now=now, by=drafter)


def test_the_last_who_typed_is_who_wrote_it(session, edit, drafter, second, now):
    row = edit()
    copy.save_words(session, row.id, {"closing": KIND_WORDS}, now=now, by=second)
    copy.check(session, row.id, now=now, by=second)
    with pytest.raises(SecondOfficerNeeded):
        copy.approve(session, row.id, now=now, by=second)
    copy.approve(session, row.id, now=now, by=drafter)


def test_only_a_draft_is_written_in(session, edit, drafter, now):
    row = edit(closing=KIND_WORDS)
    copy.check(session, row.id, now=now, by=drafter)
    with pytest.raises(copy.NotADraft):
        copy.save_words(session, row.id, {"closing": "Other words."}, now=now, by=drafter)
    assert row.tone["closing"] == KIND_WORDS


FAULTS = [
    ("closing", "", Code.EMPTY),
    ("closing", "# A heading", Code.MARKUP),
    ("closing", "Hello ((shoe_size)).", Code.UNKNOWN_PLACEHOLDER),
    ("closing", "Hello ((upn)).", Code.FORBIDDEN_PLACEHOLDER),
    ("closing", "((rich??You are rich.))", Code.UNKNOWN_FLAG),
    ("closing", "x" * 5000, Code.TOO_LONG),
    ("subject", "Last chance: act now!", Code.BANNED),
    ("closing", "A settler like you will be glad.", Code.BANNED),
    ("sms", "word " * 75, Code.TEXT_PARTS),
]


@pytest.mark.parametrize(("slot", "words", "code"), FAULTS)
def test_words_at_fault_are_kept_and_go_no_further(session, edit, drafter, slot, words, code):
    now = START
    row = edit(**{slot: words})
    assert row.tone[slot] == words.strip()
    with pytest.raises(copy.WordsAtFault) as refusal:
        copy.check(session, row.id, now=now, by=drafter)
    found = refusal.value.judgement.findings
    assert code in {finding.code for finding in found if finding.slot in {slot, ""}}
    assert row.state is CopyState.DRAFT


def test_a_promise_beyond_the_facts_needs_the_second_officers_reason(
    session, edit, drafter, second, now
):
    row = edit(closing="You may bring a dog on 3 March.")
    copy.check(session, row.id, now=now, by=drafter)
    with pytest.raises(copy.WordsAtFault) as refusal:
        copy.approve(session, row.id, now=now, by=second)
    breaches = refusal.value.judgement.breaches
    assert {breach.slot for breach in breaches} == {"closing"}
    reasons = [copy.Reason(b.slot, b.matched, "Agreed with the forum.") for b in breaches]
    with pytest.raises(copy.WordsAtFault):
        copy.approve(session, row.id, reasons[:1], now=now, by=second)
    blank = [copy.Reason(one.slot, one.matched, "  ") for one in reasons]
    with pytest.raises(copy.WordsAtFault):
        copy.approve(session, row.id, blank, now=now, by=second)
    copy.approve(session, row.id, reasons, now=now, by=second)
    assert row.state is CopyState.APPROVED
    assert {why for _, _, why in row.reasons} == {"Agreed with the forum."}


def test_sending_back_keeps_the_note_and_takes_the_approval_away(
    session, edit, drafter, second, now
):
    row = edit(closing=KIND_WORDS)
    copy.check(session, row.id, now=now, by=drafter)
    copy.approve(session, row.id, now=now, by=second)
    copy.send_back(session, row.id, note=" Warmer, please. ", now=now, by=second)
    assert (row.state, row.note) == (CopyState.DRAFT, "Warmer, please.")
    assert row.approved_by_id is None


def test_where_the_forum_signs_nothing_is_used_before(session, edit, drafter, second, now):
    save_council(session, replace(demonstration_council(), forum_signs_copy=True), now=now)
    row = edit(closing=KIND_WORDS)
    copy.check(session, row.id, now=now, by=drafter)
    copy.approve(session, row.id, now=now, by=second)
    with pytest.raises(copy.ForumHasNotSigned):
        copy.put_in_use(session, row.id, now=now, by=drafter)
    copy.sign_for_forum(session, row.id, name="Sal Forum", now=now, by=drafter)
    copy.put_in_use(session, row.id, now=now, by=drafter)
    assert (row.state, row.forum_name) == (CopyState.IN_USE, "Sal Forum")


def test_every_step_leaves_its_trace(session, edit, drafter, second, now):
    row = edit(closing=KIND_WORDS)
    used(session, row, drafter, second, now)
    kept = session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject_id == row.id).order_by(AuditEvent.number)
    ).all()
    assert kept == ["copy-begin", "copy-save", "copy-check", "copy-approve", "copy-use"]


def test_a_version_nobody_wrote_is_not_there(session, edit, drafter, now):
    for language, name, campaign in (
        ("xx", VariantName.NEUTRAL, "ptb-offer"),
        (ENGLISH, VariantName.NEUTRAL, "no-such-campaign"),
        (ENGLISH, VariantName.SETTLER, "survey-invitation"),
    ):
        with pytest.raises(NotThere):
            edit(language, name, campaign)


@pytest.mark.parametrize("state", CopyState)
@pytest.mark.parametrize("step", CopyStep)
def test_only_the_steps_of_the_table_are_taken(state, step):
    if (state, step) in COPY_STEPS:
        assert follow_copy(state, step) is COPY_STEPS[state, step]
    else:
        with pytest.raises(CopyStepNotAllowed):
            follow_copy(state, step)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400))
def test_whatever_is_typed_is_judged_and_never_breaks_anything(words):
    tone = tone_of(load_variant("ptb-offer", ENGLISH, VariantName.NEUTRAL))
    for slot in ("closing", "subject", "sms"):
        findings_of(
            "ptb-offer",
            ENGLISH,
            VariantName.NEUTRAL,
            {**tone, slot: words},
            demonstration_council(),
        )


def test_a_language_that_is_not_written_yet_can_be_begun_and_is_at_fault_until_it_is_whole(
    session, edit
):
    row = edit("ur", VariantName.NEUTRAL, "ptb-offer")
    row.blocks = {"tone": dict.fromkeys(row.tone, "")}
    found = judge(session, row).findings
    assert Code.EMPTY in {finding.code for finding in found}
    assert session.scalars(select(TemplateVersion)).all() == [row]


def test_nobody_who_wrote_in_a_draft_approves_it(session, edit, drafter, second, now):
    row = edit(closing=KIND_WORDS)
    copy.save_words(session, row.id, {"closing": "Other words, and I am glad."}, now=now, by=second)
    copy.check(session, row.id, now=now, by=second)
    for officer in (drafter, second):
        with pytest.raises(SecondOfficerNeeded):
            copy.approve(session, row.id, now=now, by=officer)


def narrow(council, **texts):
    """The council with other words of its own in its budget."""
    budget = council.personal_transport_budget
    own = {name: dict.fromkeys(LANGUAGES, words) for name, words in texts.items()}
    return replace(council, personal_transport_budget=replace(budget, **own))


def test_a_council_whose_facts_lack_what_a_shipped_voice_says_drafts_nothing(
    session, drafter, draft, now
):
    a_family(session, "F1", now)
    council = narrow(demonstration_council(), permitted_uses="Fuel for the school run.")
    save_council(session, council, now=now)
    with pytest.raises(VersionsDiffer) as refusal:
        draft()
    assert "breakfast" in {breach.matched.lower() for breach in refusal.value.report.breaches}
    assert session.scalars(select(OutgoingMessage)).all() == []


def test_settings_that_take_a_promise_back_stop_what_was_drafted_with_it(
    session, drafter, second, draft, now
):
    a_family(session, "F1", now)
    batch = draft()
    outbox.submit(session, batch.id, now=now, by=drafter)
    council = narrow(demonstration_council(), permitted_uses="Fuel for the school run.")
    save_council(session, council, now=now)
    with pytest.raises(VersionsDiffer):
        outbox.approve(session, batch.id, now=now, by=second)


def test_words_about_a_service_that_is_not_set_are_a_finding_and_no_failure(
    session, edit, drafter, now
):
    save_council(
        session, replace(demonstration_council(), independent_travel_training=None), now=now
    )
    row = edit(campaign="itt-offer")
    assert {one.code for one in judge(session, row).findings} == {Code.SERVICE_NOT_SET}
    with pytest.raises(ServiceNotSet):
        report_of(session, "itt-offer")
