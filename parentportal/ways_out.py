"""Which way each channel goes out, read from the environment; what is wrong is said at the start.

Secrets are left out of every `repr`, so that no log or error page shows one.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTIFY = "https://api.notifications.service.gov.uk"
NOTIFY_RATE = 3_000
"""Messages a minute: the limit of GOV.UK Notify for each type of key."""

SHORTEST_TOKEN = 10
"""Characters: the shortest bearer token that GOV.UK Notify takes for a callback."""

_HOST_KEYS = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
    }
)
_KEY_PARTS = (slice(-73, -37), slice(-36, None))  # service and secret, at the end of a Notify key


class Provider(StrEnum):
    """The ways out there are."""

    FOLDER = "folder"
    SMTP = "smtp"
    NOTIFY = "notify"
    PRINT_HOUSE = "print-house"


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is sealed."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # on this machine alone


class SettingsWrong(ValueError):
    """Settings that nothing can start with; each problem in words."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server that takes emails for anybody.

    Attributes:
        host: its name, which its certificate must bear.
        port: 587 for STARTTLS, 465 for TLS, unless told otherwise.
        security: how the connection is sealed.
        name: to sign in with; empty for a server that knows us by our address.
        password: the same.
        authority: a PEM file of the authority that vouches for it, where the system's do not.
        return_path: where bounces go; empty for the council's own address.
        rate: emails a minute; none where the server has no limit.
        timeout: seconds to wait for any one answer.
    """

    host: str
    port: int
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    name: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None
    return_path: str = ""
    rate: int | None = None
    timeout: float = 30


@dataclass(frozen=True, slots=True)
class NotifyService:
    """A council's service on GOV.UK Notify.

    Attributes:
        key: `name-{service}-{secret}`, the two being UUIDs.
        url: where it answers.
        email_template: a template with `((subject))` as its subject and `((message))` as its text.
        text_template: a template with `((message))` as its text.
        postage: `first`, `second` or `economy`.
        token: the bearer token that its callbacks carry; empty where none are expected.
        rate: messages a minute.
        timeout: seconds to wait for an answer.
        settling: after a lost connection, how long until its answer about a message is believed.
    """

    key: str = field(repr=False)
    url: str = NOTIFY
    email_template: str = ""
    text_template: str = ""
    postage: Literal["first", "second", "economy"] = "second"
    token: str = field(default="", repr=False)
    rate: int = NOTIFY_RATE
    timeout: float = 30
    settling: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class PrintHouse:
    """Where the print house fetches its files: a folder, or one behind SFTP.

    Attributes:
        folder: the path, here or there.
        host: the SFTP server; empty for a folder of this machine.
        port: of the SFTP server.
        name: to sign in with.
        password: to sign in with, where there is no key.
        key_file: the private key to sign in with.
        host_key: the server's own key, `ssh-ed25519 AAAA…`; no other server is spoken to.
        timeout: seconds to wait for any one answer.
    """

    folder: str
    host: str = ""
    port: int = 22
    name: str = ""
    password: str = field(default="", repr=False)
    key_file: Path | None = None
    host_key: str = ""
    timeout: float = 30


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The way of each channel, with what those ways need."""

    letters: Provider = Provider.FOLDER
    emails: Provider = Provider.FOLDER
    texts: Provider = Provider.FOLDER
    smtp: SmtpServer | None = None
    notify: NotifyService | None = None
    print_house: PrintHouse | None = None

    @property
    def chosen(self) -> frozenset[Provider]:
        """Every way that some channel goes."""
        return frozenset({self.letters, self.emails, self.texts})


CHOICES = {
    "PARENTPORTAL_LETTERS": (Provider.FOLDER, Provider.NOTIFY, Provider.PRINT_HOUSE),
    "PARENTPORTAL_EMAILS": (Provider.FOLDER, Provider.SMTP, Provider.NOTIFY),
    "PARENTPORTAL_TEXTS": (Provider.FOLDER, Provider.NOTIFY),
}


