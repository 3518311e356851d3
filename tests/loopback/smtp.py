"""A mail server on loopback, with STARTTLS, TLS, sign-in, faults on order, and bounces.

aiosmtpd speaks the protocol; this adds the DSN extension (RFC 3461), what goes wrong, and a log of
what was accepted.

    with LoopbackSmtp() as mail: …                        # in this process
    python -m tests.loopback.smtp --port 8026 --log FILE  # in one of its own
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import threading
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.loopback.serving import options, serve_until_ended

if TYPE_CHECKING:
    from pathlib import Path

FOREVER = 3600


@dataclass
class Faults:
    """What goes wrong: by lot from a seed, as shares of the emails from 0 to 1; or on order."""

    drop_before: float = 0
    drop_after: float = 0
    seed: int = 0
    at: dict = None
    """A reply for a stage (`MAIL`, `RCPT`, `DATA`), `drop` to hang up there, or `silence`."""


@dataclass(frozen=True)
class Delivered:
    """One accepted email."""

    reference: str
    sender: str
    to: str
    envelope_id: str
    content: bytes


class _Server(SMTP):
    """Takes the parameters of RFC 3461, which aiosmtpd does not know."""

    def _getparams(self, params):
        known = super()._getparams([one for one in params if not one.startswith("ENVID=")])
        for name in ("RET", "NOTIFY") if known else ():
            known.pop(name, None)
        return known


class LoopbackSmtp:
    """The server, at `port`; `accepted` is its log."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        account: tuple[str, str] | None = None,
        faults: Faults | None = None,
        log: Path | None = None,
    ):
        self.accepted: list[Delivered] = []
        self.dropped = Counter()
        self.connections = 0
        self._conversations = []
        self.faults = faults or Faults()
        self._chance = random.Random(self.faults.seed)
        self._account = account
        self._log = log.open("a") if log else None
        self._tls, self._port = tls, port
        self._how = {
            "hostname": "mail.council.example",
            "tls_context": starttls,
            "require_starttls": starttls is not None,
            "auth_required": account is not None,
            "auth_require_tls": starttls is not None,
            "authenticator": self._authenticate,
        }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self):
        self._thread.start()
        self._server = self._run(
            self._loop.create_server(self._speak, "127.0.0.1", self._port, ssl=self._tls)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_why):
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._log:
            self._log.close()

    def _run(self, work):
        async def awaited():
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()

    def _speak(self):
        with warnings.catch_warnings():  # it does not see that TLS was there before it
            warnings.simplefilter("ignore")
            conversation = _Server(self, loop=self._loop, **self._how)
        self._conversations.append(conversation)
        return conversation

    async def _stop(self):
        self._server.close()
        for conversation in self._conversations:
            if conversation.transport is not None:
                conversation.transport.abort()
        await asyncio.sleep(0)  # what was cut off is told so
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def times(self) -> Counter:
        """How often each reference was accepted."""
        return Counter(one.reference for one in self.accepted)

    def _authenticate(self, _server, _session, _envelope, _mechanism, given):
        right = isinstance(given, LoginPassword) and (
            (given.login.decode(), given.password.decode()) == self._account
        )
        return AuthResult(success=right, handled=False)

    # What aiosmtpd asks ---------------------------------------------------------------------

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        self.connections += 1
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_MAIL(self, server, _session, envelope, address, options):  # noqa: N802
        if reply := await self._fault("MAIL", server):
            return reply
        envelope.mail_from = address
        envelope.mail_options = options
        return "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        if reply := await self._fault("RCPT", server):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if reply := await self._fault("DATA", server):
            return reply
        if self._chance.random() < self.faults.drop_before:
            self.dropped["before"] += 1
            await hang_up(server)
        self._keep(envelope)
        if self._chance.random() < self.faults.drop_after:
            self.dropped["after"] += 1
            await hang_up(server)
        return "250 OK: taken"

    async def _fault(self, stage, server):
        fault = (self.faults.at or {}).get(stage)
        if fault == "drop":
            await hang_up(server)
        if fault == "silence":
            await asyncio.sleep(FOREVER)
        return fault

    def _keep(self, envelope) -> None:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        named = next((one for one in envelope.mail_options if one.startswith("ENVID=")), "")
        one = Delivered(
            reference=mail["Message-ID"].strip("<>").partition("@")[0],
            sender=envelope.mail_from,
            to=envelope.rcpt_tos[0],
            envelope_id=named.removeprefix("ENVID=").lower(),
            content=envelope.content,
        )
        self.accepted.append(one)
        if self._log:
            self._log.write(json.dumps({"reference": one.reference, "to": one.to}) + "\n")
            self._log.flush()


async def hang_up(server) -> None:
    """Cut the connection, and never answer: the conversation ends with it."""
    server.transport.abort()
    await asyncio.sleep(FOREVER)


def bounce(delivered: Delivered, maildir: Path, *, status="5.1.1", action="failed", named=True):
    """Lay a delivery status notification (RFC 3464) for an accepted email into a maildir.

    Args:
        delivered: the email that comes back.
        maildir: where to.
        status: the enhanced status.
        action: what the mail server did.
        named: whether the server names our reference; else only the headers it gives back do.
    """
    headers = delivered.content.split(b"\r\n\r\n", 1)[0].decode()
    envelope = f"Original-Envelope-Id: {delivered.envelope_id}\r\n" if named else ""
    text = (
        "From: Mail Delivery System <mailer-daemon@mail.council.example>\r\n"
        f"To: <{delivered.sender}>\r\n"
        f"Date: {format_datetime(datetime(2026, 11, 2, 10, 15, tzinfo=UTC))}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=edge\r\n"
        "\r\n--edge\r\nContent-Type: text/plain\r\n\r\n"
        "Your message could not be delivered.\r\n"
        "\r\n--edge\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.council.example\r\n"
        f"{envelope}"
        "\r\n"
        f"Final-Recipient: rfc822; {delivered.to}\r\n"
        f"Action: {action}\r\n"
        f"Status: {status}\r\n"
        "\r\n--edge\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"{headers}\r\n"
        "\r\n--edge--\r\n"
    )
    (maildir / "new").mkdir(parents=True, exist_ok=True)
    path = maildir / "new" / f"{uuid4()}.mail"
    path.write_bytes(text.encode())
    return path


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's own certificate: the context to serve with, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    try:
        alternative = x509.IPAddress(ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "authority.pem", folder / "server.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted


def main() -> None:
    asked = options(__doc__).parse_args()
    faults = Faults(asked.drop_before, asked.drop_after, asked.seed)
    with LoopbackSmtp(port=asked.port, faults=faults, log=asked.log) as mail:
        serve_until_ended(mail.port)


if __name__ == "__main__":
    main()
