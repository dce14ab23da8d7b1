"""pydantic models of Testmo's JSON, and the parsers that turn it into records.

Ids and the numbers of a page must be valid. Everything else is tolerated: a value of the wrong type is read
as missing, so that one odd value does not make the whole page unusable. Repairs are counted.

Importing pydantic often takes longer than the instance takes to answer, so `client` imports this module once
the TCP connection is established.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from typing_extensions import TypedDict

from ..directory.models import CurrentUser, Group, UserProfile, compact
from .responses import GroupResponse, GroupsResponse, InvalidPayload, Repairs, UsersResponse

MAX_ID = (1 << 63) - 1
"""The largest id that databases store, Testmo's and the history's."""

MAX_JSON_VALUES = 3_000_000
"""Values in one response. A page of 100 groups of 20,000 members has two million; parsed, the most that three
million can take is 200 MB (a test measures it)."""

NO_NAME = "(no name)"
"""The name of a group that has none."""

T = TypeVar("T")
R = TypeVar("R")


# Tolerant fields: a value of the wrong type becomes None and is counted.


def _read_as_missing(info: ValidationInfo) -> None:
    if isinstance(info.context, Repairs):
        info.context.add()


def _timestamp(value: object) -> datetime | str | None:
    """Return the time in UTC; a text that cannot be parsed is returned as it is."""
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return str(value)
    try:
        time = datetime.fromisoformat(value)
        # A variant without a zone, `2026-07-29 15:52:59.210008`, has been seen: it is UTC.
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return value


def _optional_id(value: object, info: ValidationInfo) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID):
        return value
    _read_as_missing(info)
    return None


def _optional_flag(value: object, info: ValidationInfo) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):  # the booleans of some databases
        return bool(value)
    _read_as_missing(info)
    return None


def _optional_text(value: object, info: ValidationInfo) -> str | None:
    if value is None or isinstance(value, str):
        return value
    _read_as_missing(info)
    return None


Id = Annotated[StrictInt, Field(ge=1, le=MAX_ID)]
Many = Annotated[list[T], Field(fail_fast=True)]
"""A list that is rejected at its first error: collecting millions of errors takes gigabytes."""
Timestamp = Annotated[datetime | str | None, BeforeValidator(_timestamp)]
OptionalId = Annotated[int | None, BeforeValidator(_optional_id)]
OptionalFlag = Annotated[bool | None, BeforeValidator(_optional_flag)]
OptionalText = Annotated[str | None, BeforeValidator(_optional_text)]


# Models


class Model(BaseModel):
    """The configuration of all models: immutable, and no input in error messages."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class ExpandedUser(TypedDict):
    """A user in `expands.users`; a dict, because a page may contain thousands."""

    id: Id
    name: str


class Expands(Model):
    """The objects that a request asked to expand."""

    users: Many[ExpandedUser] | None = None


class GroupModel(Model):
    """A user group; `members` are user ids in the instance's order, possibly repeated."""

    id: Id
    name: str
    members: Many[StrictInt] | None = None
    """Their range is checked by `_group`: pydantic needs as long for it as for all the rest."""
    created_at: Timestamp = None
    created_by: OptionalId = None
    updated_at: Timestamp = None
    updated_by: OptionalId = None


class GroupsModel(Model):
    """One page of `GET /groups`; `page` and `last_page` are null if the result is empty."""

    result: Many[GroupModel]
    page: StrictInt | None = None
    next_page: StrictInt | None = None
    last_page: StrictInt | None = None
    total: StrictInt | None = None
    expands: Expands | None = None


class GroupResultModel(Model):
    """The response of `GET /groups/{id}`."""

    result: GroupModel
    expands: Expands | None = None


class CurrentUserModel(Model):
    """The token's own user, as `GET /user` returns it."""

    id: Id
    name: str
    timezone: OptionalText = None


class CurrentUserResultModel(Model):
    """The same under `result`, as everything else is; Testmo's own client reads it flat."""

    result: CurrentUserModel


class ProfileModel(Model):
    """A user as `GET /users` returns it."""

    id: Id
    name: str
    email: OptionalText = None
    tfa_enabled: OptionalFlag = None
    is_active: OptionalFlag = None
    is_forgotten: OptionalFlag = None
    is_api: OptionalFlag = None


class UsersModel(Model):
    """One page of `GET /users`."""

    result: Many[ProfileModel]
    last_page: StrictInt | None = None
    total: StrictInt | None = None


_GROUPS = TypeAdapter(GroupsModel)
_GROUP = TypeAdapter(GroupResultModel)
_USER: TypeAdapter[CurrentUserResultModel | CurrentUserModel] = TypeAdapter(
    Annotated[CurrentUserResultModel | CurrentUserModel, Field(union_mode="left_to_right")]
)
_USERS = TypeAdapter(UsersModel)


# Parsers


def parse_user(body: bytes, repairs: Repairs) -> CurrentUser:
    """Return the user in a response of `GET /user`.

    Raises:
        InvalidPayload: If the body is not such a response; so do the other parsers.
    """
    model = _validated(_USER, body, repairs)
    user = model.result if isinstance(model, CurrentUserResultModel) else model
    return CurrentUser(user.id, user.name or None, user.timezone)


