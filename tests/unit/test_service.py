"""The service on the demo site, over TCP."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

import httpx
import pytest

from groupstui.errors import (
    Forbidden,
    InvalidResponse,
    NotFound,
    RateLimited,
    TestmoError,
    Unauthorized,
    Unreachable,
    WrongAddress,
)
from groupstui.service.crawl import MAX_PENDING_PAGES
from groupstui.service.service import GroupsService
from groupstui.testmo.client import MAX_ATTEMPTS, MAX_COOLDOWN_S
from groupstui.testmo.http_options import HttpOptions
from groupstui.testmo.instance import Instance
from groupstui.testmo.rate_limit import Clock
from groupstui.token import Token

from ..support.cancellation import cancel_everywhere


async def test_sign_in_returns_the_user_and_reads_the_first_page(service, demo):
    assert (await service.sign_in()).name == "Ada Lovelace"
    assert demo.log.paths == ["/api/v1/user", "/api/v1/groups?page=1&per_page=15&expands=users"]


async def test_sign_in_tells_401_from_403(demo):
    async with GroupsService(demo.url, "wrong") as service:
        with pytest.raises(Unauthorized):
            await service.sign_in()
    async with GroupsService(demo.url, demo.member_token) as service:
        with pytest.raises(Forbidden, match="403"):
            await service.sign_in()


async def test_page_contains_groups_and_names_of_members(service, demo):
    listing = await service.groups_page(2, 15)
    assert [group.id for group in listing.groups] == sorted(demo.site.groups)[15:30]
    assert (listing.page, listing.last_page, listing.total, listing.first) == (2, 16, 230, 15)
    for group in listing.groups:
        for member in service.directory.members(group):
            known = demo.site.users.get(member.id)
            assert member.name == (known.name if known else None)


async def test_known_page_needs_no_request(service, demo):
    assert await service.groups_page(1) is await service.groups_page(1)
    assert len(demo.log.requests) == 1


async def test_prefetched_page_is_requested_once(service, demo):
    service.prefetch(2, 15)
    await service.groups_page(2, 15)
    assert len(demo.log.requests) == 1


async def test_error_of_a_prefetched_page_is_raised_when_it_is_wanted(service, demo):
    demo.faults.always("404")
    service.prefetch(2, 15)
    with pytest.raises(WrongAddress):
        await service.groups_page(2, 15)


async def test_fresh_page_shows_changes(service, demo):
    await service.groups_page(1)
    demo.site.rename_group(1, "Quality")
    assert (await service.groups_page(1)).groups[0].name == "QA"
    assert (await service.groups_page(1, fresh=True)).groups[0].name == "Quality"


async def test_group_has_its_users(service, demo):
    detail = await service.group(1)
    assert {member.id: member.name for member in detail.members} == {
        member: demo.site.users[member].name for member in demo.site.groups[1].members
    }


async def test_group_update_reaches_its_page(service, demo):
    await service.groups_page(1)
    demo.site.rename_group(1, "Quality")
    await service.group(1)
    assert service.known_page(1, 15).groups[0].name == "Quality"


async def test_deleted_group_raises_not_found(service, demo):
    await service.groups_page(1)
    demo.site.delete_group(1)
    with pytest.raises(NotFound):
        await service.group(1)
    assert service.directory.group(1) is None


async def test_groups_yields_every_group(service, demo):
    ids = [group.id async for group in service.groups()]
    assert ids == sorted(demo.site.groups)
    assert len(demo.log.requests) == 3


async def test_groups_of_a_user_after_load(service, demo):
    await service.groups_page(1, 15)
    assert not service.directory.complete
    await service.load()
    assert service.directory.complete
    expected = {group.id for group in demo.site.groups.values() if 7 in group.members}
    assert {group.id for group in service.directory.groups_of(7)} == expected


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("400", InvalidResponse, "400: Bad Request"),
        ("401", Unauthorized, "401"),
        ("403", Forbidden, "403"),
        ("404", WrongAddress, "404"),
        ("405", InvalidResponse, "405"),
        ("422", InvalidResponse, "422: The given data was invalid"),
        ("500", Unreachable, "500: Server Error"),
        ("502", Unreachable, "502"),
        ("503", Unreachable, "503"),
        ("html", WrongAddress, "a web page"),
        ("cut-json", InvalidResponse, "invalid JSON"),
        ("empty", InvalidResponse, "an empty response"),
        ("redirect", WrongAddress, "elsewhere.example"),
        ("drop", Unreachable, "was lost"),
    ],
)
async def test_each_fault_raises_its_error_with_a_hint(service, demo, fault, kind, said):
    demo.faults.always(fault)
    with pytest.raises(kind, match=said) as caught:
        await service.groups_page()
    assert type(caught.value) is kind
    assert caught.value.hint
    assert demo.token not in str(caught.value)


async def test_gzip_response_is_read(service, demo):
    demo.faults.next("gzip")
    assert len((await service.groups_page()).groups) == 15


async def test_total_timeout_ends_a_slow_response(demo):
    demo.faults.always("slow")
    async with GroupsService(demo.url, demo.token, http=HttpOptions(timeout=0.3)) as service:
        with pytest.raises(Unreachable, match=r"did not answer within 0\.3 s"):
            await service.groups_page()


async def test_connection_refused_is_unreachable(demo):
    async with GroupsService("http://127.0.0.1:9", demo.token) as service:
        with pytest.raises(Unreachable, match=r"cannot connect to 127\.0\.0\.1:9"):
            await service.sign_in()


async def test_unknown_host_is_a_wrong_address(demo):
    async with GroupsService("https://groupstui.invalid", demo.token) as service:
        with pytest.raises(TestmoError) as caught:
            await service.sign_in()
    assert isinstance(caught.value, WrongAddress | Unreachable)


async def test_one_5xx_is_retried(service, demo, clock):
    demo.faults.next("500")
    assert len((await service.groups_page()).groups) == 15
    assert clock.waits == [0.5]


@pytest.mark.parametrize(("fault", "seconds"), [("429", 7), ("429-date", 7), ("429-bare", 60)])
async def test_cooldown_lasts_for_retry_after(service, demo, clock, fault, seconds):
    demo.faults.retry_after = 7
    demo.faults.next(fault)
    await service.groups_page()
    assert len(clock.waits) == 1
    assert clock.waits[0] == pytest.approx(seconds, abs=1)


async def test_cooldown_holds_all_requests(service, demo, clock):
    demo.faults.retry_after = 7
    demo.faults.next("429")
    await asyncio.gather(*(service.groups_page(page) for page in range(1, 9)))
    # Those in flight when the 429 came may have been answered; nobody waited a second time.
    assert sum(clock.waits) == pytest.approx(7)
    assert len(demo.log.requests) == 9
    assert demo.log.most_in_flight <= 4


class HeldClock(Clock):
    """A clock whose `sleep` lasts until it is released."""

    def __init__(self):
        self.released = asyncio.Event()

    async def sleep(self, seconds: float):
        await self.released.wait()

    def monotonic(self) -> float:
        return 1e9 if self.released.is_set() else 0


async def test_cooldown_changes_can_be_followed(demo):
    clock = HeldClock()
    demo.faults.next("429")
    async with GroupsService(demo.url, demo.token, clock=clock) as service:
        reading = asyncio.create_task(service.groups_page())
        seen = []
        async for until in service.cooldown.changes():
            seen.append(until)
            if until is not None:
                clock.released.set()
            elif len(seen) > 1:
                break
        await reading
    assert [until is None for until in seen] == [True, False, True]


async def test_repeated_429_is_raised_after_three_attempts(service, demo):
    demo.faults.always("429")
    with pytest.raises(RateLimited):
        await service.groups_page()
    assert len(demo.log.requests) == MAX_ATTEMPTS


async def test_long_retry_after_is_raised_at_once(service, demo, clock):
    demo.faults.retry_after = int(MAX_COOLDOWN_S) + 1
    demo.faults.always("429")
    with pytest.raises(RateLimited):
        await service.groups_page()
    assert clock.waits == []


async def test_cooldown_can_be_cancelled(demo):
    demo.faults.always("429-bare")
    async with GroupsService(demo.url, demo.token) as service:
        asking = asyncio.create_task(service.groups_page())
        async for until in service.cooldown.changes():
            if until is not None:
                break
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


def test_service_parses_the_instance():
    assert GroupsService("acme", "token").instance == Instance("https://acme.testmo.net")


async def test_load_forgets_users_who_left(service, demo):
    assert 7 in (await service.load()).names
    demo.site.delete_user(7)
    directory = await service.load()
    assert 7 not in directory.names
    assert directory.user(7).label == "#7"


async def test_load_keeps_user_details_but_takes_new_names(service, demo):
    await service.load()
    await service.load_users()
    demo.site.rename_user(7, "New Name")
    directory = await service.load()
    assert directory.user(7).name == "New Name"
    assert directory.profile(7).email


# Users read with the groups


async def test_load_reads_users_with_the_groups(service, demo):
    directory = await service.load(max_users=900)
    assert directory.users_complete
    assert directory.names.items() >= {id: user.name for id, user in demo.site.users.items()}.items()
    assert not (await service.load()).users_complete


@pytest.mark.parametrize("limit", [0, 100, 800])
async def test_load_does_not_read_more_users_than_the_limit(service, demo, limit):
    directory = await service.load(max_users=limit)
    assert (directory.users_complete, directory.has_profiles) == (False, False)
    assert sum("/users?" in path for path in demo.log.paths) == bool(limit)
    assert not service.users_failure


@pytest.mark.parametrize(
    "refusal",
    [httpx.Response(403), httpx.Response(404), httpx.Response(200, html="<html>"), httpx.Response(200)],
    ids=["403", "404", "html", "empty"],
)
async def test_refused_users_do_not_fail_the_crawl(refusal):
    def handler(request: httpx.Request) -> httpx.Response:
        groups = httpx.Response(200, json={"result": [], "total": 0})
        return groups if "groups" in request.url.path else refusal

    async with service_with(handler) as service:
        directory = await service.load(max_users=None)
    assert (directory.complete, directory.users_complete) == (True, False)
    assert service.users_failure == "/users is not available with this token or instance"


async def test_users_that_do_not_add_up_are_incomplete():
    def handler(request: httpx.Request) -> httpx.Response:
        users = [{"id": 1, "name": "Ada"}]
        body = {"result": [], "total": 0} if "groups" in request.url.path else {"result": users, "total": 2}
        return httpx.Response(200, json=body)

    async with service_with(handler) as service:
        directory = await service.load(max_users=None)
    assert (directory.complete, directory.users_complete, directory.names) == (True, False, {1: "Ada"})


async def test_pages_of_users_that_repeat_are_not_read_forever():
    paths = []

    def handler(request: httpx.Request) -> httpx.Response:
        if "groups" in request.url.path:
            return httpx.Response(200, json={"result": [], "total": 0})
        paths.append(request.url.path)
        return httpx.Response(200, json={"last_page": 9000, "result": [{"id": 1, "name": "Ada"}]})

    async with service_with(handler) as service:
        directory = await service.load(max_users=None)
    assert (directory.users_complete, directory.names) == (False, {1: "Ada"})
    assert len(paths) <= 2 * (1 + MAX_PENDING_PAGES)


async def test_crawl_keeps_each_name_once():
    pages, users = 50, [{"id": id, "name": f"User number {id}"} for id in range(1, 1001)]

    def handler(request: httpx.Request) -> httpx.Response:
        gc.collect()  # only what is still used counts, of what the crawl has allocated
        page = int(request.url.params.get("page", 1))
        body = {
            "result": [{"id": page, "name": "QA", "members": [1]}],
            "last_page": pages,
            "next_page": page + 1 if page < pages else None,
            "total": pages,
            "expands": {"users": users},
        }
        return httpx.Response(200, json=body)

    async with service_with(handler) as service:
        await service.groups_page(1)  # imports the models
        gc.freeze()
        tracemalloc.start()
        directory = await service.load()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.unfreeze()
    assert directory.complete
    names_of_a_page = 1000 * 150
    """Bytes: entries of a dict, ids and names."""
    assert peak < names_of_a_page * pages / 2


async def test_failed_crawl_cancels_the_users():
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        if "groups" in request.url.path:
            await started.wait()
            return httpx.Response(401)
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()
        return httpx.Response(200)

    async with service_with(handler) as service:
        with pytest.raises(Unauthorized):
            await service.load(max_users=None)
        await asyncio.wait_for(cancelled.wait(), 5)


# A site that repeats itself, and callers that give up


def service_with(handler) -> GroupsService:
    return GroupsService("acme", "a-token", transport=httpx.MockTransport(handler))


async def test_groups_ends_if_the_site_repeats_a_page():
    body = {"result": [{"id": 1, "name": "QA", "members": []}], "page": 1, "last_page": 5, "total": 5}
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=body)

    async with service_with(handler) as service:
        assert [group.id async for group in service.groups()] == [1, 1]
    assert len(requests) == 2


async def test_users_of_too_many_pages_are_not_read():
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"result": [{"id": 1, "name": "Ada"}], "last_page": 10**12})

    async with service_with(handler) as service:
        assert not await service.load_users()
    assert len(requests) == 1


async def slow_page(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(0.2)
    return httpx.Response(200, json={"result": [], "page": 1, "last_page": 1, "total": 0})


async def test_cancelled_caller_leaves_the_page_to_another():
    async with service_with(slow_page) as service:
        first, second = (asyncio.create_task(service.groups_page(1)) for _ in range(2))
        await asyncio.sleep(0.1)
        first.cancel()
        assert (await second).total == 0
        assert first.cancelled()


async def test_page_can_be_read_again_right_after_it_was_cancelled():
    async with service_with(slow_page) as service:
        first = asyncio.create_task(service.groups_page(1))
        await asyncio.sleep(0.1)
        first.cancel()
        assert (await asyncio.create_task(service.groups_page(1))).total == 0


async def test_request_is_cancelled_with_its_last_caller():
    ended = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return httpx.Response(200)

    async with service_with(handler) as service:
        caller = asyncio.create_task(service.groups_page(1))
        await asyncio.sleep(0.5)
        caller.cancel()
        await asyncio.wait_for(ended.wait(), 5)


async def test_request_that_outlives_the_service_is_an_error_of_the_site():
    started = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        started.set()
        return await slow_page(request)

    service = service_with(handler)
    request = asyncio.create_task(service.group(1))
    await started.wait()
    await service.close()
    with pytest.raises(Unreachable, match="was closed"):
        await request


async def test_close_leaves_no_task_that_waits_for_a_token():
    async def token() -> Token:
        await asyncio.sleep(60)
        raise AssertionError

    before = asyncio.all_tasks()
    async with GroupsService("acme", token) as service:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(service.group(1), 0.1)
    assert asyncio.all_tasks() <= before


async def test_sign_in_and_crawl_can_be_cancelled_at_every_step():
    async def handler(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        page, last = int(request.url.params.get("page", 1)), 3
        item = {"id": page, "name": "QA", "members": [1]}
        following = page + 1 if page < last else None
        listing = {"result": [item], "page": page, "last_page": last, "next_page": following, "total": last}
        return httpx.Response(200, json=item if request.url.path.endswith("/user") else listing)

    async def sign_in_and_crawl() -> None:
        async with service_with(handler) as service:
            await service.sign_in()
            assert (await service.load(max_users=None)).complete

    assert await cancel_everywhere(sign_in_and_crawl) > 20
