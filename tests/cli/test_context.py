"""The context of a command: its service."""

from __future__ import annotations

import pytest

from groupstui.cli.context import Context
from groupstui.cli.parser import parse
from groupstui.history import history_of


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["who", "ada"], ["who", "ada", "--demo"]])
async def test_service_has_a_history(environ, demo, arguments):
    context = Context(parse(arguments), environ)
    async with context.connect(demo.instance, demo.token) as service:
        assert service.history is not None


@pytest.mark.parametrize("current", ["acme", ""])
async def test_service_has_the_history_of_its_own_instance(environ, demo, current):
    """The app may open another instance than the one that the environment names."""
    environ["TESTMO_INSTANCE"] = current
    context = Context(parse([]), environ)
    async with context.connect(demo.instance, demo.token) as service:
        await service.load()
        await service.save_history()
    history = history_of(demo.instance.origin, context.settings)
    assert history is not None
    assert history.exists
    acme = history_of("https://acme.testmo.net", context.settings)
    assert acme is not None
    assert not acme.exists
