"""Run the program with a name server that does not answer: `slow_resolver.py [ARGUMENT...]`."""

from __future__ import annotations

import socket
import time
from typing import NoReturn

from groupstui import __main__ as program

SILENCE_S = 60.0
"""Seconds; a system with three name servers waits for about as long."""


def wait(*_: object, **__: object) -> NoReturn:
    time.sleep(SILENCE_S)
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


socket.getaddrinfo = wait
program.main()
