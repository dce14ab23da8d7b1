"""Switch instances, sign out, and restart, by key presses on two demo sites over TCP."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groupstui.app import Credentials
from groupstui.demo.seed import make_site
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group
from groupstui.history import History
from groupstui.redaction import mask
from groupstui.settings import SettingsFile
from groupstui.testmo.instance import Instance
from groupstui.token import Token

from ..support.keyrings import FakeKeyring, HangingKeyring
from ..support.login import app_with, sign_in, started
from ..support.pilot import drawn, paste, press, settled, type_text, until, words
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


def row(pilot, url):
    """Return the line of an instance in the list."""
    (line,) = (line for line in drawn(pilot, "Table").splitlines() if name(url) in line)
    return " ".join(line.split())


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


# Switching instances


async def test_instances_dialog_starts_at_the_current_one(pilot, demo, other):
    await press(pilot, "i")
    assert f"▸ {name(demo.url)}" in words(pilot)
    assert name(other) in words(pilot)


@pytest.mark.parametrize("command", ["switch", "sign out"])
async def test_dialogs_to_come_back_to_go_with_their_instance(pilot, other, command):
    await press(pilot, "tab", "u")
    dialog = pilot.app.screen
    await press(pilot, "down", "enter")
    assert pilot.app.is_screen_installed(dialog)
    if command == "switch":
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "enter")
        assert at_the_smaller(pilot)
    else:
        await choose_command(pilot, "sign out")
        await press(pilot, "y")
    await until(pilot, lambda: not dialog.is_running)
    assert not pilot.app.is_screen_installed(dialog)


async def test_other_instance_opens_with_its_own_token(pilot, demo, other, settings):
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


async def test_choosing_the_current_instance_changes_nothing(pilot, demo):
    asked = len(demo.log.paths)
    await press(pilot, "n", "i", "enter")
    assert "page 2 of 5" in drawn(pilot)
    assert not any("/user" in path for path in demo.log.paths[asked:])


async def test_add_an_instance(demo, other, settings_path, clock):
    keyring, settings = FakeKeyring({demo.url: demo.token}), SettingsFile(settings_path)
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(keyring, settings, clock)) as pilot:
        await press(pilot, "i", "a")
        assert asked_to_sign_in(pilot)
        await sign_in(pilot, other, OTHER_TOKEN)
        assert at_the_smaller(pilot)
    assert known(settings) == {demo.url, other}
    assert keyring.tokens == {demo.url: demo.token, other: OTHER_TOKEN}


async def test_escape_returns_from_the_login(pilot):
    await press(pilot, "n", "i", "a")
    assert "esc cancel" in drawn(pilot)
    await press(pilot, "escape")
    assert "page 2 of 5" in drawn(pilot)


async def test_instance_without_a_token_opens_the_login(demo, other, settings, clock):
    async with started(app_with(FakeKeyring({demo.url: demo.token}), settings, clock)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        await press(pilot, "enter")
        assert f"→ {other}" in words(pilot)
        await press(pilot, "escape")
        assert at_the_larger(pilot)
        assert settings.load().current == demo.url


async def test_palette_replaces_the_token(pilot, demo, keyring):
    keyring.tokens[demo.url] = "an old token"
    await choose_command(pilot, "sign in again")
    assert f"→ {demo.url}" in words(pilot)
    await paste(pilot, demo.token)
    await press(pilot, "enter")
    assert at_the_larger(pilot)
    assert keyring.tokens[demo.url] == demo.token


# Signing out


async def test_sign_out_deletes_token_and_instance(pilot, demo, other, keyring, settings):
    await press(pilot, "i", "o")
    assert f"Delete the token of {demo.url}" in words(pilot)
    assert keyring.tokens[demo.url] == demo.token
    await press(pilot, "y")
    assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
    assert keyring.tokens == {other: OTHER_TOKEN}
    assert known(settings) == {other}
    await press(pilot, "escape")
    assert asked_to_sign_in(pilot)


async def test_other_instances_are_offered_after_signing_out(pilot, other):
    await press(pilot, "i", "o", "y")
    assert row(pilot, other) == f"▸ {name(other)} token no history"
    await press(pilot, "enter")
    assert at_the_smaller(pilot)


async def test_login_leads_to_the_list_of_instances(pilot, demo, other):
    await press(pilot, "i", "o", "y", "escape")
    assert "f2 instances" in drawn(pilot)
    await press(pilot, "f2", "escape")
    assert asked_to_sign_in(pilot)
    await press(pilot, "f2", "a")
    assert asked_to_sign_in(pilot)
    await press(pilot, "f2", "enter")
    assert at_the_smaller(pilot)
    assert len(pilot.app.screen_stack) == 2


async def test_list_over_the_login_of_another_token_leads_back(pilot, demo):
    await press(pilot, "n")
    await choose_command(pilot, "sign in again")
    await press(pilot, "f2", "enter")
    assert "page 2 of 5" in drawn(pilot)
    assert len(pilot.app.screen_stack) == 2


async def test_login_without_other_instances_offers_no_list(demo, settings_path, clock):
    settings = SettingsFile(settings_path)
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(FakeKeyring({demo.url: demo.token}), settings, clock)) as pilot:
        await press(pilot, "i", "o", "y")
        assert asked_to_sign_in(pilot)
        assert "f2" not in drawn(pilot)
        await press(pilot, "f2")
        assert asked_to_sign_in(pilot)


async def test_last_other_instance_can_be_signed_out_of_from_the_login(pilot, keyring, settings):
    await press(pilot, "i", "o", "y", "escape", "f2", "o", "y")
    assert asked_to_sign_in(pilot)
    assert "f2" not in drawn(pilot)
    assert (keyring.tokens, known(settings)) == ({}, set())


async def test_next_start_opens_another_instance_with_a_token(keyring, settings, clock, demo, other):
    settings.save(settings.load().remember("https://acme.testmo.net").remember(demo.url))
    async with started(app_with(keyring, settings, clock)) as pilot:
        await press(pilot, "i", "o", "y")
    assert settings.load().current == other  # not acme, which was used later: it has no token
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert at_the_smaller(pilot)


async def test_start_without_a_current_instance_opens_one_with_a_token(keyring, settings, clock, other):
    acme = "https://acme.testmo.net"
    settings.update(lambda before: replace(before.remember(acme), current=None, recent=(acme, other)))
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert at_the_smaller(pilot)


async def test_start_with_a_locked_keyring_names_the_instance_used_last(keyring, settings, clock, demo):
    settings.update(lambda settings: replace(settings, current=None, recent=(demo.url,)))
    keyring.locked = True
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "the keyring is locked. Unlock the keyring" in words(pilot)
        keyring.locked = False
        await press(pilot, "f2", "enter")
        assert at_the_larger(pilot)


async def test_nothing_refers_to_the_token_after_signing_out(pilot, demo):
    assert demo.token not in mask(f"Bearer {demo.token}")
    await press(pilot, "i", "o")
    await press(pilot, "y")
    assert asked_to_sign_in(pilot)
    gc.collect()
    assert mask(f"Bearer {demo.token}") == f"Bearer {demo.token}"  # a token that exists would be masked


@pytest.mark.parametrize("no", ["n", "escape"])
async def test_declined_sign_out_returns_to_the_list(pilot, demo, other, keyring, settings, no):
    await press(pilot, "i", "o", no)
    assert f"▸ {name(demo.url)}" in words(pilot, ".dialog")
    await press(pilot, "escape")
    assert at_the_larger(pilot)
    assert keyring.tokens == {demo.url: demo.token, other: OTHER_TOKEN}
    assert known(settings) == {demo.url, other}


async def test_sign_out_from_the_palette(pilot, demo, other, keyring):
    await choose_command(pilot, "sign out")
    await press(pilot, "y")
    assert f"Signed out of {demo.url}" in words(pilot)
    assert keyring.tokens == {other: OTHER_TOKEN}


async def test_sign_out_of_another_instance_stays_here(pilot, demo, other, keyring, settings):
    await press(pilot, "i")
    await to_row(pilot, other)
    await press(pilot, "o", "y")
    assert f"Signed out of {other}; its token is deleted." in words(pilot)
    await press(pilot, "up")
    assert "the token of" not in words(pilot)  # also the notice of the deletion has ended
    assert name(other) not in drawn(pilot, "Table")
    await press(pilot, "escape")
    assert at_the_larger(pilot)
    assert keyring.tokens == {demo.url: demo.token}
    assert known(settings) == {demo.url}


async def test_sign_in_after_sign_out(pilot, demo):
    await press(pilot, "i", "o", "y", "escape")
    await sign_in(pilot, demo.url, demo.token)
    assert at_the_larger(pilot)


async def test_sign_out_reports_a_locked_keyring(pilot, demo, keyring):
    keyring.locked = True
    await press(pilot, "i", "o", "y")
    assert "The token may still be in the keyring: the keyring is locked" in words(pilot)


async def test_hanging_keyring_does_not_block_keys_on_sign_out(demo, other, hanging, settings, clock):
    async with started(app_with(hanging, settings, clock)) as pilot:
        hanging.released.clear()
        await press(pilot, "i", "o")
        await pilot.press("y")
        await until(pilot, lambda: f"Deleting the token of {demo.url}…" in words(pilot))
        await pilot.press("escape", "n", "i")
        await until(pilot, lambda: "page 2 of 5" in drawn(pilot) and name(other) in drawn(pilot))
        hanging.release()
        await settled(pilot)
        assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
        await press(pilot, "escape")
        assert asked_to_sign_in(pilot)
        assert "esc cancel" not in drawn(pilot)
    assert known(settings) == {other}


# The history


@pytest.fixture
def histories(tmp_path):
    """Where what was read of sites is kept."""
    return lambda origin: History(origin, tmp_path)


async def test_sign_out_keeps_the_history(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        await press(pilot, "i", "o")
        assert "Its history stays on this machine" in words(pilot)
        await press(pilot, "y")
        assert f"Signed out of {demo.url}; its token is deleted." in words(pilot)
        assert "Its history" not in words(pilot)
    assert len(histories(demo.url).snapshots()) == 1


async def test_sign_out_can_delete_the_history(demo, other, keyring, settings, clock, histories):
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


async def test_sign_out_reports_an_undeletable_history(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        path = histories(demo.url).path
        path.unlink()
        path.mkdir()
        await press(pilot, "i", "o", "m")
        assert "its token is deleted. But " in words(pilot)
        assert "cannot be deleted: Is a directory" in words(pilot)


async def test_sign_out_without_history_offers_no_deletion(pilot):
    await press(pilot, "i", "o")
    assert "history" not in words(pilot, ".dialog")
    await press(pilot, "m")
    assert "Delete the token" in words(pilot)


async def test_snapshot_is_shown_before_the_keyring_answers(demo, hanging, settings, clock, histories):
    async with started(app_with(hanging, settings, clock, history=histories)):
        pass
    hanging.released.clear()
    async with app_with(hanging, settings, clock, history=histories).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "page 1 of 5 · 1–50 of 230" in drawn(pilot))
        assert "from the snapshot" in drawn(pilot)
        demo.site.rename_group(2, "Release users")
        hanging.release()
        await settled(pilot)
        assert "Release users" in drawn(pilot)
        assert "from the snapshot" not in drawn(pilot)


async def test_missing_token_keeps_the_snapshot(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)):
        pass
    del keyring.tokens[demo.url]
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        assert at_the_larger(pilot)
        assert f"the keyring has no token for {name(demo.url)}. Press i to sign in again." in words(pilot)
        keyring.tokens[demo.url] = demo.token
        await press(pilot, "r")
        assert "no token" not in words(pilot)
        assert "from the snapshot" not in drawn(pilot)


async def test_locked_keyring_keeps_the_snapshot(demo, keyring, settings, clock, histories):
    async with started(app_with(keyring, settings, clock, history=histories)):
        pass
    keyring.locked = True
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        assert at_the_larger(pilot)
        assert "the keyring is locked. Unlock the keyring" in words(pilot)
        assert "Press r to try again. Press i to sign in again." in words(pilot)
        assert "Ada Lovelace" not in drawn(pilot, "StatusBar")
        keyring.locked = False
        await press(pilot, "r")
        assert "locked" not in words(pilot)
        assert "Ada Lovelace" in drawn(pilot, "StatusBar")


# What the list shows


async def test_list_marks_the_open_instance_and_those_with_a_token(pilot, demo, other, keyring):
    del keyring.tokens[other]
    await press(pilot, "i")
    assert row(pilot, demo.url) == f"▸ {name(demo.url)} token no history open"
    assert row(pilot, other) == f"{name(other)} no token no history"


async def test_list_has_the_names_of_the_settings(demo, other, keyring, settings, clock):
    names = f'work = "{other}"\n"a long name that somebody gave" = "{demo.url}"'
    settings.path.write_text(f'current = "{demo.url}"\n[sites]\n{names}\n')
    async with started(app_with(keyring, settings, clock)) as pilot:
        await press(pilot, "i")
        assert row(pilot, other).startswith(f"work {name(other)} token")
        assert row(pilot, demo.url).startswith(f"▸ a long name tha… {name(demo.url)} token")


async def test_locked_keyring_is_asked_once_for_the_list(pilot, demo, other, keyring):
    keyring.locked = True
    keyring.calls.clear()
    await press(pilot, "i")
    for url in (demo.url, other):
        assert "keyring locked" in row(pilot, url)
    assert len(keyring.calls) == 1


async def test_list_is_usable_while_the_keyring_hangs(demo, other, hanging, settings, clock):
    async with started(app_with(hanging, settings, clock)) as pilot:
        hanging.released.clear()
        await pilot.press("i")
        await until(pilot, lambda: "no history" in row(pilot, other))
        assert row(pilot, demo.url) == f"▸ {name(demo.url)} … no history open"
        await pilot.press("escape")
        await until(pilot, lambda: "Instances" not in drawn(pilot))
        hanging.release()


async def test_list_shows_the_last_snapshot(demo, other, keyring, settings, clock, histories):
    taken_at = datetime.now(UTC) - timedelta(days=2, hours=20)
    histories(other).save(crawled_directory([Group(1, "QA")], {}, as_of=taken_at))
    async with started(app_with(keyring, settings, clock, history=histories)) as pilot:
        await press(pilot, "i")
        assert row(pilot, other) == f"{name(other)} token 2 d ago · 1 group"


async def test_narrow_list_has_whole_addresses_and_groups(demo, keyring, settings, clock, histories):
    origin = "https://quality-of-a-large-company.testmo.net"
    settings.save(settings.load().remember(origin).remember(demo.url))
    groups = [Group(number, "") for number in range(1, 2431)]
    taken_at = datetime.now(UTC) - timedelta(minutes=59, seconds=30)
    histories(origin).save(crawled_directory(groups, {}, as_of=taken_at))
    async with app_with(keyring, settings, clock, history=histories).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "i")
        assert row(pilot, origin) == f"{name(origin)} no token 59 min ago · 2,430 groups"


# A token from the environment


@pytest.fixture
def access(demo):
    return Credentials(demo.instance, Token.parse(demo.token))


async def test_sign_out_of_environment_token_deletes_nothing(demo, keyring, settings, clock, access):
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        await press(pilot, "i", "o")
        assert "is not deleted" in words(pilot, ".dialog")
        await press(pilot, "y")
        assert f"Left {demo.url}; no token was deleted." in words(pilot)
    assert {call for call, *_ in keyring.calls} == {"get"}
    assert demo.url in known(settings)


async def test_sign_out_of_others_with_environment_token(demo, other, keyring, settings, clock, access):
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        await press(pilot, "i")
        await to_row(pilot, other)
        assert "from TESTMO_TOKEN" in row(pilot, demo.url)
        await press(pilot, "o", "y")
        assert f"Signed out of {other}; its token is deleted." in words(pilot)
        await press(pilot, "escape")
        assert at_the_larger(pilot)
    assert keyring.tokens == {demo.url: demo.token}


async def test_return_to_the_instance_of_the_environment_token(demo, other, settings, clock, access):
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


# Invalid proxies


@pytest.mark.parametrize("from_outside", [True, False])
async def test_invalid_proxy_opens_the_login(monkeypatch, demo, keyring, settings, clock, from_outside):
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example")
    acme = Instance.parse("acme")
    keyring.tokens[acme.origin] = demo.token
    settings.save(settings.load().remember(acme.origin))
    access = Credentials(acme, Token.parse(demo.token)) if from_outside else None
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        assert f"→ {acme.origin}" in words(pilot)
        assert "ALL_PROXY is not the address of a proxy" in words(pilot)
        assert "Set ALL_PROXY to an address such as http://proxy.example:3128." in words(pilot)


# Settings


async def test_theme_is_saved(pilot, keyring, settings, clock):
    await choose_command(pilot, "theme: nord")
    assert settings.load().theme == "nord"
    app = app_with(keyring, settings, clock)
    async with started(app):
        assert app.theme == "nord"


async def test_page_size_is_saved(pilot, keyring, settings, clock):
    await choose_command(pilot, "page size 50")
    assert "page 1 of 5 · 1–50 of 230 · 50/page" in drawn(pilot)
    assert settings.load().page_size == 50
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert "1–50 of 230" in drawn(pilot)


@pytest.mark.parametrize("command", ["page size 50", "theme: nord"])
async def test_invalid_settings_file_is_reported_and_kept(pilot, settings, command):
    settings.path.write_text(BROKEN)
    await choose_command(pilot, command)
    assert "settings.toml, line 1: the file is not valid TOML" in words(pilot)
    assert settings.path.read_text() == BROKEN


async def test_login_reports_invalid_settings_file(settings_path, demo, clock):
    async with started(app_with(FakeKeyring(), SettingsFile(settings_path), clock)) as pilot:
        settings_path.write_text(BROKEN)
        await sign_in(pilot, demo.url, demo.token)
        assert at_the_larger(pilot)
        assert "settings.toml, line 1: the file is not valid TOML" in words(pilot)
    assert settings_path.read_text() == BROKEN


async def test_settings_edited_meanwhile_are_kept(pilot, settings):
    text = settings.path.read_text()
    settings.path.write_text(f"# my own words\n{text}")
    await choose_command(pilot, "theme: nord")
    assert settings.path.read_text().startswith("# my own words\n")
    assert settings.load().theme == "nord"
