"""What officers read about a council's own wording: states, steps, and what is at fault."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from messaging.checks import Code, Finding
from messaging.editing import CopyState
from messaging.lexicon import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES: Mapping[CopyState, tuple[str, str]] = MappingProxyType(
    {
        CopyState.DRAFT: (_("Draft"), "blue"),
        CopyState.CHECKED: (_("Waiting for a second officer"), "yellow"),
        CopyState.APPROVED: (_("Approved, not in use"), "purple"),
        CopyState.IN_USE: (_("In use"), "green"),
        CopyState.RETIRED: (_("Retired"), "grey"),
    }
)
"""A state's words and the colour of its tag."""

SLOTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "subject": (_("Title"), _("One line.")),
        "opening": (_("Opening"), _("An empty line begins a new paragraph.")),
        "facts": (_("Words before the facts"), _("They lead to the first facts.")),
        "actions": (
            _("Words before what to do"),
            _("They lead to the list of what a parent can do."),
        ),
        "closing": (_("Closing"), _("The last words before the name.")),
        "sms": (
            _("Text message"),
            _("One sentence. The council’s name stands before it and the link after it."),
        ),
    }
)
"""A slot's words and what to know of it."""

KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.AMOUNT: _("an amount"),
        Kind.DATE: _("a date"),
        Kind.NUMBER: _("a number"),
        Kind.LINK: _("a link or number to reach us"),
        Kind.COMMITMENT: _("a right, a condition or a service"),
    }
)

MARKS: Mapping[str, str] = MappingProxyType(
    {
        "heading": _("a heading"),
        "link": _("a link"),
        "image": _("a picture"),
        "html": _("HTML"),
        "code": _("code"),
        "italic": _("italics"),
        "quotation": _("a quotation"),
        "rule": _("a rule"),
        "numbered-list": _("a numbered list"),
        "nested-list": _("a list within a list"),
        "list-mark": _("a list with another mark than *"),
        "bold-not-closed": _("bold that does not end"),
        "blank-not-closed": _("a placeholder that does not end"),
        "blank-nested": _("a placeholder within a placeholder"),
        "blank-without-name": _("a placeholder without a name"),
        "mark-in-flagged-text": _("bold within a condition"),
        "line-break": _("a second line"),
        "list": _("a list"),
        "bold": _("bold"),
    }
)

FINDINGS: Mapping[Code, str] = MappingProxyType(
    {
        Code.EMPTY: _("There are no words here."),
        Code.EMPTY_WITHOUT_FLAG: _("For some families there are no words here."),
        Code.TOO_LONG: _("%(length)s characters. There is room for %(limit)s."),
        Code.LETTER_TOO_LONG: _(
            "All the words together take too much room. There is room for %(limit)s characters."
        ),
        Code.MARKUP: _("This cannot be used here: %(mark)s (“%(found)s”)."),
        Code.UNKNOWN_PLACEHOLDER: _("Nothing can fill ((%(name)s))."),
        Code.FORBIDDEN_PLACEHOLDER: _("((%(name)s)) may never stand in a letter."),
        Code.UNKNOWN_FLAG: _("There is no condition called %(name)s."),
        Code.LONG_SENTENCE: _("A sentence of %(words)s words: shorter ones are easier to read."),
        Code.READING_AGE: _("It asks for a reader of %(age)s years. Aim at %(oldest)s or younger."),
        Code.BANNED: _("Nobody is written “%(words)s”: it presses, flatters or labels."),
        Code.MIXED_SCRIPTS: _(
            "“%(words)s” mixes letters of two alphabets that look alike. Type the word anew."
        ),
        Code.TEXT_PARTS: _("The text is sent, and paid for, as %(parts)s messages."),
        Code.WIDE_TEXT: _("These characters make a text hold less: %(characters)s"),
        Code.UNMATCHED: _("“%(words)s” is %(kind)s, and the facts of this message do not say it."),
        Code.SERVICE_NOT_SET: _("The council has not set up what this message is about."),
        Code.NO_LEXICON: _("Nothing is known of what commits the council in this language."),
    }
)


def in_words(finding: Finding) -> str:
    """A finding as an officer reads it."""
    params = dict(finding.params)
    if finding.code is Code.UNMATCHED:
        params["kind"] = str(KINDS[Kind(params["kind"])])
    if finding.code is Code.MARKUP:
        params["mark"] = str(MARKS.get(params["mark"], _("a character that cannot be printed")))
    said = str(FINDINGS[finding.code]) % params
    nearest = params.get("nearest")
    if nearest:
        said = f"{said} {_('Did you mean ((%(name)s))?') % {'name': nearest}}"
    if finding.place:
        line, column = finding.place
        where = str(_("Line %(line)s, character %(column)s:"))
        said = f"{where % {'line': line, 'column': column}} {said}"
    return said


def in_words_excused(finding: Finding, why: str) -> str:
    """Words of commitment that an approver let stand, with their reason."""
    params = {"words": finding.params["words"], "why": why}
    return (
        str(_("“%(words)s” is not in the facts. It may stand, for this reason: %(why)s")) % params
    )
