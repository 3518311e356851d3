"""The questions about what matters to a family: how to answer them, and what becomes of them."""

from messaging.blocks import Block, Grid, Heading
from messaging.campaigns import LockedBlock
from messaging.locked.details import SurveyDetails
from messaging.locked.terms import Terms
from messaging.placeholders import CompositionRefused


def survey(terms: Terms) -> tuple[Block, ...]:
    """How to answer, until when, what for, and that leaving it is as good.

    Raises:
        CompositionRefused: `missing-value`, the message was not told of a survey.
    """
    if not isinstance(terms.details, SurveyDetails):
        raise CompositionRefused("missing-value", name="closes")
    way = "way_with_code" if terms.details.code else "way"
    topics = (way, "length", "until", "otherwise", "own_choice", "purpose", "lot")
    return _table(terms, LockedBlock.SURVEY, topics)


def after_survey(terms: Terms) -> tuple[Block, ...]:
    """What happens with the answers, and what the carer may do about it."""
    topics = ("now", "used", "seen", "kept", "own_say")
    return _table(terms, LockedBlock.AFTER_SURVEY, topics)


def _table(terms: Terms, part: LockedBlock, topics: tuple[str, ...]) -> tuple[Block, ...]:
    words = terms.wording[part]
    rows = tuple(
        (words["titles"][topic.removesuffix("_with_code")], terms.filled(words[topic]))
        for topic in topics
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=rows),
    )
