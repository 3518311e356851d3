"""All that the facts of one message are made from, and how values print among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from messaging.campaigns import load_campaign
from messaging.council import Council
from messaging.languages import isolated, listed
from messaging.locked.details import Details, InvitationDetails
from messaging.locked.figures import (
    details_values,
    printed_date,
    printed_site,
    service_sentences,
    service_values,
    site_page,
)
from messaging.locked.money import unit_word
from messaging.offers import ChildOffer, Offer
from messaging.placeholders import CompositionRefused, checked, fill
from messaging.schemes.money import format_pounds
from messaging.settings import is_web_address
from messaging.wording import locked_wording


@dataclass(frozen=True)
class Terms:
    """All that the facts of one message are made from; the version is not among it."""

    campaign: str
    language: str
    council: Council
    children: tuple[ChildOffer, ...]
    dated: date
    link: str
    recorded_by: str
    details: Details | None

    @property
    def wording(self) -> Mapping[str, Any]:
        """The locked wording of the message's language."""
        return locked_wording(self.language)

    @property
    def offer(self) -> Offer:
        """What the message offers.

        Raises:
            CompositionRefused: `missing-value`, it offers nothing.
        """
        offer = load_campaign(self.campaign).offer
        if offer is None:
            raise CompositionRefused("missing-value", name="offer")
        return offer

    @property
    def meeting(self) -> InvitationDetails | None:
        """The meeting it is about, once that is settled."""
        return self.details if isinstance(self.details, InvitationDetails) else None

    @property
    def reply_by(self) -> date:
        """The day an answer helps until: some weeks off, and a week before a settled meeting."""
        usual = self.dated + timedelta(weeks=self.council.reply_weeks)
        if self.meeting is None:
            return usual
        meeting = self.meeting.starts.date()
        return min(usual, max(meeting - timedelta(weeks=1), self.dated + timedelta(days=1)))

    def filled(self, text: str, words: Mapping[str, str] | None = None, **more: str) -> str:
        """A locked text with its blanks filled; `words` are of the language itself."""
        own_words = {**self._sentences, **(words or {})}
        return fill(text, {**self._values, **more}, self.language, own_words)

    def unit(self, name: str, number: Decimal | int) -> str:
        """The word that follows a number (`1 mile`, `2 miles`), by CLDR's plural rules."""
        return unit_word(name, number, self.language)

    def fenced(self, name: str, value: str) -> str:
        """A value that stands alone in a cell or a line."""
        return isolated(checked(name, value), self.language)

    @cached_property
    def _values(self) -> dict[str, str]:
        council, budget = self.council, self.council.personal_transport_budget
        groups = self.council.focus_groups
        return {
            "council_name": council.name,
            "contact_name": council.contact.name,
            "phone": council.contact.phone,
            "link": self.link,
            "reply_link": (self.meeting and self.meeting.reply_link) or self.link,
            "reply_by": printed_date(self.reply_by, self.language),
            "recorded_by": self.recorded_by,
            "trial_weeks": str(budget.trial_weeks),
            "notice_days": str(budget.notice_days),
            "median_days": str(budget.restore_median_days),
            "longest_days": str(budget.restore_longest_days),
            "sendiass": council.sendiass.name,
            "sendiass_phone": council.sendiass.phone,
            "sendiass_website": printed_site(council.sendiass.website),
            "forum": council.parent_carer_forum.name,
            "forum_phone": council.parent_carer_forum.phone,
            "forum_website": printed_site(council.parent_carer_forum.website),
            "complaints_phone": council.complaints.phone,
            "complaints_website": printed_site(council.complaints.website),
            "fewest": str(groups.fewest_people),
            "most": str(groups.most_people),
            "thanks": format_pounds(groups.thanks_pounds),
            "versions_link": site_page("versions", self.link, council.portal_url),
            "notice_link": site_page("privacy", self.link, council.portal_url),
            "school_link": site_page("before-you-name-a-school", self.link, council.portal_url),
            **service_values(council),
            **details_values(self.details, self.language),
        }

    @cached_property
    def _sentences(self) -> dict[str, str]:
        budget, groups = self.council.personal_transport_budget, self.council.focus_groups
        own_expenses = self.meeting.expenses if self.meeting else ""
        return {
            "week_unit": self.unit("week", budget.trial_weeks),
            "post_16": budget.post_16[self.language],
            "expenses": (
                checked("expenses", own_expenses)
                if own_expenses
                else groups.expenses[self.language]
            ),
            "benefits": groups.benefits[self.language],
            **service_sentences(self.council, self.language),
        }


def names_of(children: tuple[ChildOffer, ...], language: str) -> str:
    """The children's first names as a list in words; empty if no child is named."""
    named = [child.first_name for child in children if child.first_name.strip()]
    names = [checked("child_first_name", name) for name in named]
    return listed(names, language) if names else ""


def check_link(name: str, link: str) -> str:
    """The link, if it is one that may be printed.

    Raises:
        CompositionRefused: it is no http(s) address.
    """
    if not is_web_address(link):
        raise CompositionRefused("link-refused", name=name)
    return link
