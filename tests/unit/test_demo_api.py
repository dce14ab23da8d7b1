"""The demo site's answers, in the same process and over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from groupstui.demo import DEMO_MEMBER_TOKEN, DEMO_TOKEN, RequestLog, Site, create_app, make_site
from groupstui.demo.server import DemoServer

GROUP_FIELDS = {"id", "name", "members", "created_at", "created_by", "updated_at", "updated_by"}
USER_FIELDS = {
    *("id", "name", "email", "type", "timezone", "date_format", "time_format", "notifications"),
    *("tfa_enabled", "is_active", "is_forgotten", "is_api", "role_id", "groups"),
    *("created_at", "created_by", "updated_at", "updated_by"),
}


def bearer(token: str = DEMO_TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def in_process(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://demo.example/api/v1", headers=bearer())


def over_tcp(server: DemoServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=bearer(), trust_env=False)


@pytest.fixture(scope="module")
def made() -> Site:
    return make_site()


@pytest.fixture
def site(made: Site) -> Site:
    return made.copy()


@pytest.fixture
def app(site: Site) -> Starlette:
    return create_app(site, token=DEMO_TOKEN, member_token=DEMO_MEMBER_TOKEN)


@pytest.fixture
def log(app: Starlette) -> RequestLog:
    log: RequestLog = app.state.log
    return log


@pytest.fixture(scope="module")
def server(made: Site) -> Iterator[DemoServer]:
    """Serve what every test's site begins as; a test that edits its own asks in the same process."""
    with DemoServer(create_app(made, token=DEMO_TOKEN, member_token=DEMO_MEMBER_TOKEN)) as server:
        yield server


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with in_process(app) as client:
        yield client


