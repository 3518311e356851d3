from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.blocks import Fact, Grid, Listing
from messaging.campaigns import CAMPAIGN_KEYS, LockedBlock, Purpose, load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused, compose
from messaging.council import Council, CouncilRefused, demonstration_council
from messaging.languages import LANGUAGES
from messaging.locked import SurveyDetails, details_document, read_details
from messaging.locked.figures import site_page
from messaging.offers import AgeBand, ChildOffer, Offer
from messaging.variants import VariantName, load_variant
from tests.messaging.families import (
    CHANGES,
    CHANGES_IN_WELSH,
    DATED,
    ROBIN,
    SAM,
    YOUNG,
    message,
    recipient,
)

NEUTRAL = VariantName.NEUTRAL
COUNCIL = demonstration_council()


def facts(made, part):
    return [block for block in made.blocks if block.locked and block.part == part]


def grid(made, part):
    return next(block for block in facts(made, part) if isinstance(block, Grid))


def written(campaign, *children, council=COUNCIL, **more):
    return message(campaign, "en_GB", NEUTRAL, *children, council=council, **more)


def refused(campaign, *children, **more):
    with pytest.raises(CompositionRefused) as refusal:
        written(campaign, *children, **more)
    return refusal.value.code, refusal.value.params.get("name")


def bare(campaign, details=None):
    """A message that was told nothing but what is given."""
    variant = load_variant(campaign, "en_GB", NEUTRAL)
    return compose(variant, recipient(), COUNCIL, dated=DATED, details=details)


@pytest.mark.parametrize(
    ("campaign", "setting"),
    [
        ("itt-offer", "independent_travel_training"),
        ("mini-ptb-offer", "mini_budget"),
        ("travel-review", "travel_review"),
        ("naming-a-school", "school_choice"),
        ("first-contact", "timeline"),
    ],
)
def test_a_council_sends_nothing_about_a_service_it_has_not_set(campaign, setting):
    without = replace(COUNCIL, **{setting: None})
    assert Council.from_document(without.document()) == without
    assert refused(campaign, council=without) == ("missing-value", setting)
    assert written("ptb-offer", council=without)


@pytest.mark.parametrize("campaign", ["itt-offer", "mini-ptb-offer"])
def test_what_one_has_stands_first_and_weighs_as_much(campaign):
    table = grid(written(campaign, SAM, ROBIN), "offers")
    assert table.head[1] == "Keep the travel you have now"
    assert [row[0] for row in table.rows] == ["Sam", "Robin"]
    for _, keep, offered in table.rows:
        assert keep.startswith("Nothing changes")
        assert keep.count("\n") == offered.count("\n") == 1


def test_training_changes_no_payment_and_the_one_off_payment_names_its_highest_sum():
    assert "no payment that you get now changes" in written("itt-offer").plain_text()
    text = written("mini-ptb-offer").plain_text()
    assert "Up to £450" in text
    assert "The highest amount is £450." in text


@pytest.mark.parametrize("campaign", ["itt-offer", "mini-ptb-offer"])
@pytest.mark.parametrize(
    ("child", "code"),
    [
        (ChildOffer("Sam"), "age-band-missing"),
        (ChildOffer(" ", AgeBand.UNDER_16), "child-name-missing"),
    ],
)
def test_an_offer_without_money_needs_to_know_the_child_too(campaign, child, code):
    assert refused(campaign, child)[0] == code
    assert refused(campaign, *[SAM] * 7)[0] == "too-many-children"
    assert written(campaign, replace(SAM, miles=None))


def test_from_16_the_councils_own_policy_and_the_young_persons_view_decide():
    def choice(campaign, *children):
        return " ".join(f.text for f in facts(written(campaign, *children), "choice"))

    assert "policy statement" not in choice("itt-offer", SAM)
    assert "written down the young person's own view" in choice("itt-offer", ROBIN)
    assert "policy statement" in choice("mini-ptb-offer", SAM, ROBIN)


