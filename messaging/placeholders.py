"""The blanks in the copy, `((name))`, and what may fill them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from messaging.languages import isolated
from messaging.printable import why_unprintable

_BLANK = re.compile(r"\(\(([^()]*)\)\)")

FORBIDDEN = frozenset(
    {
        "upn",
        "uln",
        "unique_pupil_number",
        "unique_learner_number",
        "pupil_number",
        "nhs",
        "nhs_number",
        "ni",
        "nino",
        "national_insurance",
        "national_insurance_number",
        "segment",
        "diagnosis",
    }
)
"""Names that never become a placeholder: identifiers kept for other purposes, and the segment."""


class CompositionRefused(ValueError):
    """A message cannot be made.

    Attributes:
        code: why, for machines.
        params: what is concerned, for the words.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(REFUSAL_WORDS[code].format(**params))


REFUSAL_WORDS: Mapping[str, str] = {
    "unknown-placeholder": "The copy asks for (({name})), which nothing can fill.",
    "missing-value": "There is nothing to fill (({name})) with.",
    "unprintable-value": "What stands for (({name})) cannot be printed: {reason}.",
    "no-address": "A letter needs an address.",
    "no-children": "An offer names at least one child.",
    "child-name-missing": "An offer names each child by first name.",
    "age-band-missing": "No offer goes out while a child's age band is not known.",
    "miles-missing": "The amount cannot be worked out without the miles to school.",
    "language-not-written": "This campaign is not written in {language}.",
    "rate-not-begun": "The mileage rate begins on {begins}: choose a later date.",
    "rate-has-ended": "The mileage rate ended on {ended}: set the new rate first.",
    "age-needed": "The amount goes by the ages {ages}, and the child's is not known well enough.",
    "beyond-the-bands": "The scheme has no amount for {miles} miles.",
    "meeting-is-past": "The meeting of {starts} is not after the date of the letter.",
    "too-many-children": "One letter names at most {most} children.",
    "link-refused": "{name} must be a web address that starts with https:// or http://.",
}


def placeholder_name(written: str) -> str:
    """The name a blank was written by: `First name` and `first-name` are `first_name`.

    Officers know GOV.UK Notify, where case, blanks and hyphens in a name make no difference.
    """
    return re.sub(r"[\s_-]+", "_", written.strip()).casefold()


@dataclass(frozen=True, slots=True)
class StrangePlaceholder:
    """A blank that may not stand in a copy.

    Attributes:
        name: as the copy asks for it.
        forbidden: whether it may never be one, in any copy.
        nearest: the known name that was probably meant, if one is near.
    """

    name: str
    forbidden: bool
    nearest: str | None


def strange_placeholders(
    names: Iterable[str], known: Collection[str]
) -> tuple[StrangePlaceholder, ...]:
    """Those of the names that nothing can fill, or that are forbidden, each once, in order.

    Args:
        names: what a copy asks for, by `placeholder_name`.
        known: what copy of this kind may ask for; a forbidden name is none, even if it is here.
    """
    near = sorted(set(known) - FORBIDDEN)
    return tuple(
        StrangePlaceholder(
            name, name in FORBIDDEN, next(iter(get_close_matches(name, near, 1)), None)
        )
        for name in dict.fromkeys(names)
        if name in FORBIDDEN or name not in known
    )


def blanks_in(text: str) -> tuple[str, ...]:
    """The names of the blanks in a text, each once, in order."""
    return tuple(dict.fromkeys(match.strip() for match in _BLANK.findall(text)))


def fill(
    text: str,
    values: Mapping[str, str],
    language: str,
    sentences: Mapping[str, str] | None = None,
) -> str:
    """The text with its blanks filled.

    Args:
        text: copy with `((name))` in it.
        values: names, numbers, dates: merged as they stand, fenced in right-to-left text.
        language: the text's own.
        sentences: whole sentences of the same language, which need no fence.

    Raises:
        CompositionRefused: `unknown-placeholder`, `missing-value` or `unprintable-value`.
    """
    whole = sentences or {}

    def filled(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name in whole:
            return whole[name]
        if name not in values:
            raise CompositionRefused("unknown-placeholder", name=name)
        return isolated(checked(name, values[name]), language)

    return _BLANK.sub(filled, text)


def checked(name: str, value: str) -> str:
    """The value, if it can be merged.

    Raises:
        CompositionRefused: it is blank or cannot be printed.
    """
    if not value.strip():
        raise CompositionRefused("missing-value", name=name)
    reason = why_unprintable(value)
    if reason:
        raise CompositionRefused("unprintable-value", name=name, reason=reason)
    return value
