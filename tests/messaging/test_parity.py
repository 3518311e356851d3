"""Whatever one version says otherwise, it is found: each fact changed, each promise slipped in."""

import os
import re
from dataclasses import replace

import pytest

from messaging.blocks import Fact, Grid, Heading, Listing, Paragraph
from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.composition import compose
from messaging.council import demonstration_council
from messaging.languages import ENGLISH, LANGUAGES
from messaging.parity import Comparison, parity
from messaging.variants import VariantName, VariantNotWrittenError, load_variant, voices

COUNCIL = demonstration_council()


def written(campaign, language):
    try:
        load_variant(campaign, language, VariantName.NEUTRAL)
    except VariantNotWrittenError:
        return False
    return True


IN_USE = [(key, lang) for key in CAMPAIGN_KEYS for lang in LANGUAGES if written(key, lang)]
TAILORED = [
    pytest.param(key, lang, marks=() if lang == ENGLISH else pytest.mark.full)
    for key, lang in IN_USE
    if load_campaign(key).tailored
]
FULL = os.environ.get("PARENTPORTAL_FULL") == "1"


@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_the_facts_are_the_same_in_all_versions_on_all_channels_in_all_languages(campaign):
    report = parity(load_campaign(campaign), COUNCIL)
    assert report.differences == ()
    assert report.breaches == ()
    assert report.holds
    assert {language for language, _, _ in report.compared} == {
        lang for key, lang in IN_USE if key == campaign
    }
    assert {name for _, _, name in report.compared} == set(voices(load_campaign(campaign)))


def texts_changed(block, change):
    """The block with one of its texts changed, or the same block if there is nothing to change."""
    match block:
        case Paragraph(text=text) | Heading(text=text):
            return replace(block, text=change(text))
        case Fact(text=text):
            return replace(block, text=change(text))
        case Listing(items=items):
            return replace(block, items=tuple(change(item) for item in items))
        case Grid(rows=rows):
            return replace(block, rows=tuple(tuple(map(change, row)) for row in rows))
    return block


def first_changed(message, change):
    """The message with the first locked block that the change alters."""
    blocks = list(message.blocks)
    for place, block in enumerate(blocks):
        changed = texts_changed(block, change) if block.locked else block
        if changed != block:
            blocks[place] = changed
            return replace(message, blocks=tuple(blocks))
    return message


def a_pound_more(message):
    return first_changed(message, lambda t: re.sub(r"£(\d)", lambda m: f"£{m[1]}1", t, count=1))


def a_day_later(message):
    def later(text):
        return re.sub(r"\b(\d{1,2})(?=\s+\S+\s+20\d\d)", lambda m: f"{int(m[1]) % 27 + 1}", text)

    return first_changed(message, later)


def another_number(message):
    return first_changed(
        message, lambda t: re.sub(r"\b[1-9]\b", lambda m: f"{int(m[0]) % 8 + 2}", t, count=1)
    )


def another_link(message):
    changed = first_changed(message, lambda t: re.sub(r"\w+\.example", "elsewhere.example", t))
    return changed if changed != message else replace(message, link="https://elsewhere.example")


def another_order(message):
    blocks = list(message.blocks)
    for place, block in enumerate(blocks):
        if isinstance(block, Listing) and block.locked:
            blocks[place] = replace(block, items=block.items[::-1])
            return replace(message, blocks=tuple(blocks))
    return message


def columns_turned(message):
    blocks = tuple(
        replace(b, head=b.head[::-1], rows=tuple(row[::-1] for row in b.rows))
        if isinstance(b, Grid)
        else b
        for b in message.blocks
    )
    return replace(message, blocks=blocks)


def a_right_less(message):
    locked = [place for place, block in enumerate(message.blocks) if isinstance(block, Fact)]
    blocks = [block for place, block in enumerate(message.blocks) if place != locked[0]]
    return replace(message, blocks=tuple(blocks))


def a_sentence_less(message):
    def shorter(text):
        sentences = re.split(r"(?<=[.۔])\s+", text)
        return " ".join(sentences[:-1]) if len(sentences) > 1 else text

    return first_changed(message, shorter)


def another_telephone(message):
    return replace(message, sender=replace(message.sender, phone="01632 960199"))


MUTATIONS = [
    *(a_pound_more, a_day_later, another_number, another_link, another_order, columns_turned),
    *(a_right_less, a_sentence_less, another_telephone),
]


