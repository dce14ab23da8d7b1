"""Changing sites, signing out, and what the next start finds, by key presses on two demo sites over TCP."""

from __future__ import annotations

import pytest

from groupstui.app import Credentials
from groupstui.demo.seed import make_site
from groupstui.history import History
from groupstui.settings import SettingsFile
from groupstui.token import Token

from ..support.keyrings import FakeKeyring, HangingKeyring
from ..support.login import app_with, paste, sign_in, started
from ..support.pilot import drawn, press, settled, type_text, until, words
from ..support.site_app import SiteApp
from ..support.site_server import SiteServer

OTHER_TOKEN = "other-admin-token"
BROKEN = "page_size = 'many"


@pytest.fixture
def other():
    """The address of a second, smaller site."""
    with SiteServer(SiteApp(make_site(groups=3, users=5), token=OTHER_TOKEN)) as server:
        yield server.url


@pytest.fixture
def keyring(demo, other):
    """A keyring with the tokens of both sites."""
    return FakeKeyring({demo.url: demo.token, other: OTHER_TOKEN})


@pytest.fixture
def hanging(keyring):
    """A keyring with the tokens of both sites, which hangs as soon as `released` is cleared."""
    hanging = HangingKeyring(keyring.tokens)
    hanging.released.set()
    yield hanging
    hanging.release()


@pytest.fixture
def settings(settings_path, demo, other):
    """The settings after a sign-in to each site; the larger one is current."""
    file = SettingsFile(settings_path)
    file.save(file.load().remember(other).remember(demo.url))
    return file


@pytest.fixture
async def pilot(keyring, settings, clock):
    """The app at its next start."""
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert at_the_larger(pilot)
        yield pilot


def at_the_larger(pilot):
    return "of 230" in drawn(pilot)


def at_the_smaller(pilot):
    return "of 3 " in drawn(pilot)


def asked_to_sign_in(pilot):
    return "Sign in to Testmo" in drawn(pilot)


def name(url):
    return url.partition("://")[2]


def known(settings):
    return {site.instance for site in settings.load().sites}


async def to_row(pilot, url):
    """Move the cursor of the sites' table to a site."""
    await press(pilot, "home")
    if f"▸ {name(url)}" not in words(pilot):
        await press(pilot, "end")
    assert f"▸ {name(url)}" in words(pilot)


async def choose_command(pilot, text):
    """Find a command in the palette and do it."""
    await press(pilot, "colon")
    await type_text(pilot, text)
    await press(pilot, "enter")


# Changing sites


async def test_the_sites_are_listed_with_the_cursor_on_the_current_one(pilot, demo, other):
    await press(pilot, "i")
    assert f"▸ {name(demo.url)}" in words(pilot)
    assert name(other) in words(pilot)


async def test_another_site_opens_with_its_own_token(pilot, demo, other, settings):
    await press(pilot, "i")
    await to_row(pilot, other)
    await press(pilot, "enter")
    assert at_the_smaller(pilot)
    assert settings.load().current == other
    await press(pilot, "i")
    await to_row(pilot, demo.url)
    await press(pilot, "enter")
    assert at_the_larger(pilot)
    assert settings.load().current == demo.url


async def test_choosing_the_current_site_changes_nothing(pilot, demo):
    asked = len(demo.log.paths)
    await press(pilot, "n", "i", "enter")
    assert "page 2 of 16" in drawn(pilot)
    assert not any("/user" in path for path in demo.log.paths[asked:])


async def test_a_site_is_added(demo, other, settings_path, clock):
    keyring, settings = FakeKeyring({demo.url: demo.token}), SettingsFile(settings_path)
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(keyring, settings, clock)) as pilot:
        await press(pilot, "i", "a")
        assert asked_to_sign_in(pilot)
        await sign_in(pilot, other, OTHER_TOKEN)
        assert at_the_smaller(pilot)
    assert known(settings) == {demo.url, other}
    assert keyring.tokens == {demo.url: demo.token, other: OTHER_TOKEN}


async def test_escape_goes_back_from_signing_in_to_the_groups(pilot):
    await press(pilot, "n", "i", "a")
    assert "esc cancel" in drawn(pilot)
    await press(pilot, "escape")
    assert "page 2 of 16" in drawn(pilot)


async def test_a_site_without_a_token_is_asked_for_and_can_be_left(demo, other, settings, clock):
    async with started(app_with(FakeKeyring({demo.url: demo.token}), settings, clock)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "enter")
        assert f"→ {other}" in words(pilot)
        await press(pilot, "escape")
        assert at_the_larger(pilot)
        assert settings.load().current == demo.url


