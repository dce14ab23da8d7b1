"""The demo site's answers, in the same process and over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from groupstui.demo.site import Site

from ..support.request_log import RequestLog
from ..support.site_app import MEMBER_TOKEN, TOKEN, SiteApp
from ..support.site_server import SiteServer

GROUP_FIELDS = {"id", "name", "members", "created_at", "created_by", "updated_at", "updated_by"}
USER_FIELDS = {
    *("id", "name", "email", "type", "timezone", "date_format", "time_format", "notifications"),
    *("tfa_enabled", "is_active", "is_forgotten", "is_api", "role_id", "groups"),
    *("created_at", "created_by", "updated_at", "updated_by"),
}


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def in_process(app: SiteApp) -> httpx.AsyncClient:
    transport = httpx.MockTransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://demo.example/api/v1", headers=bearer())


def over_tcp(server: SiteServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=bearer(), trust_env=False)


@pytest.fixture
def app(site: Site) -> SiteApp:
    return SiteApp(site, member_token=MEMBER_TOKEN)


@pytest.fixture
def log(app: SiteApp) -> RequestLog:
    return app.log


@pytest.fixture(scope="module")
def server(generated_site: Site) -> Iterator[SiteServer]:
    """A server of the unedited site, shared by the module."""
    with SiteServer(SiteApp(generated_site, member_token=MEMBER_TOKEN)) as server:
        yield server


@pytest.fixture
async def client(app: SiteApp) -> AsyncIterator[httpx.AsyncClient]:
    async with in_process(app) as client:
        yield client


@pytest.fixture(params=["in process", "over TCP"])
async def either(
    request: pytest.FixtureRequest, app: SiteApp, server: SiteServer
) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the process, and one over TCP."""
    async with over_tcp(server) if request.param == "over TCP" else in_process(app) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **query: str | int) -> dict[str, Any]:
    response = await client.get(path, params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("per_page", [15, 25, 50, 100])
async def test_pages_hold_every_group_once(either: httpx.AsyncClient, site: Site, per_page: int) -> None:
    ids: list[int] = []
    page: int | None = 1
    while page:
        body = await get(either, "/groups", page=page, per_page=per_page)
        assert body["page"] == page
        assert body["prev_page"] == (page - 1 or None)
        assert body["last_page"] == -(-230 // per_page)
        assert (body["per_page"], body["total"], body["expands"]) == (per_page, 230, {})
        ids += [group["id"] for group in body["result"]]
        page = body["next_page"]
    assert ids == list(site.groups)


async def test_default_page_is_the_first_100_groups(client: httpx.AsyncClient) -> None:
    body = await get(client, "/groups")
    assert (body["page"], body["per_page"], body["next_page"]) == (1, 100, 2)
    assert len(body["result"]) == 100


async def test_group_equals_the_data(either: httpx.AsyncClient, site: Site) -> None:
    for group in (await get(either, "/groups"))["result"]:
        assert group.keys() == GROUP_FIELDS
        assert group == {**site.groups[group["id"]].as_json(), "members": [*site.groups[group["id"]].members]}
        assert (await get(either, f"/groups/{group['id']}")) == {"result": group, "expands": {}}


@pytest.mark.parametrize("path", ["/groups", "/users"])
async def test_page_without_records_has_nulls(client: httpx.AsyncClient, site: Site, path: str) -> None:
    beyond = await get(client, path, page=500)
    assert beyond["total"] > 0
    site.groups.clear()
    empty = await get(client, "/groups", expands="users")
    assert (empty["total"], empty["expands"]) == (0, {"users": []})
    for body in (beyond, empty):
        assert body["result"] == []
        for field in ("page", "prev_page", "next_page", "last_page"):
            assert body[field] is None


async def test_expands_lack_deleted_members(client: httpx.AsyncClient, site: Site) -> None:
    former = next(group for group in site.groups.values() if group.name == "Former pilots")
    body = await get(client, f"/groups/{former.id}", expands="users")
    users = {user["id"]: user["name"] for user in body["expands"]["users"]}
    assert set(former.members) - users.keys() == {17, 34, 51}
    assert all(site.users[user_id].name == name for user_id, name in users.items())


async def test_expands_of_even_groups_include_editors(client: httpx.AsyncClient, site: Site) -> None:
    editors = 0
    for group in list(site.groups.values())[:60]:
        expanded = (await get(client, f"/groups/{group.id}", expands="users"))["expands"]["users"]
        more = {user["id"] for user in expanded} - set(group.members)
        assert more <= {group.created_by, group.updated_by}
        assert not more or group.id % 2 == 0
        editors += len(more)
    assert editors > 0


async def test_expands_of_a_page_name_each_user_once(client: httpx.AsyncClient) -> None:
    body = await get(client, "/groups", expands="users")
    ids = [user["id"] for user in body["expands"]["users"]]
    members = {member for group in body["result"] for member in group["members"]}
    assert len(ids) == len(set(ids))
    assert members - set(ids) == {17, 34, 51}


async def test_current_user_is_flat(either: httpx.AsyncClient) -> None:
    fields = {"id", "name", "timezone", "date_format", "time_format"}
    admin = await get(either, "/user")
    assert admin.keys() == fields
    assert (admin["id"], admin["name"]) == (1, "Ada Lovelace")
    member = (await either.get("/user", headers=bearer(MEMBER_TOKEN))).json()
    assert member.keys() == fields
    assert (member["id"], member["name"]) == (2, "Grace Hopper")


async def test_users_page_has_groups_and_expands(client: httpx.AsyncClient, site: Site) -> None:
    body = await get(client, "/users", expands="groups,roles,users", per_page=25, page=2)
    assert (body["page"], body["last_page"], body["total"]) == (2, 36, 900)
    expands = {name: {each["id"]: each["name"] for each in rows} for name, rows in body["expands"].items()}
    assert expands.keys() == {"groups", "roles", "users"}
    for user in body["result"]:
        assert user.keys() == USER_FIELDS
        assert all(user["id"] in site.groups[group_id].members for group_id in user["groups"])
        assert expands["groups"].keys() >= set(user["groups"])
        assert user["role_id"] in expands["roles"]
        assert user["created_by"] in expands["users"]
    alone = await get(client, f"/users/{body['result'][0]['id']}")
    assert alone == {"result": body["result"][0], "expands": {}}


@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/user", "/users", "/users/1"])
@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Bearer", "Basic " + TOKEN, TOKEN])
async def test_invalid_token_is_401(either: httpx.AsyncClient, path: str, authorization: str) -> None:
    response = await either.get(path, headers={"Authorization": authorization})
    assert response.status_code == 401
    assert response.json() == {"message": "Unauthenticated."}


@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/groups/999999", "/users", "/users/1"])
async def test_member_token_is_403(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path, headers=bearer(MEMBER_TOKEN))
    assert response.status_code == 403
    assert response.json() == {"message": "This action is unauthorized."}


async def test_token_of_deleted_user_is_401(client: httpx.AsyncClient, site: Site) -> None:
    site.delete_user(1)
    assert (await client.get("/groups")).status_code == 401


@pytest.mark.parametrize(
    "path", ["/groups/999999", "/users/17", "/groups/", "/groups/one", "/groups/-1", "/projects", "/"]
)
async def test_unknown_path_or_id_is_404(either: httpx.AsyncClient, path: str) -> None:
    response = await either.get(path)
    assert response.status_code == 404
    assert response.json()["message"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/groups", "/groups/1", "/user", "/users", "/users/1"])
async def test_other_methods_are_405(client: httpx.AsyncClient, method: str, path: str) -> None:
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
async def test_wrong_parameter_is_422_with_its_name(
    either: httpx.AsyncClient, path: str, field: str, value: str
) -> None:
    response = await either.get(path, params={field: value})
    assert response.status_code == 422
    body = response.json()
    assert body["message"] == "The given data was invalid."
    assert body["errors"].keys() == {field}
    assert all(isinstance(message, str) for message in body["errors"][field])


@pytest.mark.parametrize("status", [403, 404])
async def test_users_status_applies_to_users_only(site: Site, status: int) -> None:
    app = SiteApp(site, users_status=status)
    async with in_process(app) as client:
        assert (await client.get("/users")).status_code == status
        assert (await client.get("/users/1")).status_code == status
        assert (await client.get("/groups")).status_code == 200
        assert (await client.get("/user")).status_code == 200


async def test_edit_shows_in_the_next_response(client: httpx.AsyncClient, site: Site) -> None:
    site.rename_group(1, "Quality")
    site.rename_user(1, "Ada King")
    body = await get(client, "/groups/1", expands="users")
    assert body["result"]["name"] == "Quality"
    assert "Ada King" in {user["name"] for user in body["expands"]["users"]}


async def test_log_has_method_and_path(client: httpx.AsyncClient, log: RequestLog) -> None:
    await client.get("/groups", params={"page": 2, "per_page": 15})
    await client.post("/user")
    assert log.requests == [("GET", "/api/v1/groups?page=2&per_page=15"), ("POST", "/api/v1/user")]
    assert log.paths == ["/api/v1/groups?page=2&per_page=15", "/api/v1/user"]
    log.clear()
    assert log.requests == []


async def test_log_counts_requests_in_flight(site: Site) -> None:
    app = SiteApp(site, latency=0.05)
    async with in_process(app) as client:
        await client.get("/user")
        assert (app.log.most_in_flight, app.log.in_flight) == (1, 0)
        await asyncio.gather(*(client.get("/user") for _ in range(4)))
        assert (app.log.most_in_flight, app.log.in_flight) == (4, 0)
