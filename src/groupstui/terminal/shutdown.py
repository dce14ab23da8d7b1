"""Ends the program when it is told to or when its terminal has gone, whatever state either is in."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

PATIENCE = 2.5
"""Seconds after which a program that was told to end is ended: its terminal may take no output any more."""

PATIENCE_ALONE = 0.5
"""The same, where the terminal has gone and nobody is left to see an orderly end."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

RESTORE = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[<u"
"""Leaves the second screen, shows the cursor, and ends the reports of mouse, focus, pastes and keys."""


@contextmanager
def exit_on_signals(end: Callable[[int], None]) -> Iterator[None]:
    """See to it that the program ends within seconds of a signal, or of the loss of its terminal.

    A signal that was ignored before, as under `nohup`, stays ignored; the loss of the terminal ends the
    program even so. Main thread only.

    Args:
        end: Ends the program in an orderly way with an exit code; called in any thread.
    """
    settings = termios.tcgetattr(sys.stdin.fileno())

    def on_signal(number: int, _: FrameType | None) -> None:
        _begin_to_end(end, 128 + number, PATIENCE, settings)

    taken = {number: signal.getsignal(number) for number in SIGNALS}
    for number, before in taken.items():
        if before is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    over = threading.Event()

    def lost() -> None:
        if not over.is_set():
            _begin_to_end(end, 128 + signal.SIGHUP, PATIENCE_ALONE, None)

    threading.Thread(target=_await_loss, args=(lost,), name="terminal watch", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        for number, before in taken.items():
            signal.signal(number, before)


def _await_loss(lost: Callable[[], None]) -> None:
    """Sleep until the terminal has gone; nothing else wakes this up."""
    poll = select.poll()
    poll.register(sys.stdin.fileno(), 0)
    if any(happened & (select.POLLHUP | select.POLLERR) for _, happened in poll.poll()):
        lost()


def _begin_to_end(end: Callable[[int], None], code: int, patience: float, settings: list[Any] | None) -> None:
    timer = threading.Timer(patience, _end_now, (code, settings))
    timer.daemon = True
    timer.start()
    end(code)


def _end_now(code: int, settings: list[Any] | None) -> None:
    """End without waiting for anything; leave the terminal usable, as far as it takes that."""
    if settings is not None:
        try:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, settings)
            if select.select([], [2], [], 0)[1]:
                os.write(2, RESTORE)
        except (OSError, termios.error):
            pass
    os._exit(code)
