import pytest

from segmentation.readability import reading_age, syllable_count


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        *[("the", 1), ("make", 1), ("makes", 1), ("asked", 1), ("rule", 1), ("wanted", 2)],
        *[("table", 2), ("neighbour", 2), ("family", 3), ("respected", 3), ("everyone", 3)],
    ],
)
def test_syllables_are_counted_by_their_vowels(word, syllables):
    assert syllable_count(word) == syllables


def test_the_age_is_that_of_the_published_formula():
    # Six words of one syllable: 0.39 x 6 + 11.8 x 1 - 15.59 = -1.45, and five years.
    assert reading_age("The cat sat on the mat.") == pytest.approx(3.55)


def test_longer_words_and_longer_sentences_ask_for_an_older_reader():
    plain = reading_age("We ask. You choose. We write to you.")
    assert reading_age("We ask and you choose and we write to you.") > plain
    assert reading_age("Consultation necessitates authorisation.") > 18


def test_a_text_without_a_word_has_no_age():
    with pytest.raises(ValueError, match="no words"):
        reading_age("… 123")
