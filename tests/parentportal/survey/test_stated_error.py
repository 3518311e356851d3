"""What parents are told of the estimate's errors is what the model card's first line says."""

import json

from segmentation.evidence.command import NUMBERS, folder
from segmentation.evidence.markdown import in_words
from segmentation.typing_tool import DEFAULT
from tests.conftest import ROOT


def test_the_notice_says_how_often_the_estimate_is_wrong_as_the_model_card_does():
    numbers = json.loads((folder(DEFAULT) / NUMBERS).read_text(encoding="utf-8"))
    wrong = in_words(numbers["evidence"]["wrong_in_ten_against_latent"])
    notice = (ROOT / "parentportal/templates/survey/_notice.html").read_text(encoding="utf-8")
    assert f"it is wrong for about {wrong} in ten" in notice
