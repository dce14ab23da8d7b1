"""Reading a whole site while somebody edits it."""

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
    """Hands requests to a demo site, and edits it before some of them are answered."""

    def __init__(self, site: Site, edits: dict[int, list[Edit]], *, order: Callable | None = None) -> None:
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


async def indexed(site: Site, edits: dict[int, list[Edit]] | None = None) -> tuple[Directory, list[str]]:
    transport = EditedSite(site, edits or {})
    async with GroupsService("acme", TOKEN, transport=transport) as service:
        return await service.load(), transport.app.log.paths


def held(directory: Directory) -> dict[int, tuple[str, tuple[int, ...]]]:
    return {group.id: (group.name, tuple(group.members)) for group in directory.groups}


def true(site: Site) -> dict[int, tuple[str, tuple[int, ...]]]:
    return {group.id: (group.name, tuple(dict.fromkeys(group.members))) for group in site.groups.values()}


@pytest.mark.parametrize(
    ("groups", "requests"), [(0, 1), (1, 1), (100, 1), (101, 3), (200, 3), (230, 4), (2430, 26)]
)
async def test_a_site_at_rest_is_read_whole_with_one_request_more_than_it_has_pages(groups, requests) -> None:
    site = make_site(groups=groups, users=50, members_max=20)
    directory, paths = await indexed(site)
    assert directory.complete
    assert held(directory) == true(site)
    assert len(paths) == requests
    assert all(path.startswith("/api/v1/groups?") for path in paths)


def first_group(site: Site) -> int:
    return next(iter(site.groups))


async def test_a_group_that_falls_between_two_pages_is_found_by_a_second_reading() -> None:
    site = make_site(groups=230, users=50, members_max=20)
    directory, paths = await indexed(
        site, {2: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")]}
    )
    assert directory.complete
    assert held(directory) == true(site)
    assert len(paths) == 8


async def test_a_deletion_and_an_addition_right_after_the_first_answer_are_noticed() -> None:
    site = make_site(groups=230, users=50, members_max=20)
    directory, _ = await indexed(
        site, {1: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")]}
    )
    assert directory.complete
    assert held(directory) == true(site)


async def test_a_site_that_never_rests_is_said_to_be_incomplete() -> None:
    site = make_site(groups=230, users=50, members_max=20)
    busy = {n: [lambda s: s.delete_group(first_group(s)), lambda s: s.add_group("New")] for n in range(40)}
    directory, _ = await indexed(site, busy)
    assert not directory.complete


async def test_groups_in_another_order_are_believed_only_if_read_twice_alike() -> None:
    site = make_site(groups=230, users=50, members_max=20)
    site.groups = dict(sorted(site.groups.items(), key=lambda item: item[1].name))
    directory, paths = await indexed(site)
    assert directory.complete
    assert held(directory) == true(site)
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
async def test_whatever_is_edited_meanwhile_an_answer_is_right_or_says_incomplete(groups, plan) -> None:
    site = make_site(groups=groups, users=30, members_max=6)
    before = true(site)
    ever = {key: {value} for key, value in before.items()}
    gone: set[int] = set()

    def edit(kind: str, number: int) -> Edit:
        def apply(site: Site) -> None:
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
            for key, value in true(site).items():
                ever.setdefault(key, set()).add(value)

        return apply

    edits: dict[int, list[Edit]] = {}
    for when, kind, number in plan:
        edits.setdefault(when, []).append(edit(kind, number))
    directory, _ = await indexed(site, edits)
    found = held(directory)
    # Nothing is made up: each group is as it was at some time while the site was read.
    assert all(value in ever[key] for key, value in found.items())
    if directory.complete:
        # Nothing is missed: whatever was there all the time is in the answer.
        assert before.keys() - gone <= found.keys()


async def test_only_a_few_pages_wait_to_be_read_where_answers_come_faster():
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
