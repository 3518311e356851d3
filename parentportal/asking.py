"""Which question comes next, and how many there are at most: by the form an invitation asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parentportal.models import Form
from segmentation.adaptive import next_item
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentation.instrument import Answers
    from segmentation.typing_tool import TypingTool


def most_questions(form: Form, tool: TypingTool) -> int:
    """How many questions are asked at most: what a parent is promised on every page."""
    return len(tool.items) if form is Form.FULL else tool.asking.maximum


def planned_item(
    form: Form, tool: TypingTool, answers: Answers, asked: Sequence[str]
) -> str | None:
    """The code of the item to ask next; none when there has been enough.

    Args:
        form: adaptive, or the whole bank in its order after the first item.
        tool: that of the wave.
        answers: what the plan may stand on.
        asked: codes of all items shown so far, in their order, left out or not.
    """
    if form is Form.ADAPTIVE:
        return next_item(tool, answers, asked)
    bank = (item.code for item in load_instrument(tool.instrument_version).items)
    whole = (tool.asking.first, *(code for code in bank if code in tool.items))
    return next((code for code in whole if code not in asked), None)
