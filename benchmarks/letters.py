"""Letters a second in one process, beside Typst alone, and beside WeasyPrint on the same letter."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from html import escape
from importlib.resources import files
from itertools import cycle, islice, product
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.report import Row
from messaging.address import PostalAddress
from messaging.composition import Recipient, compose
from messaging.council import demonstration_council
from messaging.letters import LetterPress, Stationery
from messaging.offers import ChildOffer
from messaging.paper import paper_wording
from messaging.print_files import PART, parts
from messaging.squares import qr_square
from messaging.variants import VariantName, load_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.size import Size
    from messaging.drawings import Drawing
    from messaging.message import Message

DATED = date(2026, 11, 2)
LANGUAGES = {"en_GB": "English", "ur": "Urdu"}
"""The two scripts: Nastaliq is the dearer to set."""
_SHORT = frozenset(["opening", "actions", "closing", "signature"])
THREADS = 2
CAMPAIGNS = ("ptb-offer", "focus-group-invitation")


def measure(size: Size) -> list[Row]:
    """The rows of this part.

    Every letter is to somebody else and has a link of its own: Typst remembers what it has set
    before, and no print run prints the same letter twice.
    """
    press = LetterPress(Stationery.of(demonstration_council()))
    rows = [row for code in LANGUAGES for row in _in_language(code, press, size)]
    return [*rows, *_one_page(press, size), _composing(size), _memory(size)]


def _in_language(language: str, press: LetterPress, size: Size) -> list[Row]:
    words = LANGUAGES[language]
    alone, together = _against_typst(press, _messages(language), size)
    return [
        Row("letters", f"{words}, a file each", "letters/s", *alone),
        Row("letters", f"{words}, one file for all", "letters/s", *together),
    ]


def _one_page(press: LetterPress, size: Size) -> list[Row]:
    """A letter of one side, against Typst alone and against WeasyPrint, in the same rounds."""
    messages = _short_messages()
    alone, together = _against_typst(press, messages, size)
    theirs, theirs_threaded = _weasyprint(messages, size)
    threaded = _threaded(
        [LetterPress(Stationery.of(demonstration_council())).render for _ in range(THREADS)], size
    )
    return [
        Row("letters", "one side, a file each", "letters/s", *alone),
        Row("letters", "one side, one file for all", "letters/s", *together),
        Row("letters", "one side, against WeasyPrint", "letters/s", alone[0], theirs),
        Row(
            "letters",
            "one side, two threads, against WeasyPrint",
            "letters/s",
            threaded,
            theirs_threaded,
        ),
        Row("letters", "one file for all, against WeasyPrint", "letters/s", together[0], theirs),
    ]


Readings = tuple[tuple[float, ...], tuple[float, ...]]


def _against_typst(
    press: LetterPress, messages: Iterator[Message], size: Size
) -> tuple[Readings, Readings]:
    """Ours and the floor's rates, for a file each and for one file."""
    press.render(next(messages))  # fonts and copy are read once in the life of a worker
    alone: list[tuple[float, float]] = []
    together: list[tuple[float, float]] = []
    for _ in range(size.rounds):
        floor = _floor(press.render, press, list(islice(messages, size.letters)))
        alone.append((_rate(press.render, list(islice(messages, size.letters))), floor))
    for _ in range(size.rounds):  # by themselves: a print run forgets what letters would remember
        whole = _floor(press.merge, press, [list(islice(messages, size.letters))])
        merged = _rate(press.merge, [list(islice(messages, size.letters))])
        together.append((merged * size.letters, whole * size.letters))
    return _columns(alone), _columns(together)


def _columns(pairs: list[tuple[float, float]]) -> Readings:
    return tuple(ours for ours, _ in pairs), tuple(floor for _, floor in pairs)


class Ready:
    """Stands where the compiler stands, and keeps what the press would have it set."""

    def __init__(self) -> None:
        self.sheets: list[dict[str, Any]] = []

    def compile(self, **sheet: Any) -> bytes:
        """Set nothing."""
        self.sheets.append(sheet)
        return b"/Type /Page "

    def query(self, _selector: str, **_how: str) -> str:
        """Tell of each letter that it fits as it is."""
        letters = json.loads(self.sheets[-1]["sys_inputs"]["data"])["letters"]
        return json.dumps([{"sides": 1, "column": letter["column"]} for letter in letters])


