"""Every version in use, side by side, for everybody: nothing is hidden from parents.

The versions are lettered and never named. What they are shown with is an invented family, so the
page holds nobody's details and needs no code.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import abort, render_template
from flask_babel import lazy_gettext as _

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, compose
from messaging.languages import ENGLISH, is_right_to_left, language_tag
from messaging.parity import sample_date, sample_details, sample_recipients
from messaging.variants import VariantName, VariantNotWrittenError, voices
from parentportal.account.blueprint import bp
from parentportal.campaign_names import CAMPAIGNS
from parentportal.i18n import page_language
from parentportal.queries.copy import InUse, in_use
from parentportal.side_by_side import side_by_side
from parentportal.web import now, portal, reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flask.typing import ResponseReturnValue

    from messaging.campaigns import Campaign
    from messaging.council import Council
    from messaging.message import Message

LETTERS: Mapping[VariantName, str] = MappingProxyType(
    dict(
        zip(
            VariantName,
            (_("Version A"), _("Version B"), _("Version C"), _("Version D")),
            strict=True,
        )
    )
)


@bp.get("/versions")
def versions() -> ResponseReturnValue:
    """What we write to families about, and a page of each."""
    council = portal().council()
    shown = [key for key in CAMPAIGN_KEYS if _is_offered(load_campaign(key), council)]
    return render_template(
        "account/versions.html", names=CAMPAIGNS, keys=shown, contact=council.contact
    )


@bp.get("/versions/<key>")
def versions_of(key: str) -> ResponseReturnValue:
    """One message in all its versions, as an invented family would get it."""
    if key not in CAMPAIGN_KEYS:
        abort(HTTPStatus.NOT_FOUND)
    campaign, council = load_campaign(key), portal().council()
    with reading() as session:
        shelf = in_use(session, key)
    wanted = page_language().code
    language = wanted if _is_written(campaign, wanted, shelf) else ENGLISH
    try:
        letters = _composed(campaign, language, Channel.EMAIL, council, shelf)
    except CompositionRefused:
        abort(HTTPStatus.NOT_FOUND)  # the council has not set up what this is about
    texts = _composed(campaign, language, Channel.SMS, council, shelf)
    return render_template(
        "account/versions-of.html",
        name=CAMPAIGNS[key],
        pieces=side_by_side(letters),
        texts={name: text.plain_text() for name, text in texts.items()},
        letters=LETTERS,
        tag=language_tag(language),
        direction="rtl" if is_right_to_left(language) else "ltr",
        in_english=language != wanted,
    )


def _composed(
    campaign: Campaign, language: str, channel: Channel, council: Council, shelf: InUse
) -> dict[VariantName, Message]:
    """Each version as it is written, for one invented family; an email holds what a letter does."""
    dated = _today(council)
    *_rest, (_sample, children) = sample_recipients(campaign)
    made = {}
    for name in voices(campaign):
        try:
            variant = shelf(campaign.key, language, name, channel)
        except VariantNotWrittenError:
            continue
        made[name] = compose(
            variant,
            Recipient("Ali Sample", language, None, children),
            council,
            dated=dated,
            details=sample_details(campaign, dated),
        )
    return made


def _today(council: Council) -> date:
    """Today, or a day on which the scheme is in force where today is none."""
    scheme, today = council.personal_transport_budget.scheme, now().date()
    return today if scheme.valid_from <= today <= scheme.valid_to else sample_date(council)


def _is_written(campaign: Campaign, language: str, shelf: InUse) -> bool:
    try:
        shelf(campaign.key, language, VariantName.NEUTRAL, Channel.EMAIL)
    except VariantNotWrittenError:
        return False
    return True


def _is_offered(campaign: Campaign, council: Council) -> bool:
    """Whether the council has set up what a campaign is about."""
    try:
        _composed(campaign, ENGLISH, Channel.EMAIL, council, InUse({}))
    except CompositionRefused:
        return False
    return True
