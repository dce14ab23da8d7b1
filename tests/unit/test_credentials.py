from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

import groupstui
from groupstui.credentials import TokenStore, token_from_environment
from groupstui.errors import InvalidToken, KeyringUnavailable
from groupstui.token import Token

from ..support.cancellation import cancel_everywhere
from ..support.keyrings import FakeKeyring, HangingKeyring

ORIGIN = "https://acme.testmo.net"
TEXT = "testmo_api_3b9f\\'x"
TOKEN = Token.parse(TEXT)
DEADLINE = 30.0
"""Seconds after which a waiting test gives up."""


class RaisingKeyring(FakeKeyring):
    """A keyring that raises the same error for everything."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def get_password(self, service, username):
        raise self.error

    def set_password(self, service, username, password):
        raise self.error


class ForgetfulKeyring(FakeKeyring):
    """A keyring that pretends to store and delete tokens."""

    def set_password(self, service, username, password):
        pass

    def delete_password(self, service, username):
        pass


class UnsafeKeyring(FakeKeyring):
    """A keyring that works, but has the priority of an unsafe one."""

    priority = 0.5


@pytest.fixture
def hanging():
    keyring = HangingKeyring()
    yield keyring
    keyring.release()


def keyring_threads():
    return [thread for thread in threading.enumerate() if thread.name == "keyring"]


def store_in(backend, **limits):
    return TokenStore(lambda: backend, **limits)


async def why_load_fails(store):
    with pytest.raises(KeyringUnavailable) as caught:
        await store.load(ORIGIN)
    return caught.value


async def why_save_fails(store, token=TOKEN):
    with pytest.raises(KeyringUnavailable) as caught:
        await store.save(ORIGIN, token)
    return caught.value


def test_pasted_token_is_stripped():
    assert Token.parse("  abc\n").reveal() == "abc"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (" \n", "empty"),
        ("Bearer s3cret", "a space or a line break"),
        ("s3cret\ns3cret", "a space or a line break"),
        ("s3cret\u200b", "a character that no token has"),
        ("s3cret\x1b[0m", "a character that no token has"),
        ("s3cret" * 1000, "longer than 4,096 characters"),
    ],
)
def test_invalid_token_is_refused_without_showing_it(text, wrong):
    with pytest.raises(InvalidToken, match=wrong) as caught:
        Token.parse(text)
    assert "s3cret" not in str(caught.value)


@given(st.text(max_size=50))
def test_token_is_visible_ascii_or_refused(text):
    try:
        token = Token.parse(text).reveal()
    except InvalidToken:
        return
    assert token == text.strip()
    assert all("!" <= character <= "~" for character in token)


@pytest.mark.parametrize("environ", [{}, {"TESTMO_TOKEN": ""}, {"TESTMO_TOKEN": " \n"}])
def test_blank_variable_is_no_token(environ):
    assert token_from_environment(environ) is None


def test_token_of_the_environment_is_stripped():
    token = token_from_environment({"TESTMO_TOKEN": f" {TEXT}\r\n"})
    assert token.reveal() == TEXT
    assert TEXT not in f"{token} {token!r}"


def test_invalid_token_of_the_environment_is_refused():
    with pytest.raises(InvalidToken, match="a space or a line break"):
        token_from_environment({"TESTMO_TOKEN": "two words"})


def test_token_of_the_environment_needs_no_keyring():
    run_python(
        "import sys; from groupstui.credentials import TokenStore, token_from_environment;"
        "token_from_environment({'TESTMO_TOKEN': 'abc'}); TokenStore();"
        "assert 'keyring' not in sys.modules"
    )


async def test_saved_token_is_loaded():
    store = store_in(FakeKeyring())
    await store.save(ORIGIN, TOKEN)
    assert (await store.load(ORIGIN)).reveal() == TEXT


async def test_unknown_instance_has_no_token():
    assert await store_in(FakeKeyring()).load(ORIGIN) is None


async def test_saved_token_is_replaced():
    store = store_in(FakeKeyring())
    await store.save(ORIGIN, Token.parse("old"))
    await store.save(ORIGIN, TOKEN)
    assert (await store.load(ORIGIN)).reveal() == TEXT


async def test_each_instance_has_its_token():
    store = store_in(FakeKeyring())
    await store.save(ORIGIN, TOKEN)
    assert await store.load("https://other.testmo.net") is None


async def test_entry_is_named_by_program_and_origin():
    backend = FakeKeyring()
    await store_in(backend).save(ORIGIN, TOKEN)
    assert backend.calls[0] == ("set", "groupstui", ORIGIN)
    assert backend.tokens == {ORIGIN: TEXT}


async def test_delete_returns_whether_there_was_a_token():
    store = store_in(FakeKeyring())
    await store.save(ORIGIN, TOKEN)
    assert await store.delete(ORIGIN)
    assert not await store.delete(ORIGIN)
    assert await store.load(ORIGIN) is None


async def test_describe_names_the_keyring():
    assert "FakeKeyring" in await store_in(FakeKeyring()).describe()


async def test_backend_is_chosen_once():
    chosen = []

    def choose():
        chosen.append(FakeKeyring())
        return chosen[-1]

    store = TokenStore(choose)
    await store.save(ORIGIN, TOKEN)
    await store.load(ORIGIN)
    assert len(chosen) == 1


async def test_entry_that_is_no_token_is_refused():
    backend = FakeKeyring()
    backend.set_password("groupstui", ORIGIN, "two\nlines")
    error = await why_load_fails(store_in(backend))
    assert str(error).startswith(f"the keyring's entry for {ORIGIN} is not a token")
    assert "lines" not in str(error)


class CredentialError(Exception):
    """As the Windows backend of keyring raises it."""

    winerror = 1783


async def test_token_that_windows_cannot_store_is_explained():
    keyring = RaisingKeyring(CredentialError(1783, "CredWrite", "The stub received bad data."))
    error = await why_save_fails(store_in(keyring))
    assert "2,560 bytes" in str(error)
    assert "TESTMO_TOKEN" in error.hint


async def test_load_from_hung_keyring_times_out(hanging):
    error = await why_load_fails(store_in(hanging, read_limit=0.01))
    assert "did not answer within 0.01 s" in str(error)
    assert "Unlock" in error.hint


async def test_save_may_take_effect_after_the_time_limit(hanging):
    error = await why_save_fails(store_in(hanging, write_limit=0.01))
    assert "may still be stored later" in str(error)
    hanging.release()
    assert hanging.tokens == {ORIGIN: TEXT}


async def test_delete_may_take_effect_after_the_time_limit(hanging):
    with pytest.raises(KeyringUnavailable, match="may still be deleted later"):
        await store_in(hanging, write_limit=0.01).delete(ORIGIN)


async def test_finish_waits_for_a_save_in_progress(hanging):
    store = store_in(hanging)
    saving = asyncio.create_task(store.save(ORIGIN, TOKEN))
    await asyncio.sleep(0)
    saving.cancel()
    threading.Timer(0.05, hanging.released.set).start()
    store.finish(DEADLINE)
    assert hanging.tokens == {ORIGIN: TEXT}


async def test_finish_waits_no_longer_than_its_limit(hanging):
    store = store_in(hanging, write_limit=0.01)
    await why_save_fails(store)
    store.finish(0.01)
    assert len(keyring_threads()) == 1


async def test_hung_keyring_does_not_block_the_loop(hanging):
    loading = asyncio.create_task(store_in(hanging).load(ORIGIN))
    await asyncio.sleep(0)
    assert not loading.done()
    hanging.released.set()
    assert await loading is None


async def test_late_answer_after_cancelling_is_dropped(hanging):
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    loading = asyncio.create_task(store_in(hanging).load(ORIGIN))
    await asyncio.sleep(0)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    hanging.release()
    await asyncio.sleep(0)
    assert complaints == []


async def test_reading_can_be_cancelled_at_every_step():
    async def load() -> None:
        keyring = HangingKeyring({ORIGIN: TEXT})
        asyncio.get_running_loop().call_soon(keyring.release)  # waits for the thread: always the same steps
        assert await store_in(keyring).load(ORIGIN) == TOKEN

    assert await cancel_everywhere(load) > 2


def test_late_answer_after_the_loop_is_dropped(hanging):
    asyncio.run(why_load_fails(store_in(hanging, read_limit=0.01)))
    hanging.release()
    assert keyring_threads() == []


def test_hung_keyring_does_not_keep_the_program_alive():
    run_python(
        "import asyncio, threading\n"
        "from groupstui.credentials import TokenStore\n"
        "from groupstui.errors import KeyringUnavailable\n"
        "store = TokenStore(lambda: threading.Event().wait(), read_limit=0.01)\n"
        "try:\n    asyncio.run(store.load('https://acme.testmo.net'))\n"
        "except KeyringUnavailable:\n    print('gave up')\n",
        prints="gave up\n",
    )


@pytest.mark.parametrize(
    ("raised", "reason", "hint"),
    [
        (NoKeyringError("none"), "no keyring is available", "Start a keyring"),
        (KeyringLocked("Failed"), "the keyring is locked", "Unlock"),
        (InitError("no collection"), "cannot be opened (InitError: no collection)", "Unlock"),
        (PasswordSetError("-25308"), "failed (PasswordSetError: -25308)", "TESTMO_TOKEN"),
        (OSError("\x1b[2Jgone\nfor good"), "failed (OSError: \ufffd[2Jgone for good)", "Try again"),
        (RuntimeError(), "failed (RuntimeError)", "Try again"),
        (BaseException("panic"), "failed (BaseException: panic)", "Try again"),
    ],
)
async def test_keyring_errors_have_reason_and_hint(raised, reason, hint):
    for error in (
        await why_load_fails(store_in(RaisingKeyring(raised))),
        await why_save_fails(store_in(RaisingKeyring(raised))),
    ):
        assert reason in str(error)
        assert hint in error.hint


@pytest.mark.parametrize("text", [f"bad header: Bearer {TEXT}", f"can't store {TEXT!r}"])
async def test_keyring_error_contains_no_token(text):
    error = await why_save_fails(store_in(RaisingKeyring(ValueError(text))), Token.parse(TEXT))
    assert "•••" in str(error)
    assert "3b9f" not in str(error)


async def test_keyring_error_has_no_frame_with_the_token():
    error = await why_save_fails(store_in(RaisingKeyring(ValueError("why"))))
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert frames
    assert not any(TEXT in frame.f_locals.values() for frame in frames)


async def test_save_that_did_nothing_is_detected():
    error = await why_save_fails(store_in(ForgetfulKeyring()))
    assert str(error).endswith("ForgetfulKeyring did not store the token")


async def test_delete_that_did_nothing_is_detected():
    backend = ForgetfulKeyring()
    backend.tokens[ORIGIN] = TEXT
    with pytest.raises(KeyringUnavailable, match="ForgetfulKeyring still contains the token"):
        await store_in(backend).delete(ORIGIN)


@pytest.mark.parametrize("backend", [null.Keyring, UnsafeKeyring])
async def test_unsafe_backend_is_refused_by_name(backend):
    for error in (
        await why_load_fails(store_in(backend())),
        await why_save_fails(store_in(backend())),
    ):
        assert f"{backend.__module__}.{backend.__name__} does not store tokens safely" in str(error)


async def test_missing_keyring_is_reported(monkeypatch):
    error = await why_load_fails(store_in(fail.Keyring()))
    assert error.full == "no keyring is available. Remove PYTHON_KEYRING_BACKEND, or set TESTMO_TOKEN."
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    error = await why_load_fails(store_in(fail.Keyring()))
    assert error.full.startswith("no keyring is available. Start a keyring")


async def test_unsafe_backend_of_the_environment_is_refused(monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert "keyring.backends.null.Keyring does not store" in str(await why_load_fails(TokenStore()))


async def test_unsafe_backend_of_keyringrc_is_refused(monkeypatch, tmp_path):
    name_in_settings(monkeypatch, tmp_path, "keyring.backends.null.Keyring")
    assert "keyring.backends.null.Keyring does not store" in str(await why_load_fails(TokenStore()))


@pytest.mark.parametrize("name", ["", "nosuchmodule.Keyring", "keyring.backends.null.Nothing"])
async def test_broken_backend_of_the_environment_is_named(monkeypatch, name):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    error = await why_load_fails(TokenStore())
    assert str(error).startswith("the keyring backend set in PYTHON_KEYRING_BACKEND does not work")
    assert error.hint == "Correct or remove PYTHON_KEYRING_BACKEND."


async def test_broken_backend_of_keyringrc_is_named(monkeypatch, tmp_path):
    name_in_settings(monkeypatch, tmp_path, "nosuchmodule.Keyring")
    error = await why_load_fails(TokenStore())
    assert "keyringrc.cfg does not work (ModuleNotFoundError" in str(error)


def name_in_settings(monkeypatch, home, backend):
    """Name a backend in keyring's own settings, in a temporary home."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    from keyring.util.platform_ import config_root

    config_root().mkdir(parents=True)
    (config_root() / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={backend}\n")


def run_python(program, prints=""):
    """Run a program that must end by itself with 0."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(Path(groupstui.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, prints, "")


class NoStore(FakeKeyring):
    """A plug-in that only reads, as those of package registries do."""

    name = "registry plug-in"

    def set_password(self, service, username, password):
        raise NotImplementedError


class Chain(ChainerBackend):
    backends = (NoStore(), NoStore())


async def test_chain_of_plug_ins_that_cannot_store_is_reported():
    store = store_in(Chain())
    assert await store.describe() == "registry plug-in, registry plug-in"
    error = await why_save_fails(store)
    assert "registry plug-in, registry plug-in did not store the token" in str(error)
    assert "Start a keyring" in error.hint


async def test_describe_reports_a_keyring_that_hangs():
    hanging = HangingKeyring()
    with pytest.raises(KeyringUnavailable, match="did not answer"):
        await store_in(hanging, read_limit=0.05).describe()
    hanging.release()
