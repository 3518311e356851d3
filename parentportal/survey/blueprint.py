"""The blueprint of the questionnaire's pages, and what each of their templates may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g

from messaging.languages import isolated
from parentportal.asking import most_questions
from parentportal.i18n import page_language
from parentportal.models import Form
from parentportal.web import portal
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from messaging.council import Council
    from segmentation.typing_tool import TypingTool

bp = Blueprint("survey", __name__)


@bp.before_request
def _ask_whose_pages_these_are() -> None:
    """Know the council before anything is drawn.

    Raises:
        NoCouncil: while the council has not set the service up.
    """
    g.council = portal().council()


@bp.context_processor
def _name_the_council() -> dict[str, Any]:
    council: Council | None = g.get("council")
    return {"council": council}


def questions_asked(form: Form = Form.ADAPTIVE, tool: TypingTool | None = None) -> dict[str, Any]:
    """How many questions there are, for the pages that say so before the first.

    Args:
        form: of the invitation; for anybody, what most are asked.
        tool: of the wave; for anybody, the one in use.
    """
    tool = tool or load_typing_tool()
    return {
        "most": most_questions(form, tool),
        "whole": most_questions(Form.FULL, tool),
        "is_full": form is Form.FULL,
    }


def phone_to_ring() -> str:
    """The council's telephone number, its groups of digits in their order in Urdu too."""
    council: Council = g.council
    return isolated(council.contact.phone, page_language().code)
