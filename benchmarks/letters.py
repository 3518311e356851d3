"""Letters a second in one process, beside Typst alone setting the same template."""

from __future__ import annotations

from datetime import date
from itertools import cycle, islice, product
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.report import Row
from messaging.address import PostalAddress
from messaging.campaigns import CAMPAIGN_KEYS
from messaging.composition import Recipient, compose
from messaging.council import demonstration_council
from messaging.letters import LetterPress
from messaging.offers import ChildOffer
from messaging.variants import VariantName, load_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from benchmarks.size import Size
    from messaging.message import Message

DATED = date(2026, 11, 2)
LANGUAGES = {"en_GB": "English", "ur": "Urdu"}
"""The two scripts: Nastaliq is the dearer to set."""


def measure(size: Size) -> list[Row]:
    """The rows of this part.

    Every letter is to somebody else: Typst remembers what it has set before, and no print run
    prints the same letter twice.
    """
    press = LetterPress()
    return [row for code in LANGUAGES for row in _in_language(code, press, size)]


def _in_language(language: str, press: LetterPress, size: Size) -> list[Row]:
    messages = _messages(language)
    press.render(next(messages))  # fonts and copy are read once in the life of a worker
    ours, floor, merged = [], [], []
    for _ in range(size.rounds):
        floor.append(_floor(press, islice(messages, size.letters)))
        ours.append(_rate(press.render, islice(messages, size.letters)))
        started = perf_counter()
        press.merge(list(islice(messages, size.letters)))
        merged.append(size.letters / (perf_counter() - started))
    words = LANGUAGES[language]
    return [
        Row("letters", f"{words}, a file each", "letters/s", tuple(ours), tuple(floor)),
        Row("letters", f"{words}, one file for all", "letters/s", tuple(merged)),
    ]


class Ready:
    """Stands where the compiler stands, and keeps what the press would have it set."""

    def __init__(self) -> None:
        self.sheets: list[dict[str, Any]] = []

    def compile(self, **sheet: Any) -> bytes:
        """Set nothing."""
        self.sheets.append(sheet)
        return b""


def _floor(press: LetterPress, messages: Iterable[Message]) -> float:
    """Typst alone: the press's own compiler, with everything for it ready beforehand."""
    ready = Ready()
    typesetter = press._press  # noqa: SLF001 -- the same one, so that both have its fonts
    compiler = typesetter._compiler  # noqa: SLF001
    typesetter._compiler = ready  # type: ignore[assignment]  # noqa: SLF001
    for message in messages:
        press.render(message)
    typesetter._compiler = compiler  # noqa: SLF001
    return _rate(lambda sheet: compiler.compile(**sheet), ready.sheets)


def _messages(language: str) -> Iterator[Message]:
    """Messages without end: each campaign and variant in turn, each to somebody else."""
    council = demonstration_council()
    for number, (campaign, name) in enumerate(cycle(product(CAMPAIGN_KEYS, VariantName))):
        recipient = Recipient(
            name=f"Robin Rumblestone {_letters(number)}",
            language=language,
            address=PostalAddress.parse([f"{number + 1} Lantern Row", "Little Sample", "EX1 1AA"]),
            children=(ChildOffer.read(f"Ash {_letters(number)}", "8-10", "4.5"),),
        )
        yield compose(load_variant(campaign, language, name), recipient, council, dated=DATED)


def _letters(number: int) -> str:
    """A number in letters, for names that differ: 0 is Aaa, 27 is Abb…"""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0)).title()


def _rate(act: Callable[[Any], object], each_with: Iterable[Any]) -> float:
    started = perf_counter()
    times = sum(1 for one in each_with if act(one))
    return times / (perf_counter() - started)
