"""Crawls of large sites with the service, without the app."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from groupstui.service.service import GroupsService

from .program import Bench
from .report import Row
from .sites import Site, demo_site, heavy_site

LATENCY_MS = 50

ROUND_TRIPS = 26
"""The first page, then 100 requests with four in flight."""


def crawl(bench: Bench) -> Iterator[Row]:
    """The time of a crawl, and the longest time in which the event loop did nothing else."""
    rounds = max(1, bench.rounds // 5)
    with demo_site(groups=10_000, users=1_000, members_max=10, latency_ms=LATENCY_MS) as site:
        seconds = median(asyncio.run(_crawl(site))[0] for _ in range(rounds))
    ratio = seconds / (ROUND_TRIPS * LATENCY_MS / 1000)
    yield Row("crawl, 100 pages at 50 ms, 4 in flight", f"{ROUND_TRIPS} round trips", ratio, 1.20)
    with heavy_site() as site:
        taken, stalls = zip(*(asyncio.run(_crawl(site)) for _ in range(rounds)), strict=True)
    yield Row("the same, 5,000 members a group", "", median(taken) * 1000, unit=" ms")
    yield Row("longest stall, 5,000 members a group", "", median(stalls) * 1000, 50, " ms")


async def _crawl(site: Site) -> tuple[float, float]:
    """Return the seconds of a crawl and of the longest stall within it."""
    longest = 0.0

    async def watch_stalls() -> None:
        nonlocal longest
        while True:
            before = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - before - 0.001)

    async with GroupsService(site.url, site.token) as service:
        await service.groups_page(1, 15)
        gc.freeze()  # the modules of the tests are not the program's
        watch = asyncio.create_task(watch_stalls())
        start = perf_counter()
        await service.load()
        seconds = perf_counter() - start
        watch.cancel()
    return seconds, longest


MEASURES = {"crawl": crawl}
