"""The questionnaire on paper: a form in two editions, blank or with one family's access code.

It knows the words of the questions and nothing of what they measure.
"""

import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import segno

from messaging.council import Council
from messaging.languages import is_right_to_left, isolated, language_tag
from messaging.locked import printed_date
from messaging.placeholders import fill
from messaging.press import Press, Printed

A_RUN = 200
"""So many forms go into one file, which takes some seconds and is easily printed again."""

_KNOWN = {"answer-too-wide": "A word of the six answers is too long for its column."}
_SCHEME = re.compile(r"^https?://")


class Edition(StrEnum):
    """How a form is set: two sides of A4 in 11 point, or large print in 18."""

    A4 = "a4"
    LARGE = "large"


_SIDES = {Edition.A4: 2, Edition.LARGE: 6}
"""The sides of a form; where the statements are long, it is set closer or has more."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, in one language.

    Attributes:
        language: its key.
        stem: the question asked of every statement.
        answers: in order; a form numbers them from 1, and is typed in by these numbers.
        statements: in the order of the form.
    """

    language: str
    stem: str
    answers: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """A family's access code as it is shown, and the link that enters it."""

    code: str
    link: str


class FormPress:
    """A press for forms, kept for the life of a worker; not for use by two threads."""

    def __init__(self) -> None:
        self._press = Press("form.typ", _KNOWN)

    def forms(
        self,
        questions: Questions,
        council: Council,
        edition: Edition,
        *,
        send_by: date,
        dated: date,
        accesses: Sequence[Access | None] = (None,),
    ) -> Printed:
        """Forms as one document, in the order of the codes, each beginning on a right-hand page.

        Args:
            questions: what is asked.
            council: who asks, and where the form is sent.
            edition: how it is set.
            send_by: the last day on which it is of use.
            dated: the date in the file; it is not printed.
            accesses: one for each form; for none there is room to write a code in.

        Raises:
            NotPrintable: it does not fit, or a character of it is in none of the fonts.
            ValueError: no form is asked for.
        """
        if not accesses:
            raise ValueError("no form is asked for")
        language = questions.language
        values: dict[str, Any] = {
            "tag": language_tag(language).partition("-")[0],
            "rtl": is_right_to_left(language),
            "large": edition is Edition.LARGE,
            "close": False,
            "year": dated.year,
            "month": dated.month,
            "day": dated.day,
            "council": council.name,
            "colour": str(council.colour),
            "department": council.department[language],
            "address": [council.freepost] if council.freepost else list(council.reply_address),
            "answers": list(questions.answers),
            "stem": questions.stem,
            "statements": list(questions.statements),
            "words": _words(language, council, send_by),
            "forms": [_access_values(access, council, language) for access in accesses],
        }
        forms = values["forms"]
        # One form shows whether the statements are too long for its usual sides.
        first = self._press.set({**values, "forms": forms[:1]}, dated)
        if first.pages > _SIDES[edition]:
            values["close"] = True
        elif len(forms) == 1:
            return first
        return self._press.set(values, dated)


@cache
def form_wording(language: str) -> Mapping[str, Any]:
    """The words around the questions, by name; KeyError is never right: they stand in each."""
    source = files("messaging") / "copy" / "form" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def qr_square(link: str) -> segno.QRCode:
    """The QR code of a link; a sixth of it may be stained before it cannot be read (level M)."""
    return segno.make_qr(link, error="m", boost_error=False)


def _words(language: str, council: Council, send_by: date) -> dict[str, Any]:
    """Everything but the code's own sentences, its blanks filled."""
    wording = form_wording(language)
    values = {
        "send_by": printed_date(send_by, language),
        "contact_name": council.contact.name,
        "phone": council.contact.phone,
        "notice": _bare(f"{council.portal_url.rstrip('/')}/privacy"),
    }
    plain = ("title", "opening", "how", "code", "write_code", "happens", "back", "thanks")
    return {
        **{name: wording[name] for name in (*plain, "page")},
        "steps": wording["steps"],
        "points": [fill(point, values, language) for point in wording["points"]],
        "by_date": fill(wording["by_date"], values, language),
        "no_stamp": wording["no_stamp"] if council.freepost else "",
        "questions": fill(wording["questions"], values, language),
    }


def _access_values(access: Access | None, council: Council, language: str) -> dict[str, Any]:
    wording = form_wording(language)
    link = access.link if access else council.portal_url
    site = _bare(council.portal_url.rstrip("/"))
    drawing = io.BytesIO()
    qr_square(link).save(drawing, kind="svg", border=0, xmldecl=False, svgns=True)
    about = wording["with_code" if access else "without_code"]
    return {
        "code": access.code if access else "",
        "about": fill(about, {"site": site}, language),
        "square": drawing.getvalue().decode(),
        "alt": wording["square"].replace("((link))", isolated(link, language)),
    }


def _bare(address: str) -> str:
    return _SCHEME.sub("", address)