async def test_another_token_is_taken_from_the_palette(pilot, demo, keyring):
    keyring.tokens[demo.url] = "an old token"
    await choose_command(pilot, "sign in again")
    assert f"→ {demo.url}" in words(pilot)
    await paste(pilot, demo.token)
    await press(pilot, "enter")
    assert at_the_larger(pilot)
    assert keyring.tokens[demo.url] == demo.token


# Signing out


async def test_signing_out_asks_deletes_the_token_and_forgets_the_site(pilot, demo, other, keyring, settings):
    await press(pilot, "i", "o")
    assert f"Delete the token of {demo.url}" in words(pilot)
    assert keyring.tokens[demo.url] == demo.token
    await press(pilot, "y")
    assert asked_to_sign_in(pilot)
    assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
    assert keyring.tokens == {other: OTHER_TOKEN}
    assert known(settings) == {other}
    assert settings.load().current is None


@pytest.mark.parametrize("no", ["n", "escape"])
async def test_saying_no_keeps_everything(pilot, demo, other, keyring, settings, no):
    await press(pilot, "i", "o", no)
    assert at_the_larger(pilot)
    assert keyring.tokens == {demo.url: demo.token, other: OTHER_TOKEN}
    assert known(settings) == {demo.url, other}


async def test_signing_out_from_the_palette_is_the_same(pilot, demo, other, keyring):
    await choose_command(pilot, "delete this site")
    await press(pilot, "y")
    assert f"Signed out of {demo.url}" in words(pilot)
    assert keyring.tokens == {other: OTHER_TOKEN}


async def test_signing_out_of_another_site_stays_at_this_one(pilot, demo, other, keyring, settings):
    await press(pilot, "i")
    await to_row(pilot, other)
    await press(pilot, "o", "y")
    assert at_the_larger(pilot)
    assert f"Signed out of {other}; its token is deleted." in words(pilot)
    assert keyring.tokens == {demo.url: demo.token}
    assert known(settings) == {demo.url}


async def test_one_can_sign_in_again_after_signing_out(pilot, demo):
    await press(pilot, "i", "o", "y")
    await sign_in(pilot, demo.url, demo.token)
    assert at_the_larger(pilot)


async def test_a_token_that_can_not_be_deleted_is_told(pilot, demo, keyring):
    keyring.locked = True
    await press(pilot, "i", "o", "y")
    assert asked_to_sign_in(pilot)
    assert "The token may still be in the keyring: the keyring is locked" in words(pilot)


async def test_a_keyring_that_hangs_over_a_deletion_does_not_block_the_keys(
    demo, other, hanging, settings, clock
):
    async with started(app_with(hanging, settings, clock)) as pilot:
        hanging.released.clear()
        await press(pilot, "i", "o")
        await pilot.press("y")
        await until(pilot, lambda: f"Deleting the token of {demo.url}…" in words(pilot))
        await pilot.press("n", "i")
        await until(pilot, lambda: "page 2 of 16" in drawn(pilot) and name(other) in drawn(pilot))
        hanging.release()
        await settled(pilot)
        assert asked_to_sign_in(pilot)
        assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
        assert "esc cancel" not in drawn(pilot)
    assert known(settings) == {other}


# What was read of a site


@pytest.fixture
def histories(tmp_path):
    """Where what was read of sites is kept."""
    return lambda origin: History(origin, tmp_path)


async def test_signing_out_leaves_what_was_read_unless_it_is_wanted(
    demo, keyring, settings, clock, histories
):
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        await press(pilot, "i", "o")
        assert "What was read of it stays in the history on this machine" in words(pilot)
        await press(pilot, "y")
        assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
        assert "history" not in words(pilot)
    assert len(histories(demo.url).snapshots()) == 1


async def test_signing_out_can_delete_what_was_read(demo, other, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "enter")
        assert at_the_smaller(pilot)
        await press(pilot, "i", "o", "m")
        assert f"Signed out of {other}; its token is deleted. Its history is deleted." in words(pilot)
    assert not histories(other).exists
    assert len(histories(demo.url).snapshots()) == 1
    assert keyring.tokens == {demo.url: demo.token}


async def test_a_history_that_can_not_be_deleted_is_told(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        path = histories(demo.url).path
        path.unlink()
        path.mkdir()
        await press(pilot, "i", "o", "m")
        assert asked_to_sign_in(pilot)
        assert "its token is deleted. But " in words(pilot)
        assert "can't be deleted: Is a directory" in words(pilot)


async def test_without_a_history_nothing_more_is_offered(pilot):
    await press(pilot, "i", "o")
    assert "history" not in words(pilot)
    await press(pilot, "m")
    assert "Delete the token" in words(pilot)


async def test_what_was_read_is_there_before_the_keyring_answers(demo, hanging, settings, clock, histories):
    async with started(app_with(hanging, settings, clock, history=histories)):
        pass
    hanging.released.clear()
    async with app_with(hanging, settings, clock, history=histories).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "page 1 of 16 · 1–15 of 230" in drawn(pilot))
        assert "from the history" in drawn(pilot)
        demo.site.rename_group(2, "Release users")
        hanging.release()
        await settled(pilot)
        assert "Release users" in drawn(pilot)
        assert "from the history" not in drawn(pilot)


