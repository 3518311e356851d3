"""GOV.UK Notify on loopback: its paths, its token check, its errors and limits, and its own log.

It behaves as Notify's public documentation and code say: JWT HS256 with `iss` and `iat`, thirty
seconds either way; `errors` of `error` and `message`; a rolling limit of the minute and one of the
day; test numbers and simulator addresses; receipts and returned letters by callback. Faults come
on order: a share of connections is dropped before a message is accepted, and a share after.

    with LoopbackNotify() as notify: …                      # in this process
    python -m tests.loopback.notify --port 8025 --log FILE  # in one of its own
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.loopback.http import Answer, HangUp, LoopbackHttp
from tests.loopback.notify_rules import (
    EMAIL_TEMPLATE,
    FATES,
    SMOKE,
    TEXT_TEMPLATE,
    Notification,
    Refused,
    letter,
    message,
    stamp,
)
from tests.loopback.serving import options, serve_until_ended

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"council_test-{SERVICE}-{SECRET}"
POST = re.compile(r"/v2/notifications/(sms|email|letter)")
ONE = re.compile(r"/v2/notifications/([0-9a-f-]{36})(/pdf)?")
PAGE = 250
LEEWAY = 30


@dataclass
class Faults:
    """What goes wrong, by lot from a seed; shares of POSTs from 0 to 1."""

    drop_before: float = 0
    drop_after: float = 0
    seed: int = 0
    orders: deque = field(default_factory=deque)
    """Refusals to give to the next requests, first come first served: status, error, message."""


class LoopbackNotify:
    """The service, answering at `url`; `accepted` is its log."""

    def __init__(
        self,
        *,
        port: int = 0,
        rate: int = 3000,
        daily: int = 250_000,
        faults: Faults | None = None,
        clock=lambda: datetime.now(UTC),
        log: Path | None = None,
    ):
        self.rate, self.daily, self.clock = rate, daily, clock
        self.page = PAGE
        self.faults = faults or Faults()
        self.accepted: list[Notification] = []
        self.dropped = Counter()
        self.refused = Counter()
        self.answers = Counter()  # to callbacks, by status
        self.callback: tuple[str, str] | None = None
        self._chance = random.Random(self.faults.seed)
        self._lock = threading.Lock()
        self._by_reference: dict[str, list[Notification]] = {}
        self._recent: deque[datetime] = deque()
        self._today = Counter()
        self._log = log.open("a") if log else None
        self._http = LoopbackHttp(self._answer, port)
        self.url = f"http://127.0.0.1:{self._http.port}"

    def __enter__(self):
        self._http.start()
        return self

    def __exit__(self, *_why):
        self._http.stop()
        if self._log:
            self._log.close()

    def times(self) -> Counter:
        """How often each reference was accepted."""
        with self._lock:
            return Counter(one.reference for one in self.accepted)

    def find(self, reference) -> Notification:
        (one,) = self._by_reference[str(reference)]
        return one

    # What happens later -------------------------------------------------------------------

    def finish(self, *, twice: bool = False) -> int:
        """Deliver what was accepted, each to its fate, and send the receipts; how many."""
        with self._lock:
            open_ones = [
                one
                for one in self.accepted
                if one.type != "letter" and one.status in ("created", "sending")
            ]
        for one in open_ones:
            one.status = FATES.get(one.to.replace("+44", "0"), "delivered")
            one.completed_at = self.clock()
        for one in open_ones * (2 if twice else 1):
            self._call_back(
                {
                    "id": one.id,
                    "reference": one.reference,
                    "to": one.to,
                    "status": one.status,
                    "created_at": stamp(one.created_at),
                    "completed_at": stamp(one.completed_at),
                    "sent_at": stamp(one.created_at),
                    "notification_type": one.type,
                    "template_id": EMAIL_TEMPLATE if one.type == "email" else TEXT_TEMPLATE,
                    "template_version": 1,
                }
            )
        return len(open_ones)

    def return_letter(self, reference) -> None:
        """A letter comes back by post."""
        one = self.find(reference)
        one.status, one.completed_at = "returned-letter", self.clock()
        self._call_back(
            {
                "notification_id": one.id,
                "reference": one.reference,
                "date_sent": stamp(one.created_at),
                "sent_by": "API",
                "template_name": None,
                "template_id": None,
                "template_version": None,
                "spreadsheet_file_name": None,
                "spreadsheet_row_number": None,
                "upload_letter_file_name": None,
            }
        )

    def _call_back(self, document) -> None:
        if self.callback is None:
            return
        url, token = self.callback
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", parts.path, json.dumps(document), headers)
        self.answers[connection.getresponse().status] += 1
        connection.close()

    # What is asked now --------------------------------------------------------------------

    def _answer(self, method, target, headers, body) -> Answer:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        with self._lock:
            try:
                self._check_token(headers.get("authorization", ""))
                return self._route(method, path, query, body)
            except Refused as refused:
                self.refused[refused.error] += 1
                return Answer(refused.status, refused.document())

    def _route(self, method, path, query, body) -> Answer:
        if method == "POST" and (match := POST.fullmatch(path)):
            return self._post(match[1], body)
        if method == "GET" and path == "/v2/notifications":
            return Answer(200, self._page(query))
        if method == "GET" and (match := ONE.fullmatch(path)):
            return self._one(match[1], pdf=bool(match[2]))
        raise Refused(404, "NoResultFound", "No result found")

    def _check_token(self, header) -> None:
        if not header.startswith("Bearer "):
            raise Refused(401, "AuthError", "Unauthorized: authentication token must be provided")
        token = header.removeprefix("Bearer ")
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if issuer != SERVICE:
                raise Refused(403, "AuthError", "Invalid token: service not found")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError as wrong:
            raise Refused(403, "AuthError", "Invalid token: API key not found") from wrong
        issued = claims.get("iat")
        if not isinstance(issued, int):
            raise Refused(403, "AuthError", "Invalid token: iat field not provided")
        if abs(self.clock().timestamp() - issued) > LEEWAY:
            said = "Error: Your system clock must be accurate to within 30 seconds"
            raise Refused(403, "AuthError", said)

    def _post(self, kind, body) -> Answer:
        if self.faults.orders:
            raise Refused(*self.faults.orders.popleft())
        if self._chance.random() < self.faults.drop_before:
            self.dropped["before"] += 1
            raise HangUp
        self._check_limits(kind)
        try:
            asked = json.loads(body)
        except ValueError as wrong:
            raise Refused(400, "BadRequestError", "Invalid JSON supplied in POST data") from wrong
        now = self.clock()
        one = letter(asked, now) if kind == "letter" else message(kind, asked, now)
        if one.to not in SMOKE:
            self._keep(one)
        if self._chance.random() < self.faults.drop_after:
            self.dropped["after"] += 1
            raise HangUp
        return Answer(201, self._created(one))

    def _keep(self, one) -> None:
        self.accepted.append(one)
        self._by_reference.setdefault(one.reference, []).append(one)
        if self._log:
            line = {**asdict(one), "created_at": stamp(one.created_at), "content": None}
            self._log.write(json.dumps(line) + "\n")
            self._log.flush()

    def _check_limits(self, kind) -> None:
        now = self.clock()
        while self._recent and now - self._recent[0] >= timedelta(minutes=1):
            self._recent.popleft()
        if len(self._recent) >= self.rate:
            said = f"Exceeded rate limit for key type TEST of {self.rate} requests per 60 seconds"
            raise Refused(429, "RateLimitError", said)
        if self._today[now.date(), kind] >= self.daily:
            said = f"Exceeded send limits ({self.daily}) for today"
            raise Refused(429, "TooManyRequestsError", said)
        self._recent.append(now)
        self._today[now.date(), kind] += 1

    def _created(self, one) -> dict:
        answer = {"id": one.id, "reference": one.reference}
        if one.type == "letter":
            return {**answer, "postage": one.content["postage"]}
        uri = f"{self.url}/v2/notifications/{one.id}"
        return {**answer, "uri": uri, "content": {"body": one.content["message"]}}

    def _page(self, query) -> dict:
        if (wanted := query.get("reference")) is not None:
            found = list(self._by_reference.get(wanted[0], ()))
        else:
            found = list(self.accepted)
        for name, of in (("template_type", "type"), ("status", "status")):
            if name in query:
                found = [one for one in found if getattr(one, of) in query[name]]
        found.reverse()
        if older := query.get("older_than"):
            places = [number for number, one in enumerate(found) if one.id == older[0]]
            found = found[places[0] + 1 :] if places else []
        links = {"current": f"{self.url}/v2/notifications"}
        page = found[: self.page]
        if page:
            links["next"] = f"{links['current']}?older_than={page[-1].id}"
        return {"notifications": [one.document() for one in page], "links": links}

    def _one(self, key, *, pdf) -> Answer:
        one = next((one for one in self.accepted if one.id == key), None)
        if one is None:
            raise Refused(404, "NoResultFound", "No result found")
        if not pdf:
            return Answer(200, one.document())
        if one.type != "letter":
            raise Refused(400, "BadRequestError", "Notification is not a letter")
        return Answer(200, one.content["pdf"])


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rate", type=int, default=3000)
    asked = parser.parse_args()
    faults = Faults(asked.drop_before, asked.drop_after, asked.seed)
    with LoopbackNotify(port=asked.port, rate=asked.rate, faults=faults, log=asked.log) as notify:
        serve_until_ended(notify.url, KEY)


if __name__ == "__main__":
    main()
