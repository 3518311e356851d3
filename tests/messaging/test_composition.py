from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from messaging.blocks import Grid
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, compose
from messaging.council import demonstration_council
from messaging.languages import LANGUAGES
from messaging.message import Message
from messaging.offers import AgeBand, ChildOffer
from messaging.placeholders import REFUSAL_WORDS
from messaging.variants import VariantName, load_variant
from tests.messaging.families import (
    ADDRESS,
    COPIES,
    DATED,
    MEETING,
    ROBIN,
    SAM,
    VERSIONS,
    message,
    recipient,
)

GOLDEN = Path(__file__).parent / "golden"
NEUTRAL = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL)


def refused(variant=NEUTRAL, to=None, **more):
    with pytest.raises(CompositionRefused) as refusal:
        compose(variant, to or recipient(), demonstration_council(), dated=DATED, **more)
    assert str(refusal.value)
    return refusal.value.code


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_every_letter_reads_as_it_was_approved(campaign, language, variant):
    approved = GOLDEN / f"{campaign}.{language}.{variant}.txt"
    assert message(campaign, language, variant).plain_text() == approved.read_text(encoding="utf-8")


@pytest.mark.parametrize(("campaign", "language"), COPIES)
def test_a_message_comes_back_from_json_as_it_was(campaign, language):
    made = message(campaign, language)
    assert Message.from_json(made.to_json()) == made
    assert Message.from_json(made.to_json()).to_json() == made.to_json()


def test_a_recipient_has_no_place_for_a_segment_score_or_answer():
    assert not {"segment", "score", "scores", "answers", "posterior"} & set(Recipient.__slots__)


def test_several_children_stand_in_one_letter_each_with_its_own_amount():
    made = message("ptb-offer", "en_GB", VariantName.NEUTRAL, SAM, ROBIN)
    table = next(block for block in made.blocks if isinstance(block, Grid))
    assert [(row[0], row[2].split("\n")[0]) for row in table.rows] == [
        ("Sam", "£2,090 a year"),
        ("Robin", "£3,030.50 a year"),
    ]
    assert "Sam and Robin" in made.plain_text()


def test_welsh_names_are_joined_as_welsh_joins_them():
    one, two, three = (replace(SAM, first_name=name) for name in ("Sam", "Robin", "Ifan"))
    assert "Sam a Robin" in message("ptb-offer", "cy", VariantName.NEUTRAL, one, two).plain_text()
    assert "Sam ac Ifan" in message("ptb-offer", "cy", VariantName.NEUTRAL, one, three).plain_text()


def test_the_reply_date_lies_the_councils_weeks_ahead():
    assert "by 4 January 2027" in message().plain_text()


@pytest.mark.parametrize(
    ("starts", "reply_by"),
    [
        ("2026-12-08", "1 December 2026"),
        ("2026-11-26", "24 November 2026"),
        ("2027-03-01", "4 Jan"),
    ],
)
def test_an_answer_is_asked_for_before_the_meeting(starts, reply_by):
    meeting = replace(MEETING, starts=datetime.fromisoformat(starts))
    text = message("focus-group-invitation", details=meeting).plain_text()
    assert f"hear from you by {reply_by}" in text


def test_a_councils_own_words_on_expenses_may_be_longer_than_a_meetings():
    council = demonstration_council()
    words = "We pay your bus fare, your parking and what it costs you to have somebody mind. " * 4
    practice = replace(council.focus_groups, expenses=dict.fromkeys(LANGUAGES, words.strip()))
    made = message(
        "focus-group-invitation",
        details=replace(MEETING, expenses=""),
        council=replace(council, focus_groups=practice),
    )
    assert words.strip() in made.plain_text()


