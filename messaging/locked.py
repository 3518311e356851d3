"""The facts every version of a message carries, built without any knowledge of the version.

That the four versions say the same is so by construction: nothing here is told which one it is
for. `messaging.facts` proves it from the finished messages all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list

from messaging.blocks import Block, Fact, Grid, Heading, Listing, Paragraph
from messaging.campaigns import LockedBlock
from messaging.council import Council
from messaging.languages import isolated
from messaging.offers import (
    AgeBand,
    ChildOffer,
    MileagePayment,
    format_miles,
    format_pence,
    format_pounds,
)
from messaging.placeholders import CompositionRefused, checked, fill
from messaging.settings import is_web_address
from messaging.wording import locked_wording

MOST_CHILDREN = 6  # a row of the table each; more would not leave the facts on two sides


@dataclass(frozen=True, slots=True)
class InvitationDetails:
    """When and where a discussion group meets, as far as it is settled.

    Attributes:
        place: where, as it prints.
        starts: the local time on the wall clock there.
        minutes: how long.
        access: steps, parking, a hearing loop…; may be empty.
        expenses: what is paid, in the message's language; empty prints the council's practice.
        reply_link: the invitee's own signed link; empty prints the general one.
    """

    place: str
    starts: datetime
    minutes: int
    access: str = ""
    expenses: str = ""
    reply_link: str = ""


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
    invitation: InvitationDetails | None

    @property
    def wording(self) -> Mapping[str, Any]:
        """The locked wording of the message's language."""
        return locked_wording(self.language)

    @property
    def reply_by(self) -> date:
        """The day an answer helps until: some weeks off, and a week before a settled meeting."""
        usual = self.dated + timedelta(weeks=self.council.reply_weeks)
        if self.invitation is None:
            return usual
        meeting = self.invitation.starts.date()
        return min(usual, max(meeting - timedelta(weeks=1), self.dated + timedelta(days=1)))

    def filled(self, text: str, words: Mapping[str, str] | None = None, **more: str) -> str:
        """A locked text with its blanks filled; `words` are of the language itself."""
        own_words = {**self._sentences, **(words or {})}
        return fill(text, {**self._values, **more}, self.language, own_words)

    def unit(self, name: str, number: Decimal | int) -> str:
        """The word that follows a number (`1 mile`, `2 miles`), by CLDR's plural rules."""
        forms = self.wording["units"][name]
        return str(forms.get(Locale.parse(self.language).plural_form(number), forms["other"]))

    def fenced(self, name: str, value: str) -> str:
        """A value that stands alone in a cell or a line."""
        return isolated(checked(name, value), self.language)

    @cached_property
    def _values(self) -> dict[str, str]:
        council, budget = self.council, self.council.personal_transport_budget
        groups, mileage = self.council.focus_groups, budget.mileage
        return {
            "contact_name": council.contact.name,
            "phone": council.contact.phone,
            "link": self.link,
            "reply_link": (self.invitation and self.invitation.reply_link) or self.link,
            "reply_by": printed_date(self.reply_by, self.language),
            "recorded_by": self.recorded_by,
            "rate": format_pence(mileage.pence_per_mile),
            "trips": str(mileage.trips_a_day),
            "days": str(mileage.days_a_year),
            "valid_from": printed_date(mileage.valid_from, self.language),
            "valid_to": printed_date(mileage.valid_to, self.language),
            "trial_weeks": str(budget.trial_weeks),
            "notice_days": str(budget.notice_days),
            "median_days": str(budget.restore_median_days),
            "longest_days": str(budget.restore_longest_days),
            "sendiass": council.sendiass.name,
            "sendiass_phone": council.sendiass.phone,
            "sendiass_website": _printed_site(council.sendiass.website),
            "forum": council.parent_carer_forum.name,
            "forum_phone": council.parent_carer_forum.phone,
            "forum_website": _printed_site(council.parent_carer_forum.website),
            "complaints_phone": council.complaints.phone,
            "complaints_website": _printed_site(council.complaints.website),
            "fewest": str(groups.fewest_people),
            "most": str(groups.most_people),
            "thanks": format_pounds(groups.thanks_pounds),
        }

    @cached_property
    def _sentences(self) -> dict[str, str]:
        budget, groups = self.council.personal_transport_budget, self.council.focus_groups
        own_expenses = self.invitation.expenses if self.invitation else ""
        return {
            "week_unit": self.unit("week", budget.trial_weeks),
            "payments": budget.payments[self.language],
            "post_16": budget.post_16[self.language],
            "expenses": (
                checked("expenses", own_expenses)
                if own_expenses
                else groups.expenses[self.language]
            ),
            "benefits": groups.benefits[self.language],
        }


