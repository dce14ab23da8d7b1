"""The answers of Testmo's API, checked.

Strict about ids, names of things and the page's own numbers; tolerant of everything that is optional, of what
is null, and of fields that are not known here. What is not understood raises `InvalidPayload`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    model_validator,
)
from typing_extensions import TypedDict

from .body import InvalidPayload

MOST = (1 << 63) - 1
"""The largest number that databases, Testmo's and the history's, take for an id."""


def _timestamp(value: object) -> datetime | str | None:
    """Read a time, into UTC; one that can't be read stays the text it is, so that it never fails its row."""
    if value is None:
        return None
    if not isinstance(value, str):
        return str(value)
    try:
        moment = datetime.fromisoformat(value)
        # A variant without a zone, `2026-07-29 15:52:59.210008`, has been seen: it is UTC.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return value


def _optional_id(value: object) -> int | None:
    """Absorb an optional number of the wrong type: who made a group is not worth losing the group."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST else None


def _flag(value: object) -> bool | None:
    """Absorb a mark of the wrong type; 0 and 1 are how some databases say no and yes."""
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


T = TypeVar("T")

Many = Annotated[list[T], Field(fail_fast=True)]
"""A list that is given up at its first mistake: to tell millions of them takes gigabytes."""
Id = Annotated[StrictInt, Field(ge=1, le=MOST)]
Timestamp = Annotated[Any, BeforeValidator(_timestamp)]
"""A time in UTC; the text as it came where it can't be read; None where there is none."""
OptionalId = Annotated[Any, BeforeValidator(_optional_id)]
OptionalFlag = Annotated[Any, BeforeValidator(_flag)]
OptionalText = Annotated[Any, BeforeValidator(_text)]


class Model(BaseModel):
    """What every answer, and every part of one, has in common."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Check what an answer holds.

        Raises:
            InvalidPayload: If it is no JSON, or has another shape; the error holds nothing of what was read.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise InvalidPayload("broken JSON") from None
        steps = ".".join(str(step) for step in first["loc"] if step not in BRANCHES)
        raise InvalidPayload(f"an unknown shape at {steps}".removesuffix(" at ")) from None


class ExpandedUser(TypedDict):
    """A user by id and name, as `expands.users` lists them: a dict, for a page may name thousands."""

    id: Id
    name: str


class CurrentUser(Model):
    """The token's own user."""

    id: Id
    name: str


class UserAnswer(Model):
    """The answer of `GET /user`, flat or under `result`."""

    user: Annotated[CurrentUser, Field(validation_alias="result")]

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, answer: Any) -> Any:
        # Testmo's own client reads it flat; under `result`, as everything else is, it would be no surprise.
        return answer if isinstance(answer, dict) and "result" in answer else {"result": answer}


class Expands(Model):
    """What an answer was asked to resolve; it may hold more or fewer users than its groups have members."""

    users: Many[ExpandedUser] | None = None


MaybeExpands = Annotated[Expands | list[Any] | None, Field(union_mode="left_to_right")]
"""An empty PHP array becomes [] in JSON even where an object is meant."""

BRANCHES = ("Expands", "list[any]")
"""What pydantic adds to the steps to a value where there are several shapes."""


class Group(Model):
    """A user group. `members` holds user ids in the order in which the site gives them, perhaps repeated."""

    id: Id
    name: str
    members: Many[Id] | None = None
    created_at: Timestamp = None
    created_by: OptionalId = None
    updated_at: Timestamp = None
    updated_by: OptionalId = None


class GroupPage(Model):
    """One page of `GET /groups`. `page` and `last_page` are None where the result is empty."""

    result: Many[Group]
    page: StrictInt | None = None
    next_page: StrictInt | None = None
    last_page: StrictInt | None = None
    total: StrictInt | None = None
    expands: MaybeExpands = None


class GroupAnswer(Model):
    """The answer of `GET /groups/{id}`."""

    result: Group
    expands: MaybeExpands = None


class UserRecord(Model):
    """A user as `/users` lists them: everything but id and name is optional, there and here."""

    id: Id
    name: str
    email: OptionalText = None
    tfa_enabled: OptionalFlag = None
    is_active: OptionalFlag = None
    is_forgotten: OptionalFlag = None
    """Anonymised."""
    is_api: OptionalFlag = None


class UserPage(Model):
    """One page of `GET /users`."""

    result: Many[UserRecord]
    last_page: StrictInt | None = None
