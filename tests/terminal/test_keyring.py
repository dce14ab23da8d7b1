from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

ORIGIN = "https://acme.testmo.net"
DEADLINE = 60.0
"""Seconds after which a program counts as hung."""


def use_store(environment, action, *, origin=ORIGIN, token="", read_limit=30.0):
    """Use the store in a separate process, and return the lines that it printed."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("use_store.py"), action, origin, str(read_limit)],
        env=environment,
        input=token,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_token_is_kept_after_the_program_ends(secret_service):
    assert use_store(secret_service.environment, "save", token="s3cret") == ["saved"]
    assert use_store(secret_service.environment, "load") == ["s3cret"]


def test_each_instance_has_its_token(secret_service):
    use_store(secret_service.environment, "save", token="s3cret")
    assert use_store(secret_service.environment, "load", origin="https://other.testmo.net") == ["nothing"]


def test_saved_token_is_replaced(secret_service):
    use_store(secret_service.environment, "save", token="old")
    use_store(secret_service.environment, "save", token="new")
    assert use_store(secret_service.environment, "load") == ["new"]


def test_deleted_token_is_gone(secret_service):
    use_store(secret_service.environment, "save", token="s3cret")
    assert use_store(secret_service.environment, "delete") == ["deleted"]
    assert use_store(secret_service.environment, "load") == ["nothing"]
    assert use_store(secret_service.environment, "delete") == ["nothing"]


def test_describe_names_the_keyring(secret_service):
    assert use_store(secret_service.environment, "describe") == ["SecretService Keyring"]


@pytest.mark.parametrize("action", ["load", "save", "delete"])
def test_locked_keyring_has_a_hint(secret_service, action):
    use_store(secret_service.environment, "save", token="s3cret")
    secret_service.lock()
    reason, hint = use_store(secret_service.environment, action, token="another")
    assert reason == "the keyring is locked"
    assert "Unlock the keyring" in hint


def test_hung_keyring_times_out(secret_service):
    use_store(secret_service.environment, "save", token="s3cret")
    secret_service.freeze()
    reason, hint = use_store(secret_service.environment, "load", read_limit=1.0)
    assert reason.startswith("the keyring did not answer within 1 s")
    assert "Unlock the keyring" in hint


@pytest.mark.parametrize("action", ["load", "save", "delete"])
def test_session_without_a_bus_has_no_keyring(environment, action):
    reason, hint = use_store(environment, action, token="s3cret")
    assert reason == "no keyring is available"
    assert "TESTMO_TOKEN" in hint


def test_null_backend_of_the_environment_is_refused(secret_service):
    environment = secret_service.environment | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    reason, _ = use_store(environment, "save", token="s3cret")
    assert reason == "the keyring backend keyring.backends.null.Keyring does not store tokens safely"


def test_missing_backend_of_the_environment_is_named(secret_service):
    environment = secret_service.environment | {"PYTHON_KEYRING_BACKEND": "keyrings.nosuch.Keyring"}
    reason, hint = use_store(environment, "load")
    assert "PYTHON_KEYRING_BACKEND does not work (ModuleNotFoundError" in reason
    assert hint == "Correct or remove PYTHON_KEYRING_BACKEND."


def test_safe_backend_of_the_environment_is_used(secret_service):
    name = "keyring.backends.SecretService.Keyring"
    environment = secret_service.environment | {"PYTHON_KEYRING_BACKEND": name}
    assert use_store(environment, "describe") == ["SecretService Keyring"]
