"""Emails to a mail server, and what its answers mean for the message.

Up to the last line of the text the server has promised nothing; with its answer to that line it
has taken the message or not (RFC 5321, 4.2.5 and 6.1). A connection lost between the two leaves the
message uncertain, and a mail server cannot be asked: it is for a person to decide.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from messaging.channels import Channel
from parentportal.dispatch.folder import mail_of
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
from parentportal.ways_out import SmtpSecurity

if TYPE_CHECKING:
    from collections.abc import Callable

    from parentportal.dispatch.ways import Parcel
    from parentportal.ways_out import SmtpServer

MOST_ANSWERS = 10
"""Answers of the server that one message may wait for, one timeout each."""

_SHUTTING_DOWN = 421
_TOO_LARGE = frozenset({552, 554})
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
_ENHANCED = re.compile(rb"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_DEAD_ADDRESS = re.compile(r"5\.1\.\d+|5\.2\.1")
"""Bad destination address, or a mailbox no longer in use (RFC 3463, 3.2 and 3.3)."""

_LINE_START_DOT = re.compile(rb"(?m)^\.")


class SmtpWay(Way):
    """One mail server, its connection kept from one email to the next."""

    name: ClassVar[str] = "smtp"
    live: ClassVar[bool] = True
    can_ask: ClassVar[bool] = False

    def __init__(self, server: SmtpServer, *, domain: str) -> None:
        """Set up; nothing is connected to yet.

        Args:
            server: which, and how.
            domain: the right-hand side of Message-IDs, and the name we greet with.
        """
        self.channels = frozenset({Channel.EMAIL})
        self.rate = server.rate
        self.patience = timedelta(seconds=MOST_ANSWERS * server.timeout)
        self._server = server
        self._domain = domain
        self._open: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Accepted:
        """Hand one email over.

        Raises:
            NotNow: nobody there, or a refusal for the time being (4xx).
            NeverAccepted: the address or the message is refused for good (5xx).
            PerhapsAccepted: the connection was lost after the text was begun.
            WayShut: the server does not know us, or is not who it should be.
        """
        mail = mail_of(parcel, self._domain)
        try:
            connection = self._connection()
            self._envelope(connection, parcel)
            self._text(connection, mail)
        except Unsent:
            self._drop()
            raise
        return Accepted({"sha256": sha256(mail).hexdigest()})

    def close(self) -> None:
        """Take leave of the server."""
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._drop()

    def _connection(self) -> smtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._open.noop()[0] == 250:  # noqa: PLR2004 -- "OK"
                    return self._open
            self._drop()
        try:
            self._open = self._connect()
            self._sign_in(self._open)
        except ssl.SSLCertVerificationError as strange:
            raise WayShut(Shut.SMTP_CERTIFICATE_REFUSED) from strange
        except smtplib.SMTPNotSupportedError as unable:
            raise WayShut(Shut.SMTP_WITHOUT_ENCRYPTION) from unable
        except smtplib.SMTPAuthenticationError as refused:
            raise _of_the_way(refused.smtp_code, Shut.SMTP_SIGN_IN_REFUSED) from refused
        except smtplib.SMTPResponseException as refused:
            raise _of_the_way(refused.smtp_code, Shut.SMTP_REFUSES_US) from refused
        except (smtplib.SMTPException, OSError) as lost:
            raise NotNow("smtp-away") from lost
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        kind: Callable[..., smtplib.SMTP] = smtplib.SMTP
        if server.security is SmtpSecurity.TLS:
            kind = partial(smtplib.SMTP_SSL, context=self._trust())
        return kind(server.host, server.port, local_hostname=self._domain, timeout=server.timeout)

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        if self._server.security is SmtpSecurity.STARTTLS:
            connection.starttls(context=self._trust())
        connection.ehlo_or_helo_if_needed()
        if self._server.name:
            try:
                connection.login(self._server.name, self._server.password)
            except smtplib.SMTPNotSupportedError as unable:
                raise WayShut(Shut.SMTP_SIGN_IN_REFUSED) from unable

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(
            cafile=str(self._server.authority) if self._server.authority else None
        )

    def _envelope(self, connection: smtplib.SMTP, parcel: Parcel) -> None:
        """MAIL and RCPT; a server that can is asked to name our reference in a bounce (RFC 3461).

        Raises:
            NotNow, NeverAccepted, WayShut: the server will not have it.
        """
        back = self._server.return_path or parcel.message.sender.email
        receipts = connection.has_extn("dsn")
        of_mail = [f"ENVID={parcel.reference}", "RET=HDRS"] if receipts else []
        of_recipient = ["NOTIFY=FAILURE,DELAY"] if receipts else []
        try:
            code, said = connection.mail(back, of_mail)
            if code != 250:  # noqa: PLR2004
                raise _refusal(code, said, "sender")
            code, said = connection.rcpt(_ascii(parcel.to), of_recipient)
            if code not in (250, 251):
                raise _refusal(code, said, "recipient")
        except (smtplib.SMTPException, OSError) as lost:
            raise NotNow("connection-lost") from lost

    @staticmethod
    def _text(connection: smtplib.SMTP, mail: bytes) -> None:
        """DATA, the text (which ends its last line), and the answer that settles it.

        Raises:
            NotNow, NeverAccepted, PerhapsAccepted: it is not known to be taken.
        """
        try:
            code, said = connection.docmd("DATA")
        except (smtplib.SMTPException, OSError) as lost:
            raise NotNow("connection-lost") from lost
        if code != 354:  # noqa: PLR2004 -- "start mail input"
            raise _refusal(code, said, "content")
        try:
            connection.send(_LINE_START_DOT.sub(b"..", mail) + b".\r\n")
            code, said = connection.getreply()
        except (smtplib.SMTPException, OSError) as lost:
            raise PerhapsAccepted("connection-lost") from lost
        if code != 250:  # noqa: PLR2004
            raise _refusal(code, said, "content")

    def _drop(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.close()


def _refusal(code: int, said: bytes, about: str) -> Unsent:
    """What follows from a refusal of the sender, the recipient or the content.

    Only a mailbox that is not there is the address's fault: a server also refuses by 550 what it
    takes for junk, and says so by an enhanced status (RFC 3463), where it has those.
    """
    if code < 500:  # noqa: PLR2004 -- 4xx: later, perhaps
        return NotNow(f"smtp-{about}-later")
    match = _ENHANCED.match(said)
    status = b".".join(match.groups()).decode() if match else ""
    if about == "sender" and code not in _TOO_LARGE:
        return WayShut(Shut.SMTP_SENDER_REFUSED)
    dead = about == "recipient" and (
        bool(_DEAD_ADDRESS.fullmatch(status)) if status else code in _NO_SUCH_MAILBOX
    )
    return NeverAccepted(f"smtp-{about}-refused", suppress=dead)


def _of_the_way(code: int, refused: Shut) -> Unsent:
    later = 400 <= code < 500  # noqa: PLR2004
    return NotNow("smtp-away") if later or code == _SHUTTING_DOWN else WayShut(refused)


def _ascii(address: str) -> str:
    """An address as every server reads it: a domain in letters beyond ASCII as IDNA has it.

    Raises:
        NeverAccepted: the part before the @ is not in ASCII.
    """
    mailbox, _, domain = address.rpartition("@")
    try:
        return f"{mailbox.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as beyond:
        raise NeverAccepted("address-beyond-ascii", suppress=True) from beyond
