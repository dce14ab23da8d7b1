"""Signing in, by key presses, on the demo site over TCP."""

from __future__ import annotations

import socket

import pytest
from keyring.backends.null import Keyring as Null

from groupstui.app import Credentials
from groupstui.settings import SettingsFile
from groupstui.token import Token

from ..support.keyrings import FakeKeyring, HangingKeyring
from ..support.login import app_with, fill_in, paste, sign_in, started
from ..support.pilot import drawn, press, type_text, until, words

AT_ONCE = 0.2
"""Seconds that a test gives a keyring that will not answer."""

FOR_THIS_RUN = "The token is kept for this run only:"


@pytest.fixture
def keyring():
    return FakeKeyring()


@pytest.fixture
def hanging():
    keyring = HangingKeyring()
    yield keyring
    keyring.release()


@pytest.fixture
def settings(settings_path):
    return SettingsFile(settings_path)


@pytest.fixture
def app(keyring, settings, clock):
    return app_with(keyring, settings, clock)


@pytest.fixture
async def pilot(app):
    """The app on its first start."""
    async with started(app) as pilot:
        yield pilot


def in_browser(pilot):
    return "page 1 of 16" in drawn(pilot)


@pytest.fixture
def closed_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        yield server.getsockname()[1]


# What is typed


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("acme", "→ https://acme.testmo.net"),
        ("Acme.testmo.net", "→ https://acme.testmo.net"),
        ("https://acme.testmo.net/projects/view/1", "→ https://acme.testmo.net"),
        ("http://127.0.0.1:8765", "→ http://127.0.0.1:8765"),
    ],
)
async def test_the_site_that_was_understood_is_shown(pilot, typed, understood):
    await type_text(pilot, typed)
    assert understood in words(pilot)


async def test_a_pasted_address_of_a_page_is_understood(pilot):
    await paste(pilot, "https://acme.testmo.net/groups?page=2#top\n")
    assert "→ https://acme.testmo.net" in words(pilot)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("not a site", "an address contains no spaces"),
        ("-.-", "this is not a valid host name: check the spelling"),
        ("ftp://acme.testmo.net", "an address starts with https://"),
        ("http://acme.testmo.net", "plain http would send your token unencrypted"),
    ],
)
async def test_what_names_no_site_is_told_why(pilot, typed, why):
    await type_text(pilot, typed)
    assert why in words(pilot)
    assert "→" not in words(pilot)


async def test_a_site_that_is_missing_is_asked_for(pilot):
    await press(pilot, "tab", "a", "enter")
    assert "The site is missing. Type its name first." in words(pilot)
    await type_text(pilot, "acme")
    assert "→ https://acme.testmo.net" in words(pilot)


async def test_it_says_where_a_token_is_made_and_where_it_is_kept(pilot):
    assert "your avatar › User Profile › API access" in words(pilot)
    assert "site admin's token" in words(pilot)
    assert "kept in this system's keyring" in words(pilot)


async def test_the_token_is_masked_until_it_is_revealed(pilot):
    await fill_in(pilot, "acme", "s3cret")
    assert "s3cret" not in drawn(pilot)
    assert "••••••" in drawn(pilot)
    await press(pilot, "ctrl+t")
    assert "s3cret" in drawn(pilot)
    await press(pilot, "ctrl+t")
    assert "s3cret" not in drawn(pilot)


@pytest.mark.parametrize(("before", "after"), [("", "\n"), (" \t", " \r\n"), ("\n", "")])
async def test_a_token_is_pasted_with_whatever_white_space_is_around_it(pilot, demo, keyring, before, after):
    await sign_in(pilot, demo.url, f"{before}{demo.token}{after}")
    assert in_browser(pilot)
    assert keyring.tokens == {demo.url: demo.token}


@pytest.mark.parametrize("revealed", [False, True])
async def test_the_token_never_reaches_the_clipboard(pilot, revealed):
    await fill_in(pilot, "acme", "s3cret")
    if revealed:
        await press(pilot, "ctrl+t")
    await press(pilot, "ctrl+shift+a", "ctrl+c", "super+c", "ctrl+x")
    assert pilot.app.clipboard == ""
    assert "•" not in drawn(pilot)
    assert "s3cret" not in drawn(pilot)


async def test_the_site_does_reach_the_clipboard(pilot):
    await type_text(pilot, "acme")
    await press(pilot, "ctrl+shift+a", "ctrl+c")
    assert pilot.app.clipboard == "acme"


@pytest.mark.parametrize("bad", ["a b", "tokén", "a\nb", ""])
async def test_what_can_be_no_token_is_refused_before_anything_is_sent(pilot, demo, bad):
    await sign_in(pilot, demo.url, bad)
    assert "The token" in words(pilot)
    assert ": " in words(pilot)  # what is wrong with it
    assert demo.log.paths == []


# What can go wrong


async def try_again(pilot, demo, token):
    """Correct the token, which is where the keys go after a failure."""
    await press(pilot, "ctrl+u")
    await paste(pilot, token)
    await press(pilot, "enter")
    assert in_browser(pilot)


@pytest.mark.parametrize(
    ("token", "what", "hint"),
    [
        ("wrong", "does not accept the token (401", "Sign in again with a new token."),
        ("demo-member-token", "may not read this (403", "Only the token of a site admin can read groups."),
    ],
)
async def test_a_token_that_is_refused_can_be_corrected(pilot, demo, keyring, token, what, hint):
    await sign_in(pilot, demo.url, token)
    assert what in words(pilot)
    assert hint in words(pilot)
    assert demo.url in drawn(pilot)
    assert "•" * len(token) in drawn(pilot)
    assert keyring.tokens == {}
    await try_again(pilot, demo, demo.token)