def build_locked(block: LockedBlock, terms: Terms) -> tuple[Block, ...]:
    """One locked block of a message.

    Raises:
        CompositionRefused: something that it prints is missing or cannot be printed.
    """
    return _BUILDERS[block](terms)


def printed_date(day: date, language: str) -> str:
    """A date as it prints in that language: `22 November 2026`."""
    return format_date(day, "long", locale=language)


def names_of(children: tuple[ChildOffer, ...], language: str) -> str:
    """The children's first names as a list in words; empty if no child is named."""
    named = [child.first_name for child in children if child.first_name.strip()]
    names = [checked("child_first_name", name) for name in named]
    return str(format_list(names, locale=language)) if names else ""


def _printed_site(address: str) -> str:
    """A web address short enough for running text: browsers add the rest."""
    return address.removeprefix("https://").removeprefix("www.").rstrip("/")


def _offers(terms: Terms) -> tuple[Block, ...]:
    words, part = terms.wording["offers"], LockedBlock.OFFERS
    mileage = terms.council.personal_transport_budget.mileage
    if terms.dated < mileage.valid_from:
        raise CompositionRefused("rate-not-begun", begins=mileage.valid_from.isoformat())
    if terms.dated > mileage.valid_to:
        raise CompositionRefused("rate-has-ended", ended=mileage.valid_to.isoformat())
    if len(terms.children) > MOST_CHILDREN:
        raise CompositionRefused("too-many-children", most=str(MOST_CHILDREN))
    payments = [(child, _worked(child, terms)) for child in terms.children]
    if not payments:
        raise CompositionRefused("no-children")
    rows = tuple(
        (
            terms.fenced("child_first_name", child.first_name),
            words["keep_terms"],
            terms.filled(
                words["ptb_terms"],
                {"mile_unit": terms.unit("mile", payment.miles)},
                pounds=format_pounds(payment.pounds_a_year),
                miles=format_miles(payment.miles),
            ),
        )
        for child, payment in payments
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["child"], words["keep"], words["ptb"]), rows=rows),
        Paragraph(part, locked=True, text=terms.filled(words["how"])),
    )


def _worked(child: ChildOffer, terms: Terms) -> MileagePayment:
    """The child's amount, once everything an offer needs is known (rules.md, 2 and 4)."""
    if not child.first_name.strip():
        raise CompositionRefused("child-name-missing")
    if child.age_band is None:
        raise CompositionRefused("age-band-missing")
    if child.miles is None:
        raise CompositionRefused("miles-missing")
    return terms.council.personal_transport_budget.mileage.work_out(child.miles)


def _meeting(terms: Terms) -> tuple[Block, ...]:
    words, part = terms.wording["meeting"], LockedBlock.MEETING
    practice = terms.council.focus_groups
    language = terms.language
    facts: list[tuple[str, str]]
    if terms.invitation is not None and terms.invitation.starts.date() <= terms.dated:
        raise CompositionRefused("meeting-is-past", starts=terms.invitation.starts.isoformat())
    if terms.invitation is None:
        length = terms.filled(words["minutes"], minutes=str(practice.minutes))
        facts = [(words["when"], practice.where_and_when[language])]
    else:
        length = terms.filled(words["minutes"], minutes=str(terms.invitation.minutes))
        facts = [
            (words["place"], terms.fenced("place", terms.invitation.place)),
            (words["starts"], terms.fenced("starts", _printed_start(terms.invitation, language))),
        ]
        if terms.invitation.access:
            facts.append((words["access"], terms.fenced("access", terms.invitation.access)))
    facts += [
        (words["length"], length),
        (words["people"], terms.filled(words["people_terms"])),
        (words["before"], practice.before[language]),
        (words["company"], practice.company[language]),
        (words["thanks"], terms.filled(words["thanks_terms"])),
        (words["consent"], practice.consent[language]),
        (words["afterwards"], practice.afterwards[language]),
    ]
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=tuple(facts)),
    )