def test_the_way_back_from_training_has_days_of_its_own():
    back = facts(written("itt-offer"), "choice")[-1].text
    assert "within 3 days" in back
    assert "took 10 days" in back
    assert "within 9 days" in facts(written("ptb-offer"), "choice")[-1].text


def test_other_offers_are_named_child_by_child_in_their_order():
    sam = replace(SAM, also=(Offer.MINI_PTB, Offer.ITT))
    text = written("ptb-offer", sam, ROBIN).plain_text()
    assert "Sam: Independent Travel Training and a one-off travel payment." in text
    assert "Robin:" not in facts(written("ptb-offer", sam, ROBIN), "offers")[-1].text
    assert "Any other choice" not in text
    both = written("itt-offer", sam, replace(ROBIN, also=(Offer.PTB,))).plain_text()
    assert "; Robin: a Personal Transport Budget." in both


@given(st.lists(st.sampled_from([SAM, ROBIN]), min_size=1, max_size=6))
def test_every_child_has_a_row_whatever_the_offer(children):
    for campaign in ("ptb-offer", "itt-offer", "mini-ptb-offer"):
        rows = grid(written(campaign, *children), "offers").rows
        assert [row[0] for row in rows] == [child.first_name for child in children]


@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_where_a_decision_follows_the_appeal_is_there_and_else_that_none_is_made(campaign):
    text = written(campaign).plain_text()
    decided = LockedBlock.APPEAL in load_campaign(campaign).carried
    assert ("Ombudsman" in text) is decided
    assert ("No decision is being made." in text) is not decided
    assert "Exampleshire SENDIASS" in text
    assert "Exampleshire Parent Carer Forum" in text
    assert "To complain:" in text


def test_an_appeal_has_the_councils_two_stages_and_days():
    (appeal,) = facts(written("travel-review"), "appeal")
    assert isinstance(appeal, Fact)
    own = replace(COUNCIL, appeal=replace(COUNCIL.appeal, days_to_hear=37))
    (changed,) = facts(written("travel-review", council=own), "appeal")
    assert "within 40 working days" in appeal.text
    assert "within 37 working days" in changed.text


def test_a_review_says_that_answers_play_no_part_in_it_and_not_that_they_are_separate():
    made = written("travel-review")
    assert not facts(made, "answers")
    rows = dict(grid(made, "review").rows)
    assert rows["When"].startswith("It begins on 11 January 2027.")
    assert "play no part" in rows["What plays no part"]
    assert rows["Who looks"].startswith("Pat Sample")


@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_a_film_in_sign_language_goes_with_every_question_and_offer(campaign):
    shown = load_campaign(campaign).purpose in {
        Purpose.SURVEY,
        Purpose.OFFER,
        Purpose.YOUNG_PERSON,
    }
    assert ("British Sign Language" in written(campaign).plain_text()) is shown
    without = replace(COUNCIL, bsl_link=None)
    assert "British Sign Language" not in written(campaign, council=without).plain_text()


def test_the_steps_to_a_first_journey_add_up():
    made = written("first-contact")
    rows = grid(made, "timeline").rows
    assert rows[0][1] == "2 working days"
    assert "at most 27 working days" in facts(made, "timeline")[-1].text
    steps = tuple(replace(step, working_days=1) for step in COUNCIL.timeline.steps)
    own = replace(COUNCIL, timeline=replace(COUNCIL.timeline, steps=steps))
    assert grid(written("first-contact", council=own), "timeline").rows[0][1] == "1 working day"


def test_an_access_code_prints_where_there_is_one():
    closes = date(2027, 1, 15)
    with_code = bare("survey-invitation", SurveyDetails("K7PD-4TXM", closes)).plain_text()
    without = bare("survey-invitation", SurveyDetails("", closes)).plain_text()
    assert "type your code: K7PD-4TXM." in with_code
    assert "code" not in without
    assert "The link stands for you" in without
    assert "At most 12 short questions" in without


