"""Watch a site: each change is printed once, until a signal arrives."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from groupstui.cli.context import Context
from groupstui.cli.main import main
from groupstui.cli.parser import parse
from groupstui.cli.watch import watch
from groupstui.errors import InvalidTime, Unauthorized, UsageError
from groupstui.exit_codes import ExitCode
from groupstui.history import History, default_folder

from ..support.clock import SteppedClock
from ..support.commands import COMMAND_TIMEOUT, run_program, shell_environment


class EventfulClock(SteppedClock):
    """A clock that runs an action during each wait, and sends SIGINT after the last."""

    def __init__(self, *actions: Callable[[], object]) -> None:
        super().__init__()
        self.actions = list(actions)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.actions:
            self.actions.pop(0)()
        else:
            os.kill(os.getpid(), signal.SIGINT)
            await super().sleep(0)


@pytest.fixture
def watched(demo, capsys):
    """Watch the demo site; return the exit code, the events, stderr and the waits."""

    seconds = [0.0]

    async def run(*actions: Callable[[], object], arguments=()):
        options = parse(["watch", "--instance", demo.url, *arguments])
        clock = EventfulClock(*actions)
        clock.seconds += seconds[0]
        seconds[0] += 86_400
        code = await watch(Context(options, {"TESTMO_TOKEN": demo.token}, clock=clock))
        result = capsys.readouterr()
        return code, [json.loads(line) for line in result.out.splitlines()], result.err, clock.waits

    return run


def nothing() -> None:
    """A wait without an event."""


async def test_watch_prints_each_change_once(demo, watched):
    code, events, _, waits = await watched(
        nothing,
        lambda: demo.site.add_member(1, 30),
        nothing,
        lambda: demo.site.rename_group(1, "Quality"),
    )
    assert code is ExitCode.OK
    assert [(each["change"], each["group"], each["user"]) for each in events] == [
        ("joined", "QA", "Guido van Rossum"),
        ("group renamed", "Quality", None),
    ]
    assert events[0]["instance"] == demo.url
    assert events[0]["seen"] == "2026-11-23T14:12:11.000Z"
    assert waits[:4] == [300.0] * 4


async def test_watch_prints_changes_since_last_snapshot(demo, watched):
    await watched()
    demo.site.add_member(1, 30)
    _, events, _, _ = await watched()
    assert [each["user"] for each in events] == ["Guido van Rossum"]


async def test_watch_delivers_changes_that_another_command_has_read(demo, watched):
    await watched()
    demo.site.add_member(1, 30)
    environ = {"TESTMO_INSTANCE": demo.url, "TESTMO_TOKEN": demo.token}
    assert await asyncio.to_thread(main, ["snapshot", "save", "-q"], environ) == 0
    demo.site.remove_member(1, 30)
    _, events, _, _ = await watched()
    assert [(each["change"], each["user"]) for each in events] == [
        ("joined", "Guido van Rossum"),
        ("left", "Guido van Rossum"),
    ]
    assert (await watched())[1] == []


async def test_watch_since_a_snapshot_delivers_again(demo, watched):
    await watched(lambda: demo.site.add_member(1, 30))
    _, events, _, _ = await watched(arguments=["--since", "#1"])
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    with pytest.raises(InvalidTime, match="no snapshot #99"):
        await watched(arguments=["--since", "#99"])


async def test_watch_since_a_time_before_the_history_reports_it(watched):
    await watched()
    assert "the history begins on 2026-11-23 14:02 UTC" in (await watched(arguments=["--since", "7d"]))[2]
    assert "the history begins" not in (await watched(arguments=["--since", "1h"]))[2]


async def test_watch_since_a_time_without_a_history_reports_it(watched):
    assert "no changes before the first crawl are known" in (await watched(arguments=["--since", "1h"]))[2]


async def test_watch_survives_a_deleted_history(demo, watched):
    def restart() -> None:
        assert History(demo.url, default_folder()).purge()
        demo.site.add_member(1, 30)

    _, events, _, _ = await watched(nothing, restart, lambda: demo.site.remove_member(1, 30))
    assert [each["change"] for each in events] == ["joined", "left"]


async def test_watch_without_a_usable_history_delivers_what_it_sees(demo, watched):
    History(demo.url, default_folder()).path.mkdir(parents=True)
    _, events, result, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=["-q"])
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    assert "changes while watch is not running will not be delivered: no history: " in result


async def test_watch_delivers_late_if_the_history_is_locked(demo, watched):
    history = History(demo.url, default_folder())
    locks = []

    def lock() -> None:
        demo.site.add_member(1, 30)
        locks.append(sqlite3.connect(history.path, isolation_level=None))
        locks[0].execute("BEGIN IMMEDIATE")

    _, events, result, _ = await watched(lock, lambda: locks[0].close())
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    assert "the changes will be delivered after the next crawl: no history: " in result


NEW_MEMBERS = (9, 10, 11, 12, 30, 31)
"""Six users who are not in the first group."""


@pytest.fixture
def program(demo):
    """Start `watch` in a process of its own, with six changes to deliver."""
    environment = shell_environment(TESTMO_INSTANCE=demo.url, TESTMO_TOKEN=demo.token)
    assert run_program("groups", environment=environment).code == 0
    for user in NEW_MEMBERS:
        demo.site.add_member(1, user)

    def start(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "groupstui", "watch", *arguments]
        return subprocess.Popen(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True)

    return start


def test_killed_watch_delivers_the_rest_at_the_next_start(program, tmp_path):
    got = tmp_path / "got"
    command = f"cat >> {got}; [ $(wc -l < {got}) = 2 ] && kill -KILL $PPID; true"
    with program("--exec", command) as killed:
        assert killed.wait(COMMAND_TIMEOUT) == -signal.SIGKILL
    with program("--exec", f"cat >> {got}; [ $(wc -l < {got}) = 7 ] && kill -TERM $PPID; true") as watching:
        assert watching.wait(COMMAND_TIMEOUT) == 0
    users = [json.loads(line)["user_id"] for line in got.read_text().splitlines()]
    assert set(users) == set(NEW_MEMBERS)
    assert len(users) == 7  # the one whose delivery was interrupted is delivered again


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_a_hanging_command(program, tmp_path, number):
    os.mkfifo(tmp_path / "started")
    script = f"exec 3> {tmp_path / 'started'}; trap '' TERM INT; sleep 1000 & echo >&3; sleep 1000"
    with program("--exec", script) as watching, open(tmp_path / "started") as started:
        started.readline()
        watching.send_signal(number)
        assert watching.wait(COMMAND_TIMEOUT) == 0
        assert watching.stdout.read() == ""
        assert started.read() == ""  # at the end of the last process that has it open


def test_signal_ends_the_wait_for_a_reader_that_is_too_slow(program):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    with program("--exec", "exit 3", stdout=writing) as watching:
        while "printing the change" not in watching.stderr.readline():
            pass
        watching.send_signal(signal.SIGTERM)
        assert watching.wait(COMMAND_TIMEOUT) == 0
    os.close(reading)
    os.close(writing)


async def test_command_that_hangs_is_ended(demo, watched, monkeypatch):
    monkeypatch.setattr("groupstui.cli.watch.COMMAND_TIMEOUT_S", 0.2)
    arguments = ["--exec", "sleep 1000"]
    _, events, result, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=arguments)
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    assert "the command did not end within 0.2 s; printing the change" in result


async def test_watch_backs_off_after_failures(demo, watched):
    def trouble() -> None:
        demo.faults.always("404")

    def mended() -> None:
        demo.faults.clear()
        demo.site.add_member(1, 30)

    code, events, result, waits = await watched(trouble, nothing, mended)
    assert code is ExitCode.OK
    assert waits[:4] == [300.0, 600.0, 1200.0, 300.0]
    assert "retrying in 0:10:00" in result
    assert [each["change"] for each in events] == ["joined"]


async def test_watch_ignores_incomplete_crawl(demo, watched):
    def spoilt() -> None:
        demo.site.add_member(1, 30)
        demo.faults.always("wrong-total")

    _, events, result, _ = await watched(spoilt)
    assert events == []
    assert "this crawl is ignored" in result


async def test_watch_ends_if_token_is_revoked(demo, watched):
    with pytest.raises(Unauthorized):
        await watched(lambda: demo.faults.always("401"))


async def test_watch_exec_gets_each_change(demo, watched, tmp_path):
    command = f"cat >> {shlex.quote(str(tmp_path / 'events'))}"
    _, events, _, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", command])
    assert events == []
    assert json.loads((tmp_path / "events").read_text())["user"] == "Guido van Rossum"


async def test_watch_exec_gets_no_token(demo, watched, tmp_path, monkeypatch):
    monkeypatch.setenv("TESTMO_TOKEN", "canary")
    command = f"env > {shlex.quote(str(tmp_path / 'environment'))}"
    await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", command])
    assert "canary" not in (tmp_path / "environment").read_text()


async def test_watch_prints_change_if_exec_fails(demo, watched):
    _, events, result, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", "exit 3"])
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    assert "the command failed with exit code 3" in result


async def test_watch_rejects_short_interval(watched, demo):
    with pytest.raises(UsageError, match="a minute"):
        await watched(arguments=["--interval", "59s"])
    assert demo.log.requests == []
