"""Logs and crash reports are private and contain no token."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from groupstui import diagnostics
from groupstui.diagnostics import crash_notice, log_to_file, make_log_folder, redact
from groupstui.service.service import GroupsService
from groupstui.token import Token

TOKEN = "t0ken-that-nobody-may-read"


@pytest.fixture(autouse=True)
def _reset_logger() -> Iterator[None]:
    logger = logging.getLogger("groupstui")
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def test_requests_are_logged_with_status(demo, service):
    path = log_to_file()
    await service.groups_page(2, 25)
    assert "GET /api/v1/groups?page=2&per_page=25&expands=users: 200, " in read(path)


async def test_failed_requests_are_logged_without_token(demo):
    path = log_to_file()
    async with GroupsService(demo.url, "wr0ng-token") as service:
        with pytest.raises(Exception, match="does not accept the token"):
            await service.sign_in()
    assert "GET /api/v1/user: 401, " in read(path)
    assert "wr0ng-token" not in read(path)


def test_secrets_are_masked_in_messages_and_exceptions():
    token = Token.parse(TOKEN)
    path = log_to_file()
    try:
        raise ValueError(f"Authorization: Bearer {TOKEN}")
    except ValueError:
        logging.getLogger("groupstui.test").exception("with %s", TOKEN)
    assert TOKEN not in read(path)
    assert "with •••" in read(path)
    assert "ValueError: Authorization: Bearer •••" in read(path)
    assert token


def test_control_characters_are_replaced():
    assert redact("a\x1b]0;b\x07\nc\u202ed") == "a\ufffd]0;b\ufffd\nc\ufffdd"


def test_log_is_private_and_rotated(monkeypatch):
    monkeypatch.setattr(diagnostics, "MAX_LOG_BYTES", 100)
    path = log_to_file()
    for number in range(9):
        logging.getLogger("groupstui.test").debug("record %d", number)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["groupstui.log", "groupstui.log.1", "groupstui.log.2"]
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert S_IMODE(path.parent.stat().st_mode) == 0o700


def test_existing_readable_log_becomes_private():
    path = make_log_folder() / "groupstui.log"
    path.touch(mode=0o644)
    path.chmod(0o644)
    assert S_IMODE(log_to_file().stat().st_mode) == 0o600


def test_crash_report_has_no_secrets_or_locals():
    token = Token.parse(TOKEN)
    try:
        user = "Grace " + "Hopper"
        raise RuntimeError(f"no {token.reveal()}")
    except RuntimeError as error:
        notice = crash_notice(error)
    (path,) = make_log_folder().glob("crash-*.txt")
    assert notice == (
        f"internal error: RuntimeError: no •••\nThe traceback is in {path}; it contains no token."
    )
    assert S_IMODE(path.stat().st_mode) == 0o600
    report = read(path)
    assert "test_diagnostics.py" in report
    assert TOKEN not in report
    assert user not in report


def test_crash_report_is_shown_if_it_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert crash_notice(RuntimeError("lost")) == "internal error:\nRuntimeError: lost"
