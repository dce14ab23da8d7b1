"""A short soak of the app over SSH; `python -m tests.terminal.soak` takes half an hour."""

from __future__ import annotations

import random

import pytest

from .conftest import need
from .soak import crash_reports, idle, remote_app, soak
from .ssh_server import SSHD

pytestmark = pytest.mark.real


def test_random_keys_over_ssh():
    need("ssh", SSHD)
    with remote_app() as (app, faults):
        soak(app, faults, 15, random.Random(7))
        faults.clear()
        sent = {size: idle(app, *size, seconds=1.5)[0] for size in ((1, 1), (2, 2), (80, 24))}
        assert sent == {(1, 1): 0, (2, 2): 0, (80, 24): 0}
        assert app.quit() == 0
        assert crash_reports(app) == []