async def test_a_token_that_is_gone_leaves_what_was_read_and_says_what_to_do(
    demo, keyring, settings, clock, histories
):
    async with started(app_with(keyring, settings, clock, history=histories)):
        pass
    del keyring.tokens[demo.url]
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        assert at_the_larger(pilot)
        assert f"The keyring has no token for {name(demo.url)}. i signs in again." in words(pilot)
        keyring.tokens[demo.url] = demo.token
        await press(pilot, "r")
        assert "no token" not in words(pilot)
        assert "from the history" not in drawn(pilot)


async def test_a_locked_keyring_leaves_what_was_read_and_says_so(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)):
        pass
    keyring.locked = True
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        assert at_the_larger(pilot)
        assert "The keyring is locked" in words(pilot)


# A token from outside


@pytest.fixture
def access(demo):
    return Credentials(demo.instance, Token.parse(demo.token))


async def test_leaving_a_token_from_outside_deletes_nothing(demo, keyring, settings, clock, access):
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        await press(pilot, "i", "o")
        assert "it is not deleted" in words(pilot)
        await press(pilot, "y")
        assert asked_to_sign_in(pilot)
        assert f"Left {demo.url}; no token was deleted." in words(pilot)
    assert keyring.calls == []
    assert demo.url in known(settings)


async def test_beside_a_token_from_outside_other_sites_are_signed_out_of_as_ever(
    demo, other, keyring, settings, clock, access
):
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "o", "y")
        assert at_the_larger(pilot)
        assert f"Signed out of {other}; its token is deleted." in words(pilot)
    assert keyring.tokens == {demo.url: demo.token}


async def test_one_comes_back_to_the_site_of_a_token_from_outside(demo, other, settings, clock, access):
    keyring = FakeKeyring({other: OTHER_TOKEN})
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "enter")
        assert at_the_smaller(pilot)
        await press(pilot, "i")
        await to_row(pilot, demo.url)
        await press(pilot, "enter")
        assert at_the_larger(pilot)
    assert demo.token not in keyring.tokens.values()


# A connection that can't even be set up


@pytest.mark.parametrize("from_outside", [True, False])
async def test_a_proxy_that_is_none_is_told(
    monkeypatch, demo, keyring, settings, clock, access, from_outside
):
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example")
    app = app_with(keyring, settings, clock, access=access if from_outside else None)
    async with started(app) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "ALL_PROXY is not the address of a proxy" in words(pilot)
        assert "Set ALL_PROXY to an address as http://proxy.example:3128." in words(pilot)


# Settings


async def test_a_theme_is_used_at_the_next_start(pilot, keyring, settings, clock):
    await choose_command(pilot, "theme: nord")
    assert settings.load().theme == "nord"
    app = app_with(keyring, settings, clock)
    async with started(app):
        assert app.theme == "nord"


async def test_a_page_size_is_used_at_the_next_start(pilot, keyring, settings, clock):
    await choose_command(pilot, "page size 50")
    assert "page 1 of 5 · 1–50 of 230 · 50/page" in drawn(pilot)
    assert settings.load().page_size == 50
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert "1–50 of 230" in drawn(pilot)


@pytest.mark.parametrize("command", ["page size 50", "theme: nord"])
async def test_settings_that_were_broken_by_hand_are_told_and_left_alone(pilot, settings, command):
    settings.path.write_text(BROKEN)
    await choose_command(pilot, command)
    assert "settings.toml, line 1: the file is not valid TOML" in words(pilot)
    assert settings.path.read_text() == BROKEN


async def test_a_sign_in_tells_that_it_can_not_be_remembered(settings_path, demo, clock):
    async with started(app_with(FakeKeyring(), SettingsFile(settings_path), clock)) as pilot:
        settings_path.write_text(BROKEN)
        await sign_in(pilot, demo.url, demo.token)
        assert at_the_larger(pilot)
        assert "settings.toml, line 1: the file is not valid TOML" in words(pilot)
    assert settings_path.read_text() == BROKEN


async def test_what_was_added_to_the_settings_by_hand_meanwhile_stays(pilot, settings):
    text = settings.path.read_text()
    settings.path.write_text(f"# my own words\n{text}")
    await choose_command(pilot, "theme: nord")
    assert settings.path.read_text().startswith("# my own words\n")
    assert settings.load().theme == "nord"
