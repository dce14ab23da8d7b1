"""No response crashes the program, sends control characters to the terminal, or reveals the token."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Awaitable

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from groupstui.app import Credentials, GroupsApp
from groupstui.errors import TestmoError
from groupstui.output.formats import rows, write
from groupstui.output.records import GROUP_FIELDS, USER_FIELDS, Report, group_records, user_record
from groupstui.output_format import FORMATS
from groupstui.service.service import GroupsService
from groupstui.terminal.stdio import printable
from groupstui.testmo.instance import Instance
from groupstui.token import Token

from ..support.clock import SteppedClock
from ..support.payloads import responses as any_response
from ..support.pilot import drawn, press, settled
from ..support.untrusted_text import control_characters

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "500"))
"""Number of examples."""

INSTANCE = Instance("https://acme.testmo.net")
TOKEN = "c4nary-of-the-fuzzer"
OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
DATE = {"Date": "Mon, 23 Nov 2026 14:02:11 GMT", "Content-Type": "application/json"}


def examples(count: int) -> settings:
    """Return the settings for a number of examples."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=count, deadline=None, suppress_health_check=checks)


def service_with(responses: list[tuple[int, bytes]]) -> GroupsService:
    """Return a service that receives these responses in turn, then the last one again."""

    def respond(request: httpx.Request) -> httpx.Response:
        status, body = responses.pop(0) if len(responses) > 1 else responses[0]
        return httpx.Response(status, headers=DATE, stream=httpx.ByteStream(body))

    transport = httpx.MockTransport(respond)
    return GroupsService(INSTANCE, Token.parse(TOKEN), transport=transport, clock=SteppedClock())


async def error_of(call: Awaitable[object]) -> TestmoError | None:
    """Await a call and return its error, or None."""
    try:
        await call
    except TestmoError as error:
        return error
    return None


def is_safe(text: str, allowed: str = "\n") -> bool:
    return not control_characters(text, allowed) and TOKEN not in text


@examples(EXAMPLES)
@given(any_response, any_response)
async def test_service_returns_data_or_a_testmo_error(first, second):
    async with service_with([first, second]) as service:
        for ask in (service.sign_in, service.groups_page, service.load, lambda: service.group(1)):
            failure = await error_of(ask())
            assert failure is None or is_safe(f"{failure} {failure.hint}", allowed="")
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
        for text in "".join(rows(report)), *(write(report, format, width=80) for format in FORMATS):
            joiners = "".join(c for c in text if unicodedata.category(c) == "Cf" and c not in OVERRIDES)
            assert is_safe(printable(text), allowed=f"\n\t{joiners}")


@pytest.fixture
async def pilot():
    """The app; `pilot.responses` can be changed."""
    responses: list[tuple[int, bytes]] = [(200, b'{"result": []}')]
    access = Credentials(INSTANCE, Token.parse(TOKEN))
    app = GroupsApp(connect=lambda instance, token: service_with(responses), access=access)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        pilot.responses = responses
        yield pilot


@examples(EXAMPLES // 10)
@given(any_response)
async def test_app_keeps_running(pilot, response):
    pilot.responses[0] = response
    await press(pilot, "R")
    assert is_safe(drawn(pilot))
    await press(pilot, "tab", "u")
    assert is_safe(drawn(pilot))
    await press(pilot, "escape", "1")
    assert pilot.app.is_running
