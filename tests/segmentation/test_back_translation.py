from dataclasses import replace

import pytest

from segmentation.back_translation import (
    BackTranslation,
    RegisterRefused,
    load_back_translations,
    parse_back_translations,
    unsettled,
)
from segmentation.instrument import load_instrument


@pytest.fixture
def bank():
    return load_instrument("travel-values-2")


@pytest.fixture
def document(bank):
    """An invented register that vouches for every translated text."""

    def texts(language):
        answers = {f"answer-{rating}": words for rating, words in bank.answers(language)}
        portraits = {item.code: item.wording[language] for item in bank.items}
        return {"stem": bank.stem(language), **answers, **portraits}

    source = texts("en_GB")
    return {
        language: {
            text: {
                "source": source[text],
                "wording": wording,
                "back": "A text.",
                "difference": "none",
                "resolution": "",
            }
            for text, wording in texts(language).items()
        }
        for language in ("cy", "pl", "ur")
    }


def test_the_register_that_ships_can_be_read():
    assert all(record.language != "en_GB" for record in load_back_translations("travel-values-2"))
    with pytest.raises(FileNotFoundError):
        load_back_translations("no-such-version")


def test_the_register_that_ships_vouches_for_every_translated_text_in_use(bank):
    assert unsettled(bank, load_back_translations("travel-values-2")) == ()


def test_a_record_says_what_was_read_found_and_done(document):
    document["cy"]["thrills"] = {
        "source": "Other words.",
        "wording": "Geiriau.",
        "back": "Words.",
        "difference": "stronger",
        "resolution": "softened",
    }
    records = parse_back_translations(document)
    assert (
        BackTranslation(
            language="cy",
            text="thrills",
            source="Other words.",
            wording="Geiriau.",
            back="Words.",
            difference="stronger",
            resolution="softened",
        )
        in records
    )


def test_a_full_register_leaves_nothing_unsettled(bank, document):
    register = parse_back_translations(document)
    assert len(register) == 3 * (1 + 6 + len(bank.items))
    assert unsettled(bank, register) == ()


def test_without_records_every_translated_text_is_unsettled_and_no_source_text(bank):
    open_texts = unsettled(bank, ())
    assert len(open_texts) == 3 * (1 + 6 + len(bank.items))
    assert open_texts[:3] == (("cy", "stem"), ("cy", "answer-1"), ("cy", "answer-2"))


def test_a_translation_changed_since_it_was_put_back_is_unsettled(bank, document):
    register = parse_back_translations(document)
    first, *others = bank.items
    changed = replace(first, wording={**first.wording, "pl": "Inne słowa."})
    reworded = replace(bank, items=(changed, *others))
    assert unsettled(reworded, register) == (("pl", first.code),)


def test_a_source_changed_since_the_comparison_is_unsettled_in_every_language(bank, document):
    first, *others = bank.items
    changed = replace(first, wording={**first.wording, "en_GB": "Other words."})
    register = parse_back_translations(document)
    reworded = replace(bank, items=(changed, *others))
    assert unsettled(reworded, register) == tuple(
        (language, first.code) for language in ("cy", "pl", "ur")
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        {"wording": " "},
        {"source": ""},
        {"back": ""},
        {"difference": ""},
        {"difference": "stronger", "resolution": ""},
        {"by": "somebody"},
    ],
)
def test_a_record_that_leaves_something_open_is_refused(document, spoilt):
    document["cy"]["stem"] |= spoilt
    with pytest.raises(RegisterRefused, match=r"cy\.stem"):
        parse_back_translations(document)


def test_a_record_that_lacks_a_field_is_refused(document):
    del document["cy"]["stem"]["resolution"]
    with pytest.raises(RegisterRefused, match=r"cy\.stem"):
        parse_back_translations(document)


@pytest.mark.parametrize("document", [{"cy": "x"}, {"cy": {"stem": "x"}}])
def test_what_is_no_table_is_refused(document):
    with pytest.raises(RegisterRefused, match="is not a table"):
        parse_back_translations(document)