def test_nobody_is_invited_to_a_meeting_that_is_past():
    invitation = load_variant("focus-group-invitation", "en_GB", VariantName.NEUTRAL)
    past = replace(MEETING, starts=datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001
    assert refused(invitation, details=past) == "meeting-is-past"


def test_a_meeting_prints_its_place_and_time_and_the_reply_link():
    text = message("focus-group-invitation", details=MEETING).plain_text()
    assert "Invented Library, Exampleton" in text
    assert "Tuesday, 8 December 2026" in text
    assert "10:00" in text
    assert "Say yes or no at https://travel.exampleshire.example/r/AbCd," in text
    assert "still choosing" not in text


def test_without_a_settled_meeting_the_letter_says_so():
    assert "still choosing the day" in message("focus-group-invitation").plain_text()


def test_the_recipients_own_link_takes_the_place_of_the_public_one():
    link = "https://travel.exampleshire.example/i/XyZ"
    made = compose(NEUTRAL, recipient(), demonstration_council(), dated=DATED, portal_link=link)
    assert f"You can also answer at {link}." in made.plain_text()
    assert "https://travel.exampleshire.example/versions" in made.plain_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_leads_to_where_one_can_answer_and_to_every_version(language):
    made = message("ptb-offer", language)
    link = demonstration_council().portal_url
    privacy = next(block for block in made.blocks if block.part == "privacy")
    reply = [block for block in made.blocks if block.part == "actions"][-1]
    assert made.link == link
    assert link in reply.text
    assert f"{link}/versions" in privacy.text
    assert demonstration_council().contact.phone in privacy.text


@pytest.mark.parametrize(
    ("recorded_by", "printed"),
    [
        ((), "Morgan Sample recorded that this budget"),
        (("Pat Sample",), "Pat Sample recorded that this budget"),
        (("Pat Sample", "Kim Sample"), "Pat Sample and Kim Sample recorded that this budget"),
    ],
)
def test_a_letter_names_every_officer_who_recorded_an_offer(recorded_by, printed):
    to = replace(recipient(), recorded_by=recorded_by)
    text = compose(NEUTRAL, to, demonstration_council(), dated=DATED).plain_text()
    assert printed in text
    assert "all the choices" not in text
    assert "Any other choice we recorded for your family stays open" in text


@pytest.mark.parametrize(
    ("child", "code"),
    [
        (ChildOffer("Sam", None, Decimal(5)), "age-band-missing"),
        (ChildOffer("Sam", AgeBand.UNDER_16, None), "miles-missing"),
        (ChildOffer("", AgeBand.UNDER_16, Decimal(5)), "child-name-missing"),
        (ChildOffer("  ", AgeBand.UNDER_16, Decimal(5)), "child-name-missing"),
        (ChildOffer("S\0m", AgeBand.UNDER_16, Decimal(5)), "unprintable-value"),
        (ChildOffer("S" * 10_000, AgeBand.UNDER_16, Decimal(5)), "unprintable-value"),
        (ChildOffer("S\u202em", AgeBand.UNDER_16, Decimal(5)), "unprintable-value"),
        (ChildOffer("Sam\n£9,999", AgeBand.UNDER_16, Decimal(5)), "unprintable-value"),
    ],
)
def test_no_offer_goes_out_with_something_missing_or_unprintable(child, code):
    assert refused(to=recipient(child)) == code


def test_other_refusals_have_their_codes():
    assert refused(to=Recipient("Ali Sample", "en_GB", None, (SAM,))) == "no-address"
    assert refused(to=Recipient("Ali Sample", "en_GB", ADDRESS)) == "no-children"
    assert refused(to=Recipient("", "en_GB", ADDRESS, (SAM,))) == "missing-value"
    assert refused(to=recipient(*[SAM] * 7)) == "too-many-children"
    assert refused(portal_link="javascript:alert(1)") == "link-refused"
    assert (
        refused(
            load_variant("focus-group-invitation", "en_GB", VariantName.NEUTRAL),
            details=replace(MEETING, reply_link="//x"),
        )
        == "link-refused"
    )
    assert (
        refused(
            load_variant("focus-group-invitation", "en_GB", VariantName.NEUTRAL),
            details=replace(MEETING, place=" "),
        )
        == "missing-value"
    )


def test_a_rate_that_has_ended_is_offered_to_nobody():
    with pytest.raises(CompositionRefused) as refusal:
        compose(NEUTRAL, recipient(), demonstration_council(), dated=date(2039, 1, 1))
    assert refusal.value.code == "rate-has-ended"


def test_a_rate_that_has_not_begun_is_offered_to_nobody():
    begins = demonstration_council().personal_transport_budget.scheme.valid_from
    with pytest.raises(CompositionRefused) as refusal:
        compose(NEUTRAL, recipient(), demonstration_council(), dated=begins - timedelta(days=1))
    assert refusal.value.code == "rate-not-begun"
    compose(NEUTRAL, recipient(), demonstration_council(), dated=begins)


def test_an_email_needs_no_address():
    variant = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL, Channel.EMAIL)
    made = compose(
        variant, Recipient("Ali", "en_GB", None, (SAM,)), demonstration_council(), dated=DATED
    )
    assert made.channel is Channel.EMAIL
    assert made.address == ()