@pytest.fixture(params=["in the same process", "over TCP"])
async def either(
    request: pytest.FixtureRequest, app: Starlette, server: DemoServer
) -> AsyncIterator[httpx.AsyncClient]:
    """Ask once in the same process, and once over TCP."""
    async with over_tcp(server) if request.param == "over TCP" else in_process(app) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **query: str | int) -> dict[str, Any]:
    response = await client.get(path, params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("per_page", [15, 25, 50, 100])
async def test_the_pages_hold_every_group_exactly_once(
    either: httpx.AsyncClient, site: Site, per_page: int
) -> None:
    ids: list[int] = []
    page: int | None = 1
    while page:
        answer = await get(either, "/groups", page=page, per_page=per_page)
        assert answer["page"] == page
        assert answer["prev_page"] == (page - 1 or None)
        assert answer["last_page"] == -(-230 // per_page)
        assert (answer["per_page"], answer["total"], answer["expands"]) == (per_page, 230, {})
        ids += [group["id"] for group in answer["result"]]
        page = answer["next_page"]
    assert ids == list(site.groups)


async def test_a_page_is_the_first_hundred_groups_by_default(client: httpx.AsyncClient) -> None:
    answer = await get(client, "/groups")
    assert (answer["page"], answer["per_page"], answer["next_page"]) == (1, 100, 2)
    assert len(answer["result"]) == 100


async def test_a_group_is_answered_as_the_site_holds_it(either: httpx.AsyncClient, site: Site) -> None:
    for group in (await get(either, "/groups"))["result"]:
        assert group.keys() == GROUP_FIELDS
        assert group == {**site.groups[group["id"]].as_json(), "members": [*site.groups[group["id"]].members]}
        assert (await get(either, f"/groups/{group['id']}")) == {"result": group, "expands": {}}


@pytest.mark.parametrize("path", ["/groups", "/users"])
async def test_a_page_without_records_says_so_with_nulls(
    client: httpx.AsyncClient, site: Site, path: str
) -> None:
    beyond = await get(client, path, page=500)
    assert beyond["total"] > 0
    site.groups.clear()
    empty = await get(client, "/groups", expands="users")
    assert (empty["total"], empty["expands"]) == (0, {"users": []})
    for answer in (beyond, empty):
        assert answer["result"] == []
        for field in ("page", "prev_page", "next_page", "last_page"):
            assert answer[field] is None


async def test_expanded_users_are_the_members_that_exist(client: httpx.AsyncClient, site: Site) -> None:
    former = next(group for group in site.groups.values() if group.name == "Former pilots")
    answer = await get(client, f"/groups/{former.id}", expands="users")
    users = {user["id"]: user["name"] for user in answer["expands"]["users"]}
    assert set(former.members) - users.keys() == {17, 34, 51}
    assert all(site.users[user_id].name == name for user_id, name in users.items())


async def test_only_some_groups_expand_the_users_who_made_them(client: httpx.AsyncClient, site: Site) -> None:
    strangers = 0
    for group in list(site.groups.values())[:60]:
        expanded = (await get(client, f"/groups/{group.id}", expands="users"))["expands"]["users"]
        more = {user["id"] for user in expanded} - set(group.members)
        assert more <= {group.created_by, group.updated_by}
        assert not more or group.id % 2 == 0
        strangers += len(more)
    assert strangers > 0


async def test_the_expand_of_a_page_names_each_user_once(client: httpx.AsyncClient) -> None:
    answer = await get(client, "/groups", expands="users")
    ids = [user["id"] for user in answer["expands"]["users"]]
    members = {member for group in answer["result"] for member in group["members"]}
    assert len(ids) == len(set(ids))
    assert members - set(ids) == {17, 34, 51}


async def test_the_current_user_is_flat_and_may_be_anyone(either: httpx.AsyncClient) -> None:
    fields = {"id", "name", "timezone", "date_format", "time_format"}
    admin = await get(either, "/user")
    assert admin.keys() == fields
    assert (admin["id"], admin["name"]) == (1, "Ada Lovelace")
    member = (await either.get("/user", headers=bearer(DEMO_MEMBER_TOKEN))).json()
    assert member.keys() == fields
    assert (member["id"], member["name"]) == (2, "Grace Hopper")


async def test_users_come_in_pages_with_their_groups(client: httpx.AsyncClient, site: Site) -> None:
    answer = await get(client, "/users", expands="groups,roles,users", per_page=25, page=2)
    assert (answer["page"], answer["last_page"], answer["total"]) == (2, 36, 900)
    expands = {name: {each["id"]: each["name"] for each in rows} for name, rows in answer["expands"].items()}
    assert expands.keys() == {"groups", "roles", "users"}
    for user in answer["result"]:
        assert user.keys() == USER_FIELDS
        assert all(user["id"] in site.groups[group_id].members for group_id in user["groups"])
        assert expands["groups"].keys() >= set(user["groups"])
        assert user["role_id"] in expands["roles"]
        assert user["created_by"] in expands["users"]
    alone = await get(client, f"/users/{answer['result'][0]['id']}")
    assert alone == {"result": answer["result"][0], "expands": {}}


@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/user", "/users", "/users/1"])
@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Bearer", "Basic " + DEMO_TOKEN, DEMO_TOKEN])
async def test_without_a_valid_token_nothing_is_answered(
    either: httpx.AsyncClient, path: str, authorization: str
) -> None:
    response = await either.get(path, headers={"Authorization": authorization})
    assert response.status_code == 401
    assert response.json() == {"message": "Unauthenticated."}


@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/groups/999999", "/users", "/users/1"])
async def test_groups_and_users_are_for_admins(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path, headers=bearer(DEMO_MEMBER_TOKEN))
    assert response.status_code == 403
    assert response.json() == {"message": "This action is unauthorized."}


async def test_the_token_of_a_deleted_user_is_refused(client: httpx.AsyncClient, site: Site) -> None:
    site.delete_user(1)
    assert (await client.get("/groups")).status_code == 401


@pytest.mark.parametrize(
    "path", ["/groups/999999", "/users/17", "/groups/", "/groups/one", "/groups/-1", "/projects", "/"]
)
async def test_what_is_not_there_is_404_in_json(either: httpx.AsyncClient, path: str) -> None:
    response = await either.get(path)
    assert response.status_code == 404
    assert response.json()["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/user", "/users", "/users/1"])
async def test_the_site_is_only_for_reading(client: httpx.AsyncClient, method: str, path: str) -> None:
    response = await client.request(method, path)
    assert response.status_code == 405
    assert response.json() == {"message": "Method Not Allowed"}


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        *(("/groups", "per_page", value) for value in ("0", "10", "101", "-15", "15.0", "many", "")),
        *(("/groups", "page", value) for value in ("0", "-1", "1.5", "one", "", "1" * 5000)),
        *(("/groups", "expands", value) for value in ("roles", "users,roles", "users, users", "Users")),
        ("/groups/1", "expands", "members"),
        ("/users", "expands", "users,projects"),
        ("/users", "per_page", "20"),
        ("/users/1", "expands", "x"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_its_name(
    either: httpx.AsyncClient, path: str, field: str, value: str
) -> None:
    response = await either.get(path, params={field: value})
    assert response.status_code == 422
    body = response.json()
    assert body["message"] == "The given data was invalid."
    assert body["errors"].keys() == {field}
    assert all(isinstance(sentence, str) for sentence in body["errors"][field])


@pytest.mark.parametrize("status", [403, 404])
async def test_users_may_be_out_of_reach_while_groups_are_not(site: Site, status: int) -> None:
    app = create_app(site, token=DEMO_TOKEN, users_status=status)
    async with in_process(app) as client:
        assert (await client.get("/users")).status_code == status
        assert (await client.get("/users/1")).status_code == status
        assert (await client.get("/groups")).status_code == 200
        assert (await client.get("/user")).status_code == 200


async def test_an_edit_shows_in_the_next_answer(client: httpx.AsyncClient, site: Site) -> None:
    site.rename_group(1, "Quality")
    site.rename_user(1, "Ada King")
    answer = await get(client, "/groups/1", expands="users")
    assert answer["result"]["name"] == "Quality"
    assert "Ada King" in {user["name"] for user in answer["expands"]["users"]}


async def test_the_log_tells_what_was_asked(client: httpx.AsyncClient, log: RequestLog) -> None:
    await client.get("/groups", params={"page": 2, "per_page": 15})
    await client.post("/user")
    assert log.requests == [("GET", "/api/v1/groups?page=2&per_page=15"), ("POST", "/api/v1/user")]
    assert log.paths == ["/api/v1/groups?page=2&per_page=15", "/api/v1/user"]
    log.clear()
    assert log.requests == []


async def test_the_log_tells_how_many_requests_were_in_flight_at_once(site: Site) -> None:
    app = create_app(site, token=DEMO_TOKEN, latency=0.05)
    async with in_process(app) as client:
        await client.get("/user")
        assert (app.state.log.most_in_flight, app.state.log.in_flight) == (1, 0)
        await asyncio.gather(*(client.get("/user") for _ in range(4)))
        assert (app.state.log.most_in_flight, app.state.log.in_flight) == (4, 0)
