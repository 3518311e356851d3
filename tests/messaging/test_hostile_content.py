"""An attacker fills every field of a message: it stands as it was typed, or is refused in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from messaging.address import AddressRefused
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, compose, terms_of
from messaging.council import demonstration_council
from messaging.easy_read import build_easy_read
from messaging.letters import LetterPress, Stationery
from messaging.offers import ChildOffer
from messaging.press import NotPrintable
from messaging.sheets import EasyReadPress
from messaging.sides import MostSides
from messaging.variants import SLOTS, VariantName, load_variant
from parentportal.dispatch.mailbox import EmailRefused, write_email
from parentportal.dispatch.print_run import PrintRun
from parentportal.dispatch.ways import Gone
from tests.hostile import ATTACKS, COMPOSITE, formula_cells, is_run, plain, squeezed
from tests.messaging.families import CHANGES, DATED, SAM
from tests.messaging.hostile_fields import (
    KEY,
    SAMPLE,
    SENT,
    TOLD,
    attempt,
    check_clean,
    fields_with_text,
    mail_in,
    paper_words,
    printed_in,
    produce,
    produced_with,
    texts_in,
    told,
    with_extra,
    with_text,
)

CAMPAIGNS = (
    "ptb-offer",
    "itt-offer",
    "focus-group-invitation",
    "survey-invitation",
    "travel-review",
    "focus-group-changes",
)
"""One for each kind of detail a message is told, and those with sheets and scripts."""
full = pytest.mark.full
PRINTABLE = [name for name, attack in ATTACKS.items() if attack.printable]
UNSEEN = [name for name in ATTACKS if name not in PRINTABLE]
every_campaign = pytest.mark.parametrize("campaign", CAMPAIGNS)


@pytest.fixture(scope="module")
def press():
    return LetterPress(Stationery(most_sides=MostSides(standard=10, bilingual=10)))


@pytest.mark.parametrize("kind", [Recipient, *(type(details) for details in TOLD.values())])
def test_no_field_of_text_is_left_out_of_the_sweep(kind):
    """A new field that holds nothing in these samples would be swept by nobody."""
    value = next(one for one in (SAMPLE, *TOLD.values()) if isinstance(one, kind))
    assert [place for place, held in fields_with_text(value) if not held] == []


@every_campaign
def test_the_sweep_reaches_what_a_message_prints(campaign):
    """A sweep of fields that never print would prove nothing."""
    silent = {place for place, where in printed_in(campaign, "en_GB").items() if not where}
    assert {place[1] for place in silent} <= {"language", "recorded_by", "children", "beside"}


def test_the_sweep_reaches_what_a_letter_says_in_its_other_language():
    found = printed_in("focus-group-changes", "cy")
    beside = [where for place, where in found.items() if place[1] == "beside"]
    assert len(beside) == 2 * len(CHANGES.rows)
    assert all(beside)


@pytest.mark.parametrize("name", PRINTABLE)
@pytest.mark.parametrize(
    "language", ["en_GB", "ur", *(pytest.param(x, marks=full) for x in ("cy", "pl"))]
)
@every_campaign
def test_what_is_typed_about_people_and_meetings_stands_literally(campaign, language, name):
    text, where = ATTACKS[name].text, printed_in(campaign, language)
    typed = {
        place: text for place in where if attempt(parsed_with, campaign, place, text)[1] is None
    }
    produced = produced_with(campaign, language, typed)
    check_clean(produced)
    for place in typed:
        for output in where[place]:
            assert squeezed(text) in squeezed(produced.words[output]), (place, output)


@full
@pytest.mark.parametrize("name", PRINTABLE)
@every_campaign
def test_it_stands_literally_in_each_place_by_itself(campaign, name):
    text, where = ATTACKS[name].text, printed_in(campaign, "en_GB")
    for place in texts_in((SAMPLE, told(campaign))):
        produced, refused = attempt(produced_with, campaign, "en_GB", {place: text})
        if refused is not None:
            assert place not in where or isinstance(refused, AddressRefused), (place, refused)
            continue
        check_clean(produced)
        for output in where.get(place, ()):
            assert squeezed(text) in squeezed(produced.words[output]), (place, output)


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("language", ["en_GB", pytest.param("ur", marks=full)])
@every_campaign
def test_what_nobody_sees_is_refused_wherever_it_would_print(campaign, language, name):
    text, where = ATTACKS[name].text, printed_in(campaign, language)
    for place in texts_in((SAMPLE, told(campaign))):
        produced, refused = attempt(produced_with, campaign, language, {place: text})
        if refused is None:
            check_clean(produced)
            assert not any(text in produced.words[output] for output in where.get(place, ()))


def parsed_with(campaign, place, text):
    return with_text((SAMPLE, told(campaign)), place, text)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_child_of_a_file_has_known_ages_and_miles_or_is_refused(name):
    attack = ATTACKS[name].text
    assert ChildOffer.read(attack, "8-10", "5").first_name == attack.strip()
    with pytest.raises(KeyError):
        ChildOffer.read("Sam", attack, "5")
    with pytest.raises(ValueError):  # noqa: PT011 -- its words are what was read
        ChildOffer.read("Sam", "8-10", attack)


@pytest.mark.parametrize("name", PRINTABLE)
@pytest.mark.parametrize(
    "campaign",
    ["ptb-offer", "focus-group-invitation", pytest.param("focus-group-changes", marks=full)],
)
def test_a_letter_prints_it_letter_by_letter_or_says_that_no_font_has_it(press, campaign, name):
    attack = ATTACKS[name]
    whole = (SAMPLE, told(campaign))
    for place in printed_in(campaign, "en_GB"):
        made, refused = attempt(with_text, whole, place, attack.text)
        whole = whole if refused else made
    recipient, details = whole
    variant = with_extra(load_variant(campaign, "en_GB", VariantName.NEUTRAL))
    letter = compose(variant, recipient, demonstration_council(), dated=DATED, details=details)
    if not attack.in_fonts:
        with pytest.raises(NotPrintable) as refused:
            press.render(letter)
        assert refused.value.code == "character-not-in-fonts"
        return
    paper, text = paper_words(press.render(letter).pdf), squeezed(attack.text)
    assert is_run(paper) == ""
    assert paper.count(text) >= squeezed(plain(letter.plain_text())).count(text) > 2


@pytest.mark.parametrize("name", ATTACKS)
def test_an_easy_read_sheet_prints_it_letter_by_letter(name):
    attack = ATTACKS[name]
    recipient = replace(SAMPLE, name=attack.text, children=(replace(SAM, first_name=attack.text),))
    terms = terms_of("ptb-offer", "en_GB", recipient, demonstration_council(), dated=DATED)
    sheet, refused = attempt(build_easy_read, terms, recipient)
    assert (refused is None) == attack.printable
    if sheet is None or not attack.in_fonts:
        return
    paper = paper_words(EasyReadPress().render(sheet).pdf)
    assert is_run(paper) == ""
    assert squeezed(attack.text) in paper


def test_the_tables_beside_a_print_file_hold_no_word_of_a_message(tmp_path):
    """A print house opens them in a spreadsheet."""
    recipient = replace(SAMPLE, name=f"={COMPOSITE}")
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL)
    letter = compose(usual, recipient, demonstration_council(), dated=DATED)
    evidence = {"file": f"letters/{KEY}.pdf", "pages": 2, "sha256": "0" * 64}
    press = LetterPress(Stationery(most_sides=MostSides(standard=10)))
    gone = [Gone(KEY, Channel.LETTER, evidence)]
    PrintRun(tmp_path).make(gone, lambda keys: dict.fromkeys(keys, letter), press)
    tables = sorted(tmp_path.glob("*.csv"))
    assert len(tables) == 2
    for table in tables:
        assert formula_cells(table.read_bytes()) == []
        assert "x-evil" not in table.read_text()
    assert squeezed(COMPOSITE) in paper_words((tmp_path / "letters.pdf").read_bytes())


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize(
    ("channel", "slot"),
    [(Channel.LETTER, slot) for slot in SLOTS[:2]]
    + [pytest.param(Channel.LETTER, slot, marks=full) for slot in SLOTS[2:]]
    + [(Channel.SMS, "sms")]
    + [pytest.param(Channel.EMAIL, slot, marks=full) for slot in SLOTS],
)
def test_copy_stands_literally_or_is_refused_with_its_place(channel, slot, name):
    attack = ATTACKS[name]
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL, channel)
    variants = {channel: replace(usual, **{slot: f"Sam {attack.text}"})}
    produced, refused = attempt(produce, "ptb-offer", SAMPLE, "en_GB", None, variants=variants)
    if refused is not None:
        return
    check_clean(produced)
    if attack.printable:
        assert squeezed(attack.text) in squeezed(produced.words[channel])


def test_every_slot_of_a_version_is_swept():
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL)
    texts = {name for (_, name), _held in fields_with_text(usual)}
    assert texts - {"campaign", "language"} == {*SLOTS, "sms"}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize(
    "shape", ["{}", "{}@family.example", "ali@family.example{}", "a@{}.example"]
)
def test_an_email_goes_to_one_address_or_to_none(shape, name):
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL, Channel.EMAIL)
    mail = compose(usual, SAMPLE, demonstration_council(), dated=DATED)
    to = shape.format(ATTACKS[name].text)
    try:
        raw = write_email(mail, KEY, to=to, domain="d.example", sent=SENT)
    except EmailRefused:
        return
    assert mail_in(raw)["To"].addresses[0].addr_spec == to


def test_a_refusal_names_the_field():
    recipient = replace(SAMPLE, name="Sam\r\nBcc: x@evil.example")
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL)
    with pytest.raises(CompositionRefused) as refused:
        compose(usual, recipient, demonstration_council(), dated=DATED)
    assert refused.value.code == "unprintable-value"
    assert refused.value.params == {"name": "name", "reason": "control-character"}
