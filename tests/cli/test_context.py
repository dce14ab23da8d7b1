"""The context of a command: its service."""

from __future__ import annotations

import pytest

from groupstui.cli.context import Context
from groupstui.cli.parser import parse


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["who", "ada"], ["who", "ada", "--demo"]])
async def test_service_has_a_history(environ, demo, arguments):
    context = Context(parse(arguments), environ)
    async with context.connect(demo.instance, demo.token) as service:
        assert service.history is not None
