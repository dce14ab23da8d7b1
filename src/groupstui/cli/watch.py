"""Crawl an instance again and again, and deliver each change at least once, as a line of JSON.

The history stores which changes were delivered. So changes that happened while no watch was running, or that
another command has read first, are delivered as well, and those of a delivery that was interrupted again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NoReturn

from ..credentials.tokens import environment_without_token
from ..directory.changes import Change, changes_between
from ..directory.directory import Directory
from ..errors import Forbidden, HistoryUnavailable, TestmoError, Unauthorized, UsageError
from ..exit_codes import ExitCode
from ..history import History, Snapshot
from ..history.cursor import Cursor
from ..history.time_spec import LAST, PointInTime
from ..output.formats import write
from ..output.records import CHANGE_FIELDS, Report, change_record
from ..terminal.stdio import write_output
from ..times import utc_iso, utc_minute
from .context import Context

MIN_INTERVAL = timedelta(minutes=1)
"""After a 429, Testmo blocks requests for a minute; more frequent crawls would soon cause one."""

MAX_BACKOFF = timedelta(hours=1)
"""The wait doubles after each failure, up to this."""

COMMAND_TIMEOUT_S = 300.0
"""Seconds after which a command of `--exec` is ended."""

KILL_AFTER_S = 0.5
"""Seconds between SIGTERM and SIGKILL for a command."""

STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if sys.platform != "win32":
    STOP_SIGNALS.append(signal.SIGHUP)


async def watch(context: Context) -> ExitCode:
    """Deliver changes until a signal arrives; failures are reported and retried.

    Raises:
        Unauthorized: If the token is not valid, or no longer.
        Forbidden: If its user may not read groups, or no longer.
    """
    options = context.options
    if options.interval < MIN_INTERVAL:
        raise UsageError("--interval must be at least a minute")
    since = None if options.since is None else PointInTime.parse(options.since, context.clock.now())
    loop = asyncio.get_running_loop()
    watching = asyncio.create_task(_watch(context, since))
    # An ignored signal stays ignored, such as SIGHUP under nohup.
    # And the loop's own handlers do not exist on Windows.
    handlers = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(watching.cancel))
    try:
        await watching
    except asyncio.CancelledError:
        return ExitCode.OK
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


async def _watch(context: Context, since: PointInTime | None) -> NoReturn:
    delivery = _Delivery(context)
    await delivery.start(since)
    wait = interval = context.options.interval
    async with await context.open() as service:
        while True:
            try:
                directory = await service.load()
            except (Unauthorized, Forbidden):
                raise
            except TestmoError as error:
                wait = min(2 * wait, max(MAX_BACKOFF, interval))
                context.warn(f"{error}; retrying in {wait}")
            else:
                wait = interval
                if directory.complete:
                    await delivery.deliver(directory)
                else:
                    context.warn("the instance changed while it was read: this crawl is ignored")
            await context.clock.sleep(wait.total_seconds())


class _Delivery:
    """Delivers the changes of one instance, and remembers which ones were delivered."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._origin = context.instance.origin
        self._history = context.history or History(self._origin, None)
        self._cursor: Cursor | None = None
        self._known: Directory | None = None
        """The last crawl whose changes were delivered."""

    async def start(self, since: PointInTime | None) -> None:
        """Find out which changes were delivered already.

        Args:
            since: Deliver all changes after this point again; None continues where the last watch stopped.

        Raises:
            InvalidTime: If there is no such snapshot.
        """
        try:
            self._cursor = await asyncio.to_thread(self._history.cursor)
            if self._cursor is None or since is not None:
                begin = await asyncio.to_thread(self._history.at, since or LAST)
                if begin is not None:
                    await self._move(Cursor(begin.id))
                if since is not None:
                    self._report_gap(since, begin)
        except HistoryUnavailable as error:
            self._context.warn(
                f"changes while watch is not running will not be delivered: {error.full}", always=True
            )
            self._history = History(self._origin, None)
        if self._cursor is not None:
            self._context.warn(f"delivering changes after snapshot #{self._cursor.snapshot}")

    def _report_gap(self, since: PointInTime, begin: Snapshot | None) -> None:
        """Report if the history does not go back as far as requested."""
        if begin is None:
            self._context.warn("there is no snapshot yet: no changes before the first crawl are known")
        elif since.time is not None and begin.taken_at > since.time:
            time = utc_minute(begin.taken_at)
            self._context.warn(f"the history begins on {time}: earlier changes are not known")

    async def deliver(self, directory: Directory) -> None:
        """Save a crawl, and deliver the changes of all snapshots since the last delivery."""
        try:
            saved = await asyncio.to_thread(self._history.save, directory, self._context.clock.now())
            if self._cursor is None:
                await self._move(Cursor(saved.id))
            elif self._known is not None and saved.id <= self._cursor.snapshot:
                # The history was deleted meanwhile, or was damaged.
                for change in changes_between(self._known, directory):
                    await self._hand_on(change, saved.taken_at)
                await self._move(Cursor(saved.id))
            else:
                await self._deliver_after(self._cursor)
            self._known = directory
        except HistoryUnavailable as error:
            self._context.warn(f"the changes will be delivered after the next crawl: {error.full}")

    async def _deliver_after(self, cursor: Cursor) -> None:
        history = self._history
        snapshots = [
            each for each in await asyncio.to_thread(history.snapshots) if each.id >= cursor.snapshot
        ]
        if snapshots and snapshots[0].id != cursor.snapshot:
            begins = utc_minute(snapshots[0].taken_at)
            self._context.warn(f"the history begins on {begins}: earlier changes are not delivered")
        for before, after in pairwise(snapshots):
            changes = await asyncio.to_thread(history.changes, before, after)
            delivered = cursor.delivered if after.id == cursor.following else 0
            for number, change in enumerate(changes[delivered:], delivered + 1):
                await self._hand_on(change, after.taken_at)
                await self._move(Cursor(before.id, after.id, number))
            await self._move(Cursor(after.id))

    async def _move(self, cursor: Cursor) -> None:
        self._cursor = cursor
        await asyncio.to_thread(self._history.move_cursor, cursor)

    async def _hand_on(self, change: Change, as_of: datetime) -> None:
        """Pass a change to the command; print it if there is no command, or if it fails."""
        record = change_record(change) | {"seen": utc_iso(as_of)}
        line = write(Report("changes", CHANGE_FIELDS, [record], self._origin, as_of, complete=True), "ndjson")
        if (command := self._context.options.exec) is not None:
            if not (failure := await _run_command(command, line)):
                return
            self._context.warn(f"the command {failure}; printing the change")
        await _until_writable()
        write_output([line], "ndjson")


async def _until_writable() -> None:
    """Wait until a pipe or a terminal takes more, so that a signal can end the wait."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    # A file always takes more; Windows does not report whether a pipe does.
    with suppress(OSError, NotImplementedError):
        descriptor = sys.stdout.fileno()
        loop.add_writer(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(descriptor)


async def _run_command(command: str, line: str) -> str:
    """Run a shell command with a line on stdin, and return why it has failed; nothing if it has not.

    If it takes too long, or if the watch ends, the command is ended with all processes that it has started.
    """
    try:
        process = _start(command)
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_S):
            await asyncio.to_thread(process.communicate, line.encode())
    except TimeoutError:
        return f"did not end within {COMMAND_TIMEOUT_S:g} s"
    finally:
        if process.poll() is None:
            await _end(process)
    return "" if process.returncode == 0 else f"failed with exit code {process.returncode}"


def _start(command: str) -> subprocess.Popen[bytes]:
    """Start a command; not as a coroutine, whose cancellation would leave it running."""
    return subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.PIPE,
        start_new_session=True,
        env=environment_without_token(),
    )


async def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        end_tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        await asyncio.to_thread(subprocess.run, end_tree, capture_output=True)
        return
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, KILL_AFTER_S)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
