"""Every reason for which somebody is not written to, or gets their version, has its words."""

from __future__ import annotations

from messaging.channels import Channel
from messaging.choosing import TooOften
from messaging.variants import ChoiceReason, VariantName
from parentportal.account import messages, versions, wishes
from parentportal.desk import wishes as desk_wishes
from parentportal.intake.vocabulary import Flag
from parentportal.left_out import LEFT_OUT
from parentportal.models import PrintFormat, ReplyKind, SuppressionReason
from parentportal.operations import contacts
from parentportal.operations.mailings import SUPPRESSING
from parentportal.operations.restating import WRITTEN_ANEW


def test_every_reason_to_leave_somebody_out_has_its_words():
    codes = {
        *SUPPRESSING,
        *SuppressionReason,
        *TooOften,
        contacts.NEVER_OFFERED,
        contacts.TOO_SOON,
        contacts.REPLIED,
        WRITTEN_ANEW,
        ChoiceReason.OBJECTION,
    }
    assert codes <= LEFT_OUT.keys()
    assert Flag.SHARED_PARENTING not in LEFT_OUT


def test_a_parents_pages_have_words_for_all_they_can_say():
    assert messages.WHY.keys() == set(ChoiceReason)
    assert messages.BUTTONS.keys() == messages.SAID.keys() == set(ReplyKind)
    assert messages.DONE.keys() == set(messages.Wish)
    assert messages.STOPPING.keys() == wishes.WAYS.keys() == set(Channel)
    assert wishes.FORMATS.keys() == desk_wishes.FORMATS.keys() == set(PrintFormat)
    assert versions.LETTERS.keys() == set(VariantName)
    assert desk_wishes.REPLIES.keys() == set(ReplyKind)


def test_no_words_for_parents_name_a_group():
    said = " ".join(
        str(words)
        for mapping in (messages.WHY, messages.ARMS, messages.DONE, messages.SAID, wishes.FORMATS)
        for words in mapping.values()
    ).casefold()
    for name in ("settler", "prospector", "pioneer", "neutral", "segment", "tailor"):
        assert name not in said
