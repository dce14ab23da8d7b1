"""Watch a site: each change is printed once, until a signal arrives."""

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

    async def run(*actions: Callable[[], object], arguments=()):
        options = parse(["watch", "--instance", demo.url, *arguments])
        clock = EventfulClock(*actions)
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
