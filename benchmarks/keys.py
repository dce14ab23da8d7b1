"""Keys in the running app: their time, their bytes, and the memory of the app."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, cycle, islice
from statistics import median, quantiles

from .program import Bench, environment, new_home
from .report import Row
from .sites import demo_site
from .startup import EMPTY_APP, FIRST_PAGE
from .timed_terminal import TimedTerminal

UP, DOWN, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~"

LIST_END_COLUMN = 73
"""The first column to the right of the group list at 120 columns."""


def memory(bench: Bench) -> Iterator[Row]:
    """The memory of a large site, and typing in the palette over its users."""
    with new_home() as home:
        with TimedTerminal(bench.empty_app, environment(home)) as terminal:
            terminal.wait_for_paint()
            terminal.settle()
            empty = terminal.memory
        with (
            demo_site(groups=10_000, users=100_000, members_max=790) as site,
            TimedTerminal(bench.program.command(), site.environment(home)) as terminal,
        ):
            terminal.wait_for(FIRST_PAGE)
            terminal.settle(quiet=5)
            yield Row("memory, a million memberships", EMPTY_APP, terminal.memory / empty, 4)
            terminal.press(":")
            seconds = list[float]()
            for word in islice(cycle(["anna", "garcia", "o", "wei", "müller", "van"]), bench.rounds):
                seconds += [terminal.press(letter).seconds for letter in word]
                for _ in word:
                    terminal.press("\x7f")
    slow = quantiles(seconds, n=20)[-1] * 1000
    yield Row("a letter over 100,000 users, 95th percentile", "", slow, 50, " ms")


def steps(bench: Bench) -> Iterator[Row]:
    """A step of the cursor in a small and in a large site."""
    seconds: dict[int, list[float]] = {100: [], 10_000: []}
    sent = list[int]()
    command = bench.program.command()
    with (
        new_home() as home,
        demo_site(groups=100) as small,
        demo_site(groups=10_000) as large,
        TimedTerminal(command, small.environment(home)) as first,
        TimedTerminal(command, large.environment(home)) as second,
    ):
        for terminal in (first, second):
            terminal.wait_for(FIRST_PAGE)
            terminal.settle(quiet=3)
        for key in islice(cycle([DOWN] * 10 + [UP] * 10), bench.rounds * 4):
            for groups, terminal in ((100, first), (10_000, second)):
                stroke = terminal.press(key)
                seconds[groups].append(stroke.seconds)
                if groups == 10_000:
                    sent.append(stroke.bytes_left_of(LIST_END_COLUMN))
    ratio = median(seconds[10_000]) / median(seconds[100])
    yield Row("a step of the cursor, 10,000 groups", "100 groups", ratio, 1.2)
    yield Row("a step of the cursor, in the list", "", median(sent), 600, " B")


def members(bench: Bench) -> Iterator[Row]:
    """A page down in a small and in a large group."""
    seconds: dict[int, list[float]] = {100: [], 50_000: []}
    command = bench.program.command()
    with (
        new_home() as home,
        demo_site(groups=3, users=60_000, members_max=100) as small,
        demo_site(groups=3, users=60_000, members_max=50_000) as large,
        TimedTerminal(command, small.environment(home)) as first,
        TimedTerminal(command, large.environment(home)) as second,
    ):
        for terminal in (first, second):
            terminal.wait_for(FIRST_PAGE)
            terminal.settle(quiet=5)
            for key in (DOWN, DOWN, "\t"):
                terminal.press(key)
        for key in chain.from_iterable([[PAGE_DOWN] * 2 + [PAGE_UP] * 2] * bench.rounds):
            for size, terminal in ((100, first), (50_000, second)):
                seconds[size].append(terminal.press(key).seconds)
    ratio = median(seconds[50_000]) / median(seconds[100])
    yield Row("a page down, 50,000 members", "100 members", ratio, 1.2)


def sent(bench: Bench) -> Iterator[Row]:
    """Bytes sent to a terminal of 80x24."""
    command = bench.program.command("--demo")
    with new_home() as home, TimedTerminal(command, environment(home), (80, 24)) as terminal:
        terminal.wait_for(FIRST_PAGE)
        yield Row("bytes of the first screen with its page", "", terminal.settle(quiet=3), 14_000, " B")
        strokes = [len(terminal.press(key).sent) for key in (DOWN, UP) * bench.rounds]
        yield Row("bytes of a step of the cursor with its detail", "", median(strokes), 2_000, " B")
        terminal.press("/", quiet=0.5)  # so that opening the filter does not count as its first letter
        letters = [len(terminal.press(letter).sent) for letter in "release"]
        yield Row("bytes of a letter in the filter, largest", "", max(letters), 4_000, " B")
        terminal.press("\x1b", quiet=0.5)
        keys = ("?", "\x1b", ":", "\x1b", "Y", "\x1b")
        dialogs = [len(terminal.press(key, quiet=0.5).sent) for key in keys]
        both = max(opened + closed for opened, closed in zip(dialogs[::2], dialogs[1::2], strict=True))
        yield Row("bytes of a dialog, opened and closed, largest", "", both, 22_000, " B")


MEASURES = {"memory": memory, "steps": steps, "members": members, "sent": sent}
