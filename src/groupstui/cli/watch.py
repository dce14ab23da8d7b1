"""Reads a site again and again, and hands on each change as a line of JSON."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from ..credentials.tokens import TOKEN_VARIABLE
from ..directory.changes import Change, changes_between
from ..directory.directory import Directory
from ..errors import Forbidden, TestmoError, Unauthorized, UsageError
from ..exit_codes import ExitCode
from ..output.formats import write
from ..output.records import CHANGE_FIELDS, change_record, site_report
from ..service.service import GroupsService
from .context import Context

T = TypeVar("T")

SHORTEST = timedelta(minutes=1)
"""Testmo asks for a minute after a 429; who asks for all groups more often would come to that soon."""

LONGEST_PAUSE = timedelta(hours=1)
"""After failures the pauses grow, but not beyond this."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody has asked the program to end."""


async def watch(context: Context) -> ExitCode:
    """Tell each change until somebody stops it; a failure is told, and tried again later.

    Raises:
        Unauthorized: If the token is not taken, now or later.
        Forbidden: If its user may not read groups, now or later.
    """
    if context.options.interval < SHORTEST:
        raise UsageError("the interval must be a minute or more")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    taken = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # as under nohup
    for number in taken:
        loop.add_signal_handler(number, stop.set)
    try:
        async with await context.open() as service:
            await _Watch(context, service, stop).run()
    except Stopped:
        return ExitCode.OK
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


class _Watch:
    """One site that is watched."""

    def __init__(self, context: Context, service: GroupsService, stop: asyncio.Event) -> None:
        self._session = context
        self._service = service
        self._stop = stop

    async def run(self) -> NoReturn:
        """Read and tell, for ever.

        Raises:
            Stopped: When it is asked to end.
        """
        known = None if self._service.past is None else await self._service.past.latest()
        pause = interval = self._session.options.interval
        while True:
            try:
                now = await self._unless_stopped(self._service.index())
            except (Unauthorized, Forbidden):
                raise
            except TestmoError as error:
                pause = min(2 * pause, max(LONGEST_PAUSE, interval))
                self._session.warn(f"{error}; the next try is in {pause}")
            else:
                pause = interval
                if not now.complete:
                    self._session.warn("the site changed while it was read: this reading tells nothing")
                else:
                    for change in changes_between(known, now) if known is not None else ():
                        await self._hand_on(change, now)
                    known = _copy(now)
            await self._unless_stopped(self._session.clock.sleep(pause.total_seconds()))

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something, but no longer than until somebody asks to end."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
            raise Stopped
        return working.result()

    async def _hand_on(self, change: Change, directory: Directory) -> None:
        """Return a change to the command, or to stdout where there is none, or where it fails."""
        record = change_record(replace(change, seen=directory.as_of))
        report = site_report(directory, self._session.instance.origin, "changes", CHANGE_FIELDS, [record])
        line = write(report, "ndjson")
        command: str | None = self._session.options.exec
        if command is not None:
            process = await asyncio.create_subprocess_shell(
                command,
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE},
            )
            await process.communicate(line.encode())
            if process.returncode == 0:
                return
            self._session.warn(f"the command ended with {process.returncode}; its change goes to stdout")
        sys.stdout.write(line)
        sys.stdout.flush()


def _copy(directory: Directory) -> Directory:
    """Return what is known now; the service's own directory goes on to change."""
    copy = Directory()
    copy.take_over(directory)
    return copy
