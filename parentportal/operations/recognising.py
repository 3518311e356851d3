"""Who a parent is, by two things that stand in different places: a code, and the postcode.

It opens a summary and the parent's own wishes, never answers or addresses. Whatever goes wrong is
counted, and what is right is never shut out by what others got wrong.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.address import normalise_postcode
from parentportal.access_codes import AccessCode, CodeMistyped
from parentportal.models import Carer, Invitation
from parentportal.operations import trail
from parentportal.operations.failures import (
    CODES_PER_ADDRESS,
    Limit,
    count_failure,
    forget_failures,
    hold,
    is_over,
)
from parentportal.operations.invitations import Confirmation
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

POSTCODES_PER_CARER = Limit("account-postcode", 5, timedelta(hours=1))
"""Wrong postcodes beside a right code; a parent who has forgotten waits an hour, or rings."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What came of a code.

    Attributes:
        carer_id: whom it stands for; none where nobody has it.
        mistyped: what is odd about it, where it can be no code of ours.
        too_many: whether too many wrong ones came from this network address lately.
    """

    carer_id: UUID | None
    mistyped: CodeMistyped | None = None
    too_many: bool = False


def whose_code(session: Session, typed: str, *, address: str, now: datetime) -> Whose:
    """The carer whom a code stands for, of any round: last year's still tells who they are.

    The caller keeps the transaction in every case: what is no code of ours is counted.
    """
    mistyped = None
    try:
        digest = AccessCode.parse(typed).digest()
        carer_id = session.scalar(select(Invitation.carer_id).where(Invitation.code_key == digest))
    except CodeMistyped as found:
        carer_id, mistyped = None, found
    if carer_id is not None:
        return Whose(carer_id)
    if is_over(session, CODES_PER_ADDRESS, address, now):
        return Whose(None, too_many=True)
    count_failure(session, CODES_PER_ADDRESS, address, now)
    return Whose(None, mistyped)


def recognise(session: Session, carer_id: UUID, typed: str, *, now: datetime) -> Confirmation:
    """Compare a postcode with the one on record; five wrong ones within an hour lock it.

    Guesses made at once are settled one after the other.
    """
    on_record = session.scalar(select(Carer.postcode_key).where(Carer.id == carer_id))
    if on_record is None:
        return Confirmation.NONE_ON_RECORD
    subject = str(carer_id)
    if hold(session, POSTCODES_PER_CARER, subject, now):
        return Confirmation.LOCKED
    postcode = normalise_postcode(typed)
    if postcode is None:
        return Confirmation.UNREADABLE
    if secrets.compare_digest(keyring_in_use().digest("postcode", postcode), on_record):
        forget_failures(session, POSTCODES_PER_CARER, subject)
        trail.keep(session, "open-own-page", "carer", carer_id, now=now)
        return Confirmation.CONFIRMED
    trail.keep(session, "postcode-wrong", "carer", carer_id, now=now)
    locked = count_failure(session, POSTCODES_PER_CARER, subject, now)
    return Confirmation.LOCKED if locked else Confirmation.WRONG
