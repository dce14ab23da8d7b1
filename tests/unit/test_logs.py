"""What is logged, and what is written down after a crash: readable by its owner, without a token."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from groupstui import logs, redaction
from groupstui.crash import crash_notice
from groupstui.redaction import redact, register_secret
from groupstui.service.service import GroupsService

TOKEN = "t0ken-that-nobody-may-read"


@pytest.fixture(autouse=True)
def _nothing_hidden_by_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_hidden", set())


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    logger = logging.getLogger("groupstui")
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


def log_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def test_requests_are_logged_with_what_came_of_them(demo, service):
    path = logs.to_file()
    await service.groups_page(2, 25)
    assert "GET /api/v1/groups?page=2&per_page=25&expands=users: 200, " in log_of(path)


async def test_failures_are_logged(demo):
    path = logs.to_file()
    async with GroupsService(demo.url, "wr0ng-token") as service:
        with pytest.raises(Exception, match="does not accept the token"):
            await service.sign_in()
    assert "GET /api/v1/user: 401, " in log_of(path)
    assert "wr0ng-token" not in log_of(path)


def test_a_secret_is_masked_in_messages_and_in_exceptions():
    register_secret(TOKEN)
    path = logs.to_file()
    try:
        raise ValueError(f"Authorization: Bearer {TOKEN}")
    except ValueError:
        logging.getLogger("groupstui.test").exception("with %s", TOKEN)
    assert TOKEN not in log_of(path)
    assert "with •••" in log_of(path)
    assert "ValueError: Authorization: Bearer •••" in log_of(path)


def test_a_secret_is_masked_as_a_whole_though_another_is_a_part_of_it():
    register_secret("t0ken-that")
    register_secret(TOKEN)
    register_secret("t0ken")
    assert redact(f"Bearer {TOKEN}") == "Bearer •••"


def test_a_log_holds_nothing_that_a_terminal_obeys():
    assert redact("a\x1b]0;b\x07\nc\u202ed") == "a\ufffd]0;b\ufffd\nc\ufffdd"


def test_a_log_is_its_owners_and_begins_anew_when_it_is_large(monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 100)
    path = logs.to_file()
    for number in range(9):
        logging.getLogger("groupstui.test").debug("record %d", number)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["groupstui.log", "groupstui.log.1", "groupstui.log.2"]
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_crash_is_written_down_without_secrets_and_local_variables():
    register_secret(TOKEN)
    try:
        user = "Grace " + "Hopper"
        raise RuntimeError(f"no {TOKEN}")
    except RuntimeError as error:
        notice = crash_notice(error)
    (path,) = logs.new_private_folder().glob("crash-*.txt")
    assert notice == (f"a bug: RuntimeError: no •••\nWhere it happened is in {path}; no token is in there.")
    assert S_IMODE(path.stat().st_mode) == 0o600
    report = path.read_text(encoding="utf-8")
    assert "test_logs.py" in report
    assert TOKEN not in report
    assert user not in report


def test_a_crash_that_cannot_be_written_down_is_told_whole(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    notice = crash_notice(RuntimeError("lost"))
    assert notice == "a bug:\nRuntimeError: lost"
