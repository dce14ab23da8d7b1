"""Crawls of a site that is edited meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import formatdate

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site
from groupstui.directory.directory import Directory
from groupstui.service.crawl import MAX_PENDING_PAGES, gather_pages
from groupstui.service.service import GroupsService

from ..support.site_app import TOKEN, SiteApp

Edit = Callable[[Site], object]


class EditedSite(httpx.AsyncBaseTransport):
    """Passes requests to a demo site, and edits it before some of them."""

    def __init__(self, site: Site, edits: dict[int, list[Edit]], *, order: Callable | None = None):
        self.app = SiteApp(site, token=TOKEN)
        self._asgi = httpx.MockTransport(self.app)
        self._site = site
        self._edits = edits
        self._asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for edit in self._edits.get(self._asked, ()):
            edit(self._site)
        self._asked += 1
        response = await self._asgi.handle_async_request(request)
        response.headers["date"] = formatdate(usegmt=True)
        return response


async def crawled(site: Site, edits: dict[int, list[Edit]] | None = None) -> tuple[Directory, list[str]]:
    transport = EditedSite(site, edits or {})
    async with GroupsService("acme", TOKEN, transport=transport) as service:
        return await service.load(), transport.app.log.paths


def found_groups(directory: Directory) -> dict[int, tuple[str, tuple[int, ...]]]:
    return {group.id: (group.name, tuple(group.members)) for group in directory.groups}


def actual_groups(site: Site) -> dict[int, tuple[str, tuple[int, ...]]]:
    return {group.id: (group.name, tuple(dict.fromkeys(group.members))) for group in site.groups.values()}


@pytest.mark.parametrize(
    ("groups", "requests"), [(0, 1), (1, 1), (100, 1), (101, 3), (200, 3), (230, 4), (2430, 26)]
)
async def test_crawl_of_an_unchanged_site_is_complete(groups, requests):
    site = make_site(groups=groups, users=50, members_max=20)
    directory, paths = await crawled(site)
    assert directory.complete
    assert found_groups(directory) == actual_groups(site)
    assert len(paths) == requests
    assert all(path.startswith("/api/v1/groups?") for path in paths)


def first_group(site: Site) -> int:
    return next(iter(site.groups))


async def test_second_pass_finds_a_group_between_two_pages():
    site = make_site(groups=230, users=50, members_max=20)
    directory, paths = await crawled(
        site, {2: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")]}
    )
    assert directory.complete
    assert found_groups(directory) == actual_groups(site)
    assert len(paths) == 8


async def test_edits_right_after_the_first_page_are_noticed():
    site = make_site(groups=230, users=50, members_max=20)
    directory, _ = await crawled(
        site, {1: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")]}
    )
    assert directory.complete
    assert found_groups(directory) == actual_groups(site)


async def test_site_that_changes_all_the_time_is_incomplete():
    site = make_site(groups=230, users=50, members_max=20)
    busy = {n: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")] for n in range(40)}
    directory, _ = await crawled(site, busy)
    assert not directory.complete


async def test_other_order_needs_two_equal_passes():
    site = make_site(groups=230, users=50, members_max=20)
    site.groups = dict(sorted(site.groups.items(), key=lambda item: item[1].name))
    directory, paths = await crawled(site)
    assert directory.complete
    assert found_groups(directory) == actual_groups(site)
    assert len(paths) == 8


EDITS = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.sampled_from(["add", "delete", "rename", "join", "leave"]),
        st.integers(0, 400),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(groups=st.integers(0, 430), plan=EDITS)
async def test_crawl_during_edits_is_right_or_incomplete(groups, plan):
    site = make_site(groups=groups, users=30, members_max=6)
    before = actual_groups(site)
    ever = {key: {value} for key, value in before.items()}
    gone: set[int] = set()

    def edit(kind: str, number: int) -> Edit:
        def apply(site: Site):
            ids = list(site.groups)
            chosen = ids[number % len(ids)] if ids else None
            match kind:
                case "add":
                    site.add_group(f"New {number}", [1, 2])
                case "delete" if chosen:
                    site.delete_group(chosen)
                    gone.add(chosen)
                case "rename" if chosen:
                    site.rename_group(chosen, f"Renamed {number}")
                case "join" if chosen and 3 not in site.groups[chosen].members:
                    site.add_member(chosen, 3)
                case "leave" if chosen and 2 in site.groups[chosen].members:
                    site.remove_member(chosen, 2)
            for key, value in actual_groups(site).items():
                ever.setdefault(key, set()).add(value)

        return apply

    edits: dict[int, list[Edit]] = {}
    for when, kind, number in plan:
        edits.setdefault(when, []).append(edit(kind, number))
    directory, _ = await crawled(site, edits)
    found = found_groups(directory)
    # Nothing is made up: each group is as it was at some time while the site was read.
    assert all(value in ever[key] for key, value in found.items())
    if directory.complete:
        # Nothing is missed: whatever was there all the time is in the answer.
        assert before.keys() - gone <= found.keys()


async def test_few_pages_are_pending_at_once():
    begun, most = set[int](), 0
    turn = asyncio.Semaphore(1)

    async def read(page: int) -> int:
        nonlocal most
        begun.add(page)
        most = max(most, len(begun))
        async with turn:
            await asyncio.sleep(0)  # the others get their turn
            begun.discard(page)
        return page

    assert await gather_pages(read, range(100)) == list(range(100))
    assert 1 < most <= MAX_PENDING_PAGES
