"""Look-ups on the command line, compared with curl and jq."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from .program import Bench, environment, new_home
from .report import Row
from .sites import Site, demo_site, tls_site
from .startup import ROUND_TRIP_MS

MAX_USERS = 100
"""All users fit on one page: `who` reads them at the same time as the groups, but curl does not."""

CURL = "curl of the pages in turn | jq"


def commands(bench: Bench) -> Iterator[Row]:
    """Look-ups over plain HTTP on loopback, and `--help`."""
    with new_home() as home:
        with demo_site(groups=60, users=MAX_USERS) as site:
            ours, curl = _who_and_curl(bench, site, home, pages=1)
            yield Row("curl of one page on loopback | jq", "", curl * 1000, unit=" ms")
            yield Row("who, one page, plain HTTP on loopback", CURL, ours / curl, 10.5)
            _write_settings(home)
            offline = _who(bench, site, "--offline")
            ours, curl = _medians(bench.rounds, site.environment(home), offline, _curl(site, pages=1))
            yield Row("who, from the last snapshot", CURL, ours / curl, 5)
        with demo_site(groups=2_400, users=MAX_USERS, latency_ms=ROUND_TRIP_MS) as site:
            ours, curl = _who_and_curl(bench, site, home, pages=24)
            yield Row(f"who, 24 pages at {ROUND_TRIP_MS} ms", CURL, ours / curl, 0.45)
        help_command = f"{bench.program.shell_command('--help')} >/dev/null 2>&1"
        yardstick = shlex.join([str(bench.program.python), "-c", "import argparse"])
        ours, python = _medians(bench.rounds, environment(home), help_command, yardstick)
        yield Row("groupstui --help", "python -c 'import argparse'", ours / python, 2.5)


def commands_tls(bench: Bench) -> Iterator[Row]:
    """A look-up of one page over TLS at a round trip of 50 ms."""
    with (
        new_home() as home,
        new_home() as other_home,
        tls_site(ROUND_TRIP_MS, groups=60, users=MAX_USERS) as site,
    ):
        lines = [_who(bench, site), _curl(site, pages=1)]
        if bench.against is not None:  # with a home of its own: versions differ in the format of the history
            lines.append(f"HOME={other_home} {_who(Bench(bench.against, bench.rounds), site)}")
        ours, curl, *other = _medians(bench.rounds, site.environment(home), *lines)
    figure = f"who, one page, TLS, {ROUND_TRIP_MS} ms"
    yield Row(figure, "", ours * 1000, unit=" ms")
    yield Row(figure, "curl --cacert of the page | jq", ours / curl, 1.95)
    if other:
        yield Row("the same of the other program", "curl --cacert of the page | jq", other[0] / curl)


def _who_and_curl(bench: Bench, site: Site, home: str, pages: int) -> list[float]:
    return _medians(bench.rounds, site.environment(home), _who(bench, site), _curl(site, pages))


def _who(bench: Bench, site: Site, *options: str) -> str:
    return f"{bench.program.shell_command('who', 'Grace Hopper', *options, *site.options)} >/dev/null 2>&1"


def _write_settings(home: str) -> None:
    """Write settings, as most users have them."""
    path = Path(home) / ".config" / "groupstui" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text('theme = "nord"\nhistory_days = 90\n')


def _curl(site: Site, pages: int) -> str:
    loop = f"for page in $(seq {pages}); do {site.curl('$page')}; done"
    return f"{loop} | jq -r '.result[].name' >/dev/null 2>&1"


def _medians(rounds: int, environment: dict[str, str], *lines: str) -> list[float]:
    """Run shell commands in turn and return the median of seconds for each."""
    taken: list[list[float]] = [[] for _ in lines]
    for _ in range(rounds):
        for line, seconds in zip(lines, taken, strict=True):
            start = perf_counter()
            subprocess.run(line, shell=True, env=environment, check=True)
            seconds.append(perf_counter() - start)
    return [median(seconds) for seconds in taken]


MEASURES = {"commands": commands, "commands-tls": commands_tls}
