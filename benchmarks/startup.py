"""Start-up of the app: first paint, first page, and the exit."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from .program import Bench, environment, new_home
from .report import Row
from .sites import demo_site, tls_site
from .timed_terminal import TimedTerminal

EMPTY_APP = "an empty Textual app"
FIRST_PAGE = "page 1 of"
ROUND_TRIP_MS = 50


def start(bench: Bench) -> Iterator[Row]:
    """Start-up on the demo site and on a site over TCP, and the exit."""
    empty, demo, page, with_history = list[float](), list[float](), list[float](), list[float]()
    empty_exit, demo_exit = list[float](), list[float]()
    command = bench.program.command()
    with new_home() as home, demo_site() as site:
        for _ in range(bench.rounds):
            with TimedTerminal(bench.empty_app, environment(home)) as terminal:
                empty.append(terminal.wait_for_paint())
                terminal.settle()
                empty_exit.append(terminal.quit("q"))
            with TimedTerminal([*command, "--demo"], environment(home)) as terminal:
                demo.append(terminal.wait_for_paint())
                terminal.settle()
                demo_exit.append(terminal.quit("q"))
            with new_home() as unused, TimedTerminal(command, site.environment(unused)) as terminal:
                page.append(terminal.wait_for(FIRST_PAGE))
            with TimedTerminal(command, site.environment(home)) as terminal:
                with_history.append(terminal.wait_for(FIRST_PAGE))
                terminal.settle(quiet=1)  # the crawl is saved
    del with_history[0]  # started without a history
    yield Row("an empty Textual app", "", median(empty) * 1000, unit=" ms")
    yield Row("first paint, demo site", EMPTY_APP, median(demo) / median(empty), 1.20)
    yield Row("first page, TCP on loopback", EMPTY_APP, median(page) / median(empty), 2.05)
    if with_history:
        yield Row("first page, with a history", EMPTY_APP, median(with_history) / median(empty), 1.25)
    yield Row("from q to the shell", EMPTY_APP, median(demo_exit) / median(empty_exit), 1.2)


def start_tls(bench: Bench) -> Iterator[Row]:
    """The app's first page ever, over TLS at a round trip of 50 ms."""
    programs = {"this": bench.program}
    if bench.against is not None:
        programs["other"] = bench.against
    taken: dict[str, list[float]] = {name: [] for name in programs}
    with tls_site(ROUND_TRIP_MS) as site:
        for _ in range(bench.rounds):
            for name, program in programs.items():
                with (
                    new_home() as home,
                    TimedTerminal(program.command(*site.options), site.environment(home)) as terminal,
                ):
                    taken[name].append(terminal.wait_for(FIRST_PAGE))
    figure = f"app's first page ever, TLS, {ROUND_TRIP_MS} ms"
    yield Row(figure, "", median(taken["this"]) * 1000, unit=" ms")
    if "other" in taken:
        yield Row("the same of the other program", "", median(taken["other"]) * 1000, unit=" ms")
        yield Row(figure, "the other program", median(taken["this"]) / median(taken["other"]), 1.0)


MEASURES = {"start": start, "start-tls": start_tls}