def test_copy_that_asks_for_what_nobody_knows_is_refused():
    assert refused(replace(NEUTRAL, closing="Hello ((shoe_size))")) == "unknown-placeholder"


def test_a_column_of_the_file_can_be_a_placeholder_but_an_identifier_cannot():
    def made(name):
        to = replace(recipient(), placeholders={name: "Invented School"})
        variant = replace(NEUTRAL, closing=f"At ((({name})))")
        return compose(variant, to, demonstration_council(), dated=DATED).plain_text()

    assert "At (Invented School)" in made("school")
    for name in ("upn", "nhs_number", "segment"):
        with pytest.raises(CompositionRefused) as refusal:
            made(name)
        assert refusal.value.code == "unknown-placeholder"


def test_every_refusal_that_is_raised_has_its_words():
    assert all(words.endswith(".") for words in REFUSAL_WORDS.values())


@pytest.mark.parametrize(
    ("language", "miles", "printed"),
    [
        ("en_GB", "1", "1 mile ×"),
        ("en_GB", "4.75", "4.75 miles ×"),
        ("cy", "1", "1 milltir ×"),
        ("pl", "1", "1 mila ×"),
        ("pl", "2", "2 mile ×"),
        ("pl", "5", "5 mil ×"),
        ("pl", "4.75", "4.75 mili ×"),
    ],
)
def test_the_word_after_a_number_is_the_one_that_language_wants(language, miles, printed):
    child = replace(SAM, miles=Decimal(miles))
    assert printed in message("ptb-offer", language, VariantName.NEUTRAL, child).plain_text()


HOSTILE = [
    "{{ 7 * 7 }}{% include 'x' %}",
    '#read("letter.typ") $x^2$ *b* _i_ @ref <label> //c',
    "<script>alert(1)</script>&amp;\"'",
    "((name)) ((contact_name))",
    "=HYPERLINK(1) +1 -1 @x",
    "\\u{202e} %00 ../../etc/passwd",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_print_as_they_stand(value):
    made = message("ptb-offer", "en_GB", VariantName.NEUTRAL, replace(SAM, first_name=value))
    assert f"another way for {value} to travel" in made.plain_text()
    assert "<script" not in made.html()
    assert Message.from_json(made.to_json()) == made


def test_the_html_says_its_language_and_links_addresses():
    html = message("ptb-offer", "ur").html()
    assert html.startswith('<article class="message" lang="ur" dir="rtl">')
    assert '<a href="https://travel.exampleshire.example">' in html
    assert '<th scope="row">' in html


def test_values_in_urdu_are_fenced_with_their_pound_sign():
    text = message("ptb-offer", "ur").plain_text()
    assert "\u2068£2,090\u2069" in text
    assert "\u2068Sam\u2069" in text
    assert text.count("\u2068") == text.count("\u2069")
    assert "\u2068" not in message("ptb-offer", "pl").plain_text()


def write_golden() -> None:
    """Write the approved text anew: `python -m tests.messaging.test_composition`, then read it."""
    for campaign, language, variant in VERSIONS:
        text = message(campaign, language, variant).plain_text()
        (GOLDEN / f"{campaign}.{language}.{variant}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_golden()
