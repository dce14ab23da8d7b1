"""Sign in, by key presses, on the demo site over TCP."""

from __future__ import annotations

import socket

import pytest
from keyring.backends.null import Keyring as Null

from groupstui.app import Credentials
from groupstui.settings import SettingsFile
from groupstui.token import Token

from ..support.keyrings import FakeKeyring, HangingKeyring
from ..support.login import app_with, fill_in, sign_in, started
from ..support.pilot import drawn, paste, press, settled, type_text, until, words

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
    return "page 1 of 5" in drawn(pilot)


@pytest.fixture
def closed_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        yield server.getsockname()[1]


# Inputs


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("acme", "→ https://acme.testmo.net"),
        ("Acme.testmo.net", "→ https://acme.testmo.net"),
        ("https://acme.testmo.net/projects/view/1", "→ https://acme.testmo.net"),
        ("http://127.0.0.1:8765", "→ http://127.0.0.1:8765"),
    ],
)
async def test_recognised_instance_is_shown(pilot, typed, understood):
    await type_text(pilot, typed)
    assert understood in words(pilot)


async def test_pasted_page_address_is_recognised(pilot):
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
async def test_invalid_instance_shows_the_reason(pilot, typed, why):
    await type_text(pilot, typed)
    assert why in words(pilot)
    assert "→" not in words(pilot)


async def test_missing_instance_is_requested(pilot):
    await press(pilot, "tab", "a", "enter")
    assert "The instance is missing. Type its name first." in words(pilot)
    await type_text(pilot, "acme")
    assert "→ https://acme.testmo.net" in words(pilot)


async def test_login_explains_where_tokens_come_from(pilot):
    assert "your avatar › User Profile › API access" in words(pilot)
    assert "the token of a site admin" in words(pilot)
    assert "stored in the keyring of this system" in words(pilot)


async def test_token_is_masked_until_revealed(pilot):
    await fill_in(pilot, "acme", "s3cret")
    assert "s3cret" not in drawn(pilot)
    assert "••••••" in drawn(pilot)
    await press(pilot, "ctrl+t")
    assert "s3cret" in drawn(pilot)
    await press(pilot, "ctrl+t")
    assert "s3cret" not in drawn(pilot)


@pytest.mark.parametrize(("before", "after"), [("", "\n"), (" \t", " \r\n"), ("\n", "")])
async def test_white_space_around_a_pasted_token_is_removed(pilot, demo, keyring, before, after):
    await sign_in(pilot, demo.url, f"{before}{demo.token}{after}")
    assert in_browser(pilot)
    assert keyring.tokens == {demo.url: demo.token}


