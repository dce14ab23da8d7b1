"""What a user at the terminal waits for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, cycle, islice
from statistics import median, quantiles

from . import serving
from .timed_terminal import TimedTerminal

Line = tuple[str, str, float, float, str]

EMPTY = [sys.executable, str(serving.HERE / "empty.py")]
APP = [sys.executable, "-m", "groupstui"]
FRAME = "an empty Textual app"

LIST_PANE = 73
"""The first column right of the list on a terminal of 120."""


def start(rounds: int) -> Iterator[Line]:
    """First paint, first page, and the way back to the shell."""
    empty, demo, page, known = list[float](), list[float](), list[float](), list[float]()
    left_empty, left = list[float](), list[float]()
    with serving.home() as home, serving.demo() as site:
        plain = serving.environment(home)
        for _ in range(rounds):
            with TimedTerminal(EMPTY, plain) as terminal:
                empty.append(terminal.wait_for_paint())
                terminal.settle()
                left_empty.append(terminal.quit("q"))
            with TimedTerminal([*APP, "--demo"], plain) as terminal:
                demo.append(terminal.wait_for_paint())
                terminal.settle()
                left.append(terminal.quit("q"))
            with serving.home() as new, TimedTerminal(APP, site.environment(new)) as terminal:
                page.append(terminal.wait_for("page 1 of"))
            with TimedTerminal(APP, site.environment(home)) as terminal:
                known.append(terminal.wait_for("page 1 of"))
                terminal.settle(quiet=1)  # so that the reading is kept
    yield "first paint of the browser, demo site", FRAME, median(demo) / median(empty), 1.15, ""
    yield "first page on the screen, over TCP", FRAME, median(page) / median(empty), 1.6, ""
    yield "the same, with a history", FRAME, median(known[1:]) / median(empty), 1.25, ""
    yield "from q to the shell", FRAME, median(left) / median(left_empty), 1.2, ""


def memory(rounds: int) -> Iterator[Line]:
    """A large site in memory, and typing over all its users."""
    with serving.home() as home:
        with TimedTerminal(EMPTY, serving.environment(home)) as terminal:
            terminal.wait_for_paint()
            terminal.settle()
            empty = terminal.memory
        with (
            serving.demo(groups=10_000, users=100_000, members_max=790) as site,
            TimedTerminal(APP, site.environment(home)) as terminal,
        ):
            terminal.wait_for("page 1 of")
            terminal.settle(quiet=5)
            yield "memory with 10,000 groups, a million memberships", FRAME, terminal.memory / empty, 4, ""
            terminal.press(":")
            strokes = []
            for word in islice(cycle(["anna", "garcia", "o", "wei", "müller", "van"]), rounds):
                strokes += [terminal.press(letter).seconds for letter in word]
                for _ in word:
                    terminal.press("\x7f")
    yield "a letter over 100,000 users, p95", "", quantiles(strokes, n=20)[-1] * 1000, 50, " ms"


def steps(rounds: int) -> Iterator[Line]:
    """A step of the cursor, in a small site and in a large one."""
    seconds: dict[int, list[float]] = {100: [], 10_000: []}
    sent = list[int]()
    with (
        serving.home() as home,
        serving.demo(groups=100) as small,
        serving.demo(groups=10_000) as large,
        TimedTerminal(APP, small.environment(home)) as first,
        TimedTerminal(APP, large.environment(home)) as second,
    ):
        for terminal in (first, second):
            terminal.wait_for("page 1 of")
            terminal.settle(quiet=3)
        for key in islice(cycle(["\x1b[B"] * 10 + ["\x1b[A"] * 10), rounds * 4):
            for groups, terminal in ((100, first), (10_000, second)):
                stroke = terminal.press(key)
                seconds[groups].append(stroke.seconds)
                if groups == 10_000:
                    sent.append(stroke.bytes_left_of(LIST_PANE))
    yield (
        "a step of the cursor, 10,000 groups",
        "100 groups",
        median(seconds[10_000]) / median(seconds[100]),
        1.2,
        "",
    )
    yield "a step of the cursor, in the list", "", median(sent), 600, " B"


def members(rounds: int) -> Iterator[Line]:
    """A page down in a small group and in a large one."""
    seconds: dict[int, list[float]] = {100: [], 50_000: []}
    with (
        serving.home() as home,
        serving.demo(groups=3, users=60_000, members_max=100) as small,
        serving.demo(groups=3, users=60_000, members_max=50_000) as large,
        TimedTerminal(APP, small.environment(home)) as first,
        TimedTerminal(APP, large.environment(home)) as second,
    ):
        for terminal in (first, second):
            terminal.wait_for("page 1 of")
            terminal.settle(quiet=5)
            for key in ("\x1b[B", "\x1b[B", "\t"):
                terminal.press(key)
        for key in chain.from_iterable([["\x1b[6~"] * 2 + ["\x1b[5~"] * 2] * rounds):
            for size, terminal in ((100, first), (50_000, second)):
                seconds[size].append(terminal.press(key).seconds)
    yield (
        "a page down, 50,000 members",
        "100 members",
        median(seconds[50_000]) / median(seconds[100]),
        1.2,
        "",
    )


def sent(rounds: int) -> Iterator[Line]:
    """What goes over the line at 80x24."""
    with (
        serving.home() as home,
        TimedTerminal([*APP, "--demo"], serving.environment(home), (80, 24)) as terminal,
    ):
        terminal.wait_for("page 1 of")
        yield "bytes of the first screen, with its page", "", terminal.settle(quiet=3), 30_000, " B"
        steps = [len(terminal.press(key).sent) for key in ("\x1b[B", "\x1b[A") * rounds]
        yield "bytes of a step of the cursor, with its detail", "", median(steps), 4_000, " B"
        terminal.press("/")
        letters = [len(terminal.press(letter).sent) for letter in "release"]
        yield "bytes of a letter in the filter, at most", "", max(letters), 4_000, " B"
        terminal.press("\x1b", quiet=0.5)
        dialog = [len(terminal.press(key, quiet=0.5).sent) for key in ("?", "\x1b", ":", "\x1b", "Y", "\x1b")]
        both = max(opened + closed for opened, closed in zip(dialog[::2], dialog[1::2], strict=True))
        yield "bytes of a dialog, opened and closed, at most", "", both, 50_000, " B"


MEASURES = {"start": start, "memory": memory, "steps": steps, "members": members, "sent": sent}
