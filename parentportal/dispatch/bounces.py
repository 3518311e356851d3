"""Emails that came back: delivery status notifications (RFC 3464) in a maildir.

The mail server of the council lays what comes to the return path into the folder `bounces`. What
is read moves on to `cur`; what cannot be read moves there too, for a person to look at.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from uuid import UUID

from parentportal.delivery import Report, ReportOutcome
from parentportal.dispatch.files import make_folder, move

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage, Message
    from pathlib import Path

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
"""Bytes of a bounce that are read: a status stands before the email it gives back."""

_SEEN = ":2,S"
_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^>]*>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One email that came in; without a report where it tells the end of no message of ours."""

    path: Path
    report: Report | None


class Bounces:
    """A maildir of bounces."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def waiting(self, now: datetime) -> Iterator[Bounce]:
        """What has come in and was not read yet, oldest name first.

        Args:
            now: the time for a bounce that bears none.
        """
        for file in sorted((self._path / "new").glob("*")):
            try:
                with file.open("rb") as opened:
                    content = opened.read(LARGEST)
            except FileNotFoundError:  # another worker has read it
                continue
            yield Bounce(file, _read(file.name, content, now))

    def done(self, bounce: Bounce) -> None:
        """Mark one as read, once what it says is on record."""
        make_folder(self._path / "cur")
        with suppress(FileNotFoundError):  # another worker has read it too: it is recorded once
            move(bounce.path, self._path / "cur" / f"{bounce.path.name}{_SEEN}")


def _read(name: str, content: bytes, now: datetime) -> Report | None:
    """What one says; anybody may write to the return path, and nothing they write stops us."""
    try:
        return read_bounce(content, now)
    except Exception:  # the standard parser has many ways to fail, and new ones each release
        log.exception("bounce %s", name)
        return None


def read_bounce(content: bytes, now: datetime) -> Report | None:
    """What a bounce says of our message; none for a delay, a bounce of another's, or other mail."""
    mail = message_from_bytes(content, policy=policy.default)
    status = next((part for part in mail.walk() if _is_status(part)), None)
    if status is None:
        return None
    # The notification is a list of header blocks: one of the message, then one a recipient.
    blocks = [block for block in status.get_payload() if not isinstance(block, str)]
    reference = _reference(mail, blocks)
    found = next((block for block in blocks if block["Action"]), None)
    if reference is None or found is None:
        return None
    said = _STATUS.search(str(found["Status"] or ""))
    code = said[0] if said else ""
    outcome = _outcome(str(found["Action"]).strip().casefold(), code)
    return Report(reference, "", outcome, _moment(mail, now), code) if outcome else None


def _is_status(part: EmailMessage) -> bool:
    return part.get_content_type() == "message/delivery-status" and part.is_multipart()


def _outcome(action: str, code: str) -> ReportOutcome | None:
    """The end it tells of; a delay is none, and a relay beyond which nothing is told is none."""
    if action == "delivered":
        return ReportOutcome.DELIVERED
    if action != "failed":
        return None
    # A failure with a passing reason is a server that gave up; "5.2.2", a full mailbox, and "5.7",
    # a policy, say nothing against the address either (RFC 3463, 3.3 and 3.8).
    dead = code.startswith("5.1.") or code in {"", "5.0.0", "5.2.1"}
    return ReportOutcome.PERMANENT_FAILURE if dead else ReportOutcome.TEMPORARY_FAILURE


def _reference(mail: EmailMessage, blocks: list[Message]) -> UUID | None:
    """Our key: the envelope's (RFC 3461), else the Message-ID of what was given back."""
    for block in blocks:
        try:
            return UUID(str(block["Original-Envelope-Id"] or "").strip())
        except ValueError:
            continue
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_content()
            given = re.search(r"(?im)^message-id:\s*(.*)$", text)
            match = _OURS.search(given[1]) if given else None
        else:
            match = _OURS.search(str(part["Message-ID"] or "")) if part is not mail else None
        if match:
            return UUID(match[1])
    return None


def _moment(mail: EmailMessage, now: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(str(mail["Date"] or ""))
        return min(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC), now)
    except (ValueError, OverflowError):  # no date, or one at the very end of the calendar
        return now
