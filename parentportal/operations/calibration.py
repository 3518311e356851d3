"""A council's own numbers for the typing tool: who is asked everything, what is proposed, adopted.

A proposal is made on the command line, where scikit-learn is; what is here keeps it, and what a
person decides about it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from parentportal.models import OwnTool, ToolState
from parentportal.operations import trail
from parentportal.refusals import NotThere, Refusal
from segmentation.sampling import draw
from segmentation.typing_tool import write_typing_tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.models import Carer, Officer
    from segmentation.typing_tool import TypingTool

FULL_FORMS_NEEDED = 400
"""So many full forms are needed for a proposal: ``segmentation.renorming`` refuses fewer."""

MAY_BECOME: Mapping[ToolState, frozenset[ToolState]] = {
    ToolState.PROPOSED: frozenset({ToolState.ADOPTED, ToolState.DECLINED}),
    ToolState.ADOPTED: frozenset({ToolState.SET_ASIDE}),
    ToolState.SET_ASIDE: frozenset({ToolState.ADOPTED}),
    ToolState.DECLINED: frozenset(),
}
"""What can be decided about a tool, by where it stands."""

_VERB = {
    ToolState.ADOPTED: "adopt-tool",
    ToolState.DECLINED: "decline-tool",
    ToolState.SET_ASIDE: "set-tool-aside",
}


class ToolDecided(Refusal):
    """Somebody has decided otherwise about this tool meanwhile."""

    code = "tool-decided"


def draw_for_full_form(
    carers: Sequence[Carer], share: int, seed: int
) -> tuple[list[Carer], list[Carer]]:
    """Part carers by lot into those who are asked every question and all others, in their order.

    Args:
        carers: whom is to be invited now.
        share: of them who are asked everything, in whole per cent; rounded to the nearest person.
        seed: of the draw over their keys.
    """
    keys = [str(carer.id) for carer in carers]
    asked = round(len(keys) * share / 100)
    drawn = (
        draw(keys, ((),) * len(keys), {(): asked}, np.random.default_rng(seed)) if keys else None
    )
    chosen = frozenset(drawn.ids) if drawn else frozenset[str]()
    everything = [carer for carer, key in zip(carers, keys, strict=True) if key in chosen]
    others = [carer for carer, key in zip(carers, keys, strict=True) if key not in chosen]
    return everything, others


def pool_sha256(keys: Iterable[str]) -> str:
    """A digest of whom a draw was from: their keys in order, one a line."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def keep_proposal(
    session: Session,
    tool: TypingTool,
    comparison: dict[str, Any],
    based_on: str,
    *,
    now: datetime,
) -> OwnTool:
    """Keep proposed parameters for somebody to decide about; the same ones again are kept once."""
    kept = session.get(OwnTool, tool.version)
    if kept is not None:
        return kept
    made = OwnTool(
        version=tool.version,
        based_on=based_on,
        instrument_version=tool.instrument_version,
        document=write_typing_tool(tool),
        comparison=comparison,
        state=ToolState.PROPOSED,
        proposed_at=now,
    )
    session.add(made)
    trail.keep(
        session,
        "propose-tool",
        "typing_tool",
        None,
        now=now,
        version=tool.version,
        based_on=based_on,
        people=comparison["people"],
    )
    session.flush()
    return made


def decide(
    session: Session, version: str, state: ToolState, *, now: datetime, by: Officer | None
) -> OwnTool:
    """Adopt a tool for new rounds, decline it, or set it aside; deciding so twice changes nothing.

    Rounds that are open, and what was typed before, keep their version.

    Raises:
        NotThere: there is no such tool.
        ToolDecided: from where it stands this cannot be decided.
    """
    tool = session.get(OwnTool, version, with_for_update=True, populate_existing=True)
    if tool is None:
        raise NotThere
    if tool.state is state:
        return tool
    if state not in MAY_BECOME[tool.state]:
        raise ToolDecided
    tool.state, tool.decided_at = state, now
    tool.decided_by_id = by.id if by else None
    trail.keep(session, _VERB[state], "typing_tool", None, now=now, by=by, version=version)
    return tool
