"""Every refusal's page: its status and its words, in one table."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from messaging.lifecycle import StepNotAllowed
from parentportal.config import MEGABYTE
from parentportal.operations.accounts import EmailTaken, EmailUnreadable, PasswordTooShort
from parentportal.operations.automatic import OwnRule, RuleEnded, RuleUnreadable
from parentportal.operations.calibration import ToolDecided
from parentportal.operations.carer_replies import ReplyNotOpen
from parentportal.operations.cohort import ImportEnded, ImportNotReady
from parentportal.operations.copy import (
    ForumHasNotSigned,
    NotADraft,
    WordsAtFault,
    WordsChanged,
)
from parentportal.operations.council import IllnessCutsNotSignedOff, NoCouncil
from parentportal.operations.erasing import MessageInHand
from parentportal.operations.groups import (
    AlreadyDrawn,
    MeetingInThePast,
    MeetingSettled,
    NameTaken,
    NoMeeting,
    TellsTheSegment,
    TooFewToDraw,
)
from parentportal.operations.installation import PracticeOnly
from parentportal.operations.invitations import WaveClosesTooSoon, WaveNameTaken
from parentportal.operations.judging import ServiceNotSet, VersionsDiffer
from parentportal.operations.keying import BegunOnline, NothingToKeep
from parentportal.operations.licensed import LicenceOver
from parentportal.operations.outbox import AlreadyGoing, NothingToDraft, SecondOfficerNeeded
from parentportal.operations.preferences import ChannelNotOpen, LanguageNotWritten
from parentportal.operations.replies import LinkUnreadable, MeetingBegun, ReplyClosed
from parentportal.operations.requests import RequestEnded
from parentportal.operations.retests import RetestOfRetest, TooFewToRetest
from parentportal.operations.retyping import ToolNotAdopted
from parentportal.operations.scheduling import LastDayTooSoon
from parentportal.operations.signoffs import SignOffMissing, SignOffUnreadable
from parentportal.operations.survey import (
    AlreadySubmitted,
    AskedEnough,
    KeptFromView,
    NotStarted,
    SurveyClosed,
)
from parentportal.operations.trials import TrialDayPast, TrialDrawn, TrialLocked
from parentportal.refusals import NotAllowed, NotThere, Refusal
from parentportal.typed_in import HiddenCharacter
from parentportal.web import page_to_return_to, portal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask
    from flask.typing import ResponseReturnValue

REFUSALS: Mapping[type[Exception], tuple[HTTPStatus, str]] = MappingProxyType(
    {
        NotAllowed: (HTTPStatus.FORBIDDEN, _("Your role does not cover this.")),
        NotThere: (HTTPStatus.NOT_FOUND, _("We cannot find that.")),
        HiddenCharacter: (
            HTTPStatus.BAD_REQUEST,
            _("This has a hidden character in it: type it anew"),
        ),
        NoCouncil: (
            HTTPStatus.SERVICE_UNAVAILABLE,
            _("The council has not set this service up yet."),
        ),
        EmailTaken: (HTTPStatus.CONFLICT, _("Somebody signs in with this email already.")),
        EmailUnreadable: (HTTPStatus.BAD_REQUEST, _("This is not an email address.")),
        PasswordTooShort: (
            HTTPStatus.BAD_REQUEST,
            _("A password needs at least %(shortest)s characters."),
        ),
        ImportEnded: (HTTPStatus.CONFLICT, _("This file was confirmed or discarded already.")),
        ImportNotReady: (
            HTTPStatus.CONFLICT,
            _("Say first which column is the family reference."),
        ),
        PracticeOnly: (
            HTTPStatus.CONFLICT,
            _("This is a practice council: real families do not belong here."),
        ),
        SurveyClosed: (HTTPStatus.GONE, _("This survey is closed now.")),
        AlreadySubmitted: (HTTPStatus.CONFLICT, _("You have sent in your answers already.")),
        WaveNameTaken: (HTTPStatus.CONFLICT, _("Another survey round has this name.")),
        WaveClosesTooSoon: (
            HTTPStatus.BAD_REQUEST,
            _("The last day cannot lie before the first day, or before today."),
        ),
        NotStarted: (HTTPStatus.CONFLICT, _("Nobody has started this survey yet.")),
        AskedEnough: (HTTPStatus.CONFLICT, _("All questions of this survey have been asked.")),
        KeptFromView: (HTTPStatus.CONFLICT, _("This was answered before, on another device.")),
        BegunOnline: (
            HTTPStatus.CONFLICT,
            _("This family has begun to answer online. Say first that the form replaces it."),
        ),
        NothingToKeep: (HTTPStatus.BAD_REQUEST, _("Type in at least one answer.")),
        SecondOfficerNeeded: (
            HTTPStatus.FORBIDDEN,
            _("Whoever drafted a batch does not approve it. A second officer does."),
        ),
        NothingToDraft: (HTTPStatus.CONFLICT, _("There is nobody to write to just now.")),
        VersionsDiffer: (
            HTTPStatus.CONFLICT,
            _(
                "With your council’s settings the versions of this message do not all say the "
                "same. Wording shows where, and is where it can be put right."
            ),
        ),
        ServiceNotSet: (
            HTTPStatus.CONFLICT,
            _("The council has not set up what this message is about."),
        ),
        NotADraft: (HTTPStatus.CONFLICT, _("Somebody has moved these words on already.")),
        WordsAtFault: (HTTPStatus.CONFLICT, _("Something about the words is at fault.")),
        WordsChanged: (
            HTTPStatus.CONFLICT,
            _("Somebody else kept other words while you wrote."),
        ),
        ForumHasNotSigned: (
            HTTPStatus.CONFLICT,
            _("The parent carer forum signs these words first."),
        ),
        OwnRule: (
            HTTPStatus.FORBIDDEN,
            _("Whoever proposed a rule does not approve it. A second officer does."),
        ),
        RuleEnded: (HTTPStatus.CONFLICT, _("Nothing goes by this rule any more.")),
        RuleUnreadable: (
            HTTPStatus.BAD_REQUEST,
            _("A rule ends after it begins, and a reminder needs its days before the meeting."),
        ),
        AlreadyGoing: (
            HTTPStatus.CONFLICT,
            _(
                "Some of this has gone out already, or is going out now. You can still withdraw "
                "what has not gone."
            ),
        ),
        LastDayTooSoon: (
            HTTPStatus.BAD_REQUEST,
            _("Nothing could go any more: choose a later day."),
        ),
        SignOffMissing: (
            HTTPStatus.CONFLICT,
            _(
                "Nothing reaches people before the data protection impact assessment is signed "
                "off and that is on record here."
            ),
        ),
        SignOffUnreadable: (
            HTTPStatus.BAD_REQUEST,
            _("A signature needs a name, a role, a day that has come, and where the paper is."),
        ),
        IllnessCutsNotSignedOff: (
            HTTPStatus.CONFLICT,
            _(
                "Absence through illness or disability reduces no payment before the legal "
                "sign-off that the settings name is on record here."
            ),
        ),
        NameTaken: (HTTPStatus.CONFLICT, _("Another group has this name.")),
        TellsTheSegment: (
            HTTPStatus.BAD_REQUEST,
            _("Parents read this, so it cannot have the word “%(word)s” in it."),
        ),
        MeetingInThePast: (HTTPStatus.BAD_REQUEST, _("The meeting must be in the future.")),
        MeetingSettled: (
            HTTPStatus.CONFLICT,
            _("Invitations name this place and time already. Withdraw them before you change it."),
        ),
        NoMeeting: (HTTPStatus.CONFLICT, _("Say first where and when the group meets.")),
        AlreadyDrawn: (HTTPStatus.CONFLICT, _("The draw for this meeting was held already.")),
        TooFewToDraw: (
            HTTPStatus.CONFLICT,
            _("There are not enough households in the pool for this draw."),
        ),
        RequestEnded: (HTTPStatus.CONFLICT, _("This was seen to already, or taken back.")),
        ReplyNotOpen: (
            HTTPStatus.CONFLICT,
            _("This message does not ask that, or is not sent yet."),
        ),
        ChannelNotOpen: (
            HTTPStatus.CONFLICT,
            _("We do not know an address or a number for this way of writing."),
        ),
        LanguageNotWritten: (HTTPStatus.BAD_REQUEST, _("Nothing is written in this language.")),
        LinkUnreadable: (HTTPStatus.NOT_FOUND, _("This link is not complete.")),
        MeetingBegun: (HTTPStatus.GONE, _("This meeting has started already.")),
        ReplyClosed: (HTTPStatus.GONE, _("This place is not kept for you any more.")),
        TooFewToRetest: (
            HTTPStatus.CONFLICT,
            _(
                "Too few parents answered two weeks before and may be asked again. At least "
                "%(fewest)s are needed."
            ),
        ),
        RetestOfRetest: (
            HTTPStatus.CONFLICT,
            _("This round asks parents for the second time. Nobody is asked a third time."),
        ),
        ToolNotAdopted: (
            HTTPStatus.CONFLICT,
            _("This version is not adopted, or it does not read the answers of this round."),
        ),
        LicenceOver: (HTTPStatus.CONFLICT, _("This licence is not valid any more.")),
        ToolDecided: (
            HTTPStatus.CONFLICT,
            _("Somebody has decided about this version already."),
        ),
        TrialLocked: (
            HTTPStatus.CONFLICT,
            _(
                "The first messages of this campaign are approved, so what is counted, and until "
                "when, cannot change any more."
            ),
        ),
        TrialDrawn: (
            HTTPStatus.CONFLICT,
            _("Families have been drawn for the two versions already, so the share stays."),
        ),
        TrialDayPast: (
            HTTPStatus.CONFLICT,
            _("The last day that counts must lie ahead. The programme team can set another one."),
        ),
        MessageInHand: (
            HTTPStatus.CONFLICT,
            _("A message to this family is on its way just now. Try again in a few minutes."),
        ),
        StepNotAllowed: (HTTPStatus.CONFLICT, _("Somebody has moved this on already.")),
    }
)


def words_for(refusal: Exception) -> tuple[HTTPStatus, str]:
    """The status and the words of a refusal, its parameters filled in."""
    status, words = REFUSALS[type(refusal)]
    params = refusal.params if isinstance(refusal, Refusal) else {}
    return status, str(words) % params if params else str(words)


def register(app: Flask) -> None:
    """Answer every refusal and every error with a kind page in the person's language."""
    for kind in REFUSALS:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(HTTPStatus.NOT_FOUND, _page("errors/page-not-found.html"))
    app.register_error_handler(HTTPStatus.METHOD_NOT_ALLOWED, _page("errors/page-not-found.html"))
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(CSRFError, _session_ended)
    app.register_error_handler(
        HTTPStatus.INTERNAL_SERVER_ERROR, _page("errors/service-unavailable.html")
    )


def _refused(refusal: Exception) -> ResponseReturnValue:
    status, words = words_for(refusal)
    return render_template("errors/refusal.html", words=words), status


def _too_large(_problem: RequestEntityTooLarge) -> ResponseReturnValue:
    largest = portal().settings.largest_upload // MEGABYTE
    page = render_template("errors/too-large.html", largest=largest)
    return page, HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _session_ended(_problem: CSRFError) -> ResponseReturnValue:
    page = render_template("errors/session-ended.html", again=page_to_return_to())
    return page, HTTPStatus.BAD_REQUEST


def _page(template: str) -> Callable[[HTTPException], ResponseReturnValue]:
    def answer(problem: HTTPException) -> ResponseReturnValue:
        return render_template(template), problem.code or HTTPStatus.INTERNAL_SERVER_ERROR

    return answer
