"""What GOV.UK Notify takes and refuses, in its own words: the rules of its double."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from datetime import datetime

EMAIL_TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
TEXT_TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
TEMPLATES = {
    EMAIL_TEMPLATE: ("email", ("subject", "message")),
    TEXT_TEMPLATE: ("sms", ("message",)),
}

SMOKE = {
    "07700900000",
    "07700900111",
    "07700900222",
    "simulate-delivered@notifications.service.gov.uk",
    "simulate-delivered-2@notifications.service.gov.uk",
    "simulate-delivered-3@notifications.service.gov.uk",
}
"""Answered as if accepted, and never kept: asked for later, they are not there."""

FATES = {
    "07700900003": "temporary-failure",
    "temp-fail@simulator.notify": "temporary-failure",
    "07700900002": "permanent-failure",
    "perm-fail@simulator.notify": "permanent-failure",
}
"""With a test key; anything else is delivered."""

LETTER_STATUSES = {
    "created": "accepted",
    "sending": "accepted",
    "delivered": "received",
    "returned-letter": "received",
}
"""A letter's statuses are shown under other names, and one that came back as if it had not."""

MOST_SMS = 918


@dataclass
class Notification:
    """One accepted message, as Notify's log has it."""

    id: str
    reference: str | None
    type: str
    to: str
    content: dict
    created_at: datetime
    status: str
    completed_at: datetime | None = None

    def document(self) -> dict:
        return {
            "id": self.id,
            "reference": self.reference,
            "type": self.type,
            "status": LETTER_STATUSES.get(self.status, self.status)
            if self.type == "letter"
            else self.status,
            "email_address": self.to if self.type == "email" else None,
            "phone_number": self.to if self.type == "sms" else None,
            "body": self.content.get("message", ""),
            "subject": self.content.get("subject"),
            "created_at": stamp(self.created_at),
            "completed_at": stamp(self.completed_at),
            "postage": self.content.get("postage"),
        }


def message(kind, asked, now) -> Notification:
    template = asked.get("template_id")
    if not is_uuid(template):
        raise Refused(400, "ValidationError", "template_id is not a valid UUID")
    of_kind, names = TEMPLATES.get(template, (None, ()))
    if of_kind is None:
        raise Refused(400, "BadRequestError", "Template not found")
    if of_kind != kind:
        said = f"{of_kind} template is not suitable for {kind} notification"
        raise Refused(400, "BadRequestError", said)
    to = recipient(kind, asked)
    words = asked.get("personalisation") or {}
    if missing := [name for name in names if not words.get(name)]:
        said = f"Missing personalisation: {', '.join(missing)}"
        raise Refused(400, "BadRequestError", said)
    if kind == "sms" and len(words["message"]) > MOST_SMS:
        said = f"Text messages cannot be longer than {MOST_SMS} characters."
        raise Refused(400, "BadRequestError", said)
    return notification(kind, to, asked, words, "created", now)


def recipient(kind, asked) -> str:
    if kind == "email":
        to = asked.get("email_address", "")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", to):
            raise Refused(400, "ValidationError", "email_address Not a valid email address")
        return to
    to = re.sub(r"[\s()-]", "", asked.get("phone_number", ""))
    if not re.fullmatch(r"\+?\d+", to):
        said = "phone_number Must not contain letters or symbols"
        raise Refused(400, "ValidationError", said)
    national = re.sub(r"^(\+44|0044|44)", "0", to)
    if not re.fullmatch(r"07\d{9}", national):
        raise Refused(400, "ValidationError", "phone_number Not a UK mobile number")
    return national


def letter(asked, now) -> Notification:
    if not asked.get("reference"):
        raise Refused(400, "ValidationError", "reference is a required property")
    if asked.get("postage") not in (None, "first", "second", "economy"):
        said = "postage invalid. It must be either first, second or economy."
        raise Refused(400, "ValidationError", said)
    try:
        pdf = base64.b64decode(asked.get("content", ""), validate=True)
    except binascii.Error as wrong:
        said = "Cannot decode letter content (invalid base64 encoding)"
        raise Refused(400, "BadRequestError", said) from wrong
    if not pdf.startswith(b"%PDF-"):
        raise Refused(400, "BadRequestError", "Letter content is not a valid PDF")
    content = {"pdf": pdf, "postage": asked.get("postage")}
    return notification("letter", "Provided as PDF", asked, content, "pending-virus-check", now)


def notification(kind, to, asked, content, status, now) -> Notification:
    return Notification(str(uuid4()), asked.get("reference"), kind, to, content, now, status)


class Refused(Exception):
    """Notify's no, with its body."""

    def __init__(self, status, error, message):
        super().__init__(message)
        self.status, self.error = status, error
        self.message = message

    def document(self) -> dict:
        errors = [{"error": self.error, "message": self.message}]
        return {"status_code": self.status, "errors": errors}


def stamp(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def is_uuid(text) -> bool:
    with suppress(ValueError, TypeError, AttributeError):
        return str(UUID(text)) == text
    return False