@pytest.mark.parametrize(
    ("fault", "what", "hint"),
    [
        ("html", "sent a web page, not with Testmo's API", "Check the address of the instance."),
        ("redirect", "redirects to https://elsewhere.example/login", "Check the address of the instance."),
        ("500", "the site failed (500", "Try again in a minute."),
        ("cut-json", "sent invalid JSON", "Try again; if it happens again, report it"),
    ],
)
async def test_an_answer_that_makes_no_sense_says_what_to_do(pilot, demo, fault, what, hint):
    demo.faults.always(fault)
    await sign_in(pilot, demo.url, demo.token)
    assert what.lower() in words(pilot).lower()
    assert hint in words(pilot)
    demo.faults.clear()
    await press(pilot, "enter")
    assert in_browser(pilot)


async def test_a_closed_port_can_be_corrected(pilot, demo, closed_port):
    await sign_in(pilot, f"http://127.0.0.1:{closed_port}", demo.token)
    assert f"Cannot connect to 127.0.0.1:{closed_port}" in words(pilot)
    assert "Check the network, then try again." in words(pilot)
    await press(pilot, "shift+tab", "ctrl+u")
    await paste(pilot, demo.url)
    await press(pilot, "tab", "enter")
    assert in_browser(pilot)


async def test_a_host_that_does_not_speak_tls_is_not_trusted(pilot, demo):
    await sign_in(pilot, demo.url.replace("http:", "https:"), demo.token)
    assert "No trusted connection to 127.0.0.1" in words(pilot)
    assert "Check the address" in words(pilot)
    assert demo.log.paths == []


# Waiting


async def test_escape_stops_a_sign_in_and_other_keys_work_meanwhile(demo, keyring, settings, clock):
    async with started(app_with(keyring, settings, clock, timeout=60)) as pilot:
        demo.faults.next("slow")
        await fill_in(pilot, demo.url, demo.token)
        await pilot.press("enter")
        await until(pilot, lambda: "Signing in to 127.0.0.1" in words(pilot))
        assert "esc cancel" in drawn(pilot)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: demo.token in drawn(pilot))
        await press(pilot, "escape")
        assert "Stopped. Press enter to try again." in words(pilot)
        assert keyring.calls == []
        assert not settings.path.exists()
        await press(pilot, "enter")
        assert in_browser(pilot)


async def test_a_pause_that_the_site_asks_for_is_told_and_waited_for(pilot, demo, clock):
    demo.faults.retry_after = 7
    demo.faults.next("429")
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert clock.waits == [7]


# What is kept


async def test_a_sign_in_shows_groups_and_is_remembered(pilot, demo, keyring, settings):
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert "Ada Lovelace" in drawn(pilot)
    assert keyring.tokens == {demo.url: demo.token}
    assert {service for _, service, _ in keyring.calls} == {"groupstui"}
    assert settings.load().current == demo.url
    assert demo.token not in settings.path.read_text()


async def test_the_next_start_goes_straight_to_the_groups(app, demo, keyring, settings, clock):
    async with started(app) as pilot:
        await sign_in(pilot, demo.url, demo.token)
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert in_browser(pilot)
        assert "Ada Lovelace" in drawn(pilot)


async def test_a_token_from_outside_never_touches_the_keyring(demo, keyring, settings, clock):
    access = Credentials(demo.instance, Token.parse(demo.token))
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        assert in_browser(pilot)
        await press(pilot, "n", "i", "o", "y")
        assert "Sign in to Testmo" in drawn(pilot)
    assert keyring.calls == []


@pytest.mark.parametrize("keyring", [FakeKeyring(locked=True), Null()], ids=["locked", "null"])
async def test_where_nothing_can_be_kept_it_says_so_and_works(pilot, demo, settings):
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert FOR_THIS_RUN in words(pilot)
    await press(pilot, "n")
    assert "page 2 of 16" in drawn(pilot)
    assert FOR_THIS_RUN in words(pilot)
    assert demo.token not in settings.path.read_text()


async def test_a_keyring_that_hangs_is_given_up(demo, hanging, settings, clock):
    async with started(app_with(hanging, settings, clock, write_limit=AT_ONCE)) as pilot:
        await sign_in(pilot, demo.url, demo.token)
        assert f"{FOR_THIS_RUN} the keyring did not answer within 0.2 s" in words(pilot)
        assert in_browser(pilot)


async def test_a_keyring_that_hangs_blocks_neither_keys_nor_the_way_out(demo, hanging, settings, clock):
    app = app_with(hanging, settings, clock)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await fill_in(pilot, demo.url, demo.token)
        await pilot.press("enter")
        await until(pilot, lambda: hanging.calls and in_browser(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "page 2 of 16" in drawn(pilot))
        await pilot.press("q")
    assert app.return_code == 0


# The keyring at the next start


async def test_a_site_whose_token_is_gone_is_asked_for_again(demo, keyring, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        await paste(pilot, demo.token)
        await press(pilot, "enter")
        assert in_browser(pilot)


async def test_a_keyring_that_fails_at_the_start_says_why(demo, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(FakeKeyring(locked=True), settings, clock)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "The keyring is locked. Unlock the keyring" in words(pilot)
        await paste(pilot, demo.token)
        await press(pilot, "enter")
        assert in_browser(pilot)
        assert FOR_THIS_RUN in words(pilot)


async def test_a_keyring_that_hangs_at_the_start_is_given_up(demo, hanging, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(hanging, settings, clock, read_limit=AT_ONCE)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "The keyring did not answer within 0.2 s" in words(pilot)


async def test_a_keyring_that_hangs_at_the_start_can_be_left(demo, hanging, settings, clock):
    settings.save(settings.load().remember(demo.url))
    app = app_with(hanging, settings, clock)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: "Reading the token from the keyring…" in drawn(pilot))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
