"""Says why a keyring can't be used, and what to do about it."""

from __future__ import annotations

from ..errors import KeyringUnavailable
from ..text import sanitize
from ..token import Token

START = "Start a keyring (the README shows how over ssh), or set TESTMO_TOKEN."
UNLOCK = "Unlock the keyring (the README shows how over ssh), then try again."
REPAIR = "Try again; if it fails again, set TESTMO_TOKEN for now."


def explain(error: BaseException, token: Token | None = None) -> KeyringUnavailable:
    """Return the reason for what a keyring raised.

    The answer is a new exception without cause, context or traceback: the frames of a keyring hold the
    token in plain text, and a crash report may print them.

    Args:
        error: What was raised. Keyrings raise far more than `keyring.errors` lists.
        token: The token that was being stored, so that no text which repeats it gets through.
    """
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    match error:
        case KeyringUnavailable():
            return KeyringUnavailable(str(error), error.hint)
        case NoKeyringError():
            return KeyringUnavailable("no keyring is available here", START)
        case KeyringLocked():
            return KeyringUnavailable("the keyring is locked", UNLOCK)
        case InitError():
            # An account that never signed in on a desktop has no collection, not even for reading.
            return KeyringUnavailable(f"the keyring can't be opened ({describe(error, token)})", UNLOCK)
        case _:
            return KeyringUnavailable(f"the keyring failed ({describe(error, token)})")


def describe(error: BaseException, token: Token | None = None) -> str:
    """Return the type of an exception and its text, as in `OSError: no space left`.

    The text is left out where it repeats the token, plainly or as `repr` writes it.
    """
    name, text = type(error).__name__, str(error)
    if token is not None:
        secret = token.reveal()
        if secret in text or repr(secret)[1:-1] in text:
            return name
    return f"{name}: {sanitize(text)}" if text else name