def parse_groups(body: bytes, repairs: Repairs) -> GroupsResponse:
    """Return one page of groups."""
    model = _validated(_GROUPS, body, repairs, NO_NAME)
    names, unnamed = _names(model.expands), set[int]()
    groups = tuple(_group(group, names, unnamed) for group in model.result)
    repairs.count += sum(group.members is None for group in model.result)
    return GroupsResponse(
        groups=groups,
        names=names,
        unnamed=frozenset(unnamed),
        page=model.page,
        next_page=model.next_page,
        last_page=model.last_page,
        total=model.total,
    )


def parse_group(body: bytes, repairs: Repairs) -> GroupResponse:
    """Return one group."""
    model = _validated(_GROUP, body, repairs, NO_NAME)
    names, unnamed = _names(model.expands), set[int]()
    group = _group(model.result, names, unnamed)
    repairs.count += model.result.members is None
    return GroupResponse(group, names, frozenset(unnamed))


def parse_users(body: bytes, repairs: Repairs) -> UsersResponse:
    """Return one page of users."""
    model = _validated(_USERS, body, repairs)
    profiles = tuple(
        UserProfile(
            user.id,
            user.name,
            email=user.email,
            two_factor=user.tfa_enabled,
            active=user.is_active,
            anonymised=user.is_forgotten,
            api_user=user.is_api,
        )
        for user in model.result
    )
    return UsersResponse(profiles, model.last_page or 1, model.total)


def _group(group: GroupModel, names: Mapping[int, str], unnamed: set[int]) -> Group:
    """Return a group, and add its members without a name to `unnamed`.

    All ids of a page at once would take longer, in one step that keeps other threads waiting.
    """
    ids = group.members or []
    distinct = set(ids)
    if len(distinct) < len(ids):
        ids = list(dict.fromkeys(ids))
    try:
        members = compact(ids)
        if 0 in distinct or (members.typecode == "Q" and max(distinct) > MAX_ID):
            raise OverflowError
    except OverflowError:
        raise InvalidPayload(f"an invalid id among the members of group {group.id}") from None
    unnamed.update(distinct.difference(names))
    return Group(
        group.id,
        group.name,
        members,
        created_at=group.created_at,
        created_by=group.created_by,
        updated_at=group.updated_at,
        updated_by=group.updated_by,
    )


def _names(expands: Expands | None) -> dict[int, str]:
    users = expands.users if expands is not None else None
    return {user["id"]: user["name"] for user in users or () if user["name"]}


def _validated(adapter: TypeAdapter[R], body: bytes, repairs: Repairs, missing_name: str = "") -> R:
    """Return the model of a body; one that is invalid is repaired and validated once more."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_JSON_VALUES:
        raise InvalidPayload(f"more than {MAX_JSON_VALUES:,} values")
    counted = Repairs()
    try:
        model = adapter.validate_json(body, context=counted)
    except ValidationError:
        counted = Repairs()
        data = _repair(_loads(body), counted, missing_name)
        try:
            model = adapter.validate_python(data, context=counted)
        except ValidationError as error:
            raise InvalidPayload(_location(error)) from None
    repairs.count += counted.count
    return model


def _location(error: ValidationError) -> str:
    """Return where a body has an unexpected structure, without any value of it."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    steps = [str(step) for step in first["loc"] if step not in ("CurrentUserModel", "CurrentUserResultModel")]
    return f"an unexpected structure at {'.'.join(steps)}".removesuffix(" at ")


# Repairs of a body that pydantic does not accept


def _loads(body: bytes) -> object:
    """Return the values of a body; unlike pydantic's, Python's parser accepts NaN and lone surrogates."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InvalidPayload("invalid JSON") from None


def _repair(data: object, repairs: Repairs, missing_name: str) -> object:
    """Return a response with the known oddities repaired; ids and page numbers are left as they are."""
    if not isinstance(data, dict):
        return data
    result = data.get("result") and _list_of(data["result"], repairs)
    if isinstance(result, list):
        return _with_expands(
            {**data, "result": [_named(each, repairs, missing_name) for each in result]}, repairs
        )
    if isinstance(result, dict):
        return _with_expands({**data, "result": _named(result, repairs, missing_name)}, repairs)
    return _named(data, repairs, missing_name)  # the flat form of the current user


def _with_expands(data: dict[str, object], repairs: Repairs) -> dict[str, object]:
    """Return a response whose expanded users are a list; an empty PHP array is [], even for an object."""
    expands = data.pop("expands", None)
    users = _list_of(expands.get("users"), repairs) if isinstance(expands, dict) else None
    if isinstance(users, list):
        data["expands"] = {"users": [_named(each, repairs, "") for each in users]}
    elif users is not None or not (isinstance(expands, dict) or expands in (None, [])):
        repairs.add()
    return data


def _list_of(value: object, repairs: Repairs) -> object:
    """Return the values of a PHP array that was sent as an object with integer keys; else the value."""
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        repairs.add()
        return list(value.values())
    return value


def _named(value: object, repairs: Repairs, missing_name: str) -> object:
    """Return a group or a user with a name that is a text, and members that are a list."""
    if not isinstance(value, dict):
        return value
    fixed = {key: _without_surrogates(each) for key, each in value.items()}
    if not isinstance(fixed.get("name"), str):
        repairs.add()
        fixed["name"] = missing_name
    if "members" in fixed:
        fixed["members"] = _list_of(fixed["members"], repairs)
    return fixed


def _without_surrogates(value: object) -> object:
    """Return a text without lone surrogates, which no encoding can write."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
