"""Watching a site: each change is handed on once, politely, and it ends when it is told to."""

from __future__ import annotations

import json
import os
import shlex
import signal
from collections.abc import Callable

import pytest

from groupstui.cli.context import Context
from groupstui.cli.parser import parse
from groupstui.cli.watch import watch
from groupstui.errors import Unauthorized, UsageError
from groupstui.exit_codes import ExitCode

from ..support.clock import SteppedClock


class EventfulClock(SteppedClock):
    """A clock on which something happens in each wait; after the last, somebody presses ctrl+c."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        super().__init__()
        self.happenings = list(happenings)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.happenings:
            self.happenings.pop(0)()
        else:
            os.kill(os.getpid(), signal.SIGINT)
            await super().sleep(0)


@pytest.fixture
def watched(demo, capsys):
    """Watch the demo site while things happen; give the exit code and the lines."""

    async def run(*happenings: Callable[[], object], arguments=()):
        options = parse(["watch", "--instance", demo.url, *arguments])
        clock = EventfulClock(*happenings)
        code = await watch(Context(options, {"TESTMO_TOKEN": demo.token}, clock=clock))
        told = capsys.readouterr()
        return code, [json.loads(line) for line in told.out.splitlines()], told.err, clock.waits

    return run


def nothing() -> None:
    """A wait in which nothing happens."""


async def test_each_change_is_told_once(demo, watched):
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


async def test_what_changed_since_the_last_run_is_told_first(demo, watched):
    await watched()
    demo.site.add_member(1, 30)
    _, events, _, _ = await watched()
    assert [each["user"] for each in events] == ["Guido van Rossum"]


async def test_a_failure_is_told_and_the_pauses_grow(demo, watched):
    def trouble() -> None:
        demo.faults.always("404")

    def mended() -> None:
        demo.faults.clear()
        demo.site.add_member(1, 30)

    code, events, told, waits = await watched(trouble, nothing, mended)
    assert code is ExitCode.OK
    assert waits[:4] == [300.0, 600.0, 1200.0, 300.0]
    assert "retrying in 0:10:00" in told
    assert [each["change"] for each in events] == ["joined"]


async def test_an_incomplete_reading_tells_nothing(demo, watched):
    def spoilt() -> None:
        demo.site.add_member(1, 30)
        demo.faults.always("wrong-total")

    _, events, told, _ = await watched(spoilt)
    assert events == []
    assert "this crawl is ignored" in told


async def test_a_token_that_is_revoked_ends_it(demo, watched):
    with pytest.raises(Unauthorized):
        await watched(lambda: demo.faults.always("401"))


async def test_each_change_goes_to_a_command(demo, watched, tmp_path):
    command = f"cat >> {shlex.quote(str(tmp_path / 'events'))}"
    _, events, _, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", command])
    assert events == []
    assert json.loads((tmp_path / "events").read_text())["user"] == "Guido van Rossum"


async def test_the_command_gets_no_token(demo, watched, tmp_path, monkeypatch):
    monkeypatch.setenv("TESTMO_TOKEN", "canary")
    command = f"env > {shlex.quote(str(tmp_path / 'environment'))}"
    await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", command])
    assert "canary" not in (tmp_path / "environment").read_text()


async def test_a_change_whose_command_fails_is_not_lost(demo, watched):
    _, events, told, _ = await watched(lambda: demo.site.add_member(1, 30), arguments=["--exec", "exit 3"])
    assert [each["user"] for each in events] == ["Guido van Rossum"]
    assert "the command failed with exit code 3" in told


async def test_less_than_a_minute_is_refused(watched, demo):
    with pytest.raises(UsageError, match="a minute"):
        await watched(arguments=["--interval", "59s"])
    assert demo.log.requests == []
