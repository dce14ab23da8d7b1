"""What a site is asked, and what a command costs."""

from __future__ import annotations

import asyncio
import gc
import shlex
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from groupstui.service.service import GroupsService

from . import serving
from .drawing import Line

LATENCY = 0.05
ROUND_TRIPS = 26
"""One page, and 100 more with four in flight."""

GROUPSTUI = f"{shlex.quote(sys.executable)} -m groupstui"


def crawl(rounds: int) -> Iterator[Line]:
    """Reading a large site, and what else can be done meanwhile."""
    with serving.demo(groups=10_000, users=1_000, members_max=10, latency_ms=int(LATENCY * 1000)) as site:
        taken = [asyncio.run(_read(site))[0] for _ in range(max(1, rounds // 5))]
    trips = f"{ROUND_TRIPS} round trips"
    yield "a crawl of 100 pages at 50 ms", trips, median(taken) / (ROUND_TRIPS * LATENCY), 1.2, ""
    with serving.heavy() as site:
        stalls = [asyncio.run(_read(site))[1] for _ in range(max(1, rounds // 5))]
    yield "the longest stall, 5,000 members a group", "", median(stalls) * 1000, 33, " ms"


async def _read(site: serving.Served) -> tuple[float, float]:
    """Return the seconds that reading a site takes, and the longest in which nothing else could be done."""
    longest = 0.0
    async with GroupsService(site.url, site.token) as service:
        await service.groups_page(1, 15)

        # As the program does.
        gc.freeze()

        async def beat() -> None:
            nonlocal longest
            while True:
                before = perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, perf_counter() - before - 0.001)

        beating = asyncio.create_task(beat())
        began = perf_counter()
        await service.index()
        taken = perf_counter() - began
        beating.cancel()
    return taken, longest


def commands(rounds: int) -> Iterator[Line]:
    """Look-ups, beside what an admin would write instead."""
    with (
        serving.home() as home,
        serving.demo(groups=60) as one,
        serving.demo(groups=2_400, latency_ms=50) as many,
    ):
        for site, pages, what, most in (
            (one, 1, "groupstui who NAME, one page", 6.0),
            (many, 24, "groupstui who NAME, 24 pages at 50 ms", 0.5),
        ):
            pages_of = f"{site.url}/api/v1/groups?per_page=100&expands=users&page="
            curl = f"curl -s -H 'Authorization: Bearer {site.token}' '{pages_of}'$page"
            by_hand = f"for page in $(seq {pages}); do {curl}; done | jq -r '.result[].name' >/dev/null"
            ours = f"{GROUPSTUI} who 'Grace Hopper' --instance {site.url} >/dev/null"
            ratio = _ratio(ours, by_hand, site.environment(home), rounds)
            yield what, "curl of the pages | jq", ratio, most, ""
        python = shlex.quote(sys.executable)
        help_ratio = _ratio(
            f"{GROUPSTUI} --help >/dev/null",
            f"{python} -c 'import argparse'",
            serving.environment(home),
            rounds,
        )
        yield "groupstui --help", "python -c 'import argparse'", help_ratio, 2.5, ""


def _ratio(ours: str, theirs: str, environment: dict[str, str], rounds: int) -> float:
    taken: dict[str, list[float]] = {ours: [], theirs: []}
    for _ in range(rounds):
        for command, seconds in taken.items():
            began = perf_counter()
            subprocess.run(command, shell=True, env=environment, check=True)
            seconds.append(perf_counter() - began)
    return median(taken[ours]) / median(taken[theirs])


MEASURES = {"crawl": crawl, "commands": commands}
