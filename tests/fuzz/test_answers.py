"""No answer crashes the program, reaches the terminal or a file unless as text, or brings out the token."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Awaitable

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from groupstui.app import Credentials, make_app
from groupstui.errors import TestmoError
from groupstui.output.formats import FORMATS, rows, write
from groupstui.output.records import GROUP_FIELDS, USER_FIELDS, group_records, user_record
from groupstui.output.report import Report
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.token import Token

from ..conftest import SteppedClock
from ..ui.driving import drawn, press, settled
from .payloads import answers

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "500"))
"""How many answers are tried; at night many more."""

INSTANCE = Instance("https://acme.testmo.net")
TOKEN = "c4nary-of-the-fuzzer"
DATE = {"Date": "Mon, 23 Nov 2026 14:02:11 GMT", "Content-Type": "application/json"}


def tried(times: int) -> settings:
    """Return the settings for as many examples as that."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=times, deadline=None, suppress_health_check=checks)


def service_on(heard: list[tuple[int, bytes]]) -> GroupsService:
    """Return a service that gets these answers in turn, and the last one again and again."""

    def answer(request: httpx.Request) -> httpx.Response:
        status, body = heard.pop(0) if len(heard) > 1 else heard[0]
        return httpx.Response(status, headers=DATE, stream=httpx.ByteStream(body))

    transport = httpx.MockTransport(answer)
    return GroupsService(INSTANCE, Token.parse(TOKEN), transport=lambda: transport, clock=SteppedClock())


async def failed(asked: Awaitable[object]) -> TestmoError | None:
    """Wait for an answer; give the error where it is one of ours."""
    try:
        await asked
    except TestmoError as error:
        return error
    return None


def obeyed(text: str, but: str = "\n") -> set[str]:
    """Return what a terminal would obey."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")} - set(but)


def harmless(text: str, but: str = "\n") -> bool:
    return not obeyed(text, but) and TOKEN not in text


@tried(EXAMPLES)
@given(answers, answers)
async def test_reading_ends_in_data_or_in_an_error_of_ours(first, second):
    async with service_on([first, second]) as service:
        for ask in (service.sign_in, service.groups_page, service.index, lambda: service.group(1)):
            failure = await failed(ask())
            assert failure is None or harmless(f"{failure} {failure.hint}", but="")
    directory = service.directory
    for group in directory.groups:
        directory.members(group)
    for user in directory.users:
        assert directory.groups_of(user.id) is not None
        directory.user_index.search(user.label)

    groups = group_records(directory, directory.groups)
    users = [user_record(user) for user in directory.users]
    for kind, fields, records in (("groups", GROUP_FIELDS, groups), ("users", USER_FIELDS, users)):
        report = Report(kind, fields, records, INSTANCE.origin, SteppedClock().now(), directory.complete)
        assert harmless(rows(report), but="\n\t")
        for format in FORMATS:
            assert harmless(write(report, format, width=80), but="\n\t")


@pytest.fixture
async def pilot():
    """The app, with a list of answers that can be changed."""
    heard: list[tuple[int, bytes]] = [(200, b'{"result": []}')]
    access = Credentials(INSTANCE, Token.parse(TOKEN))
    app = make_app(connect=lambda instance, token: service_on(heard), access=access)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        pilot.heard = heard
        yield pilot


@tried(EXAMPLES // 10)
@given(answers)
async def test_drawing_survives_it(pilot, answer):
    pilot.heard[0] = answer
    await press(pilot, "R")
    assert harmless(drawn(pilot))
    await press(pilot, "tab", "u")
    assert harmless(drawn(pilot))
    await press(pilot, "escape", "1")
    assert pilot.app.is_running
