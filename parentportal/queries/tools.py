"""Where a typing tool is found by its version: among the shipped, or among the council's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from parentportal.models import OwnTool, ToolState
from parentportal.refusals import NotThere
from segmentation.typing_tool import DEFAULT, load_typing_tool, parse_typing_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from segmentation.typing_tool import TypingTool

_READ: Final[dict[str, TypingTool]] = {}
"""Those that were read before. A version is named after its numbers, so it never means two things,
not even in two databases."""


def tool_named(session: Session, version: str) -> TypingTool:
    """The tool of a version, adopted or not; a query at the first use of one of the council's own.

    Raises:
        NotThere: there is none.
    """
    if version not in _READ:
        try:
            _READ[version] = load_typing_tool(version)
        except FileNotFoundError:
            document = session.scalar(select(OwnTool.document).where(OwnTool.version == version))
            if document is None:
                raise NotThere from None
            _READ[version] = parse_typing_tool(document)
    return _READ[version]


def tool_for_new_waves(session: Session, instrument_version: str) -> str:
    """The version a new round takes: the own one adopted last, else the shipped; one query."""
    return next(iter(_adopted(session, instrument_version)), DEFAULT)


def takeable_tools(session: Session, instrument_version: str) -> Sequence[str]:
    """Versions that answers to an instrument may be typed by, the shipped one last; one query."""
    shipped = [DEFAULT] if load_typing_tool().instrument_version == instrument_version else []
    return [*_adopted(session, instrument_version), *shipped]


def own_tools(session: Session) -> Sequence[OwnTool]:
    """The council's own, the newest first, without their documents; one query."""
    return session.scalars(
        select(OwnTool).order_by(OwnTool.proposed_at.desc(), OwnTool.version)
    ).all()


def own_tool(session: Session, version: str) -> OwnTool:
    """One of the council's own; one query.

    Raises:
        NotThere: there is none.
    """
    found = session.get(OwnTool, version)
    if found is None:
        raise NotThere
    return found


def _adopted(session: Session, instrument_version: str) -> Sequence[str]:
    return session.scalars(
        select(OwnTool.version)
        .where(
            OwnTool.state == ToolState.ADOPTED,
            OwnTool.instrument_version == instrument_version,
        )
        .order_by(OwnTool.decided_at.desc(), OwnTool.version)
    ).all()
