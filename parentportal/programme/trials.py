"""The pages of a campaign's trial: planned with its power in view, and read when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from messaging.trials.plan import NEUTRAL_SHARE, Outcome
from messaging.trials.power import smallest_detectable, split
from messaging.trials.results import Verdict
from parentportal.auth import requires, signed_in_officer
from parentportal.errors import words_for
from parentportal.operations.trials import (
    TrialChoices,
    TrialDayPast,
    TrialDrawn,
    plan_of,
    plan_trial,
    usual_outcome,
)
from parentportal.permissions import Action
from parentportal.programme.forest import NARROW, WIDE, ForestRow, Scale, forest_plot
from parentportal.programme.trial_words import (
    CHOICES,
    OUTCOMES,
    SHARES,
    STRATA,
    VERDICTS,
    campaign_name,
    difference_words,
    interval_words,
    points,
    tally_words,
)
from parentportal.programme.views import bp, drawn
from parentportal.queries.disclosure import SMALLEST_SHOWN
from parentportal.queries.trials import (
    DrawnFamilies,
    PublishedTrial,
    TrialCohort,
    TrialLine,
    arms_are_as_drawn,
    cohort_for,
    counting_ends,
    drawn_families,
    publish_trial,
    trial_lines,
    trial_result,
)
from parentportal.refusals import NotThere
from parentportal.typed_in import Readable
from parentportal.web import now, reading, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from messaging.trials.results import Contrast
    from parentportal.models import Officer

BASES = (5, 10, 20, 30)
"""How many in a hundred neutral families may do it; nobody knows beforehand, so power is shown
for each."""


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"name_of": lambda line: campaign_name(line.name)}


class TrialForm(FlaskForm):  # type: ignore[misc]
    """What is counted, until when, and how many families get the neutral version."""

    outcome = RadioField(
        lazy_gettext("What is counted"),
        choices=[SelectChoice(outcome.value, words) for outcome, words in CHOICES.items()],
        validators=[InputRequired(lazy_gettext("Choose what is counted"))],
    )
    counted_until = DateField(
        lazy_gettext("Last day that counts"),
        validators=[
            Optional(),
            Readable(lazy_gettext("Enter the date, such as 2027-03-15")),
        ],
    )
    neutral_share = RadioField(
        lazy_gettext("Who gets the neutral version"),
        choices=[SelectChoice(str(share), words) for share, words in SHARES.items()],
        validators=[InputRequired(lazy_gettext("Choose how many get the neutral version"))],
    )

    @classmethod
    def of(cls, line: TrialLine) -> TrialForm:
        """The form, filled with what is planned unless something was sent."""
        trial, campaign = line.trial, line.campaign
        return cls(
            data={
                "outcome": (trial.outcome if trial else usual_outcome(line.key)).value,
                "counted_until": trial.counted_until if trial else None,
                "neutral_share": str(campaign.neutral_share if campaign else NEUTRAL_SHARE),
            }
        )

    def choices(self) -> TrialChoices:
        """What a valid form says."""
        return TrialChoices(
            Outcome(self.outcome.data), self.counted_until.data, int(self.neutral_share.data)
        )


@dataclass(frozen=True, slots=True)
class PowerLine:
    """What a cohort can show where so many in a hundred of the neutral families do it.

    Attributes:
        base: how many in a hundred.
        rises: the smallest rise that would show, as a share, for each share of neutral families;
            none where not even everybody doing it would.
    """

    base: int
    rises: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of the result's table, in words; what there is not is empty."""

    families: str
    tailored: str = ""
    neutral: str = ""
    difference: str = ""
    interval: str = ""


@bp.get("/trials")
@requires(Action.PLAN_TRIALS)
def trials() -> ResponseReturnValue:
    """List the campaigns that can be tried."""
    with reading() as session:
        lines = trial_lines(session)
    return render_template(
        "programme/trials.html",
        lines=lines,
        usual={line.key: usual_outcome(line.key) for line in lines},
        outcomes=CHOICES,
    )


@bp.route("/trials/<key>", methods=["GET", "POST"])
@requires(Action.PLAN_TRIALS)
def trial(key: str) -> ResponseReturnValue:
    """Plan a trial, with what its families can show; once locked, show the plan as it stands."""
    with reading() as session:
        line = _line(session, key)
        cohort = cohort_for(session, key)
        drawn = drawn_families(session, line.campaign.id) if line.campaign else None
        as_drawn = line.campaign is None or arms_are_as_drawn(session, line.campaign)
    form = TrialForm.of(line)
    locked = line.trial is not None and line.trial.locked_at is not None
    if form.validate_on_submit():
        try:
            with transaction() as session:
                plan_trial(session, key, form.choices(), now=now(), by=_officer())
        except TrialDayPast as refusal:
            form.counted_until.errors = [words_for(refusal)[1]]
        except TrialDrawn as refusal:
            form.neutral_share.errors = [words_for(refusal)[1]]
        else:
            flash(_("The plan is kept."), "success")
            return redirect(url_for(".trial", key=key))
    page = render_template(
        "programme/trial-locked.html" if locked else "programme/trial-plan.html",
        line=line,
        form=form,
        cohort=cohort,
        drawn=drawn,
        power=_power(cohort, drawn),
        outcomes=CHOICES,
        shares=SHARES,
        strata=STRATA,
        points=points,
        as_locked=locked and _as_locked(line),
        as_drawn=as_drawn,
        over=locked and _is_over(line),
    )
    return page, HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK


@bp.get("/trials/<key>/result")
@requires(Action.PLAN_TRIALS)
def trial_read(key: str) -> ResponseReturnValue:
    """Show what came of a trial: counts, differences, and what may be said of them."""
    with reading() as session:
        line = _line(session, key)
        found = _published(session, line)
    overall = found.overall.difference if found.overall else None
    return render_template(
        "programme/trial-result.html",
        line=line,
        found=found,
        counting=found.verdict is Verdict.STILL_COUNTING,
        outcome=OUTCOMES[line.trial.outcome] if line.trial else "",
        verdict=VERDICTS[found.verdict],
        difference=difference_words(overall) if overall else "",
        rows=_result_rows(found),
        size=_size(found),
        few=_("fewer than %(smallest)s", smallest=SMALLEST_SHOWN),
    )


@bp.get("/trials/<key>/result.svg")
@requires(Action.PLAN_TRIALS)
def trial_chart(key: str) -> ResponseReturnValue:
    """Draw the same differences as a picture."""
    with reading() as session:
        line = _line(session, key)
        found = _published(session, line)
    if found.verdict is Verdict.STILL_COUNTING:
        raise NotThere
    title = _("More families did it when the wording was neutral, or when it was tailored")
    rows = [
        *(_row(str(STRATA[stratum]), contrast) for stratum, contrast in found.strata),
        _row(_("All families"), found.overall, overall=True),
    ]
    scale = Scale(
        fewer=_("more when neutral"),
        more=_("more when tailored"),
        mark=lambda whole: points(whole / 100, places=0),
    )
    return drawn(lambda look: forest_plot(title, rows, scale, look))


def _row(label: str, contrast: Contrast | None, *, overall: bool = False) -> ForestRow:
    if contrast is None:
        return ForestRow(label, _("hidden"), None, 0, overall)
    if contrast.difference is None:
        return ForestRow(label, _("one version only"), None, 0, overall)
    families = contrast.tailored.of + contrast.neutral.of
    words = difference_words(contrast.difference)
    return ForestRow(label, words, contrast.difference, families, overall)


def _size(found: PublishedTrial) -> dict[str, int]:
    """How tall the picture is, wide and narrow: the page must know before it is there."""
    rows = len(found.strata) + 1
    return {"wide": WIDE.height(rows), "narrow": NARROW.height(rows)}


def _power(cohort: TrialCohort, drawn: DrawnFamilies | None) -> list[PowerLine]:
    """What the families can show: those who drew, or those who would."""
    families = drawn.families if drawn and drawn.families else cohort.families
    return [
        PowerLine(
            base,
            tuple(smallest_detectable(split(families, share), base / 100) for share in SHARES),
        )
        for base in BASES
    ]


def _published(session: Session, line: TrialLine) -> PublishedTrial:
    """The result of a trial that is locked.

    Raises:
        NotThere: nothing was approved yet.
    """
    if line.campaign is None or line.trial is None or line.trial.locked_at is None:
        raise NotThere
    return publish_trial(trial_result(session, line.campaign, line.trial, now=now()))


def _as_locked(line: TrialLine) -> bool:
    """Whether the plan is the one that was locked."""
    assert line.campaign is not None  # noqa: S101 -- a locked trial has them all
    assert line.trial is not None  # noqa: S101
    return plan_of(line.campaign, line.trial).is_as_locked(line.trial.fingerprint or "")


def _is_over(line: TrialLine) -> bool:
    """Whether the last day is past: before, whoever knew the seed could foresee lots."""
    last = line.trial.counted_until if line.trial else None
    return last is not None and now() >= counting_ends(last)


def _result_rows(found: PublishedTrial) -> list[ResultRow]:
    """The table: each kind of family, all of them, and all compared within their kind."""
    rows = [_result_row(str(STRATA[stratum]), contrast) for stratum, contrast in found.strata]
    rows.append(_result_row(_("All families"), found.overall))
    if found.within_strata:
        rows.append(
            ResultRow(
                _("All families, compared within their kind"),
                difference=points(found.within_strata.value),
                interval=interval_words(found.within_strata),
            )
        )
    return rows


def _result_row(families: str, contrast: Contrast | None) -> ResultRow:
    if contrast is None:
        hidden = _("hidden")
        return ResultRow(families, hidden, hidden, hidden, hidden)
    seen = contrast.difference
    return ResultRow(
        families,
        tally_words(contrast.tailored),
        tally_words(contrast.neutral),
        points(seen.value) if seen else "",
        interval_words(seen) if seen else "",
    )


def _line(session: Session, key: str) -> TrialLine:
    found = next((line for line in trial_lines(session) if line.key == key), None)
    if found is None:
        raise NotThere
    return found


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())