SIZES = [(80, 24), (60, 16), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_hint_for_the_address_is_never_cut(app, size):
    async with app.run_test(size=size) as pilot:
        await type_text(pilot, "http://acme.eu.example.com")
        assert "plain http would send your token unencrypted: use https://acme.eu.example.com" in words(pilot)
        assert "Sign in" in drawn(pilot, "#sign-in")


@pytest.mark.parametrize("size", SIZES)
async def test_form_stays_in_its_place(app, size):
    async with app.run_test(size=size) as pilot:
        places = [pilot.app.screen.query_one("#form").region]
        await type_text(pilot, "http://acme")
        places.append(pilot.app.screen.query_one("#form").region)
        await press(pilot, "enter")
        assert "Correct it first" in words(pilot)
        places.append(pilot.app.screen.query_one("#form").region)
        assert len(set(places)) == 1


async def test_footer_and_help_list_the_keys_of_the_login(pilot):
    for key in ("enter sign in", "tab next", "ctrl+t reveal", "f1 help", "ctrl+q quit"):
        assert key in words(pilot, "KeyFooter")
    assert "f2" not in words(pilot, "KeyFooter")  # there is no other instance yet
    await press(pilot, "f1")
    for key in ("enter", "tab", "ctrl+t", "ctrl+q"):
        assert key in words(pilot, ".dialog")


@pytest.mark.parametrize("way", ["enter", "tab", "click"])
async def test_button_signs_in(pilot, demo, way):
    await fill_in(pilot, demo.url, demo.token)
    if way == "click":
        await pilot.click("#sign-in")
        await settled(pilot)
    else:
        await press(pilot, *["tab"] * (way == "tab"), "enter")
    assert in_browser(pilot)


async def test_enter_signs_in_from_the_address(pilot, demo):
    await fill_in(pilot, demo.url, demo.token)
    await press(pilot, "up", "end", "slash", "enter")
    assert in_browser(pilot)


async def test_error_is_in_view_in_a_low_window(app, demo):
    async with app.run_test(size=(40, 12)) as pilot:
        await sign_in(pilot, demo.url, "wrong")
        assert "does not accept the token" in words(pilot)
        await press(pilot, "ctrl+u")
        await paste(pilot, demo.token)
        await press(pilot, "enter")
        assert "of 230" in drawn(pilot)


async def test_sign_in_ends_while_the_help_is_open(pilot, demo):
    demo.faults.seconds = 0.5
    demo.faults.next("slow")
    await fill_in(pilot, demo.url, demo.token)
    await pilot.press("enter", "f1")
    await settled(pilot)
    assert in_browser(pilot)
    assert len(pilot.app.screen_stack) == 2  # the browser has taken the place of the login


@pytest.mark.parametrize("revealed", [False, True])
async def test_token_is_never_copied(pilot, revealed):
    await fill_in(pilot, "acme", "s3cret")
    if revealed:
        await press(pilot, "ctrl+t")
    await press(pilot, "ctrl+shift+a", "ctrl+c", "super+c", "ctrl+x")
    assert pilot.app.clipboard == ""
    assert "•" not in drawn(pilot)
    assert "s3cret" not in drawn(pilot)


async def test_instance_can_be_copied(pilot):
    await type_text(pilot, "acme")
    await press(pilot, "ctrl+shift+a", "ctrl+c")
    assert pilot.app.clipboard == "acme"


@pytest.mark.parametrize("bad", ["a b", "tokén", "a\nb", ""])
async def test_invalid_token_is_rejected_before_any_request(pilot, demo, bad):
    await sign_in(pilot, demo.url, bad)
    assert "the token" in words(pilot)
    assert ": " in words(pilot)  # what is wrong with it
    assert demo.log.paths == []


# Errors


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
        (
            "demo-member-token",
            "may not read this (403",
            "Only the token of a site admin can read groups. This token is that of Grace Hopper.",
        ),
    ],
)
async def test_login_reports_401_and_403(pilot, demo, keyring, token, what, hint):
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
        ("html", "sent a web page instead of Testmo's API", "Check the address of the instance."),
        ("redirect", "redirects to https://elsewhere.example/login", "Check the address of the instance."),
        ("500", "the instance failed (500", "Try again in a minute."),
        ("cut-json", "sent invalid JSON", "Try again; if it happens again, report it"),
    ],
)
async def test_login_reports_wrong_answers(pilot, demo, fault, what, hint):
    demo.faults.always(fault)
    await sign_in(pilot, demo.url, demo.token)
    assert what.lower() in words(pilot).lower()
    assert hint in words(pilot)
    demo.faults.clear()
    await press(pilot, "enter")
    assert in_browser(pilot)


async def test_login_reports_connection_refused(pilot, demo, closed_port):
    await sign_in(pilot, f"http://127.0.0.1:{closed_port}", demo.token)
    assert f"cannot connect to 127.0.0.1:{closed_port}" in words(pilot)
    assert "Check the network, then try again." in words(pilot)
    await press(pilot, "shift+tab", "ctrl+u")
    await paste(pilot, demo.url)
    await press(pilot, "tab", "enter")
    assert in_browser(pilot)


async def test_login_reports_failed_tls(pilot, demo):
    await sign_in(pilot, demo.url.replace("http:", "https:"), demo.token)
    assert "no TLS connection to 127.0.0.1" in words(pilot)
    assert "Check the address" in words(pilot)
    assert demo.log.paths == []


