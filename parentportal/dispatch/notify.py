"""GOV.UK Notify: letters as finished PDFs; emails and texts whole, through one template each.

A template holds nothing but `((message))`, because the approved words are sent as they stand. Each
notification bears the message's own key as its reference, and Notify finds it by that for seven
days; after a lost connection it is asked before anything is sent again. Errors are told apart by
their status and their `error`: the words beside them may change, says Notify's documentation
(General errors), and are read only to tell a fault of the service's setting up from one of the
message, where both come as `BadRequestError`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar

from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient
from requests.exceptions import ConnectTimeout, SSLError
from urllib3.exceptions import NewConnectionError

from messaging.blocks import Fact, Grid, Heading, Listing, Paragraph, Signature
from messaging.channels import Channel
from messaging.letters import Stationery
from parentportal.dispatch.notify_reports import FAILURES, report_of
from parentportal.dispatch.paper import LetterPrinter
from parentportal.dispatch.ways import (
    Accepted,
    NeverAccepted,
    NotNow,
    PerhapsAccepted,
    Shut,
    Unsent,
    Way,
    WayShut,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from messaging.blocks import Block
    from messaging.message import Message
    from parentportal.dispatch.ways import Parcel, Report
    from parentportal.ways_out import NotifyService

MINUTE = timedelta(minutes=1)
"""The stretch over which Notify counts: so long a wait is enough for its limit of the minute."""

MOST_WAITS = 3
"""Answers a call may wait for, one timeout each: connecting, sending, the answer."""

_SERVICE_FAULTS = (
    "template",
    "trial mode",
    "team-only",
    "sms_sender_id",
    "reply_to_id",
    "not allowed to send",
)
"""What Notify says where the service is set up wrongly: it would say so of every message."""

_RECIPIENT = {Channel.EMAIL: "email_address", Channel.SMS: "phone_number"}


_ANYWHERE = re.compile(r"[\\\[\]|]")
_AT_START = re.compile(r"^(\d*)([#*_~`.-])", re.MULTILINE)
_AT_START_UNESCAPABLE = re.compile(r"^(?=[\^=\u2022])", re.MULTILINE)
_WORD_JOINER = "\u2060"


class NotifyWay(Way):
    """A council's service on GOV.UK Notify. Its client is not for two threads."""

    name: ClassVar[str] = "notify"
    live: ClassVar[bool] = True
    can_ask: ClassVar[bool] = True
    remembers = timedelta(days=6)  # Notify keeps a message for seven

    def __init__(
        self,
        service: NotifyService,
        *,
        channels: Iterable[Channel],
        clock: Callable[[], datetime],
        stationery: Callable[[], Stationery] = Stationery,
    ) -> None:
        """Set up; nothing is asked of Notify yet.

        Args:
            service: which, with its key and templates.
            channels: what goes this way.
            clock: the time now, in UTC.
            stationery: what letters have of the council's, as it is set now.
        """
        self.channels = frozenset(channels)
        self.rate = service.rate
        self.patience = timedelta(seconds=MOST_WAITS * service.timeout)
        self.settling = service.settling
        self._service = service
        self._clock = clock
        client: Any = NotificationsAPIClient  # it has no types
        self._client: Any = client(service.key, service.url, timeout=service.timeout)
        self._printer = LetterPrinter(stationery)

    def send(self, parcel: Parcel) -> Accepted:
        """Hand one message over.

        Raises:
            NotNow: a limit, or nobody there.
            NeverAccepted: Notify refuses this message.
            PerhapsAccepted: it is not known whether Notify took it: `ask`.
            WayShut: the key, or how the service is set up.
        """
        try:
            answer, evidence = self._hand_over(parcel)
        except APIError as fault:
            raise _answer_to(fault, parcel.channel, self._clock()) from fault
        return _accepted(answer, evidence)

    def ask(self, parcel: Parcel) -> Accepted | None:
        """What Notify holds under the message's reference; the oldest, should there be two.

        Raises:
            NotNow, WayShut: Notify gave no answer.
        """
        found = self._look_up(parcel.reference)
        return _accepted(found, {}) if found else None

    def reports(self) -> Iterator[Report]:
        """Every failure of the last seven days, of letters above all.

        Notify looks through a letter after it has taken it, and has no callback for what it finds.
        A returned letter is not among them: Notify shows it as received, and tells by callback.

        Raises:
            NotNow, WayShut: Notify gave no answer.
        """
        older_than = None
        while page := self._page(status=list(FAILURES), older_than=older_than):
            found = (report_of(one, self._clock()) for one in page)
            yield from (report for report in found if report is not None)
            older_than = page[-1]["id"]

    def close(self) -> None:
        """Let the connection go."""
        self._client.request_session.close()

    def _hand_over(self, parcel: Parcel) -> tuple[Any, dict[str, Any]]:
        reference = str(parcel.reference)
        match parcel.channel:
            case Channel.LETTER:
                printed = self._printer.print(parcel.message)
                answer = self._client.send_precompiled_letter_notification(
                    reference, BytesIO(printed.pdf), postage=self._service.postage
                )
                digest = sha256(printed.pdf).hexdigest()
                return answer, {"pages": printed.pages, "sha256": digest}
            case Channel.EMAIL:
                words = {"subject": parcel.message.subject, "message": markdown_of(parcel.message)}
                template = self._service.email_template
                send = self._client.send_email_notification
            case Channel.SMS:
                words = {"message": parcel.message.plain_text()}
                template = self._service.text_template
                send = self._client.send_sms_notification
        return send(parcel.to, template, words, reference), {}

    def _look_up(self, reference: UUID) -> dict[str, Any] | None:
        page = self._page(reference=str(reference))
        found = [one for one in page if one["reference"] == str(reference)]
        return found[-1] if found else None  # the newest stands first

    def _page(self, **wanted: Any) -> list[dict[str, Any]]:
        try:
            answer = self._client.get_all_notifications(**wanted)
        except APIError as fault:
            raise _no_answer(fault, self._clock()) from fault
        try:
            return list(answer["notifications"])
        except (KeyError, TypeError) as odd:
            raise WayShut(Shut.NOTIFY_NOT_AS_EXPECTED) from odd


