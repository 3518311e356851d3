"""What officers read of a batch that has stopped: why, and what they can do about it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from parentportal.dispatch.sender import DPIA_MISSING
from parentportal.dispatch.ways import Shut
from parentportal.operations.scheduling import BY_OFFICER

if TYPE_CHECKING:
    from collections.abc import Mapping

PAUSED: Mapping[str, str] = MappingProxyType(
    {
        BY_OFFICER: _("An officer paused this."),
        DPIA_MISSING: _("The data protection impact assessment is not signed off."),
        Shut.DISK_FULL: _("The disk is full."),
        Shut.FOLDER_CLOSED: _("The folder for what goes out cannot be written to."),
        Shut.FOLDER_BROKEN: _("The folder for what goes out is not there as it should be."),
        Shut.PRESS_BROKEN: _("Letters cannot be printed. Look at the council’s contact lines."),
        Shut.PRINT_FILE_NOT_PRINTABLE: _("The letters cannot be printed as one file."),
        Shut.PRINT_FILE_PERHAPS_FETCHED: _(
            "The print house may have fetched the file already. Ask them before it goes on."
        ),
        Shut.PRINT_FILE_WAS_ANOTHER: _(
            "Another file of this name lies at the print house. Ask them before it goes on."
        ),
        Shut.PRINT_HOUSE_DISK_FULL: _("The disk of the print house is full."),
        Shut.PRINT_HOUSE_FOLDER_CLOSED: _("The folder at the print house is closed to us."),
        Shut.PRINT_HOUSE_FOLDER_BROKEN: _("The folder at the print house is not as it should be."),
        Shut.PRINT_HOUSE_NOT_THE_ONE_KNOWN: _(
            "The server of the print house shows another key than the one we know."
        ),
        Shut.PRINT_HOUSE_SIGN_IN_REFUSED: _("The print house refuses our name or key."),
        Shut.SMTP_CERTIFICATE_REFUSED: _("The mail server’s certificate is not to be trusted."),
        Shut.SMTP_WITHOUT_ENCRYPTION: _("The mail server offers no encryption."),
        Shut.SMTP_SIGN_IN_REFUSED: _("The mail server refuses our name or password."),
        Shut.SMTP_REFUSES_US: _("The mail server refuses to take anything from us."),
        Shut.SMTP_SENDER_REFUSED: _("The mail server refuses the council’s own address."),
        Shut.NOTIFY_CERTIFICATE_REFUSED: _(
            "The certificate of GOV.UK Notify is not to be trusted."
        ),
        Shut.NOTIFY_KEY_REFUSED: _("GOV.UK Notify refuses the key."),
        Shut.NOTIFY_SERVICE_NOT_SET_UP: _("GOV.UK Notify says that the service is not set up."),
        Shut.NOTIFY_NOT_AS_EXPECTED: _("GOV.UK Notify answers in a way that we do not know."),
    }
)
"""Why a batch is paused."""
