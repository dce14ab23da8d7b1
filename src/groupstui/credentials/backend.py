"""Chooses the keyring's backend: only one that keeps secrets, and keeps them secret.

Imports `keyring` when it is first asked: that takes longer than drawing the first screen, and a token from
the environment needs none of it.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from ..errors import KeyringUnavailable
from .errors import START, describe

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "PYTHON_KEYRING_BACKEND"
"""The environment variable by which users name a backend to the `keyring` library."""


def system_backend() -> KeyringBackend:
    """Return the backend that the user named for all Python programs, else the best one of this system.

    The limit keeps keyring's chainer from trying backends that ask for a password on the terminal, over
    the app.

    Raises:
        KeyringUnavailable: If a backend is named that is missing or doesn't work here.
    """
    from keyring import core
    from keyring.util.platform_ import config_root

    # Without a handler, Python prints the library's warnings on the terminal, over the app.
    logging.getLogger("keyring").addHandler(logging.NullHandler())
    try:
        core.init_backend(limit=core.recommended)
    except Exception as error:  # whatever importing and starting a named class raises
        named_in = VARIABLE if VARIABLE in os.environ else str(config_root() / "keyringrc.cfg")
        raise KeyringUnavailable(
            f"the keyring backend that {named_in} names doesn't work ({describe(error)})",
            f"Correct or remove {named_in}.",
        ) from None
    return core.get_keyring()


def refuse_unsafe(backend: KeyringBackend) -> None:
    """Let only a backend pass that stores secrets safely.

    By keyring's convention such a backend has a priority of one or more. Null (which forgets what it
    "stores") and fail have less, and so have those of keyrings.alt, which write plain files or ask for a
    password on the terminal. A backend that is named in the environment or in keyringrc.cfg evades
    keyring's own limit, so it is checked here.

    Raises:
        KeyringUnavailable: If it is none; the reason names it.
    """
    from keyring.backends.fail import Keyring as NoKeyring
    from keyring.core import recommended

    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    if isinstance(backend, NoKeyring):
        raise KeyringUnavailable(f"no keyring is available here ({name})", START)
    if not recommended(backend):
        raise KeyringUnavailable(
            f"the keyring backend {name} doesn't keep tokens safely",
            f"Choose another by {VARIABLE} or keyringrc.cfg, or set TESTMO_TOKEN.",
        )
