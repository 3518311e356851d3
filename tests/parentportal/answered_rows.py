"""Rounds that plainly simulated parents have answered, kept by the operations the pages use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from parentportal.models import Carer, Form, Invitation, ToolState
from parentportal.operations import survey
from parentportal.operations.calibration import decide, keep_proposal
from segmentation.adaptive import play
from segmentation.factors import FactorModel, simulate_people
from segmentation.instrument import Answers
from segmentation.typing_tool import TypingTool, load_typing_tool
from tests.parentportal.survey.conftest import add_carer

START = datetime(2026, 9, 1, 9, tzinfo=UTC)


@cache
def people(number: int, seed: int = 1) -> list[dict[str, int]]:
    """Ratings of all items by so many people, as the tool expects them."""
    tool = load_typing_tool()
    model = FactorModel(tool.mean, tool.loadings, tool.noise)
    made = simulate_people(model, tool.facets, tool.latent_norms, number, seed)
    return [
        {code: int(7 - like) for code, like in zip(tool.items, row, strict=True)}
        for row in made.likeness
    ]


def another_tool(version: str = "travel-values-2-own-test0001") -> TypingTool:
    """A tool that often says otherwise: whoever is below the shipped norms is above these."""
    tool = load_typing_tool()
    settler, prospector, pioneer = tool.norms.means
    norms = replace(tool.norms, means=(settler + 0.6, prospector - 0.6, pioneer))
    return replace(tool, version=version, norms=norms)


def adopted(session, tool=None, *, now=START) -> TypingTool:
    """Keep a tool of the council's own, and adopt it."""
    tool = tool or another_tool()
    keep_proposal(session, tool, {"people": 400}, load_typing_tool().version, now=now)
    decide(session, tool.version, ToolState.ADOPTED, now=now, by=None)
    return tool


def a_round(session, name="Autumn", *, at=START, days=300, tool_version=None):
    """A round in which a machine answers, so that time says nothing."""
    return survey.open_wave(
        session,
        name,
        opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=days),
        now=at,
        tool_version=tool_version,
        replayed=True,
    )


def families(session, number, *, first=0, at=START) -> list[Carer]:
    carers = [add_carer(session, f"F{first + place:04}", at) for place in range(number)]
    session.flush()
    return carers


def answer(session, invitation_id, ratings, *, at=START, language="en_GB", send=True) -> None:
    """Let an invited carer answer as asked, and send it in."""
    tool = load_typing_tool()
    form = session.get_one(Invitation, invitation_id).form
    answers, asked = play(tool, ratings)
    if form is Form.FULL:
        answers, asked = Answers(ratings), tool.items
    survey.start(session, invitation_id, language, now=at)
    survey.record_answers(session, invitation_id, answers, now=at, shown=asked)
    if send:
        survey.submit(session, invitation_id, now=at)


def answered(session, wave, carers, *, at=START, form=Form.ADAPTIVE, seed=1, **how) -> None:
    """Invite carers, and let each answer."""
    issued = survey.invite(session, wave, carers, now=at, form=form)
    for one, ratings in zip(issued, people(len(carers), seed), strict=True):
        answer(session, one.invitation_id, ratings, at=at, **how)


def noisier(number: int, seed: int = 1) -> list[dict[str, int]]:
    """The same people on another day: every rating may be one off."""
    chance = np.random.default_rng(seed)
    return [
        {code: int(np.clip(r + chance.integers(-1, 2), 1, 6)) for code, r in ratings.items()}
        for ratings in people(number, seed)
    ]
