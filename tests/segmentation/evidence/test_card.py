import re

import pytest

from segmentation.evidence.card import first_line, write
from segmentation.evidence.charts import FIGURES, draw
from segmentation.evidence.command import CARD, folder
from segmentation.evidence.markdown import filled
from segmentation.typing_tool import DEFAULT


@pytest.fixture(scope="module")
def card():
    return (folder(DEFAULT) / CARD).read_text(encoding="utf-8")


def test_the_committed_card_says_what_the_committed_numbers_say(card, committed):
    assert card == write(committed)


def test_the_committed_figures_show_what_the_committed_numbers_say(committed):
    for name, figure in draw(committed).items():
        assert (folder(DEFAULT) / f"{name}.svg").read_bytes() == figure, name


def test_every_figure_is_shown_in_the_card_and_no_other(card):
    assert sorted(re.findall(r"\]\(([\w-]+)\.svg\)", card)) == sorted(FIGURES)


def test_the_first_line_says_how_often_the_estimate_is_wrong(card, committed):
    _, first, *_ = card.split("\n\n")
    assert first == "**About three in ten of these estimates are wrong.**"
    wrong = committed["evidence"]["wrong_against_latent"]["value"]
    assert committed["evidence"]["wrong_in_ten_against_latent"] == round(10 * wrong)
    assert wrong == pytest.approx(1 - committed["forms"]["adaptive"]["latent"]["accuracy"]["value"])


@pytest.mark.parametrize(("tenths", "word"), [(0, "none"), (4, "four")])
def test_the_first_line_follows_the_numbers(tenths, word):
    line = first_line({"evidence": {"wrong_in_ten_against_latent": tenths}})
    assert line == f"**About {word} in ten of these estimates are wrong.**"


def test_every_figure_against_the_full_form_has_one_against_the_latent_truth(committed):
    for name, form in committed["forms"].items():
        assert "latent" in form, name
    assert set(committed["items"]) == set(committed["confusion"]) == {"full form", "latent"}


def test_the_sentences_beside_the_figures_are_so(committed):
    items = committed["items"]
    fixed = {point["items"]: point for point in items["full form"]["fixed for the form"]}
    for point in items["full form"]["adaptive"]:
        at_least = min(length for length in fixed if length >= point["items"])
        assert point["accuracy"]["value"] > fixed[at_least]["accuracy"]["value"] - 0.01
    aimed = max(
        point["accuracy"]["value"] for point in items["latent"]["adaptive, aimed at the truth"]
    )
    assert aimed > items["latent"]["simple scoring of all 21"]
    for each in committed["reliability"]["adaptive, latent"][1:]:
        assert each["right"]["value"] < each["confidence"]
    for each in committed["missing"][1:]:
        assert each["ours"]["log_loss"]["value"] < each["logistic"]["log_loss"]["value"]
    for attitude in committed["attitudes"].values():
        explained = attitude["explained"]
        assert explained["ten values"]["value"] > explained["segment, full form"]["value"]


def test_the_head_of_service_is_told_of_paper_apart_from_online(card, committed):
    service = " ".join(card.partition("## For a head of service")[2].split())
    for form, words in (
        ("adaptive", "Online it names no group for {}%"),
        ("paper", "none for {}%"),
    ):
        without = 100 * (1 - committed["forms"][form]["full form"]["coverage"]["value"])
        assert words.format(round(without)) in service
    for truth in ("full form", "latent"):
        right = committed["forms"]["paper"][truth]["accuracy_assigned"]["value"]
        assert f"{round(100 * right)}% (" in service.partition("On paper")[2].partition("Those")[0]


def test_every_interval_contains_its_figure(committed):
    def measures(found, path=()):
        match found:
            case {"value": value, "low": low, "high": high}:
                yield path, low, value, high
            case dict():
                for name, each in found.items():
                    yield from measures(each, (*path, name))
            case list():
                for place, each in enumerate(found):
                    yield from measures(each, (*path, place))

    for path, low, value, high in measures(committed):
        assert low <= value <= high, path


def test_nothing_is_so_good_that_it_must_have_leaked(committed):
    for name in ("paper", "twelve for the form", "ten for the form", "adaptive"):
        assert committed["forms"][name]["full form"]["accuracy"]["high"] < 0.9, name
        assert committed["forms"][name]["latent"]["accuracy"]["value"] < 0.75, name


def test_no_figure_is_of_fewer_than_ten_people(committed):
    def counts(found):
        match found:
            case {"people": int(people), **rest}:
                yield people
                yield from counts(rest)
            case dict():
                for each in found.values():
                    yield from counts(each)
            case list():
                for each in found:
                    yield from counts(each)

    assert min(counts({name: committed[name] for name in committed if name != "alike"})) >= 10


def test_prose_is_broken_at_the_width_of_a_line_and_tables_are_not():
    prose, bullets, row = "a word " * 40, "- one " * 1 + "word " * 40 + "\n- two", "| " + "x" * 150
    text = filled(f"{prose}\n\n{bullets}\n\n{row}")
    broken, listed, kept = text.split("\n\n")
    assert max(map(len, (broken + "\n" + listed).split("\n"))) <= 100
    assert listed.split("\n")[1].startswith("  word")
    assert listed.split("\n")[-1] == "- two"
    assert kept == row