@pytest.mark.parametrize(
    ("campaign", "asked"),
    [
        ("survey-invitation", "closes"),
        ("travel-review", "starts_on"),
        ("focus-group-changes", "rows"),
        ("focus-group-confirmation", "starts"),
        ("focus-group-reminder", "starts"),
    ],
)
def test_a_message_that_was_not_told_what_it_is_about_is_not_made(campaign, asked):
    with pytest.raises(CompositionRefused) as refusal:
        bare(campaign)
    assert refusal.value.params == {"name": asked}


def test_a_young_person_hears_of_the_offers_recorded_for_them_and_of_no_other():
    only_training = replace(YOUNG, also=(Offer.ITT,))
    topics = [row[0] for row in grid(written("young-person", only_training), "young-person").rows]
    assert topics == ["Keep the travel you have now", "Have Independent Travel Training"]
    assert refused("young-person", replace(YOUNG, also=())) == ("missing-value", "offer")
    assert refused("young-person", SAM)[0] == "age-band-missing"


def test_what_a_group_said_stands_beside_what_became_of_it():
    table = grid(written("focus-group-changes"), "changes")
    assert table.head == ("What you said", "What changed, or why it did not")
    assert len(table.rows) == 2


def test_a_letter_in_two_languages_says_in_both_what_became_of_what_a_group_said():
    letter = message("focus-group-changes", "cy", NEUTRAL)
    assert grid(letter, "changes").rows == CHANGES_IN_WELSH.rows
    assert grid(letter.beside, "changes").rows == CHANGES.rows
    assert read_details(details_document(CHANGES_IN_WELSH)) == CHANGES_IN_WELSH


def test_it_is_not_made_where_they_are_known_in_one_language_alone():
    with pytest.raises(CompositionRefused) as refusal:
        message("focus-group-changes", "cy", NEUTRAL, details=CHANGES)
    assert refusal.value.params == {"name": "rows"}


def test_the_letter_about_naming_a_school_leads_to_its_page():
    for language in LANGUAGES:
        made = message("naming-a-school", language, NEUTRAL, portal_link="https://travel.example/")
        assert "https://travel.example/before-you-name-a-school" in made.plain_text()


def test_without_hours_for_calls_the_item_ends_after_the_number():
    own = replace(COUNCIL, call_hours=None)
    listing = next(b for b in written("itt-offer", council=own).blocks if isinstance(b, Listing))
    assert listing.items[0] == "Book a call with Morgan Sample on 01632 960100."


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://travel.example/", "https://travel.example/versions"),
        ("https://council.example/travel/m/AbC", "https://council.example/travel/versions"),
        ("http://127.0.0.1:8000/m/AbC", "http://127.0.0.1:8000/versions"),
    ],
)
def test_every_version_is_on_the_site_that_the_message_leads_to(link, page):
    portal = "https://council.example/travel/" if "council" in link else "https://travel.example"
    assert site_page("versions", link, portal) == page


def test_the_actions_are_the_same_list_in_every_version_and_channel():
    for campaign in CAMPAIGN_KEYS:
        for name in VariantName if load_campaign(campaign).tailored else (NEUTRAL,):
            lists = [
                facts(message(campaign, "en_GB", name, channel=channel), "actions")
                for channel in (Channel.LETTER, Channel.EMAIL)
            ]
            assert lists == [facts(written(campaign), "actions")] * 2


@pytest.mark.parametrize(
    ("service", "field"),
    [
        ("independent_travel_training", "restore_longest_days"),
        ("independent_travel_training", "longest_weeks"),
    ],
)
def test_a_longest_that_is_shorter_than_the_usual_is_refused(service, field):
    document = COUNCIL.document()
    document[service][field] = 1
    with pytest.raises(CouncilRefused) as wrong:
        Council.from_document(document)
    assert [place for place, _ in wrong.value.problems] == [f"{service}.{field}"]
