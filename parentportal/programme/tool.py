"""The typing tool's pages: is it steady, does it still fit, what is proposed, what would change."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from parentportal.auth import requires, signed_in_officer
from parentportal.errors import words_for
from parentportal.i18n import page_language
from parentportal.models import ToolState
from parentportal.operations.calibration import FULL_FORMS_NEEDED, MAY_BECOME, decide
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import WaveClosesTooSoon, WaveNameTaken
from parentportal.operations.retests import TooFewToRetest, draw_retest
from parentportal.operations.retyping import foresee, retype
from parentportal.operations.waves import whole_days
from parentportal.permissions import Action
from parentportal.programme.forms import RetestForm
from parentportal.programme.views import bp
from parentportal.programme.words import TOOL_STATES
from parentportal.queries.disclosure import SMALLEST_SHOWN, publish
from parentportal.queries.forms import wave_by_key
from parentportal.queries.sent import full_form_count, retest_pairs, round_profile
from parentportal.queries.tools import own_tool, own_tools, takeable_tools, tool_named
from parentportal.queries.waves import wave_lines
from parentportal.web import now, reading, transaction
from segmentation.instrument import load_instrument
from segmentation.intervals import TooFew
from segmentation.retest import FEWEST_PAIRS, RETESTED, compare
from segmentation.segments import Segment
from segmentation.typing_tool import DEFAULT, load_typing_tool

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Officer, Wave
    from parentportal.queries.disclosure import PublishedCounts
    from segmentation.drift import DriftReport

PLACES = (*Segment, None)


@bp.get("/tool")
@requires(Action.TEND_TOOL)
def tool() -> ResponseReturnValue:
    """Show which version is in use, what is proposed, and the rounds to look at."""
    shipped = load_typing_tool()
    with reading() as session:
        own, lines = own_tools(session), wave_lines(session)
        in_use = takeable_tools(session, shipped.instrument_version)[0]
        forms = full_form_count(session, shipped.instrument_version)
    return render_template(
        "programme/tool.html",
        own=own,
        lines=lines,
        in_use=in_use,
        shipped=shipped.version,
        forms=forms,
        needed=FULL_FORMS_NEEDED,
        tool_states=TOOL_STATES,
    )


@bp.get("/tool/versions/<version>")
@requires(Action.TEND_TOOL)
def tool_version(version: str) -> ResponseReturnValue:
    """Show a version of the council's own beside the one it is based on."""
    with reading() as session:
        found = own_tool(session, version)
        new, old = tool_named(session, version), tool_named(session, found.based_on)
    portraits = load_instrument(found.instrument_version)
    language = page_language().code
    told = found.comparison
    changes = {
        (before and Segment(before), after and Segment(after)): count
        for before, after, count in told["changes"]
    }
    return render_template(
        "programme/tool-version.html",
        tool=found,
        told=told,
        changes=publish(changes),
        places=PLACES,
        items=[
            {
                "portrait": portraits.item(code).wording[language],
                "old": float(old.mean[old.items.index(code)]),
                "own": told["own_mean"][code],
                "new": float(mean),
            }
            for code, mean in zip(new.items, new.mean, strict=True)
        ],
        norms=list(
            zip(
                Segment,
                zip(old.norms.means, old.norms.deviations, strict=True),
                zip(new.norms.means, new.norms.deviations, strict=True),
                strict=True,
            )
        ),
        may_become=MAY_BECOME[found.state],
        states=ToolState,
        tool_states=TOOL_STATES,
    )


@bp.post("/tool/versions/<version>/<any(adopted, declined, 'set-aside'):state>")
@requires(Action.TEND_TOOL)
def tool_decided(version: str, state: str) -> ResponseReturnValue:
    """Adopt a version, decline it, or set it aside."""
    with transaction() as session:
        decide(session, version, ToolState(state), now=now(), by=_officer())
    flash(_("This is kept. New rounds follow it; older ones keep their version."), "success")
    return redirect(url_for(".tool_version", version=version))


@bp.get("/tool/rounds/<uuid:wave_id>")
@requires(Action.TEND_TOOL)
def tool_round(wave_id: UUID) -> ResponseReturnValue:
    """Show what a round says of the tool, and what can be done with it."""
    form = RetestForm()
    form.opens.data = now().astimezone(LONDON).date()
    return _round_page(wave_id, form)


