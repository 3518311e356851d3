"""Open the ways that the settings choose: one for each provider, with the channels it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messaging.channels import Channel
from messaging.letters import Stationery
from parentportal.dispatch.folder import FolderWay, LetterFolder
from parentportal.ways_out import Provider

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from parentportal.config import Settings
    from parentportal.dispatch.ways import Way

PRINT_HOUSE = "print-house"
"""In the var folder: batches as they are made up for a print house, apart from the folder's own."""


def open_ways(
    settings: Settings,
    clock: Callable[[], datetime],
    stationery: Callable[[], Stationery] = Stationery,
) -> tuple[Way, ...]:
    """The ways of one worker, or of one thread of it; each channel is carried by one of them.

    Nothing is connected to yet. Ways that the settings do not choose are not even imported.

    Args:
        settings: which ways, and what they need.
        clock: the time now, in UTC.
        stationery: what letters have of the council's (logo, signature, most sides), as it is set
            now; it is asked for each letter.
    """
    out = settings.ways_out
    chosen = {Channel.LETTER: out.letters, Channel.EMAIL: out.emails, Channel.SMS: out.texts}
    return tuple(
        _open(
            provider,
            [channel for channel, way in chosen.items() if way is provider],
            settings,
            clock,
            stationery,
        )
        for provider in Provider
        if provider in out.chosen
    )


def _open(
    provider: Provider,
    channels: list[Channel],
    settings: Settings,
    clock: Callable[[], datetime],
    stationery: Callable[[], Stationery],
) -> Way:
    out = settings.ways_out
    if provider is Provider.NOTIFY and out.notify:
        from parentportal.dispatch.notify import NotifyWay

        return NotifyWay(out.notify, channels=channels, clock=clock, stationery=stationery)
    if provider is Provider.SMTP and out.smtp:
        from parentportal.dispatch.smtp import SmtpWay

        return SmtpWay(out.smtp, domain=settings.host)
    if provider is Provider.PRINT_HOUSE and out.print_house:
        from parentportal.dispatch.print_house import PrintHouseWay

        return PrintHouseWay(out.print_house, settings.var_directory / PRINT_HOUSE, stationery)
    return FolderWay(
        settings.var_directory, domain=settings.host, channels=channels, stationery=stationery
    )


def manifest_of(settings: Settings, batch_id: UUID) -> Path:
    """Where the manifest of a batch's letters lies once it is closed: the print house's, if any."""
    places = (settings.var_directory / PRINT_HOUSE, settings.outbox_directory)
    found = [LetterFolder.of(place, batch_id).manifest for place in places]
    return next((manifest for manifest in found if manifest.is_file()), found[-1])
