"""Telephone scripts: what an officer says and reads out, for anybody or for one family.

A script for anybody shows every voice, with an invented family. For a family that an officer picked
it has their own facts, in the one voice their letters have, and says nothing of which that is.
"""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _

from messaging.campaigns import load_campaign
from messaging.composition import CompositionRefused, Recipient, terms_of
from messaging.languages import LANGUAGES
from messaging.parity import sample_recipients
from messaging.scripts import Script, StepKind, build_script, scripted_campaigns
from messaging.variants import ReviewStatus, VariantName, review_register
from messaging.wording import written_languages
from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.operations.council import council_in_force
from parentportal.operations.groups import LONDON
from parentportal.operations.telephone import find_carers, read_script
from parentportal.permissions import Action
from parentportal.refusals import NotThere
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from parentportal.models import Officer

LONGEST_SEARCH = 200

KINDS: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.SAY: _("Say"),
        StepKind.READ: _("Read out as it stands"),
        StepKind.LISTEN: _("Wait and listen"),
    }
)


@bp.route("/telephone", methods=["GET", "POST"])
@requires(Action.SEE_VERSIONS)
def telephone() -> ResponseReturnValue:
    """Every script there is, and the families that an officer looks for.

    What is looked for is posted: a name stands in no address and in no log.
    """
    typed = request.form.get("search", "").strip()[:LONGEST_SEARCH]
    with reading() as session:
        found = find_carers(session, typed) if typed else ()
    return render_template(
        "desk/telephone.html",
        campaigns=[load_campaign(key) for key in scripted_campaigns()],
        written={key: written_languages(f"{key}/script") for key in scripted_campaigns()},
        names=tuple(VariantName),
        typed=typed,
        found=found,
        asked=request.method == "POST",
    )


@bp.get("/telephone/<key>/<language>/<name>")
@requires(Action.SEE_VERSIONS)
def telephone_script(key: str, language: str, name: str) -> ResponseReturnValue:
    """One script with the council's settings and an invented family."""
    if key not in scripted_campaigns() or language not in written_languages(f"{key}/script"):
        raise NotThere
    if name not in set(VariantName):
        raise NotThere
    with reading() as session:
        council = council_in_force(session)
    (_sample, children), *_others = sample_recipients(load_campaign(key))
    family = Recipient("Ali Sample", language, children=children)
    script, refused = None, ""
    try:
        terms = terms_of(
            key,
            language,
            family,
            council,
            dated=now().astimezone(LONDON).date(),
            portal_link=portal().settings.base_url,
        )
        script = build_script(terms, family, VariantName(name), caller=_officer().name)
    except CompositionRefused as found:
        refused = found.code
    switch = {
        code: url_for("desk.telephone_script", key=key, language=code, name=name)
        for code in written_languages(f"{key}/script")
    }
    return _page(
        key, language, script, refused=refused, switch=switch, name=VariantName(name), carer=None
    )


@bp.post("/telephone/<key>/family/<uuid:carer_id>")
@requires(Action.SEE_VERSIONS)
def telephone_family(key: str, carer_id: UUID) -> ResponseReturnValue:
    """The script for one carer, in their own voice; the trail keeps who read it."""
    language = request.form.get("language", "")
    if key not in scripted_campaigns() or language not in {"", *LANGUAGES}:
        raise NotThere
    with transaction() as session:
        call = read_script(
            session,
            carer_id,
            key,
            language=language,
            now=now(),
            by=_officer(),
            portal_link=portal().settings.base_url,
        )
    address = url_for("desk.telephone_family", key=key, carer_id=carer_id)
    return _page(
        key,
        call.language,
        call.script,
        refused=call.refused,
        switch=dict.fromkeys(written_languages(f"{key}/script"), address),
        carer=call.carer,
        unnamed=call.unnamed,
    )


def _page(
    key: str, language: str, script: Script | None, *, refused: str, **more: object
) -> ResponseReturnValue:
    steps = script.steps if script else ()
    return render_template(
        "desk/telephone-script.html",
        key=key,
        language=language,
        steps=[
            (kind, [step.text for step in group])
            for kind, group in groupby(steps, key=lambda step: step.kind)
        ],
        kinds=KINDS,
        StepKind=StepKind,
        refused=refused,
        awaiting=review_register()[f"{key}/script", language] is ReviewStatus.AWAITING_REVIEW,
        **more,
    )


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())
