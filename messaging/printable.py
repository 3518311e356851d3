"""Which characters a value from outside may bring into a message."""

import unicodedata

LONGEST_VALUE = 200  # characters: a name, a place, a link; nothing that is merged is longer

_JOINERS = frozenset("\u200c\u200d")  # zero-width (non-)joiners spell Urdu and Persian words
_REFUSED_CATEGORIES = {
    "Cc": "control-character",
    "Cf": "direction-control",
    "Zl": "control-character",
    "Zp": "control-character",
    "Cs": "not-a-character",
    "Co": "not-a-character",
    "Cn": "not-a-character",
}


def why_unprintable(text: str, longest: int = LONGEST_VALUE) -> str | None:
    """The code of the first reason why this text cannot be merged into a message, or none.

    Codes: `too-long`, `control-character` (NUL, line breaks…), `direction-control` (marks that
    turn the reading direction, and other invisible ones), `not-a-character`. Markup is no reason:
    it prints as it stands, because values are placed and never parsed.
    """
    if len(text) > longest:
        return "too-long"
    for character in text:
        if character in _JOINERS:
            continue
        reason = _REFUSED_CATEGORIES.get(unicodedata.category(character))
        if reason:
            return reason
    return None


def fold(text: str) -> str:
    """A name or a reference without case, width and doubled blanks, to compare by."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def tidy(text: str) -> str:
    """Composed characters (NFC), runs of blanks made one, none at the ends."""
    return " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