@pytest.mark.parametrize(("campaign", "language"), TAILORED)
@pytest.mark.parametrize("mutate", MUTATIONS)
def test_one_fact_changed_in_one_version_is_refused(campaign, language, mutate):
    tailored = list(VariantName)[1:]
    turn = (CAMPAIGN_KEYS.index(campaign) + MUTATIONS.index(mutate)) % len(tailored)
    for forged in tailored if FULL else tailored[turn : turn + 1]:
        altered = []

        def make(variant, *more, forged=forged, altered=altered, **named):
            made = compose(variant, *more, **named)
            if variant.name is not forged or variant.channel is not Channel.LETTER:
                return made
            changed = mutate(made)
            altered.append(changed != made)
            return changed

        report = parity(load_campaign(campaign), COUNCIL, languages=[language], make=make)
        if not any(altered):
            pytest.skip("this message has no such fact")
        found = {d.variant for d in report.differences if d.comparison is Comparison.VERSIONS}
        assert not report.holds
        assert found == {str(forged)}


ADDED = {
    ENGLISH: {
        "a right": "You may bring a friend and stop the taxi for good.",
        "a sum": "We pay £500 on top.",
        "a date": "It begins on 3 March.",
        "a number": "You have seven months.",
        "a link": "See www.elsewhere.example for more.",
        "a service": "A free laptop comes with it.",
        "a condition": "You must apply within 10 days.",
    },
    "cy": {
        "a sum": "Rydym yn talu £500 yn ychwanegol.",
        "a date": "Mae'n dechrau ar 3 Mawrth.",
        "a link": "Gweler www.elsewhere.example.",
        "a condition": "Rhaid i chi wneud cais o fewn 10 diwrnod.",
    },
    "pl": {
        "a sum": "Dodatkowo płacimy £500.",
        "a date": "Zaczyna się 3 marca.",
        "a link": "Więcej na www.elsewhere.example.",
        "a condition": "Trzeba złożyć wniosek w ciągu 10 dni.",
    },
    "ur": {
        "a sum": "ہم مزید £500 دیتے ہیں۔",
        "a date": "یہ 3 مارچ سے شروع ہوتا ہے۔",
        "a link": "مزید www.elsewhere.example پر۔",
        "a condition": "آپ کو 10 دن کے اندر درخواست دینی ہوگی۔",
    },
}


@pytest.mark.parametrize(("campaign", "language"), TAILORED)
@pytest.mark.parametrize("slot", ["opening", "closing", "subject", "sms"])
def test_a_promise_slipped_into_one_tone_block_is_refused(campaign, language, slot):
    added = list(ADDED[language].items())
    turn = CAMPAIGN_KEYS.index(campaign) % len(added)
    for what, words in added if FULL else added[turn : turn + 1]:

        def shelf(key, lang, name, channel, words=words):
            variant = load_variant(key, lang, name, channel)
            if (lang, name) != (language, VariantName.PIONEER) or not getattr(variant, slot):
                return variant
            return replace(variant, **{slot: f"{getattr(variant, slot)} {words}"})

        report = parity(load_campaign(campaign), COUNCIL, languages=[language], shelf=shelf)
        if slot == "sms" and (language, "sms", "pioneer") not in report.compared:
            pytest.skip("no text message is written")
        found = {(breach.variant, breach.slot) for breach in report.breaches}
        assert ("pioneer", slot) in found, what
        assert found == {("pioneer", slot)}, what


def test_an_approvers_reason_lets_the_very_words_stand_and_no_other():
    def shelf(key, lang, name, channel):
        variant = load_variant(key, lang, name, channel)
        if name is not VariantName.SETTLER:
            return variant
        return replace(variant, closing=f"{variant.closing} You may bring a dog on 3 March.")

    campaign = load_campaign("ptb-offer")
    found = parity(campaign, COUNCIL, languages=[ENGLISH], shelf=shelf).breaches
    assert len({breach.place for breach in found}) > 1
    for breach in found:
        rest = parity(
            campaign, COUNCIL, languages=[ENGLISH], shelf=shelf, reasons=[breach.place]
        ).breaches
        assert {other.place for other in rest} == {b.place for b in found} - {breach.place}


def test_another_sum_in_one_language_is_found():
    def make(variant, *more, **named):
        made = compose(variant, *more, **named)
        return a_pound_more(made) if variant.language == "pl" else made

    report = parity(load_campaign("ptb-offer"), COUNCIL, languages=["pl"], make=make)
    assert {d.comparison for d in report.differences} == {Comparison.LANGUAGES}
    assert {d.language for d in report.differences} == {"pl"}


def test_an_email_that_differs_from_its_letter_is_found():
    def make(variant, *more, **named):
        made = compose(variant, *more, **named)
        return a_right_less(made) if variant.channel is Channel.EMAIL else made

    report = parity(load_campaign("ptb-offer"), COUNCIL, languages=[ENGLISH], make=make)
    assert {d.comparison for d in report.differences} == {Comparison.CHANNELS}
