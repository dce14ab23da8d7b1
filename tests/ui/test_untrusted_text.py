"""Whatever names a site and its users have, every screen stays whole, by key presses."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from groupstui.settings import SettingsFile

from ..support.fake_servers import fake_server, http
from ..support.keyrings import FakeKeyring
from ..support.login import app_with, started
from ..support.pilot import browser_app, drawn, paste, press, settled, words
from ..support.untrusted_text import HOSTILE, MARKUP, control_characters, site_with_names

SIZE = (160, 40)
ON_A_PAGE = 15
SAID = r"[/x] [@click=app.quit]no[/] \u001b]52;c;aGk=\u0007 \u009b2J \u202egpj.exe \r\n end"

texts = st.lists(
    st.sampled_from(HOSTILE[:-1] + MARKUP) | st.text(st.characters(exclude_categories=["Cs"])), max_size=8
)
names = st.lists(texts.map("".join), min_size=ON_A_PAGE, max_size=ON_A_PAGE)


@pytest.fixture
def site():
    return site_with_names(MARKUP)


@pytest.fixture
async def pilot(demo, clock):
    async with browser_app(demo.url, demo.token, clock).run_test(size=SIZE) as pilot:
        await settled(pilot)
        yield pilot


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=names)
async def test_no_name_breaks_the_layout(pilot, demo, names):
    for group, user, name in zip(demo.site.groups, demo.site.users, names, strict=False):
        demo.site.rename_group(group, name)
        demo.site.rename_user(user, name)
    await press(pilot, "R")
    assert control_characters(drawn(pilot)) == set()
    assert {cell_len(line) for line in drawn(pilot).splitlines()} == {SIZE[0]}


async def test_user_names_are_literal_in_palette_and_dialog(pilot):
    for name in MARKUP[:3]:
        await press(pilot, "colon")
        await paste(pilot, name)
        assert any(name in line and "user  " in line for line in drawn(pilot).splitlines())
        await press(pilot, "down", "enter")
        assert f"Groups of {name} · #" in drawn(pilot)
        await press(pilot, "escape")


@pytest.mark.parametrize("pane", ["1", "2"])
async def test_filter_text_is_literal(pilot, pane):
    await press(pilot, pane, "slash")
    await paste(pilot, "[/x]")
    assert drawn(pilot).count("[/x]") >= 3


async def test_export_file_name_is_literal(pilot, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("x")
    monkeypatch.chdir(folder)
    for message in (f"Wrote {folder}/[@click=app.quit]x.csv.", "[@click=app.quit]x.csv exists. Press enter"):
        await press(pilot, "e", "ctrl+u")
        await paste(pilot, "[@click=app.quit]x.csv")
        await press(pilot, "enter")
        assert message in words(pilot)


@pytest.mark.parametrize("status", ["400 No", "401 No", "403 No", "404 No", "422 No", "429 No", "500 No"])
async def test_error_message_of_the_server_is_literal(clock, status):
    with fake_server(http(status, f'{{"message": "{SAID}"}}')) as url:
        async with browser_app(url, "t0ken", clock).run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert f"({status[:3]}: [/x] [@click=app.quit]no[/] �]52;c;aGk=� �2J �gpj.exe" in words(pilot)
            assert control_characters(drawn(pilot)) == set()


@pytest.mark.parametrize("typed", [*MARKUP, "[/x].testmo.net", "https://[@click=app.quit]x[/]/"])
async def test_instance_input_is_literal(settings_path, clock, typed):
    async with started(app_with(FakeKeyring(), SettingsFile(settings_path), clock)) as pilot:
        await paste(pilot, typed)
        assert typed in drawn(pilot)
        assert "→" not in drawn(pilot)
