"""Proofs of letters from a spreadsheet: each row printed, or refused with every reason."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path

from messaging.address import MOST_LINES, AddressRefused, PostalAddress
from messaging.campaigns import Campaign
from messaging.channels import Channel
from messaging.composition import Recipient, compose
from messaging.council import Council
from messaging.languages import read_language
from messaging.letters import LetterPress, Stationery
from messaging.locked import Details
from messaging.message import Edition, Message
from messaging.offers import AgeBand, AgeGroup, ChildOffer, Offer, read_miles
from messaging.placeholders import CompositionRefused
from messaging.press import NotPrintable
from messaging.print_files import SortingKey, parts, print_file_names, sorting_key
from messaging.proof_details import (
    DETAIL_COLUMNS,
    NUMBERED_COLUMN,
    DetailsRefused,
    row_details,
)
from messaging.variants import Arm, Variant, select_variant, version_beside
from segmentation.segments import Segment

LARGEST_FILE = 50_000_000  # bytes
MANIFEST = "manifest.csv"
MANIFEST_COLUMNS = ("row", "file", "pages", "sha256", "status", "reason")

_ADDRESS_COLUMNS = tuple(f"address_line_{number}" for number in range(1, MOST_LINES + 1))
_OWN_COLUMNS = frozenset(
    {"name", *_ADDRESS_COLUMNS, "language", "segment", "arm", "child_first_name", "age_band"}
    | {"miles", "also", "edition", *DETAIL_COLUMNS}
)
_OURS = re.compile(r"row-[0-9]{4,}\.pdf|letters(-[0-9]{3,})?\.pdf")


class RecipientsRefused(ValueError):
    """The file as a whole cannot be read."""


class RowRefused(ValueError):
    """A row cannot be printed; `reasons` are (code, words)."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(f"{code}: {words}" for code, words in self.reasons))


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the file has it, with its number as a spreadsheet shows it; the heading is 1."""

    number: int
    cells: Mapping[str, str]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What became of a row. It never holds the segment."""

    row: int
    file: str
    pages: int | None
    sha256: str
    reason: str

    @property
    def printed(self) -> bool:
        """Whether there is a letter for the row."""
        return not self.reason

    def cells(self) -> tuple[str, ...]:
        """The entry in the order of `MANIFEST_COLUMNS`."""
        return (
            str(self.row),
            self.file,
            "" if self.pages is None else str(self.pages),
            self.sha256,
            "printed" if self.printed else "refused",
            self.reason,
        )


def read_recipients(path: Path) -> list[Row]:
    """The rows of a CSV file; rows that are wholly blank count but are left out.

    Raises:
        RecipientsRefused: it is no CSV in UTF-8 (or UTF-16 with its mark), or lacks columns.
        OSError: it cannot be opened.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise RecipientsRefused(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    try:
        records = list(
            csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""), strict=True)
        )
    except csv.Error as wrong:
        raise RecipientsRefused(f"The file is no CSV file: {wrong}.") from wrong
    heading = [cell.strip().casefold() for cell in records[0]] if records else []
    _check_heading(heading)
    return [
        Row(
            number,
            dict(zip(heading, record, strict=False)),
            surplus=any(cell.strip() for cell in record[len(heading) :]),
        )
        for number, record in enumerate(records[1:], start=2)
        if any(cell.strip() for cell in record)
    ]


def _decoded(raw: bytes) -> str:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise RecipientsRefused("The file is not in UTF-8. Save it as “CSV UTF-8”.") from wrong


def _check_heading(heading: Sequence[str]) -> None:
    missing = [name for name in ("name", "address_line_1") if name not in heading]
    if missing:
        raise RecipientsRefused(f"The first row lacks the column {missing[0]}.")
    named = [name for name in heading if name]
    repeated = sorted({name for name in named if named.count(name) > 1})
    if repeated:
        raise RecipientsRefused(f"The column {repeated[0]} stands twice in the first row.")


def print_proofs(
    campaign: Campaign,
    council: Council,
    rows: Sequence[Row],
    out: Path,
    *,
    dated: date,
    merge: bool,
) -> list[ManifestEntry]:
    """Write a letter for each row that can have one, and the manifest of all.

    Letters of an earlier run in the same folder are taken away first, so that none is mistaken
    for one of these. With `merge` all letters also stand in a file for printing on both sides, by
    postcode, or in several where they are many; the manifest still names and counts the single
    ones.

    Raises:
        OSError: the folder or a file in it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    _clear(out)
    press = LetterPress(Stationery.of(council))
    entries: list[ManifestEntry] = []
    printed: list[tuple[SortingKey, Row]] = []
    for row in rows:
        try:
            message = compose_row(campaign, council, row, dated)
            letter = press.render(message)
        except RowRefused as refused:
            entries.append(ManifestEntry(row.number, "", None, "", str(refused)))
        except NotPrintable as refused:
            reason = str(RowRefused([(refused.code, str(refused))]))
            entries.append(ManifestEntry(row.number, "", None, "", reason))
        else:
            name = f"row-{row.number:04d}.pdf"
            (out / name).write_bytes(letter.pdf)
            digest = hashlib.sha256(letter.pdf).hexdigest()
            entries.append(ManifestEntry(row.number, name, letter.pages, digest, ""))
            printed.append((sorting_key(message.address), row))
    if merge:
        order = [row for _, row in sorted(printed, key=itemgetter(0))]
        portions = parts(order)
        for name, portion in zip(print_file_names(len(portions)), portions, strict=True):
            messages = [compose_row(campaign, council, row, dated) for row in portion]
            (out / name).write_bytes(press.merge(messages))
    _write_manifest(out, entries)
    return entries