def _printed_start(invitation: InvitationDetails, language: str) -> str:
    day = format_date(invitation.starts.date(), "full", locale=language)
    return f"{day}, {format_time(invitation.starts.time(), 'short', locale=language)}"


def _actions(terms: Terms) -> tuple[Block, ...]:
    words, part = terms.wording["actions"], LockedBlock.ACTIONS
    items = tuple(terms.filled(item) for item in words[terms.campaign]["items"])
    return (
        Heading(part, locked=True, text=words["heading"]),
        Listing(part, locked=True, items=items),
        Paragraph(part, locked=True, text=terms.filled(words["reply"])),
    )


def _answers(terms: Terms) -> tuple[Block, ...]:
    words = terms.wording["answers"]
    return (Fact(LockedBlock.ANSWERS, locked=True, title=words["title"], text=words["text"]),)


def _choice(terms: Terms) -> tuple[Block, ...]:
    """One block for each age band in the family, because the law differs at 16."""
    words, part = terms.wording["choice"], LockedBlock.CHOICE
    bands = [band for band in AgeBand if any(child.age_band is band for child in terms.children)]
    facts = []
    for band in bands:
        of_band = tuple(child for child in terms.children if child.age_band is band)
        names = names_of(of_band, terms.language)
        title = (
            words["title"] if len(bands) == 1 else terms.filled(words["title_for"], children=names)
        )
        facts.append(Fact(part, locked=True, title=title, text=terms.filled(words[band])))
    back = Fact(part, locked=True, title=words["back_title"], text=terms.filled(words["back"]))
    return (*facts, back)


def _terms(terms: Terms) -> tuple[Block, ...]:
    words, part = terms.wording["terms"], LockedBlock.TERMS
    budget, language = terms.council.personal_transport_budget, terms.language
    reviewed = (budget.tax, budget.benefits, budget.insurance, budget.employing)
    return (
        Fact(part, locked=True, title=words["uses"], text=budget.permitted_uses[language]),
        Fact(part, locked=True, title=words["evidence"], text=budget.evidence[language]),
        Fact(part, locked=True, title=words["absence"], text=budget.absence[language]),
        Fact(
            part,
            locked=True,
            title=words["reviewed"],
            text=" ".join(text[language] for text in reviewed),
        ),
    )


def _help(terms: Terms) -> tuple[Block, ...]:
    words = terms.wording["help"]
    advice = terms.filled(words["advice"])
    return (Fact(LockedBlock.HELP, locked=True, title=words["decision"], text=advice),)


def _privacy(terms: Terms) -> tuple[Block, ...]:
    words = terms.wording["privacy"]
    text = terms.filled(words["text"])
    return (Fact(LockedBlock.PRIVACY, locked=True, title=words["title"], text=text),)


def _formats(terms: Terms) -> tuple[Block, ...]:
    title = terms.wording["formats"]["title"]
    text = terms.council.other_formats[terms.language]
    return (Fact(LockedBlock.FORMATS, locked=True, title=title, text=text),)


_BUILDERS: Mapping[LockedBlock, Callable[[Terms], tuple[Block, ...]]] = {
    LockedBlock.OFFERS: _offers,
    LockedBlock.MEETING: _meeting,
    LockedBlock.ACTIONS: _actions,
    LockedBlock.ANSWERS: _answers,
    LockedBlock.CHOICE: _choice,
    LockedBlock.TERMS: _terms,
    LockedBlock.HELP: _help,
    LockedBlock.PRIVACY: _privacy,
    LockedBlock.FORMATS: _formats,
}


def check_link(name: str, link: str) -> str:
    """The link, if it is one that may be printed.

    Raises:
        CompositionRefused: it is no http(s) address.
    """
    if not is_web_address(link):
        raise CompositionRefused("link-refused", name=name)
    return link
