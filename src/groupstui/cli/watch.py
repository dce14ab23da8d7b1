"""Crawl an instance again and again, and print each change as a line of JSON."""

from __future__ import annotations

import asyncio
import os
import signal
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
from ..terminal.stdio import write_output
from .context import Context

T = TypeVar("T")

MIN_INTERVAL = timedelta(minutes=1)
"""After a 429, Testmo blocks requests for a minute; more frequent crawls would soon cause one."""

MAX_BACKOFF = timedelta(hours=1)
"""The wait doubles after each failure, up to this."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal has asked the program to exit."""


async def watch(context: Context) -> ExitCode:
    """Print changes until a signal arrives; failures are reported and retried.

    Raises:
        Unauthorized: If the token is not valid, or no longer.
        Forbidden: If its user may not read groups, or no longer.
    """
    if context.options.interval < MIN_INTERVAL:
        raise UsageError("--interval must be at least a minute")
    context.show_progress = False  # only whole lines are printed
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # An ignored signal stays ignored, such as SIGHUP under nohup.
    handled = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in handled:
        loop.add_signal_handler(number, stop.set)
    try:
        async with await context.open() as service, context.progress(service):
            await _Watch(context, service, stop).run()
    except Stopped:
        return ExitCode.OK
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


class _Watch:
    """The loop of `watch` over one instance."""

    def __init__(self, context: Context, service: GroupsService, stop: asyncio.Event) -> None:
        self._context = context
        self._service = service
        self._stop = stop

    async def run(self) -> NoReturn:
        """Crawl and report changes, forever.

        Raises:
            Stopped: When a signal arrives.
        """
        known = None if self._service.history is None else await self._service.history.latest()
        wait = interval = self._context.options.interval
        while True:
            try:
                directory = await self._or_stop(self._service.load())
            except (Unauthorized, Forbidden):
                raise
            except TestmoError as error:
                wait = min(2 * wait, max(MAX_BACKOFF, interval))
                self._context.warn(f"{error}; retrying in {wait}")
            else:
                wait = interval
                if directory.complete:
                    for change in changes_between(known, directory) if known is not None else ():
                        await self._report(change, directory)
                    await self._service.save_history()  # afterwards: no change is lost
                    known = directory
                else:
                    self._context.warn("the instance changed while it was read: this crawl is ignored")
            await self._or_stop(self._context.clock.sleep(wait.total_seconds()))

    async def _or_stop(self, work: Coroutine[Any, Any, T]) -> T:
        """Await something, unless a signal arrives first.

        Raises:
            Stopped: When a signal arrives; the work is cancelled.
        """
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
            raise Stopped
        return working.result()

    async def _report(self, change: Change, directory: Directory) -> None:
        """Pass a change to the command; print it if there is no command, or if it fails."""
        record = change_record(replace(change, seen=directory.as_of))
        origin = self._context.instance.origin
        line = write(site_report(directory, origin, "changes", CHANGE_FIELDS, [record]), "ndjson")
        command: str | None = self._context.options.exec
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
            self._context.warn(f"the command failed with exit code {process.returncode}; printing the change")
        write_output([line], "ndjson")
