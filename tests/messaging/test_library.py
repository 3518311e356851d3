"""The library is whole: everything is written in every language, and alike in what it holds.

A translation that is missing fails here, and nowhere else.
"""

from collections.abc import Mapping

import pytest

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.languages import ENGLISH, LANGUAGES
from messaging.placeholders import blanks_in
from messaging.variants import VariantNotWrittenError, load_variant, voices
from messaging.wording import copy_of, locked_wording, written_languages

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
PLACES = [
    "pack",
    *(f"{key}/script" for key in ("ptb-offer", "itt-offer", "focus-group-invitation")),
    *(
        f"{key}/easy-read"
        for key in ("survey-invitation", "ptb-offer", "itt-offer", "mini-ptb-offer")
    ),
]
WRITTEN = [(place, one) for place in PLACES for one in written_languages(place) if one != ENGLISH]


def texts(document, path=""):
    """Every text of a document by where it stands."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from texts(value, f"{path}.{name}")
    elif isinstance(document, list | tuple):
        for number, value in enumerate(document):
            yield from texts(value, f"{path}[{number}]")
    elif isinstance(document, str):
        yield path, document


def blanks(document):
    return {path: sorted(blanks_in(text)) for path, text in texts(document)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_every_campaign_is_written_in_every_voice_language_and_channel(campaign, language):
    missing = []
    for name in voices(load_campaign(campaign)):
        for channel in Channel:
            try:
                load_variant(campaign, language, name, channel)
            except VariantNotWrittenError:
                missing.append(f"{name} {channel}")
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_every_script_and_sheet_is_written_in_every_language(place, language):
    assert language in written_languages(place)


@pytest.mark.parametrize("language", OTHERS)
def test_the_locked_wording_has_the_same_places_and_blanks_in_every_language(language):
    """The word after a number has as many forms as its language wants, and its own place."""
    english, own = blanks(locked_wording(ENGLISH)), blanks(locked_wording(language))
    forms = {path for path in {*english, *own} if path.startswith(".units.")}
    assert sorted({*own} - forms) == sorted({*english} - forms)
    for path in {*own} - forms:
        assert set(own[path]) | {"unit"} == set(english[path]) | {"unit"}, path
    assert {path.split(".")[2] for path in forms & {*own}} == {
        path.split(".")[2] for path in forms & {*english}
    }


@pytest.mark.parametrize(("place", "language"), WRITTEN)
def test_a_script_or_sheet_has_the_same_places_and_blanks_in_every_language(place, language):
    """A voice may pause elsewhere and say a thing in more lines or fewer; the facts may not."""
    english, own = copy_of(place, ENGLISH), copy_of(place, language)
    if not place.endswith("/script"):
        assert blanks(own) == blanks(english)
        return
    assert {path.partition("[")[0] for path in blanks(own)} == {
        path.partition("[")[0] for path in blanks(english)
    }
