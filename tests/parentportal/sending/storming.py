"""Workers in processes of their own, for tests to kill: each line that comes in starts one.

The first process only has everything imported; it forks at each line, and says which process it is.
The ways of the workers lead to the doubles of whoever started this.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from parentportal.config import Settings
from parentportal.dispatch import Worker
from parentportal.installation import open_database
from parentportal.ways_out import NotifyService, Provider, SmtpSecurity, SmtpServer, WaysOut
from parentportal.web import system_clock
from tests.conftest import KEYRING
from tests.loopback.notify import EMAIL_TEMPLATE, KEY, TEXT_TEMPLATE

TIMEOUT = 1.0
"""Seconds the worker waits for an answer: leases are a few times as long."""


def ways_out(way: str, address: str) -> WaysOut:
    """All channels a way can carry go that way; the others into the folder."""
    if way == "notify":
        service = NotifyService(
            key=KEY,
            url=address,
            email_template=EMAIL_TEMPLATE,
            text_template=TEXT_TEMPLATE,
            rate=1_000_000,
            timeout=TIMEOUT,
            settling=timedelta(seconds=0.5),
        )
        return WaysOut(Provider.NOTIFY, Provider.NOTIFY, Provider.NOTIFY, notify=service)
    if way == "smtp":
        server = SmtpServer("127.0.0.1", int(address), security=SmtpSecurity.NONE, timeout=TIMEOUT)
        return WaysOut(emails=Provider.SMTP, smtp=server)
    return WaysOut()


def work(told: dict[str, str]) -> None:
    """Go round for ever."""
    settings = Settings(
        database_url=told["url"],
        keyring=KEYRING,
        var_directory=Path(told["var"]),
        base_url="http://localhost",
        demonstration=True,
        secure_cookies=False,
        ways_out=ways_out(told["way"], told["address"]),
    )
    with open_database(settings) as database:
        database.begin_use()
        worker = Worker(database, settings, system_clock)
        while True:
            worker.drain()
            time.sleep(0.05)


def main() -> None:
    told = json.loads(sys.argv[1])
    # It would tell each dropped connection.
    logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    for _line in sys.stdin:
        if (process := os.fork()) == 0:
            work(told)
        print(process, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
