"""What an editor is told about one version of copy before anybody may approve it.

Every finding is a value with a code; the words for officers are the portal's. A refusal keeps the
copy from being approved, advice does not. What is held against the locked facts here is held
against them again at approval (`messaging.parity`), for every family's own blocks.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from messaging.channels import Channel
from messaging.languages import ENGLISH
from messaging.lexicon import NoLexiconError, banned_words, unmatched
from messaging.markup import GAP, Flagged, Markup, MarkupRefused, Words, parse, parse_line
from messaging.placeholders import strange_placeholders
from messaging.sms import cut
from messaging.variants import Variant

LONGEST_SENTENCE = 20  # words
OLDEST_READER = 12  # years
FEWEST_WORDS_TO_JUDGE = 20
"""Words of a text whose reading age says something: of fewer, one long word makes it what it is."""

MOST_PARTS = 3
ADVISED_PARTS = 1
ROOM_IN_LETTER = 2_400
"""Characters of all tone together that leave the facts room on two sides."""

LIMITS: Mapping[str, int] = {
    "subject": 90,
    "opening": 1_500,
    "facts": 400,
    "actions": 400,
    "closing": 600,
    "sms": 400,
}
"""Characters a slot holds; the facts must stay in sight, so the introduction stays short."""

_ONE_LINE = frozenset({"subject", "sms"})
_SENTENCE_END = re.compile(r"(?<=[.?!\u06d4\u061f])[\s\u2069]+|\n+")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
"""Letters in a row, with the accents that are characters of their own."""
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK"})
"""Scripts with letters that look the same (Unicode Technical Standard 39, on confusables)."""
_STAND_IN = "Alexandra"
"""A name where a value will stand, for what counts words and letters."""


class Code(StrEnum):
    """What can be found in a copy."""

    EMPTY = "empty"
    EMPTY_WITHOUT_FLAG = "empty-without-flag"
    TOO_LONG = "too-long"
    LETTER_TOO_LONG = "letter-too-long"
    MARKUP = "markup"
    UNKNOWN_PLACEHOLDER = "unknown-placeholder"
    FORBIDDEN_PLACEHOLDER = "forbidden-placeholder"
    UNKNOWN_FLAG = "unknown-flag"
    LONG_SENTENCE = "long-sentence"
    READING_AGE = "reading-age"
    BANNED = "banned"
    MIXED_SCRIPTS = "mixed-scripts"
    TEXT_PARTS = "text-parts"
    WIDE_TEXT = "wide-text"
    UNMATCHED = "unmatched"
    NO_LEXICON = "no-lexicon"
    SERVICE_NOT_SET = "service-not-set"


class Severity(StrEnum):
    """Whether a finding keeps the copy from being approved."""

    REFUSE = "refuse"
    ADVISE = "advise"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell an editor.

    Attributes:
        code: what it is.
        severity: whether it keeps the copy back.
        slot: where; empty if it concerns the whole copy.
        place: line and column in the slot's text, counted from 1, where it has a place.
        params: what is concerned, for the words.
    """

    code: Code
    severity: Severity
    slot: str
    place: tuple[int, int] | None
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standard:
    """What a copy is held against.

    Attributes:
        known: the placeholders that copy of this campaign may ask for.
        flags: the flags it may ask for.
        locked: the finished locked words of the same message; for a text message, those of the
            page it leads to as well.
        reading_age: the age in years that an English text asks for.
        finished: for a text message, what it becomes for sample families, whole.
        reasons: what an approver lets stand without a match: (slot, words).
    """

    known: Collection[str]
    flags: Collection[str]
    locked: str
    reading_age: Callable[[str], float]
    finished: Collection[str] = ()
    reasons: Collection[tuple[str, str]] = ()


def check(copy: Variant, standard: Standard) -> tuple[Finding, ...]:
    """Everything there is to say about a copy, in the order of its slots."""
    findings = list[Finding]()
    read = dict[str, Markup]()
    for slot, text in copy.tone():
        findings += _length(slot, text)
        try:
            read[slot] = (parse_line if slot in _ONE_LINE else parse)(text)
        except MarkupRefused as refusal:
            findings += [
                _refusal(
                    Code.MARKUP,
                    slot,
                    (fault.line, fault.column),
                    mark=fault.code,
                    found=fault.found,
                )
                for fault in refusal.faults
            ]
            continue
        findings += _slot(slot, text, read[slot], copy.language, standard)
    findings += _whole(copy, read, standard)
    return tuple(findings)


def refused(findings: Iterable[Finding]) -> bool:
    """Whether one of them keeps the copy from being approved."""
    return any(finding.severity is Severity.REFUSE for finding in findings)