# Waiting


async def test_escape_cancels_a_sign_in(demo, keyring, settings, clock):
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
        await press(pilot, "ctrl+t")
        assert words(pilot, "NoticeBar") == ""  # also the notice of the sign-in has ended
        await press(pilot, "enter")
        assert in_browser(pilot)


async def test_login_waits_after_429(pilot, demo, clock):
    demo.faults.retry_after = 7
    demo.faults.next("429")
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert clock.waits == [7]


# Storage


async def test_login_stores_token_and_instance(pilot, demo, keyring, settings):
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert "Ada Lovelace" in drawn(pilot)
    assert keyring.tokens == {demo.url: demo.token}
    assert {service for _, service, _ in keyring.calls} == {"groupstui"}
    assert settings.load().current == demo.url
    assert demo.token not in settings.path.read_text()


async def test_next_start_needs_no_login(app, demo, keyring, settings, clock):
    async with started(app) as pilot:
        await sign_in(pilot, demo.url, demo.token)
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert in_browser(pilot)
        assert "Ada Lovelace" in drawn(pilot)


async def test_token_from_environment_never_touches_the_keyring(demo, keyring, settings, clock):
    access = Credentials(demo.instance, Token.parse(demo.token))
    async with started(app_with(keyring, settings, clock, access=access)) as pilot:
        assert in_browser(pilot)
        await press(pilot, "n", "i", "o", "y")
        assert "Sign in to Testmo" in drawn(pilot)
    assert keyring.calls == []


@pytest.mark.parametrize("keyring", [FakeKeyring(locked=True), Null()], ids=["locked", "null"])
async def test_unusable_keyring_keeps_the_token_for_this_run(pilot, demo, settings):
    await sign_in(pilot, demo.url, demo.token)
    assert in_browser(pilot)
    assert FOR_THIS_RUN in words(pilot)
    await press(pilot, "n")
    assert "page 2 of 5" in drawn(pilot)
    assert FOR_THIS_RUN in words(pilot)
    assert demo.token not in settings.path.read_text()


async def test_hanging_keyring_times_out_on_save(demo, hanging, settings, clock):
    async with started(app_with(hanging, settings, clock, write_limit=AT_ONCE)) as pilot:
        await sign_in(pilot, demo.url, demo.token)
        assert f"{FOR_THIS_RUN} the keyring did not answer within 0.2 s" in words(pilot)
        assert in_browser(pilot)


async def test_hanging_keyring_blocks_neither_keys_nor_quit(demo, hanging, settings, clock):
    app = app_with(hanging, settings, clock)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await fill_in(pilot, demo.url, demo.token)
        await pilot.press("enter")
        await until(pilot, lambda: hanging.calls and in_browser(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "page 2 of 5" in drawn(pilot))
        await pilot.press("q")
    assert app.return_code == 0


# The keyring at the next start


async def test_missing_token_at_start_opens_the_login(demo, keyring, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(keyring, settings, clock)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        await paste(pilot, demo.token)
        await press(pilot, "enter")
        assert in_browser(pilot)


async def test_locked_keyring_at_start_shows_the_reason(demo, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(FakeKeyring(locked=True), settings, clock)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "the keyring is locked. Unlock the keyring" in words(pilot)
        await paste(pilot, demo.token)
        await press(pilot, "enter")
        assert in_browser(pilot)
        assert FOR_THIS_RUN in words(pilot)


async def test_hanging_keyring_times_out_at_start(demo, hanging, settings, clock):
    settings.save(settings.load().remember(demo.url))
    async with started(app_with(hanging, settings, clock, read_limit=AT_ONCE)) as pilot:
        assert f"→ {demo.url}" in words(pilot)
        assert "the keyring did not answer within 0.2 s" in words(pilot)


async def test_quit_while_the_keyring_hangs_at_start(demo, hanging, settings, clock):
    settings.save(settings.load().remember(demo.url))
    app = app_with(hanging, settings, clock)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: "Reading the token from the keyring…" in drawn(pilot))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