def compose_row(campaign: Campaign, council: Council, row: Row, dated: date) -> Message:
    """The message for a row.

    Raises:
        RowRefused: with every reason found in the row.
    """
    reasons: list[tuple[str, str]] = []
    if row.surplus:
        reasons.append(("too-many-cells", "The row has more cells than the first row."))
    variant = _variant(campaign, row, reasons)
    address = _address(row, reasons)
    child = _child(campaign, row, reasons)
    edition = _edition(row, reasons)
    details = _details(campaign, council, row, dated, reasons)
    if reasons or variant is None:
        raise RowRefused(reasons)
    recipient = Recipient(
        name=address.name if address else "",
        language=variant.language,
        address=address,
        children=(child,) if child else (),
        placeholders={k: v.strip() for k, v in row.cells.items() if not _is_own(k)},
        edition=edition,
    )
    try:
        return compose(
            variant,
            recipient,
            council,
            dated=dated,
            details=details,
            beside=version_beside(variant),
        )
    except CompositionRefused as refused:
        raise RowRefused([(refused.code, str(refused))]) from refused


def _cell(row: Row, name: str) -> str:
    return row.cells.get(name, "").strip()


def _variant(campaign: Campaign, row: Row, reasons: list[tuple[str, str]]) -> Variant | None:
    """The version the row asks for; a language that is not ours gets English, neutral."""
    words, arm_words = _cell(row, "segment").casefold(), _cell(row, "arm").casefold()
    if words and words not in set(Segment):
        reasons.append(("unknown-segment", "The column segment holds no segment's name."))
    if arm_words and arm_words not in set(Arm):
        reasons.append(("unknown-arm", "The column arm is tailored, neutral or empty."))
    if reasons:
        return None
    return select_variant(
        campaign,
        Channel.LETTER,
        read_language(_cell(row, "language")) or "",
        Segment(words) if words else None,
        arm=Arm(arm_words) if arm_words else Arm.TAILORED,
        objected=False,
    ).variant


def _address(row: Row, reasons: list[tuple[str, str]]) -> PostalAddress | None:
    if not _cell(row, "name"):
        reasons.append(("name-missing", "The column name is empty."))
        return None
    try:
        return PostalAddress.parse([row.cells.get(n, "") for n in ("name", *_ADDRESS_COLUMNS)])
    except AddressRefused as refused:
        reasons += [(str(reason), reason.words) for reason in refused.reasons]
        return None


def _child(campaign: Campaign, row: Row, reasons: list[tuple[str, str]]) -> ChildOffer | None:
    name, band, miles = (_cell(row, n) for n in ("child_first_name", "age_band", "miles"))
    age_band = distance = None
    also = _also(campaign, row, reasons)
    try:
        age_band = AgeBand.read(band) if band else None
    except KeyError:
        reasons.append(("unknown-age-band", "The column age_band holds no known band."))
    try:
        distance = read_miles(miles) if miles else None
    except ValueError:
        reasons.append(
            ("bad-miles", "The column miles holds no number of miles, such as 5 or 4.5.")
        )
    if not (name or band or miles or also):
        return None
    return ChildOffer(name, age_band, distance, also, age_group=AgeGroup.of(band))


def _also(campaign: Campaign, row: Row, reasons: list[tuple[str, str]]) -> tuple[Offer, ...]:
    """The offers open beside the campaign's own, such as `itt; mini-ptb`, in their order."""
    named = {word.casefold() for word in re.split(r"[\s,;]+", _cell(row, "also")) if word}
    offers = [offer for offer in Offer if offer in named and offer is not Offer.KEEP]
    if named.difference(offers):
        known = ", ".join(offer for offer in Offer if offer is not Offer.KEEP)
        reasons.append(("unknown-offer", f"The column “also” takes: {known}."))
    return tuple(offer for offer in offers if offer is not campaign.offer)


def _edition(row: Row, reasons: list[tuple[str, str]]) -> Edition:
    word = _cell(row, "edition").casefold()
    try:
        return Edition(word) if word else Edition.STANDARD
    except ValueError:
        known = ", ".join(Edition)
        reasons.append(("unknown-edition", f"The column edition is empty or one of: {known}."))
        return Edition.STANDARD


def _details(
    campaign: Campaign, council: Council, row: Row, dated: date, reasons: list[tuple[str, str]]
) -> Details | None:
    try:
        return row_details(campaign, council, row.cells, dated)
    except DetailsRefused as refused:
        reasons += refused.reasons
        return None


def _is_own(column: str) -> bool:
    """Whether a column has a meaning here; any other is a value that copy may ask for."""
    return column in _OWN_COLUMNS or NUMBERED_COLUMN.fullmatch(column) is not None


def _clear(out: Path) -> None:
    """Take away an earlier run's files; only where a manifest says that there was one."""
    if not (out / MANIFEST).is_file():
        return
    for path in list(out.iterdir()):
        if path.name == MANIFEST or _OURS.fullmatch(path.name):
            path.unlink()


def _write_manifest(out: Path, entries: Sequence[ManifestEntry]) -> None:
    with (out / MANIFEST).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(MANIFEST_COLUMNS)
        writer.writerows(entry.cells() for entry in entries)
