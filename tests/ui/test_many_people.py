"""On a site of many people, `/users` costs many requests: it is asked for when somebody needs it."""

import pytest

from groupstui.demo import make_site
from groupstui.screens.site import FEW_PEOPLE

from .driving import browser_app, drawn, press, settled, type_text


@pytest.fixture(scope="module")
def site():
    return make_site(groups=30, users=2_500, members_max=2_500)


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        yield pilot


def people_requests(demo) -> int:
    return sum("/users?" in path for path in demo.log.paths)


async def test_nobody_s_address_is_read_unasked(demo, pilot):
    assert len(pilot.app.screen.service.directory.names) > FEW_PEOPLE
    assert people_requests(demo) == 0


async def test_an_address_in_the_palette_has_them_read_once(demo, pilot):
    await press(pilot, ":")
    await type_text(pilot, "ada.lovelace@")
    assert "Ada Lovelace" in drawn(pilot)
    assert people_requests(demo) == 25


async def test_an_address_in_the_filter_has_them_read(demo, pilot):
    await press(pilot, "/", "tab")
    await type_text(pilot, "ada.lovelace@")
    assert people_requests(demo) == 25
    assert "by name or member" in drawn(pilot)
    assert pilot.app.screen.groups.rows_shown > 0
