"""The values and sentences that facts may ask for beside those of the Personal Transport Budget."""

from datetime import date
from urllib.parse import urlsplit

from babel.dates import format_date

from messaging.council import Council
from messaging.locked.details import Details, ReviewDetails, SurveyDetails, WhatChanged
from messaging.schemes.money import format_pounds


def service_values(council: Council) -> dict[str, str]:
    """The numbers of the council's other services, as far as they are set."""
    appeal = council.appeal
    values = {
        "days_to_ask": str(appeal.days_to_ask),
        "days_to_review": str(appeal.days_to_review),
        "days_to_ask_again": str(appeal.days_to_ask_again),
        "days_to_hear": str(appeal.days_to_hear),
        "ombudsman": appeal.ombudsman.name,
        "ombudsman_phone": appeal.ombudsman.phone,
        "ombudsman_website": printed_site(appeal.ombudsman.website),
    }
    if training := council.independent_travel_training:
        values |= {
            "itt_weeks": str(training.usual_weeks),
            "itt_longest_weeks": str(training.longest_weeks),
            "itt_median_days": str(training.restore_median_days),
            "itt_longest_days": str(training.restore_longest_days),
        }
    if budget := council.mini_budget:
        values |= {
            "mini_most": format_pounds(budget.most_pounds),
            "mini_decide_days": str(budget.decide_working_days),
            "mini_pay_days": str(budget.pay_working_days),
        }
    if council.bsl_link:
        values["bsl_link"] = printed_site(council.bsl_link)
    return values


def service_sentences(council: Council, language: str) -> dict[str, str]:
    """The council's own words that stand within a sentence or beside one."""
    training, budget = council.independent_travel_training, council.mini_budget
    return {
        "call_hours": council.call_hours[language] if council.call_hours else "",
        "appeal_how": council.appeal.how[language],
        "itt_post_16": training.post_16[language] if training else "",
        "mini_post_16": budget.post_16[language] if budget else "",
    }


def details_values(details: Details | None, language: str) -> dict[str, str]:
    """What a message was told about its survey, review or changes."""
    match details:
        case SurveyDetails():
            return {"code": details.code, "closes": printed_date(details.closes, language)}
        case ReviewDetails():
            return {
                "starts_on": printed_date(details.starts_on, language),
                "decided_by": printed_date(details.decided_by, language),
                "officer": details.officer,
            }
        case WhatChanged():
            return {"met_on": printed_date(details.met_on, language)}
    return {}


def printed_date(day: date, language: str) -> str:
    """A date as it prints in that language: `22 November 2026`."""
    return format_date(day, "long", locale=language)


def printed_site(address: str) -> str:
    """A web address short enough for running text: browsers add the rest."""
    return address.removeprefix("https://").removeprefix("www.").rstrip("/")


def site_page(page: str, link: str, portal: str) -> str:
    """A public page of the site that a message's own link leads to, such as `versions`."""
    own = portal.rstrip("/")
    if not link.startswith(own):
        parts = urlsplit(link)
        own = f"{parts.scheme}://{parts.netloc}"
    return f"{own}/{page}"
