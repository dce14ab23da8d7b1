"""Answer requests to Testmo's API from a site."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from email.utils import formatdate
from itertools import chain, islice
from math import ceil
from typing import Any, TypeVar

import httpx

from .site import ROLES, Group, Site, User

ADMIN_ID = 1

PAGE_SIZES = (15, 25, 50, 100)
"""The values of `per_page` that Testmo accepts."""

ENDPOINT = re.compile(r"/api/v1/(?:user|(?P<kind>groups|users)(?:/(?P<id>[0-9]{1,18}))?)")

Json = dict[str, Any]
Record = TypeVar("Record", Group, User)


class ApiError(Exception):
    """An error response of the API: its status and its JSON body."""

    def __init__(self, status: int, message: str, **fields: Json) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **fields}


class DemoHandler:
    """Answer requests from a site as a handler for `httpx.MockTransport`; edits show in the next response.

    The ids of users are by token; user 1 is the admin. The token of a deleted user is refused.
    """

    def __init__(self, site: Site, tokens: Mapping[str, int]) -> None:
        self._site = site
        self._tokens = tokens

    def __call__(self, request: httpx.Request) -> httpx.Response:
        try:
            status, body = 200, self._answer(request)
        except ApiError as error:
            status, body = error.status, error.body
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            "Date": formatdate(usegmt=True),
        }
        # A response made with `json=` counts as read, and the client could not stream it.
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))

    def _answer(self, request: httpx.Request) -> Json:
        match = ENDPOINT.fullmatch(request.url.path)
        if match is None:
            raise ApiError(404, "Not Found")
        if request.method != "GET":
            raise ApiError(405, "Method Not Allowed")
        user_id = self._user_id(request.headers.get("Authorization", ""))
        if match["kind"] is None:
            return self._current_user(self._site.users[user_id])
        if user_id != ADMIN_ID:
            raise ApiError(403, "This action is unauthorized.")
        respond = self._groups if match["kind"] == "groups" else self._users
        id = None if match["id"] is None else int(match["id"])
        return respond(id, request.url.params)

    def _user_id(self, authorization: str) -> int:
        scheme, _, token = authorization.partition(" ")
        user_id = self._tokens.get(token, 0) if scheme.lower() == "bearer" else 0
        if user_id not in self._site.users:
            raise ApiError(401, "Unauthenticated.")
        return user_id

    def _current_user(self, user: User) -> Json:
        return {
            field: getattr(user, field) for field in ("id", "name", "timezone", "date_format", "time_format")
        }

    def _groups(self, id: int | None, query: Mapping[str, str]) -> Json:
        expands = expands_of(query, {"users"})
        groups, envelope = _selected(self._site.groups, id, query)
        expanded: Json = {}
        if "users" in expands:
            ids = set(chain.from_iterable(group.members for group in groups))
            # Testmo does not document whether creators are included. Every second group includes them, so
            # that a client that takes every expanded user for a member fails its tests.
            ids |= _editors(group for group in groups if group.id % 2 == 0)
            expanded["users"] = _names(self._site.users, ids)
        return _body([group.as_json() for group in groups], envelope, expanded)

    def _users(self, id: int | None, query: Mapping[str, str]) -> Json:
        expands = expands_of(query, {"groups", "roles", "users"})
        users, envelope = _selected(self._site.users, id, query)
        groups = self._site.groups_of([user.id for user in users])
        expanded: Json = {}
        if "groups" in expands:
            expanded["groups"] = _names(self._site.groups, set(chain.from_iterable(groups.values())))
        if "roles" in expands:
            role_ids = sorted({user.role_id for user in users})
            expanded["roles"] = [{"id": role_id, "name": ROLES[role_id]} for role_id in role_ids]
        if "users" in expands:
            expanded["users"] = _names(self._site.users, _editors(users))
        return _body([user.as_json(groups[user.id]) for user in users], envelope, expanded)


def expands_of(query: Mapping[str, str], known: set[str]) -> set[str]:
    """Return the requested `expands`, a comma-separated list."""
    wanted = set(filter(None, query.get("expands", "").split(",")))
    if wanted - known:
        raise invalid_parameters(expands=["The selected expands is invalid."])
    return wanted


def invalid_parameters(**errors: list[str]) -> ApiError:
    """Return the error for wrong parameters, with the messages for each of them."""
    return ApiError(422, "The given data was invalid.", errors=errors)


def _selected(
    records: Mapping[int, Record], id: int | None, query: Mapping[str, str]
) -> tuple[list[Record], Json | None]:
    """Return the record with an id, or the records of a page and its envelope."""
    if id is None:
        return _page(records.values(), query)
    if id not in records:
        raise ApiError(404, "The requested resource was not found.")
    return [records[id]], None


def _page(records: Collection[Record], query: Mapping[str, str]) -> tuple[list[Record], Json]:
    """Return the records of one page and its envelope.

    As on Testmo, most fields of the envelope are null if the page has no records.
    """
    page, per_page = _whole_number(query.get("page", "1")), _whole_number(query.get("per_page", "100"))
    errors = {}
    if page < 1:
        errors["page"] = ["The page must be an integer of at least 1."]
    if per_page not in PAGE_SIZES:
        errors["per_page"] = ["The selected per page is invalid."]
    if errors:
        raise invalid_parameters(**errors)
    shown = list(islice(records, (page - 1) * per_page, page * per_page))
    last_page = ceil(len(records) / per_page)
    envelope = {
        "page": page if shown else None,
        "prev_page": page - 1 if shown and page > 1 else None,
        "next_page": page + 1 if page < last_page else None,
        "last_page": last_page if shown else None,
        "per_page": per_page,
        "total": len(records),
    }
    return shown, envelope


def _whole_number(text: str) -> int:
    """Return a number from a query; 0, which no parameter accepts, for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _body(result: list[Json], envelope: Json | None, expanded: Json) -> Json:
    if envelope is None:
        return {"result": result[0], "expands": expanded}
    return {**envelope, "result": result, "expands": expanded}


def _editors(records: Iterable[Group | User]) -> set[int]:
    """Return the ids of the users who created or updated the records."""
    ids = chain.from_iterable((record.created_by, record.updated_by) for record in records)
    return {id for id in ids if id is not None}


def _names(records: Mapping[int, Group] | Mapping[int, User], ids: set[int]) -> list[Json]:
    """Return id and name of the records that exist, sorted by id."""
    return [{"id": id, "name": records[id].name} for id in sorted(ids & records.keys())]
