"""What an officer says on the telephone: a voice's own words around the facts of the letter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from messaging.blocks import Block, Fact, Grid, Heading, Listing, Paragraph, Signature
from messaging.campaigns import CAMPAIGN_KEYS, LockedBlock, load_campaign
from messaging.composition import Recipient, tone_values
from messaging.locked import Terms, build_locked
from messaging.placeholders import fill
from messaging.variants import VariantName
from messaging.wording import copy_of, copy_places

_PAUSE = "…"
_BEFORE = ("opening", "reason")
_AFTER = ("prompts", "questions")
_UNSPOKEN = {LockedBlock.PRIVACY, LockedBlock.FORMATS}
"""How letters are worded and set is for letters; it stands in the one that is sent afterwards."""


class StepKind(StrEnum):
    """What the officer does."""

    SAY = "say"
    READ = "read"
    LISTEN = "listen"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a call.

    Attributes:
        part: where it belongs: a slot of the tone, or a locked block.
        kind: to say, to read out as it stands, or to wait and listen.
        text: the words; empty for a pause.
    """

    part: str
    kind: StepKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A call from the first word to the last, for the officer's eyes.

    Attributes:
        campaign: what it is about.
        language: the language it is held in.
        steps: in order.
    """

    campaign: str
    language: str
    steps: tuple[Step, ...]

    def facts(self) -> tuple[Step, ...]:
        """What is read out: the same in every version."""
        return tuple(step for step in self.steps if step.kind is StepKind.READ)


def build_script(
    terms: Terms, recipient: Recipient, version: VariantName, *, caller: str
) -> Script:
    """The script for one call.

    Args:
        terms: what the call is about, in its language, dated on its day: as `terms_of` makes
            them for this carer.
        recipient: the carer who is rung up.
        version: whose words stand around the facts.
        caller: the officer's name, as it is said.

    Raises:
        LookupError: there is no script for the campaign in that language.
        CompositionRefused: something is missing or cannot be said.
    """
    language = terms.language
    words = copy_of(f"{terms.campaign}/script", language)
    values = {**tone_values(recipient, terms), "caller": caller}
    own = words[version]
    steps = (
        *(step for slot in _BEFORE for step in _said(slot, own[slot], values, language)),
        Step("facts", StepKind.SAY, words["facts"]),
        *_facts(terms),
        *(step for slot in _AFTER for step in _said(slot, own[slot], values, language)),
        Step("in_writing", StepKind.SAY, words["in_writing"]),
        Step("in_writing", StepKind.LISTEN),
        *_said("closing", own["closing"], values, language),
    )
    return Script(terms.campaign, language, steps)


def scripted_campaigns() -> tuple[str, ...]:
    """The keys of the campaigns that there is a script for, in their usual order."""
    return tuple(key for key in CAMPAIGN_KEYS if f"{key}/script" in copy_places())


def script_tone(words: Mapping[str, Any], version: VariantName) -> tuple[str, ...]:
    """The lines that are a version's own, with their blanks still open."""
    own = words[version]
    slots = (*_BEFORE, *_AFTER, "closing")
    return tuple(line for slot in slots for line in own[slot] if line != _PAUSE)


def _said(
    slot: str, lines: Sequence[str], values: Mapping[str, str], language: str
) -> Iterator[Step]:
    for line in lines:
        if line == _PAUSE:
            yield Step(slot, StepKind.LISTEN)
        else:
            yield Step(slot, StepKind.SAY, fill(line, values, language))


def _facts(terms: Terms) -> Iterator[Step]:
    """Every fact that can be said, with a pause after each subject."""
    for name in load_campaign(terms.campaign).carried:
        if name in _UNSPOKEN:
            continue
        for block in build_locked(name, terms):
            yield from (Step(name, StepKind.READ, line) for line in _spoken(block))
        yield Step(name, StepKind.LISTEN)


def _spoken(block: Block) -> Iterator[str]:
    """A block as an officer reads it out, a line for each breath."""
    match block:
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Fact(title=title, text=text):
            yield f"{title} {text}".strip()
        case Listing(items=items) | Signature(lines=items):
            yield from items
        case Grid(head=(_, *names), rows=rows):
            for first, *cells in rows:
                yield from _spoken_row(first, names, cells)


def _spoken_row(first: str, names: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    if len(cells) == 1:
        yield f"{first}: {cells[0]}"
        return
    yield f"{first}:"
    for name, cell in zip(names, cells, strict=True):
        yield f"{name}: {'; '.join(cell.split(chr(10)))}"