@bp.post("/tool/rounds/<uuid:wave_id>/retest")
@requires(Action.TEND_TOOL)
def tool_retest(wave_id: UUID) -> ResponseReturnValue:
    """Draw who is asked again, and open the round that asks them."""
    form = RetestForm()
    if not form.validate_on_submit():
        return _round_page(wave_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    opens_at, closes_at = whole_days(form.opens.data, form.closes.data)
    try:
        with transaction() as session:
            found = draw_retest(
                session,
                wave_id,
                form.name.data,
                opens_at=opens_at,
                closes_at=closes_at,
                seed=secrets.randbits(63),
                people=RETESTED,
                now=now(),
                by=_officer(),
            )
    except (WaveNameTaken, WaveClosesTooSoon, TooFewToRetest) as refusal:
        status, words = words_for(refusal)
        field = {WaveNameTaken: form.name, WaveClosesTooSoon: form.closes}
        field.get(type(refusal), form.opens).errors = [words]
        return _round_page(wave_id, form), status
    flash(
        ngettext(
            "%(num)s parent is drawn and invited again. Nothing has been sent.",
            "%(num)s parents are drawn and invited again. Nothing has been sent.",
            found.drawn,
        ),
        "success",
    )
    return redirect(url_for(".tool_round", wave_id=found.wave.id))


@bp.get("/tool/rounds/<uuid:wave_id>/type-anew/<version>")
@requires(Action.TEND_TOOL)
def tool_retype(wave_id: UUID, version: str) -> ResponseReturnValue:
    """Show what typing a round anew would change; nothing is changed yet."""
    with reading() as session:
        wave = wave_by_key(session, wave_id)
        found = foresee(session, wave_id, version)
    return render_template(
        "programme/tool-retype.html",
        wave=wave,
        version=version,
        found=found,
        changes=publish({**found.moves, "done": found.done, "left": found.left}),
        places=PLACES,
    )


@bp.post("/tool/rounds/<uuid:wave_id>/type-anew/<version>")
@requires(Action.TEND_TOOL)
def tool_retyped(wave_id: UUID, version: str) -> ResponseReturnValue:
    """Type a round anew, in small transactions: a second press goes on where a first broke off."""
    total, going = 0, True
    while going:
        with transaction() as session:
            typed = retype(session, wave_id, version, now=now(), by=_officer())
        total, going = total + typed, bool(typed)
    flash(
        ngettext(
            "%(num)s parent’s answers were typed anew.",
            "%(num)s parents’ answers were typed anew.",
            total,
        ),
        "success",
    )
    return redirect(url_for(".tool_round", wave_id=wave_id))


def _round_page(wave_id: UUID, form: RetestForm) -> str:
    with reading() as session:
        wave = wave_by_key(session, wave_id)
        versions = takeable_tools(session, wave.instrument_version)
        drift, few = _drift(session, wave)
        pairs = retest_pairs(session, wave_id) if wave.repeats_id else None
        repeats = wave_by_key(session, wave.repeats_id) if wave.repeats_id else None
    report = table = None
    if pairs and len(pairs.both) >= FEWEST_PAIRS:
        report = compare(pairs.both)
        table = publish(report.table)
    instrument, language = load_instrument(wave.instrument_version), page_language().code
    return render_template(
        "programme/tool-round.html",
        wave=wave,
        repeats=repeats,
        form=form,
        versions=versions,
        shipped=DEFAULT,
        drift=drift,
        assigned_shown=_may_be_shown(drift),
        few=few,
        first_counts=_first_counts(drift),
        answers=dict(instrument.answers(language)),
        portrait=lambda code: instrument.item(code).wording[language],
        pairs=pairs,
        fewest_pairs=FEWEST_PAIRS,
        retest=report,
        table=table,
        places=PLACES,
        retested=RETESTED,
    )


def _drift(session: Session, wave: Wave) -> tuple[DriftReport | None, int]:
    """The round's profile and nought; or none, and how many forms are missing."""
    try:
        return round_profile(session, wave), 0
    except TooFew as refused:
        return None, refused.missing


def _may_be_shown(drift: DriftReport | None) -> bool:
    """Whether neither those with a group nor those without are few enough to be recognised."""
    if drift is None:
        return False
    given = round(drift.assigned.value * drift.people)
    return min(given, drift.people - given) >= SMALLEST_SHOWN


def _first_counts(drift: DriftReport | None) -> PublishedCounts[int] | None:
    """Rating, 1 to 6, to how many gave it to the first question; small ones hidden."""
    if drift is None or drift.first is None:
        return None
    return publish(dict(enumerate(reversed(drift.first.counts), start=1)))


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())
