"""The languages of the pages: which there are, which one a visitor reads, how to change it.

The order is: what the address asks for (``?language=cy``), else what this visitor chose
before, else English. What the browser says it prefers is not asked: a shared telephone
would surprise its second reader, and the letter already names the family's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request, session
from flask_babel import Babel, get_locale

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from flask import Flask

DEFAULT_LANGUAGE = "en_GB"
TRANSLATIONS = Path(__file__).with_name("translations")
PARAMETER = "language"
"""The name of the choice in an address and in the session alike."""


class Direction(StrEnum):
    """Which way a line of text runs; the values are those of HTML's ``dir``."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


@dataclass(frozen=True, slots=True)
class Language:
    """A language the pages can be read in.

    Attributes:
        code: its name in this project, in the catalogues and in Babel, such as ``en_GB``.
        tag: its BCP 47 name for HTML's ``lang``, such as ``en-GB``.
        own_name: what its readers call it, never translated.
        direction: which way its lines run.
    """

    code: str
    tag: str
    own_name: str
    direction: Direction = Direction.LEFT_TO_RIGHT


LANGUAGES = {
    language.code: language
    for language in (
        Language("en_GB", "en-GB", "English"),
        Language("cy", "cy", "Cymraeg"),
        Language("pl", "pl", "Polski"),
        Language("ur", "ur", "اردو", Direction.RIGHT_TO_LEFT),
    )
}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language switch.

    Attributes:
        language: where it leads.
        address: a relative address that keeps the page and its other parameters.
        current: whether the page is in this language already.
    """

    language: Language
    address: str
    current: bool


def choose_language(asked: str | None, remembered: str | None, offered: Collection[str]) -> str:
    """Say which language to speak; what is not offered is passed over in silence."""
    for code in (asked, remembered):
        if code in offered:
            return str(code)
    return DEFAULT_LANGUAGE


def language_links(
    offered: Iterable[str], current: str, parameters: Iterable[tuple[str, str]]
) -> list[LanguageLink]:
    """Build the language switch of a page.

    An address begins with its question mark, so that the browser keeps the path itself:
    an odd path can then never become a link to another site.

    Args:
        offered: codes of the languages, in the order to show them.
        current: the code of the page's own language.
        parameters: the query of the page as it was asked for.
    """
    kept = [(name, value) for name, value in parameters if name != PARAMETER]
    return [
        LanguageLink(
            LANGUAGES[code], "?" + urlencode([*kept, (PARAMETER, code)]), current=code == current
        )
        for code in offered
    ]


def page_language() -> Language:
    """Return the language of the page in hand (English outside a request)."""
    return LANGUAGES.get(str(get_locale()), LANGUAGES[DEFAULT_LANGUAGE])


def whole_languages(translations: Path = TRANSLATIONS) -> tuple[str, ...]:
    """Say which languages are wholly translated: only a whole catalogue is ever compiled."""
    return tuple(
        code
        for code in LANGUAGES
        if code == DEFAULT_LANGUAGE
        or (translations / code / "LC_MESSAGES" / "messages.mo").is_file()
    )


def register(app: Flask, offered: Sequence[str] | None = None) -> None:
    """Teach the application its languages.

    Args:
        app: the application; its templates gain ``page_language``, ``text_direction`` and
            ``language_links``.
        offered: codes from ``LANGUAGES``, in the order of the language switch; those that are
            wholly translated, unless told otherwise.

    Raises:
        KeyError: for a language that nobody has described in ``LANGUAGES``.
    """
    offered = tuple(
        LANGUAGES[code].code for code in (whole_languages() if offered is None else offered)
    )

    def select() -> str:
        return choose_language(request.args.get(PARAMETER), session.get(PARAMETER), offered)

    def remember() -> None:
        asked = request.args.get(PARAMETER)
        if asked in offered and session.get(PARAMETER) != asked:
            session[PARAMETER] = asked

    def context() -> dict[str, Any]:
        language = page_language()
        query = request.args.items(multi=True) if request else ()
        return {
            "page_language": language,
            "text_direction": language.direction.value,
            "language_links": language_links(offered, language.code, query),
        }

    Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone="Europe/London",
        locale_selector=select,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.before_request(remember)
    app.context_processor(context)
