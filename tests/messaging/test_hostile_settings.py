"""An attacker fills every setting of a council: it prints as typed, or is refused in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.composition import compose
from messaging.council import Council, demonstration_council
from messaging.forms import Access, Edition, FormPress, Questions
from messaging.languages import LANGUAGES
from messaging.letters import LetterPress, Stationery
from messaging.pack import build_pack
from messaging.sheets import PackPress
from messaging.sides import MostSides
from messaging.variants import VariantName, load_variant
from parentportal.dispatch.mailbox import write_email
from tests.hostile import ATTACKS, hidden_in, is_run, plain, squeezed
from tests.messaging.families import DATED
from tests.messaging.hostile_fields import (
    KEY,
    MARKER,
    SAMPLE,
    SENT,
    Place,
    Produced,
    attempt,
    check_clean,
    fields_with_text,
    mail_in,
    paper_words,
    produce,
    texts_in,
    told,
    with_text,
)

FREEPOST: Place = ("freepost",)
"""The one setting with less room than the longest attack needs."""
OTHER_LANGUAGES = frozenset(LANGUAGES) - {"en_GB"}
PRINTABLE = [name for name, attack in ATTACKS.items() if attack.printable]
UNSEEN = [name for name in ATTACKS if name not in PRINTABLE]


@cache
def settings_document() -> dict[str, Any]:
    """The demonstration council's, with what it says beside its calendar and its rule."""
    document = demonstration_council().document()
    said = dict.fromkeys(LANGUAGES, "As our policy says.")
    document["personal_transport_budget"] |= {"payments": said, "absence": said}
    return document


def set_everywhere(places: Mapping[Place, str]) -> dict[str, Any]:
    document: Any = settings_document()
    for place, text in places.items():
        document = with_text(document, place, text)
    return document


def dotted(place: Place) -> str:
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in place).strip(".")


def refused_places(document: Mapping[str, Any]) -> Mapping[str, str]:
    _, refused = attempt(Council.from_document, document)
    return dict(refused.problems) if refused else {}


@cache
def taken_settings(text: str) -> tuple[Place, ...]:
    """The settings that take a text, found by trying it in every one."""
    places = tuple(texts_in(settings_document()))
    # Of a table that says wrongly what kind it is, nothing else is read: so until none is refused.
    while refused := refused_places(set_everywhere(dict.fromkeys(places, text))):
        left = tuple(place for place in places if dotted(place) not in refused)
        assert len(left) < len(places)
        places = left
    return places


def free_settings() -> tuple[Place, ...]:
    """The settings that take free text."""
    return taken_settings(f"{MARKER} Ltd")


def all_words(council: Council) -> Produced:
    """All that is printed of a council, in every campaign."""
    keys = [key for key in CAMPAIGN_KEYS if "en_GB" in load_campaign(key).languages]
    made = {key: produce(key, SAMPLE, "en_GB", told(key), council) for key in keys}
    made["unsettled"] = produce("focus-group-invitation", SAMPLE, "en_GB", None, council)
    pack = build_pack(council, "en_GB", dated=DATED)
    words = {f"{key} {name}": text for key in made for name, text in made[key].words.items()}
    words["pack"] = plain("\n".join(_texts_of(pack)))
    html = {f"{key} {name}": text for key in made for name, text in made[key].html.items()}
    return Produced(words, html)


def _texts_of(value: Any) -> Iterator[str]:
    for place in texts_in(value):
        held = value
        for step in place:
            plain_step = isinstance(held, Mapping | tuple | list)
            held = held[step] if plain_step else getattr(held, str(step))
        yield held


def test_no_setting_of_text_is_left_out_of_the_sweep():
    """A new setting that these samples do not have would be swept by nobody."""
    council = Council.from_document(settings_document())
    assert [place for place, held in fields_with_text(council) if not held] == []


def test_every_free_setting_prints_somewhere():
    own = {place: f"{MARKER}{number}{MARKER}" for number, place in enumerate(free_settings())}
    paper = "\n".join(all_words(Council.from_document(set_everywhere(own))).words.values())
    silent = {dotted(place) for place, text in own.items() if text not in paper}
    assert len(own) > 100
    assert {place for place in silent if place.rpartition(".")[2] not in OTHER_LANGUAGES} == {
        "complaints.name",  # on the pages
        "freepost",  # on the paper form
    }


@pytest.mark.parametrize("name", PRINTABLE)
def test_a_setting_stands_literally_in_all_that_is_printed(name):
    text = ATTACKS[name].text
    taken = taken_settings(text)
    assert set(free_settings()) - set(taken) <= {FREEPOST}
    own = {
        place: f"{number}:{text}"
        for number, place in enumerate(taken)
        if place != FREEPOST and place[-1] not in OTHER_LANGUAGES
    }
    produced = all_words(Council.from_document(set_everywhere(own)))
    check_clean(produced)
    paper = squeezed("\n".join(produced.words.values()))
    silent = [dotted(place) for place, said in own.items() if squeezed(said) not in paper]
    assert silent == ["complaints.name"]


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_is_no_part_of_a_setting(name):
    text = ATTACKS[name].text
    document = set_everywhere(dict.fromkeys(taken_settings(text), text))
    held = list(_texts_of(Council.from_document(document).document()))
    assert not any(hidden_in(value) or text in value for value in held)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_text_passes_for_a_number_a_date_or_a_yes(name):
    texts = set(texts_in(settings_document()))
    others = [place for place in _all_places(settings_document()) if place not in texts]
    assert others
    refused = refused_places(set_everywhere(dict.fromkeys(others, ATTACKS[name].text)))
    assert {dotted(place) for place in others} <= set(refused)


