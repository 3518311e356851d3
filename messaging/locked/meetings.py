"""A discussion group: what it is like, when and where it meets, and what came of it."""

from babel.dates import format_date, format_time

from messaging.blocks import Block, Grid, Heading, Paragraph
from messaging.campaigns import About, LockedBlock, load_campaign
from messaging.locked.details import InvitationDetails, WhatChanged
from messaging.locked.terms import Terms
from messaging.placeholders import CompositionRefused


def meeting(terms: Terms) -> tuple[Block, ...]:
    """The meeting as a table, settled or not yet.

    Raises:
        CompositionRefused: it has begun, something of it cannot be printed, or a message that is
            about a settled meeting was told of none.
    """
    if terms.meeting is None and load_campaign(terms.campaign).about is About.MEETING:
        raise CompositionRefused("missing-value", name="starts")
    words, part = terms.wording["meeting"], LockedBlock.MEETING
    practice = terms.council.focus_groups
    language = terms.language
    facts: list[tuple[str, str]]
    if terms.meeting is not None and terms.meeting.starts.date() <= terms.dated:
        raise CompositionRefused("meeting-is-past", starts=terms.meeting.starts.isoformat())
    if terms.meeting is None:
        length = terms.filled(words["minutes"], minutes=str(practice.minutes))
        facts = [(words["when"], practice.where_and_when[language])]
    else:
        length = terms.filled(words["minutes"], minutes=str(terms.meeting.minutes))
        facts = [
            (words["place"], terms.fenced("place", terms.meeting.place)),
            (words["starts"], terms.fenced("starts", _printed_start(terms.meeting, language))),
        ]
        if terms.meeting.access:
            facts.append((words["access"], terms.fenced("access", terms.meeting.access)))
    facts += [
        (words["length"], length),
        (words["people"], terms.filled(words["people_terms"])),
        (words["before"], practice.before[language]),
        (words["company"], practice.company[language]),
        (words["thanks"], terms.filled(words["thanks_terms"])),
        (words["consent"], practice.consent[language]),
        (words["afterwards"], practice.afterwards[language]),
    ]
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=tuple(facts)),
    )


def thanks(terms: Terms) -> tuple[Block, ...]:
    """What those who came get and when, and what becomes of what they said."""
    words, part = terms.wording["thanks"], LockedBlock.THANKS
    practice, language = terms.council.focus_groups, terms.language
    facts = [(words["thanks"], terms.filled(words["thanks_terms"]))]
    if practice.paid:
        facts.append((words["paid"], practice.paid[language]))
    facts += [
        (words["afterwards"], practice.afterwards[language]),
        (words["own_say"], terms.filled(words["own_say_terms"])),
    ]
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=tuple(facts)),
    )


def changes(terms: Terms) -> tuple[Block, ...]:
    """What the group said, and what changed because of it or why not.

    Raises:
        CompositionRefused: nothing is known of it, or something of it cannot be printed.
    """
    words, part = terms.wording["changes"], LockedBlock.CHANGES
    if not isinstance(terms.details, WhatChanged) or not terms.details.rows:
        raise CompositionRefused("missing-value", name="rows")
    rows = tuple(
        (terms.fenced("said", said), terms.fenced("became", became))
        for said, became in terms.details.rows
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Paragraph(part, locked=True, text=terms.filled(words["met"])),
        Grid(part, locked=True, head=(words["said"], words["became"]), rows=rows),
    )


def _printed_start(invitation: InvitationDetails, language: str) -> str:
    day = format_date(invitation.starts.date(), "full", locale=language)
    return f"{day}, {format_time(invitation.starts.time(), 'short', locale=language)}"