def markdown_of(message: Message) -> str:
    """The text of an email in the Markdown of Notify, which has headings and bullets alone.

    Marks come from the kinds of block; what the words themselves have of them prints as it stands.
    """
    salutation, blocks = _literal(message.salutation), tuple(map(_marked, message.blocks))
    text = replace(message, salutation=salutation, blocks=blocks, beside=None).plain_text()
    own = text.removeprefix(f"{message.subject}\n\n")
    if message.beside is None:
        return own
    return f"{own}\n\n# {_literal(message.beside.subject)}\n\n{markdown_of(message.beside)}"


def _marked(block: Block) -> Block:
    """A block whose words are literal, for plain text: where they are bold does not count."""
    match block:
        case Heading(part, locked, text):
            return Paragraph(part, locked, f"# {_literal(text)}")
        case Paragraph(part, locked, text):
            return Paragraph(part, locked, _literal(text))
        case Listing(part, locked, items):
            return Listing(part, locked, _literals(items))
        case Fact(part, locked, title, text):
            return Fact(part, locked, _literal(title), _literal(text))
        case Signature(part, locked, lines):
            return Signature(part, locked, _literals(lines))
        case Grid(part, locked, head, rows):
            return Grid(part, locked, _literals(head), tuple(map(_literals, rows)))


def _literals(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_literal, texts))


def _literal(text: str) -> str:
    """Words that Notify's Markdown prints as they stand.

    Notify reads it with mistune 0.8 (alphagov/notifications-utils, markdown.py), without emphasis
    and code. A backslash takes a mark's meaning away, but for a caret, an equals sign and a bullet,
    which mean something at the start of a line alone and get a character without width before.
    """
    lines = "\n".join(line.strip(" \t") for line in text.splitlines())
    escaped = _AT_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\g<0>", lines))
    return _AT_START_UNESCAPABLE.sub(_WORD_JOINER, escaped)


def _accepted(answer: Any, evidence: dict[str, Any]) -> Accepted:
    """The provider's id out of its answer.

    Raises:
        PerhapsAccepted: it took the message, so it says, but not as what.
    """
    try:
        provider_id = str(answer["id"])
    except (KeyError, TypeError) as odd:
        raise PerhapsAccepted("notify-answer-unreadable") from odd
    return Accepted({**evidence, "notify_id": provider_id}, provider_id)


def _answer_to(fault: APIError, channel: Channel, now: datetime) -> Unsent:
    """What follows from a refusal, or from no answer, to a message."""
    status, kind, words = fault.status_code, *_error(fault)
    if fault.response is None:
        return _lost(fault)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _limit(kind, now)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(fault, InvalidResponse):
        return PerhapsAccepted("notify-failed")
    return _refused(kind, words, channel) if status == HTTPStatus.BAD_REQUEST else _shut(status)


def _refused(kind: str, words: str, channel: Channel) -> Unsent:
    """A bad request: the service's fault, the address's, or the message's."""
    if any(sign in words.casefold() for sign in _SERVICE_FAULTS):
        return WayShut(Shut.NOTIFY_SERVICE_NOT_SET_UP)
    if kind == "ValidationError" and words.startswith(_RECIPIENT.get(channel, "no recipient")):
        return NeverAccepted("recipient-refused", suppress=True)
    return NeverAccepted("message-refused")


def _no_answer(fault: APIError, now: datetime) -> Unsent:
    """What follows where a question about a message was not answered."""
    status, kind, _words = fault.status_code, *_error(fault)
    if fault.response is not None and status == HTTPStatus.TOO_MANY_REQUESTS:
        return _limit(kind, now)
    if fault.response is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotNow("notify-away")
    return _shut(status) if status >= HTTPStatus.BAD_REQUEST else NotNow("notify-away")


def _lost(fault: APIError) -> Unsent:
    """Nobody answered: certainly not accepted only where nobody was ever reached."""
    cause = fault.__cause__
    if isinstance(cause, SSLError) and "certificate" in str(cause).casefold():
        return WayShut(Shut.NOTIFY_CERTIFICATE_REFUSED)
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    if isinstance(cause, ConnectTimeout) or isinstance(reason, NewConnectionError):
        return NotNow("notify-away")
    return PerhapsAccepted("connection-lost")


def _limit(kind: str, now: datetime) -> NotNow:
    if kind != "TooManyRequestsError":
        return NotNow("notify-rate-limit", MINUTE)
    midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return NotNow("notify-daily-limit", midnight - now)


def _shut(status: int) -> WayShut:
    refused = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    return WayShut(Shut.NOTIFY_KEY_REFUSED if refused else Shut.NOTIFY_NOT_AS_EXPECTED)


def _error(fault: APIError) -> tuple[str, str]:
    """The name of the first error, and its words."""
    said = fault.message
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return str(said[0].get("error", "")), str(said[0].get("message", ""))
    return "", str(said)
