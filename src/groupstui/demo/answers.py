"""What the site answers to whom: one method for each address of the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .pagination import lay_out, read_expands, read_page
from .site import ROLES, Group, Site, User

Record = TypeVar("Record", Group, User)

ADMIN_ID = 1
"""The user whose token is the admin's."""

MEMBER_ID = 2
"""The user whose token is not an admin's."""


class Endpoints:
    """The endpoints of the API.

    Args:
        site: What they answer from.
        tokens: The ids of the users whom the tokens belong to.
        users_status: A status that `/users` answers to every valid token, in place of users.
    """

    def __init__(self, site: Site, tokens: Mapping[str, int], users_status: int | None = None) -> None:
        self._site = site
        self._tokens = tokens
        self._users_status = users_status

    async def current_user(self, request: Request) -> Response:
        """Answer `/user`: the token's own user, flat."""
        user = self._site.users[self._signed_in(request)]
        fields = ("id", "name", "timezone", "date_format", "time_format")
        return JSONResponse({field: getattr(user, field) for field in fields})

    async def groups(self, request: Request) -> Response:
        """Answer `/groups`: a page of groups."""
        self._admit(request)
        expands = read_expands(request.query_params, {"users"})
        groups, envelope = lay_out(self._site.groups.values(), *read_page(request.query_params))
        result = [group.as_json() for group in groups]
        return JSONResponse({**envelope, "result": result, "expands": self._around_groups(groups, expands)})

    async def group(self, request: Request) -> Response:
        """Answer `/groups/{id}`: one group."""
        self._admit(request)
        expands = read_expands(request.query_params, {"users"})
        group = _found(self._site.groups, request)
        return JSONResponse({"result": group.as_json(), "expands": self._around_groups([group], expands)})

    async def users(self, request: Request) -> Response:
        """Answer `/users`: a page of users."""
        self._admit_to_users(request)
        expands = read_expands(request.query_params, {"groups", "roles", "users"})
        users, envelope = lay_out(self._site.users.values(), *read_page(request.query_params))
        return JSONResponse({**envelope, **self._with_groups(users, expands)})

    async def user(self, request: Request) -> Response:
        """Answer `/users/{id}`: one user."""
        self._admit_to_users(request)
        expands = read_expands(request.query_params, {"groups", "roles", "users"})
        answer = self._with_groups([_found(self._site.users, request)], expands)
        return JSONResponse({**answer, "result": answer["result"][0]})

    def _signed_in(self, request: Request) -> int:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        user_id = self._tokens.get(token, 0) if scheme.lower() == "bearer" else 0
        if user_id not in self._site.users:
            raise HTTPException(401, "Unauthenticated.")
        return user_id

    def _admit(self, request: Request) -> None:
        if self._signed_in(request) != ADMIN_ID:
            raise HTTPException(403, "This action is unauthorized.")

    def _admit_to_users(self, request: Request) -> None:
        self._signed_in(request)
        if self._users_status is not None:
            raise HTTPException(self._users_status)
        self._admit(request)

    def _around_groups(self, groups: Sequence[Group], expands: set[str]) -> dict[str, Any]:
        if "users" not in expands:
            return {}
        wanted = set(chain.from_iterable(group.members for group in groups))
        # Testmo doesn't say whether these are included. Every other group includes them, so that a client
        # that takes each expanded user for a member is found out.
        wanted.update(_makers(group for group in groups if group.id % 2 == 0))
        return {"users": _named(self._site.users, wanted)}

    def _with_groups(self, users: Sequence[User], expands: set[str]) -> dict[str, Any]:
        groups = self._site.groups_of([user.id for user in users])
        around: dict[str, Any] = {}
        if "groups" in expands:
            around["groups"] = _named(self._site.groups, set(chain.from_iterable(groups.values())))
        if "roles" in expands:
            around["roles"] = [
                {"id": role_id, "name": ROLES[role_id]}
                for role_id in sorted({user.role_id for user in users})
            ]
        if "users" in expands:
            around["users"] = _named(self._site.users, _makers(users))
        return {"result": [user.as_json(groups[user.id]) for user in users], "expands": around}


def _found(records: Mapping[int, Record], request: Request) -> Record:
    if record := records.get(request.path_params["id"]):
        return record
    raise HTTPException(404, "The requested resource was not found.")


def _makers(records: Iterable[Group | User]) -> set[int]:
    """Return the ids of those who created or updated the records."""
    makers = chain.from_iterable((record.created_by, record.updated_by) for record in records)
    return {maker for maker in makers if maker is not None}


def _named(records: Mapping[int, Group] | Mapping[int, User], ids: set[int]) -> list[dict[str, Any]]:
    """Return id and name of the records that exist, in the order of their ids."""
    return [{"id": id, "name": records[id].name} for id in sorted(ids & records.keys())]