def read_ways_out(environment: Mapping[str, str]) -> WaysOut:
    """Read the ways, and of their settings those of the ways that are chosen.

    Raises:
        SettingsWrong: with every problem, in words.
    """
    given = _Given(environment)
    letters, emails, texts = (given.choice(name, of) for name, of in CHOICES.items())
    chosen = {letters, emails, texts}
    smtp = notify = print_house = None
    if Provider.SMTP in chosen:
        smtp = _smtp(given)
    if Provider.NOTIFY in chosen:
        notify = _notify(given, email=emails is Provider.NOTIFY, text=texts is Provider.NOTIFY)
    if Provider.PRINT_HOUSE in chosen:
        print_house = _print_house(given)
    if given.problems:
        raise SettingsWrong(given.problems)
    return WaysOut(letters, emails, texts, smtp, notify, print_house)


class _Given:
    """The environment, and what is wrong with it so far."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self._environment.get(name, "").strip() or default

    def needed(self, name: str, meaning: str) -> str:
        value = self.text(name)
        if not value:
            self.problems.append(f"{name} is missing: {meaning}.")
        return value

    def choice(self, name: str, of: tuple[Provider, ...]) -> Provider:
        value = self.text(name, of[0])
        if value in of:
            return Provider(value)
        self.problems.append(f"{name} is one of {', '.join(of)}, not {value!r}.")
        return of[0]

    def number(self, name: str, default: int | None, most: int) -> int | None:
        value = self.text(name)
        if not value:
            return default
        if value.isascii() and value.isdigit() and 0 < int(value) <= most:
            return int(value)
        self.problems.append(f"{name} is a whole number from 1 to {most}, not {value!r}.")
        return default

    def file(self, name: str) -> Path | None:
        value = self.text(name)
        if value and not Path(value).is_file():
            self.problems.append(f"{name}: there is no file {value}.")
        return Path(value).absolute() if value else None

    def identifier(self, name: str, meaning: str) -> str:
        value = self.needed(name, meaning)
        if value and not _is_uuid(value):
            self.problems.append(f"{name} is {meaning}, such as {UUID(int=0)}, not {value!r}.")
        return value


def _smtp(given: _Given) -> SmtpServer:
    host = given.needed("PARENTPORTAL_SMTP_HOST", "the mail server that takes the emails")
    said = given.text("PARENTPORTAL_SMTP_SECURITY", SmtpSecurity.STARTTLS)
    security = SmtpSecurity.STARTTLS
    if said in tuple(SmtpSecurity):
        security = SmtpSecurity(said)
    else:
        given.problems.append(
            f"PARENTPORTAL_SMTP_SECURITY is one of {', '.join(SmtpSecurity)}, not {said!r}."
        )
    if security is SmtpSecurity.NONE and host and not _is_loopback(host):
        given.problems.append(
            "PARENTPORTAL_SMTP_SECURITY may be none only for a mail server on this machine."
        )
    name, password = given.text("PARENTPORTAL_SMTP_NAME"), given.text("PARENTPORTAL_SMTP_PASSWORD")
    if bool(name) != bool(password):
        given.problems.append(
            "PARENTPORTAL_SMTP_NAME and PARENTPORTAL_SMTP_PASSWORD are set both or not at all."
        )
    port = 465 if security is SmtpSecurity.TLS else 587
    return SmtpServer(
        host=host,
        port=given.number("PARENTPORTAL_SMTP_PORT", port, 65_535) or port,
        security=security,
        name=name,
        password=password,
        authority=given.file("PARENTPORTAL_SMTP_AUTHORITY"),
        return_path=given.text("PARENTPORTAL_SMTP_RETURN_PATH"),
        rate=given.number("PARENTPORTAL_SMTP_RATE", None, 1_000_000),
    )


def _notify(given: _Given, *, email: bool, text: bool) -> NotifyService:
    key = given.needed("PARENTPORTAL_NOTIFY_KEY", "an API key of the council's Notify service")
    if key and not all(_is_uuid(key[part]) for part in _KEY_PARTS):
        given.problems.append(
            "PARENTPORTAL_NOTIFY_KEY is no key of GOV.UK Notify: those end in two UUIDs."
        )
    url = given.text("PARENTPORTAL_NOTIFY_URL", NOTIFY)
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        given.problems.append("PARENTPORTAL_NOTIFY_URL starts with https://.")
    postage = given.text("PARENTPORTAL_NOTIFY_POSTAGE", "second")
    if postage not in ("first", "second", "economy"):
        given.problems.append(
            f"PARENTPORTAL_NOTIFY_POSTAGE is first, second or economy, not {postage!r}."
        )
    token = given.text("PARENTPORTAL_NOTIFY_TOKEN")
    if token and len(token) < SHORTEST_TOKEN:
        given.problems.append(
            f"PARENTPORTAL_NOTIFY_TOKEN has at least {SHORTEST_TOKEN} characters."
        )
    return NotifyService(
        key=key,
        url=url,
        email_template=given.identifier(
            "PARENTPORTAL_NOTIFY_EMAIL_TEMPLATE", "the ID of the template for emails"
        )
        if email
        else "",
        text_template=given.identifier(
            "PARENTPORTAL_NOTIFY_TEXT_TEMPLATE", "the ID of the template for texts"
        )
        if text
        else "",
        postage=cast("Literal['first', 'second', 'economy']", postage),
        token=token,
        rate=given.number("PARENTPORTAL_NOTIFY_RATE", NOTIFY_RATE, 1_000_000) or NOTIFY_RATE,
        settling=timedelta(seconds=given.number("PARENTPORTAL_NOTIFY_SETTLING", 60, 3_600) or 60),
    )


def _print_house(given: _Given) -> PrintHouse:
    where = given.needed("PARENTPORTAL_PRINT_HOUSE", "a folder, or sftp://name@host/folder")
    if not where.startswith("sftp://"):
        if where and not Path(where).is_dir():
            given.problems.append(f"PARENTPORTAL_PRINT_HOUSE: there is no folder {where}.")
        return PrintHouse(folder=where)
    address = urlsplit(where)
    if not (address.hostname and address.username) or address.password:
        given.problems.append(
            "PARENTPORTAL_PRINT_HOUSE is sftp://name@host/folder; the password, if there is one, "
            "goes into PARENTPORTAL_PRINT_HOUSE_PASSWORD."
        )
    host_key = given.needed(
        "PARENTPORTAL_PRINT_HOUSE_HOST_KEY", "the server's own key, such as ssh-ed25519 AAAA…"
    )
    if host_key and not _is_host_key(host_key):
        given.problems.append(
            "PARENTPORTAL_PRINT_HOUSE_HOST_KEY is a kind and a key, such as ssh-ed25519 AAAA…"
        )
    password = given.text("PARENTPORTAL_PRINT_HOUSE_PASSWORD")
    key_file = given.file("PARENTPORTAL_PRINT_HOUSE_KEY")
    if not password and not key_file:
        given.problems.append(
            "PARENTPORTAL_PRINT_HOUSE_KEY is missing: the file of the private key to sign in with "
            "(or PARENTPORTAL_PRINT_HOUSE_PASSWORD)."
        )
    return PrintHouse(
        folder=unquote(address.path) or "/",
        host=address.hostname or "",
        port=address.port or 22,
        name=unquote(address.username or ""),
        password=password,
        key_file=key_file,
        host_key=host_key,
    )


def _is_host_key(text: str) -> bool:
    """Whether it is a kind and a key that begins with its kind's name (RFC 4253, 6.6)."""
    kind, _, key = text.partition(" ")
    try:
        named = b64decode(key.split()[0], validate=True)[4:]
    except (IndexError, ValueError):
        return False
    return kind in _HOST_KEYS and named.startswith(kind.encode())


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