def _length(slot: str, text: str) -> Iterator[Finding]:
    if not text.strip():
        yield _refusal(Code.EMPTY, slot)
    limit = LIMITS[slot]
    if len(text) > limit:
        yield _refusal(Code.TOO_LONG, slot, length=str(len(text)), limit=str(limit))


def _slot(
    slot: str, text: str, markup: Markup, language: str, standard: Standard
) -> Iterator[Finding]:
    """What is found in a text that could be read."""
    spans = [span for line in markup.lines() for span in line]
    bare = [s for s in spans if not isinstance(s, Flagged)]
    if spans and all(isinstance(span, Words) and not span.text.strip() for span in bare):
        yield _refusal(Code.EMPTY_WITHOUT_FLAG, slot)
    for strange in strange_placeholders(markup.placeholders, standard.known):
        yield _refusal(
            Code.FORBIDDEN_PLACEHOLDER if strange.forbidden else Code.UNKNOWN_PLACEHOLDER,
            slot,
            name=strange.name,
            nearest=strange.nearest or "",
        )
    for flag in strange_placeholders(markup.flags, standard.flags):
        yield _refusal(Code.UNKNOWN_FLAG, slot, name=flag.name, nearest=flag.nearest or "")
    words = markup.words()
    for word in _WORD.findall(words):
        if len({unicodedata.name(letter, "").split(" ")[0] for letter in word} & _ALIKE) > 1:
            yield _refusal(Code.MIXED_SCRIPTS, slot, _place(text, word), words=word)
    for sentence in _SENTENCE_END.split(words):
        length = len(sentence.split())
        if length > LONGEST_SENTENCE:
            yield _advice(
                Code.LONG_SENTENCE,
                slot,
                _place(text, sentence),
                sentence=sentence,
                words=str(length),
            )
    try:
        yield from _wording(slot, text, words, language, standard)
    except NoLexiconError:
        yield _refusal(Code.NO_LEXICON, slot, language=language)


def _wording(
    slot: str, text: str, words: str, language: str, standard: Standard
) -> Iterator[Finding]:
    """What no parent is written, and what the locked facts do not bear out."""
    for banned in banned_words(words, language):
        place = _place(text, banned.matched)
        yield _refusal(Code.BANNED, slot, place, kind=banned.kind, words=banned.matched)
    for hit in unmatched(words, standard.locked, language):
        if (slot, hit.matched) not in standard.reasons:
            place = _place(text, hit.matched)
            yield _refusal(
                Code.UNMATCHED, slot, place, kind=hit.kind, words=hit.matched, concept=hit.concept
            )


def _whole(copy: Variant, read: Mapping[str, Markup], standard: Standard) -> Iterator[Finding]:
    """What is found in all slots together."""
    words = "\n".join(markup.words() for markup in read.values()).replace(GAP, _STAND_IN)
    if copy.channel is Channel.SMS:
        yield from _parts(standard.finished or (words,))
    elif sum(len(text) for _, text in copy.tone()) > ROOM_IN_LETTER:
        yield _refusal(Code.LETTER_TOO_LONG, "", limit=str(ROOM_IN_LETTER))
    if copy.language == ENGLISH and len(re.findall("[A-Za-z]+", words)) >= FEWEST_WORDS_TO_JUDGE:
        age = standard.reading_age(re.sub(r"(?<![.?!])\n", ".\n", words))
        if age > OLDEST_READER:
            yield _refusal(Code.READING_AGE, "", age=f"{age:.1f}", oldest=str(OLDEST_READER))


def _parts(texts: Collection[str]) -> Iterator[Finding]:
    """How many parts the longest of the texts takes, and what makes it take more."""
    longest = max(map(cut, texts), key=lambda message: (len(message.parts), message.units))
    parts = len(longest.parts)
    if parts > ADVISED_PARTS:
        severity = Severity.REFUSE if parts > MOST_PARTS else Severity.ADVISE
        params = {"parts": str(parts), "most": str(MOST_PARTS)}
        yield Finding(Code.TEXT_PARTS, severity, "sms", None, params)
    if longest.outside and parts > ADVISED_PARTS:
        yield _advice(Code.WIDE_TEXT, "sms", None, characters=" ".join(longest.outside))


def _place(text: str, words: str) -> tuple[int, int] | None:
    """Where words stand in a slot's text, if they stand there unbroken."""
    offset = text.find(words.strip())
    if offset < 0:
        return None
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _refusal(code: Code, slot: str, place: tuple[int, int] | None = None, **params: str) -> Finding:
    return Finding(code, Severity.REFUSE, slot, place, params)


def _advice(code: Code, slot: str, place: tuple[int, int] | None, **params: str) -> Finding:
    return Finding(code, Severity.ADVISE, slot, place, params)