def _floor(print_one: Callable[[Any], object], press: LetterPress, what: Iterable[Any]) -> float:
    """Typst alone: the press's own compiler, with everything for it ready beforehand."""
    ready = Ready()
    typesetter = press._press  # noqa: SLF001 -- the same one, so that both have its fonts
    compiler = typesetter._compiler  # noqa: SLF001
    typesetter._compiler = ready  # type: ignore[assignment]  # noqa: SLF001
    for one in what:
        print_one(one)
    typesetter._compiler = compiler  # noqa: SLF001

    def print_ready(sheet: dict[str, Any]) -> bytes:
        pdf = compiler.compile(**sheet)
        if print_one == press.merge:
            typesetter.forget()  # a print run must, whoever sets it
        return pdf

    return _rate(print_ready, ready.sheets)


def _messages(language: str) -> Iterator[Message]:
    """Messages without end: each campaign and variant in turn, each to somebody else."""
    council = demonstration_council()
    for number, (campaign, name) in enumerate(cycle(product(CAMPAIGNS, VariantName))):
        yield compose(
            load_variant(campaign, language, name),
            _recipient(number, language),
            council,
            dated=DATED,
            portal_link=f"{council.portal_url}/x/{_letters(number)}",
        )


def _recipient(number: int, language: str) -> Recipient:
    return Recipient(
        name=f"Robin Rumblestone {_letters(number)}",
        language=language,
        address=PostalAddress.parse([f"{number + 1} Lantern Row", "Little Sample", "EX1 1AA"]),
        children=(ChildOffer.read(f"Ash {_letters(number)}", "8-10", "4.5"),),
    )


def _short_messages() -> Iterator[Message]:
    """Letters of one side: why it is written, what can be done, and the name."""
    for message in _messages("en_GB"):
        short = [block for block in message.blocks if block.part in _SHORT]
        yield replace(message, blocks=tuple(short))


def _letters(number: int) -> str:
    """A number in letters, for names that differ: 0 is Aaa, 27 is Abb…"""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0)).title()


def _rate(act: Callable[[Any], object], each_with: Iterable[Any]) -> float:
    started = perf_counter()
    times = sum(1 for one in each_with if act(one))
    return times / (perf_counter() - started)