def _all_places(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, Mapping | list):
        steps = value.items() if isinstance(value, Mapping) else enumerate(value)
        for step, item in steps:
            yield from _all_places(item, (*place, step))
    else:
        yield place


@pytest.mark.parametrize("name", ["attribute", "typst-evaluated", "placeholder", "jinja"])
def test_a_councils_own_words_print_letter_by_letter_on_paper(name):
    text = ATTACKS[name].text
    own: dict[Place, str] = {
        ("name",): f"Council {text}",
        ("contact", "name"): f"Pat {text}",
        ("sendiass", "name"): f"Advice {text}",
        ("other_formats", "en_GB"): f"Formats {text}",
    }
    council = Council.from_document(set_everywhere(own))
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL)
    letter = compose(usual, SAMPLE, council, dated=DATED)
    press = LetterPress(Stationery(most_sides=MostSides(standard=10)))
    sheet = PackPress().render(build_pack(council, "en_GB", dated=DATED))
    for pdf in (press.render(letter).pdf, sheet.pdf):
        paper = paper_words(pdf)
        assert is_run(paper) == ""
        assert squeezed(own["sendiass", "name"]) in paper


def test_a_paper_form_prints_it_letter_by_letter():
    own: dict[Place, str] = {("contact", "name"): "Pat {{7*7}} <b>", FREEPOST: "#read(1) $x$ {{7}}"}
    council = Council.from_document(set_everywhere(own))
    asked = Questions("en_GB", '#eval("1")', ("#read(1)",) * 6, ("$#(7919*7907)$ <x>",) * 12)
    access = Access("K7PD-4TXM-9RWC", "https://travel.example/s/K7PD")
    days = {"send_by": DATED, "dated": DATED}
    paper = paper_words(
        FormPress().forms(asked, council, Edition.A4, **days, accesses=[access]).pdf
    )
    assert is_run(paper) == ""
    for text in (*own.values(), '#eval("1")', "$#(7919*7907)$<x>"):
        assert squeezed(text) in paper


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize(
    "shape", ["{}", "{}@council.example", "office@{}.example", "a,{}b@council.example"]
)
def test_an_email_can_be_sent_from_every_address_that_a_council_may_set(shape, name):
    place: Place = ("contact", "email")
    address = shape.format(ATTACKS[name].text)
    council, refused = attempt(
        Council.from_document, with_text(settings_document(), place, address)
    )
    if refused is not None:
        assert [where for where, _why in refused.problems] == ["contact.email"]
        return
    usual = load_variant("ptb-offer", "en_GB", VariantName.NEUTRAL, Channel.EMAIL)
    mail = compose(usual, SAMPLE, council, dated=DATED)
    raw = write_email(mail, KEY, to="ali@family.example", domain="d.example", sent=SENT)
    assert mail_in(raw)["From"].addresses[0].addr_spec == council.contact.email


@pytest.mark.parametrize("address", ["a,b@x.example", "büro@x.example", "a..b@x.example"])
def test_an_address_that_no_mail_server_takes_is_no_setting(address):
    document = with_text(settings_document(), ("contact", "email"), address)
    assert refused_places(document) == {"contact.email": "must be an email address"}


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1">{}<path d="M0 0h4v1z"/></svg>'
DRAWINGS = {
    "script": SVG.format("<script>alert(1)</script>"),
    "handler": SVG.format('<rect onload="alert(1)" width="1" height="1"/>'),
    "file": SVG.format('<image href="file:///etc/passwd"/>'),
    "use": SVG.format('<use href="#a"/>'),
    "foreign": SVG.format("<foreignObject><p>x</p></foreignObject>"),
    "fetched": SVG.format('<rect fill="url(https://evil.example)" width="1" height="1"/>'),
    "styled": SVG.format("<style>@import url(https://evil.example)</style>"),
    "text": SVG.format("<text>#read(1)</text>"),
    "entity": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.format("<g>&x;</g>"),
    "laughs": '<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;"),
    "instruction": '<?xml-stylesheet href="x.css"?>' + SVG.format(""),
    "deep": SVG.format("<g>" * 500 + "</g>" * 500),
    "nul": SVG.format("\0"),
    "long": SVG.format(" " * 200_001),
    "surrogate": SVG.format("\ud800"),
}


@pytest.mark.parametrize("name", [*DRAWINGS, *ATTACKS])
@pytest.mark.parametrize("place", [("logo",), ("contact", "signature")])
def test_a_drawing_that_does_more_than_draw_is_refused_in_words(place, name):
    text = DRAWINGS[name] if name in DRAWINGS else ATTACKS[name].text
    assert refused_places(with_text(settings_document(), place, text)).get(dotted(place))


def test_every_drawing_of_a_council_is_swept():
    texts = zip(texts_in(settings_document()), _texts_of(settings_document()), strict=True)
    found = {place for place, text in texts if text.startswith("<svg")}
    assert found == {("logo",), ("contact", "signature")}
