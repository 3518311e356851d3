"""Every table, in one place to import from."""

from parentportal.models.automatic import AutomaticRule, Trigger
from parentportal.models.base import Base
from parentportal.models.campaigns import Campaign, TemplateVersion
from parentportal.models.contact import Suppression, SuppressionReason
from parentportal.models.erasures import Erasure
from parentportal.models.groups import FocusGroup, GroupDraw, GroupSession, Invitee, InviteeState
from parentportal.models.installation import Installation
from parentportal.models.licensed import HeldLicence, LicensedSegment
from parentportal.models.outbox import OutgoingBatch, OutgoingMessage, WayPace
from parentportal.models.people import (
    AgeBand,
    Carer,
    Child,
    ColumnMapping,
    Family,
    ImportBatch,
    ImportState,
    OfferKind,
    OpenOffer,
    PrintFormat,
)
from parentportal.models.replies import CarerReply, MessageLink, ReplyKind
from parentportal.models.requests import CarerRequest, RequestEnd, RequestKind
from parentportal.models.signoffs import SignOff, SignOffKind
from parentportal.models.survey import (
    Answer,
    Assignment,
    EarlierAssignment,
    Form,
    Invitation,
    Mode,
    Response,
    Wave,
)
from parentportal.models.tools import OwnTool, ToolState
from parentportal.models.trail import AuditEvent, CouncilSettings, FailureCount, Officer, Role
from parentportal.models.trials import Trial, TrialFamily

__all__ = [
    "AgeBand",
    "Answer",
    "Assignment",
    "AuditEvent",
    "AutomaticRule",
    "Base",
    "Campaign",
    "Carer",
    "CarerReply",
    "CarerRequest",
    "Child",
    "ColumnMapping",
    "CouncilSettings",
    "EarlierAssignment",
    "Erasure",
    "FailureCount",
    "Family",
    "FocusGroup",
    "Form",
    "GroupDraw",
    "GroupSession",
    "HeldLicence",
    "ImportBatch",
    "ImportState",
    "Installation",
    "Invitation",
    "Invitee",
    "InviteeState",
    "LicensedSegment",
    "MessageLink",
    "Mode",
    "OfferKind",
    "Officer",
    "OpenOffer",
    "OutgoingBatch",
    "OutgoingMessage",
    "OwnTool",
    "PrintFormat",
    "ReplyKind",
    "RequestEnd",
    "RequestKind",
    "Response",
    "Role",
    "SignOff",
    "SignOffKind",
    "Suppression",
    "SuppressionReason",
    "TemplateVersion",
    "ToolState",
    "Trial",
    "TrialFamily",
    "Trigger",
    "Wave",
    "WayPace",
]
