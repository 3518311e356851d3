"""Emails as files in a maildir, as a mail server would receive them.

The name of the file and the Message-ID come from the message's own key, and nothing in it from the
clock: writing it again gives the same file, byte for byte.
"""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from messaging.languages import is_right_to_left, language_tag
from parentportal.dispatch.files import make_folder, move, write_whole

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from messaging.message import Message

FOLDERS = ("tmp", "new", "cur")
SHELL = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
<style>
body {{ margin: 0; padding: 24px; color: #111; background: #fff;
  font: 1.125rem/{leading} system-ui, "Noto Sans", Arial, sans-serif; }}
article, footer {{ max-width: 38rem; margin: 0 auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ padding: .4em .6em; border: 1px solid #777; text-align: start; vertical-align: top; }}
footer {{ margin-top: 2em; border-top: 1px solid #777; }}
</style>
</head>
<body>
{article}
<footer><p>{sender}</p></footer>
</body>
</html>
"""


class EmailRefused(ValueError):
    """This cannot be written as an email."""

    code = "not-an-email"


class Mailbox:
    """A maildir."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for folder in FOLDERS:
            make_folder(path / folder)

    def put(self, message_id: UUID, mail: bytes) -> dict[str, Any]:
        """Deliver an email; one that was delivered before, and perhaps read, is left as it is.

        Returns:
            The evidence: file (within the maildir) and SHA-256.
        """
        name = f"{message_id}.eml"
        found = next((self.path / "cur").glob(f"{name}*"), None)
        if found is None:
            write_whole(self.path / "tmp" / name, mail)
            move(self.path / "tmp" / name, self.path / "new" / name)
        return {"file": f"new/{name}", "sha256": sha256(mail).hexdigest()}

    def find(self, message_id: UUID) -> dict[str, Any] | None:
        """The evidence of an email that lies here, read or not; none if it does not."""
        name = f"{message_id}.eml"
        lying = [self.path / "new" / name, *(self.path / "cur").glob(f"{name}*")]
        held = next((path for path in lying if path.exists()), None)
        if held is None:
            return None
        return {"file": f"new/{name}", "sha256": sha256(held.read_bytes()).hexdigest()}

    def drop(self, message_id: UUID) -> None:
        """Take an email away that is not to go after all."""
        (self.path / "new" / f"{message_id}.eml").unlink(missing_ok=True)


def write_email(
    message: Message, message_id: UUID, *, to: str, domain: str, sent: datetime
) -> bytes:
    """A message as an email: plain text and HTML of the same words.

    Args:
        message: the stored text.
        message_id: its key: the Message-ID and the boundary come from it.
        to: where it goes.
        domain: the right-hand side of the Message-ID.
        sent: the date it bears.

    Raises:
        EmailRefused: an address is none.
    """
    sender = message.sender
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(sender.council, addr_spec=sender.email)
        mail["To"] = _whole(to)
    except (ValueError, IndexError, MessageError) as wrong:  # the parser has no word for nothing
        raise EmailRefused from wrong
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{message_id}@{domain}>"
    mail["Content-Language"] = language_tag(message.language)
    mail.set_content(message.plain_text() + "\n" + _signed(message) + "\n", cte="base64")
    right_to_left = is_right_to_left(message.language)
    page = SHELL.format(
        language=language_tag(message.language),
        direction="rtl" if right_to_left else "ltr",
        leading="2" if right_to_left else "1.5",
        subject=escape(message.subject),
        article=message.html(),
        sender=escape(_signed(message)).replace("\n", "<br>"),
    )
    mail.add_alternative(page, subtype="html", cte="base64")
    mail.set_boundary(f"part-{message_id.hex}")
    return mail.as_bytes()


def _whole(to: str) -> Address:
    """The address, where all of it is one: a comment after it would be left out in silence."""
    address = Address(addr_spec=to)
    if address.addr_spec != to or not address.username.isascii():
        raise ValueError(to)
    return address


def _signed(message: Message) -> str:
    """Who writes, which a letter prints beside the address."""
    sender, labels = message.sender, message.sender.labels
    return "\n".join(
        (
            f"{sender.council}, {sender.department}",
            f"{labels['telephone']}: {sender.phone}",
            f"{labels['email']}: {sender.email}",
            sender.opening_hours,
            f"{labels['website']}: {sender.website}",
        )
    )
