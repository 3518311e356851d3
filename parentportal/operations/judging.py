"""What is at fault with a version of a council's wording, before anybody may use it.

The words are read by themselves (:mod:`messaging.checks`), and held against all that is in use, as
if they were in use too (:mod:`messaging.parity`). What cannot even be composed is a finding, never
a failure.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.checks import Code, Finding, Severity, Standard, check, refused
from messaging.composition import TONE_FLAGS, TONE_PLACEHOLDERS, Recipient, compose
from messaging.facts import locked_text
from messaging.markup import MarkupRefused
from messaging.parity import (
    SAMPLE_ADDRESS,
    FactsDifference,
    ParityReport,
    ToneBreach,
    parity,
    sample_date,
    sample_details,
    sample_recipients,
)
from messaging.placeholders import CompositionRefused
from messaging.variants import Variant, VariantName, VariantNotWrittenError
from parentportal.operations.council import NoCouncil, council_in_force
from parentportal.operations.wording import EVERY_SLOT, variant_of
from parentportal.queries.copy import InUse, in_use, keys_in_use
from parentportal.refusals import NotThere, Refusal
from segmentation.readability import reading_age

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from messaging.council import Council
    from messaging.message import Message
    from messaging.variants import Shelf
    from parentportal.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class Judgement:
    """All there is to say of a version.

    Attributes:
        findings: what the words themselves show, each with its slot and place.
        differences: where its facts are not those of other versions.
        breaches: what its tone promises and the facts do not.
    """

    findings: tuple[Finding, ...]
    differences: tuple[FactsDifference, ...] = ()
    breaches: tuple[ToneBreach, ...] = ()

    @property
    def may_be_checked(self) -> bool:
        """Whether a second officer may be asked to read it.

        A promise that no fact bears out is for that officer to weigh.
        """
        return not _fatal(self.findings) and not self.differences

    @property
    def may_be_used(self) -> bool:
        """Whether nothing at all stands against it."""
        return self.may_be_checked and not self.breaches


class VersionsDiffer(Refusal):
    """With the council's settings, the versions of a message do not all state the same.

    Attributes:
        report: what differs.
    """

    code = "versions-differ"

    def __init__(self, report: ParityReport) -> None:
        super().__init__()
        self.report = report


class ServiceNotSet(Refusal):
    """The council has not set up what this message is about."""

    code = "service-not-set"


def check_alike(session: Session, key: str, council: Council) -> None:
    """Refuse a campaign whose tone, with this council's own words, says more than its facts.

    The same words and settings are compared once in a process.

    Raises:
        VersionsDiffer: a version states what another does not.
        ServiceNotSet: the council has not set up what it is about.
    """
    shelf = in_use(session, key)
    own = shelf.rows.values()
    kept = sorted([row.language, row.variant, row.sha256, row.reasons] for row in own)
    written = json.dumps([key, council.document(), kept], sort_keys=True, default=str)
    digest = hashlib.sha256(written.encode()).digest()
    report = _compared.get(digest)
    if report is None:
        report = _report(key, council, shelf)
        _compared[digest] = report
        while len(_compared) > MOST_COMPARED:
            _compared.pop(next(iter(_compared)))
    if not report.holds:
        raise VersionsDiffer(report)


MOST_COMPARED = 64
_compared: dict[bytes, ParityReport] = {}


def _report(key: str, council: Council, shelf: InUse) -> ParityReport:
    try:
        return parity(load_campaign(key), council, shelf=shelf, reasons=shelf.reasons)
    except CompositionRefused as refused:
        raise ServiceNotSet from refused


def _fatal(findings: Collection[Finding]) -> bool:
    return refused(one for one in findings if one.code is not Code.UNMATCHED)


def judge(session: Session, row: TemplateVersion) -> Judgement:
    """Read a version, and hold it against all that is in use."""
    council = council_in_force(session)
    key = row.campaign.key
    findings = findings_of(key, row.language, row.variant, row.tone, council)
    if _fatal(findings):
        return Judgement(findings)
    mine = (row.language, str(row.variant))
    excused = {(*mine, slot, matched) for slot, matched, _ in row.reasons}
    shelf = shelf_with(in_use(session, key), row)
    report = parity(
        load_campaign(key), council, languages=[row.language], shelf=shelf, reasons=excused
    )
    return Judgement(
        findings,
        tuple(one for one in report.differences if (one.language, one.variant) == mine),
        tuple(one for one in report.breaches if (one.language, one.variant) == mine),
    )


def findings_of(
    key: str, language: str, name: VariantName, tone: Mapping[str, str], council: Council
) -> tuple[Finding, ...]:
    """What the words themselves show, for a page that asks while an officer types.

    What a tone block promises is held against the facts of one sample family here, and against
    those of every family by :func:`judge`.
    """
    try:
        locked = _facts(key, language, council)
    except CompositionRefused:
        return (Finding(Code.SERVICE_NOT_SET, Severity.REFUSE, "", None, {}),)
    found: list[Finding] = []
    texts: dict[str, Any] = {slot: text.strip() for slot, text in tone.items()}
    for channel in (Channel.LETTER, Channel.SMS):
        variant = Variant(
            campaign=key,
            channel=channel,
            language=language,
            name=name,
            **texts,
        )
        standard = Standard(
            known=TONE_PLACEHOLDERS,
            flags=TONE_FLAGS,
            locked=locked,
            reading_age=reading_age,
            finished=_finished(variant, council),
        )
        found += [one for one in check(variant, standard) if one not in found]
    return tuple(found)


def _facts(key: str, language: str, council: Council) -> str:
    return "\n".join(locked_text(message) for message in bare_messages(key, language, council))


def bare_messages(key: str, language: str, council: Council) -> tuple[Message, Message]:
    """The letter and the text of a family with children of both ages, with no tone to speak of.

    Raises:
        CompositionRefused: the council has not set up what they are about.
    """
    bare: dict[str, Any] = dict.fromkeys(EVERY_SLOT, "-")
    letter = Variant(key, Channel.LETTER, language, VariantName.NEUTRAL, **bare)
    return _sample(letter, council), _sample(replace(letter, channel=Channel.SMS), council)


def _finished(variant: Variant, council: Council) -> tuple[str, ...]:
    """A text message as the longest of the sample families gets it, where it can be made."""
    if variant.channel is not Channel.SMS:
        return ()
    try:
        return (_sample(variant, council).plain_text(),)
    except (CompositionRefused, MarkupRefused):
        return ()  # the check itself says why


def _sample(variant: Variant, council: Council) -> Message:
    campaign = load_campaign(variant.campaign)
    *_, (_, children) = sample_recipients(campaign)
    dated = sample_date(council)
    return compose(
        variant,
        Recipient("Ali Sample", variant.language, SAMPLE_ADDRESS, children),
        council,
        dated=dated,
        details=sample_details(campaign, dated),
    )


def shelf_with(wording: Shelf, row: TemplateVersion) -> Shelf:
    """The words in use, but for one version that is tried out."""

    def shelf(campaign: str, language: str, name: VariantName, channel: Channel) -> Variant:
        if (language, name) != (row.language, row.variant):
            return wording(campaign, language, name, channel)
        variant = variant_of(row, campaign, channel)
        if any(not text for _, text in variant.tone()):
            raise VariantNotWrittenError(f"{campaign} has no {name} {channel} in {language}")
        return variant

    return shelf


def report_of(session: Session, key: str) -> ParityReport:
    """The comparison of all that is in use of a campaign, for anybody who asks.

    Raises:
        NotThere: no such campaign.
        ServiceNotSet: the council has not set up what it is about.
    """
    if key not in CAMPAIGN_KEYS:
        raise NotThere
    return _report(key, council_in_force(session), in_use(session, key))


def newly_unlike(session: Session, council: Council) -> Sequence[ParityReport]:
    """What would be at fault with the copy in use once these settings are in force, and is not now.

    Each report is of one campaign, less what is at fault already. A campaign that the council no
    longer sets up states nothing at all.
    """
    reports = []
    for key in keys_in_use(session):
        with suppress(ServiceNotSet):
            report = _report(key, council, in_use(session, key))
            if not report.holds:
                reports.append(_less_what_is_so_already(session, report))
    return [report for report in reports if not report.holds]


def _less_what_is_so_already(session: Session, report: ParityReport) -> ParityReport:
    try:
        now = report_of(session, report.campaign)
    except (NoCouncil, ServiceNotSet):
        return report
    return replace(
        report,
        differences=tuple(one for one in report.differences if one not in now.differences),
        breaches=tuple(one for one in report.breaches if one not in now.breaches),
    )