def _threaded(printers: Sequence[Callable[[Message], object]], size: Size) -> tuple[float, ...]:
    """Letters a second of one process with a printer in each thread, as a worker has it."""
    messages = _short_messages()
    for print_one in printers:
        print_one(next(messages))
    readings = []
    with ThreadPoolExecutor(len(printers)) as threads:
        for _ in range(size.rounds):
            shares = [list(islice(messages, size.letters // 2 or 1)) for _ in printers]
            started = perf_counter()
            made = list(threads.map(lambda pair: [*map(*pair)], zip(printers, shares, strict=True)))
            readings.append(sum(map(len, made)) / (perf_counter() - started))
    return tuple(readings)


def _weasyprint(
    messages: Iterator[Message], size: Size
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The same letters as HTML with the same fonts and zones, as tagged PDF/UA-1.

    Returns:
        The rates with one thread, and with as many as ours has.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    folder = files("messaging") / "layout" / "fonts"

    def printer() -> Callable[[Message], bytes]:
        fonts = FontConfiguration()
        style = CSS(string=_STYLE.replace("FONTS", f"file://{folder}"), font_config=fonts)

        def render(message: Message) -> bytes:
            pdf: bytes = HTML(string=_page(message)).write_pdf(
                stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
            )
            return pdf

        return render

    render = printer()
    render(next(messages))
    few = replace(size, letters=max(2, size.letters // 4))  # enough of what takes so much longer
    alone = tuple(_rate(render, list(islice(messages, few.letters))) for _ in range(size.rounds))
    return alone, _threaded([printer() for _ in range(THREADS)], few)


_STYLE = """
@font-face { font-family: "Noto Sans"; src: url("FONTS/NotoSans-Regular.ttf") }
@font-face { font-family: "Noto Sans"; font-weight: 700; src: url("FONTS/NotoSans-Bold.ttf") }
@page {
  size: A4; margin: 9mm 15.5mm 11mm;
  @bottom-center {
    content: "Page " counter(page) " of " counter(pages); font: 10pt "Noto Sans"; margin-bottom: 4mm
  }
}
body { font: 12pt/1.27 "Noto Sans"; margin: 0; padding-top: 86mm }
h1 { font-size: 16pt; color: #12436d; margin: 4mm 0 2mm }
h2 { font-size: 13.5pt; color: #12436d; margin: 4mm 0 2mm }
p, ul { margin: 0 0 2mm }
.window { position: absolute; left: 9.5mm; top: 31mm; font-size: 10.5pt; line-height: 5mm }
.contact { position: absolute; left: 112.5mm; top: 0; width: 65mm; font-size: 10pt }
.square { position: absolute; left: 112.5mm; top: 58mm; width: 25mm }
.caption { position: absolute; left: 140mm; top: 65mm; width: 35mm; font-size: 9pt }
.logo { position: absolute; left: 0; top: 0; height: 19mm }
.department { position: absolute; left: 66mm; top: 7mm; font-size: 10pt }
.signature { height: 11mm }
"""


def _page(message: Message) -> str:
    sender = message.sender
    contact = (sender.name, sender.role, sender.phone, sender.email, sender.website)
    lines = (*contact, sender.opening_hours, *sender.reply_address, message.dated_text)
    stationery = Stationery.of(demonstration_council())
    square = qr_square(message.link).svg.replace("<svg ", '<svg class="square" ', 1)
    words = message.html() + _drawn(stationery.signature, "signature")
    return (
        f'<html lang="en"><head><title>{escape(message.subject)}</title></head><body>'
        f"{_drawn(stationery.logo, 'logo')}"
        f'<div class="department">{escape(sender.department)}</div>'
        f'<div class="window">{_broken(message.address)}</div>'
        f'<div class="contact">{_broken(lines)}</div>{square}'
        f'<div class="caption">{escape(paper_wording("en_GB")["caption"])}</div>{words}'
        "</body></html>"
    )


def _drawn(drawing: Drawing | None, name: str) -> str:
    return drawing.svg.replace("<svg ", f'<svg class="{name}" ', 1) if drawing else ""


def _broken(lines: Iterable[str]) -> str:
    return "<br>".join(escape(line) for line in lines)


def _composing(size: Size) -> Row:
    """Messages composed a second, before anything is printed."""
    readings = []
    for _ in range(size.rounds):
        started = perf_counter()
        made = sum(1 for _ in islice(_messages("en_GB"), size.letters * 10))
        readings.append(made / (perf_counter() - started))
    return Row("letters", "composing messages", "messages/s", tuple(readings))


def _memory(size: Size) -> Row:
    """The most memory of a process that merges a print run, against one of few letters."""
    few = min(PART, size.print_run)
    return Row(
        "letters",
        f"memory of a print run of {size.print_run:,} letters, against {few}",
        "MB",
        (_peak_of_a_run(size.print_run),),
        (_peak_of_a_run(few),),
    )


def _peak_of_a_run(letters: int) -> float:
    """The high-water mark in MB of a process of its own that prints so many letters, in parts."""
    code = f"from benchmarks.letters import print_run; print_run({letters})"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(json.loads(found.stdout)) / 1024


def print_run(letters: int) -> None:
    """Merge a print run in its parts and print the process's high-water mark in kB."""
    press = LetterPress(Stationery.of(demonstration_council()))
    messages = _short_messages()
    for portion in parts(range(letters)):
        press.merge(list(islice(messages, len(portion))))
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 -- no file of ours
        found = re.search(r"VmHWM:\s+([0-9]+) kB", status.read())
    print(found[1] if found else "0")
