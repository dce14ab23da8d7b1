"""Exits on signals and when the terminal hangs up, within seconds and whatever state the app is in."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

if sys.platform != "win32":
    import select
    import termios

FORCE_EXIT_AFTER_S = 2.5
"""Seconds after a signal until the exit is forced: the terminal may not accept output any more."""

FORCE_EXIT_AFTER_HANGUP_S = 0.5
"""The same after a hang-up, when nobody sees the exit."""

HANGUP_CHECK_S = 1.0
"""Seconds between two checks of a terminal whose hang-up is not reported."""

if sys.platform == "win32":
    SIGNALS = [signal.SIGTERM, signal.SIGBREAK, signal.SIGINT]  # a console that is closed sends SIGBREAK
else:
    SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT]

MAX_LINE_BYTES = 4096
"""The longest line that a terminal accepts."""

RESTORE_SEQUENCE = (
    b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[<u"
)
"""Leaves the alternate screen, shows the cursor, and disables reports of mouse, focus, pastes and keys."""


@contextmanager
def exit_on_signals(exit_app: Callable[[int], None]) -> Iterator[None]:
    """Exit on SIGTERM, SIGHUP, SIGQUIT and SIGINT, and when the terminal hangs up.

    A signal that was ignored before, as under `nohup`, stays ignored; a hang-up exits even then. To be used
    in the main thread. The handlers are not those of asyncio: a busy event loop would call them too late.
    Windows has SIGBREAK instead of SIGHUP and SIGQUIT, and ends the program if it closes the console.

    Args:
        exit_app: Shuts the app down with an exit code; called in any thread.
    """
    terminal = _terminal_settings()
    finished = threading.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        _shut_down(exit_app, 128 + number, FORCE_EXIT_AFTER_S, terminal)

    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    threading.Thread(
        target=_exit_after_hangup, args=(exit_app, finished), name="hang-up", daemon=True
    ).start()
    try:
        yield
    finally:
        finished.set()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def wait_for_enter(prompt: str) -> None:
    """Wait on the terminal until enter, ctrl+d or ctrl+c is pressed, or the app is to exit."""

    def end_wait(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT and callable(handler := handlers[signal.Signals(number)]):
            handler(number, frame)
        raise KeyboardInterrupt

    print(prompt, end="", flush=True)
    handlers = {number: signal.signal(number, end_wait) for number in SIGNALS}
    try:
        os.read(sys.stdin.fileno(), MAX_LINE_BYTES)  # the bytes need not be text
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _terminal_settings() -> list[Any] | None:
    """Return the settings to restore; None on Windows, where the driver restores its own."""
    if sys.platform != "win32":
        return termios.tcgetattr(sys.stdin.fileno())
    return None


def _exit_after_hangup(exit_app: Callable[[int], None], finished: threading.Event) -> None:
    """Exit when the terminal hangs up, unless the app is finished then; Windows reports it by a signal."""
    if sys.platform != "win32":
        if sys.platform == "linux":
            poll = select.poll()
            poll.register(sys.stdin.fileno(), 0)
            poll.poll()  # until the terminal hangs up; nothing else ends the wait
        else:
            check_for_hangup(finished)
        if not finished.is_set():
            _shut_down(exit_app, 128 + signal.SIGHUP, FORCE_EXIT_AFTER_HANGUP_S, None)


def check_for_hangup(finished: threading.Event) -> None:
    """Block until the terminal hangs up or the app is finished, by checks: macOS cannot poll a terminal."""
    if sys.platform != "win32":
        while not finished.wait(HANGUP_CHECK_S):
            try:
                termios.tcgetattr(sys.stdin.fileno())
            except termios.error:
                return


def _shut_down(
    exit_app: Callable[[int], None], code: int, force_after: float, terminal: list[Any] | None
) -> None:
    timer = threading.Timer(force_after, _force_exit, (code, terminal))
    timer.daemon = True
    timer.start()
    exit_app(code)


def _force_exit(code: int, terminal: list[Any] | None) -> None:
    """Exit without waiting for anything, and restore the terminal's settings unless it is gone (None)."""
    if sys.platform != "win32" and terminal is not None:
        try:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, terminal)
            if select.select([], [2], [], 0)[1]:
                os.write(2, RESTORE_SEQUENCE)
        except (OSError, termios.error):
            pass
    os._exit(code)
