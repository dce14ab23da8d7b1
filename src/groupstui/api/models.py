"""The answers of Testmo's API, checked.

Strict about ids, names of things and the page's own numbers; tolerant of everything that is optional, of what
is null, and of fields that are not known here.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, model_validator

T = TypeVar("T")


def _timestamp(value: object) -> datetime | str | None:
    """Read a time; one that can't be read stays the text it is, so that it never fails its row."""
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return str(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    # A variant without a zone, `2026-07-29 15:52:59.210008`, has been seen: it is UTC.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _or_none(value: object) -> object:
    """Absorb an optional number of the wrong type: who made a group is not worth losing the group."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag_or_none(value: object) -> object:
    """Absorb a mark of the wrong type; 0 and 1 are how some databases say no and yes."""
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def _text_or_none(value: object) -> object:
    return value if isinstance(value, str) else None


def _or_empty(value: object) -> object:
    return () if value is None else value


Timestamp = Annotated[datetime | str | None, BeforeValidator(_timestamp)]
"""A time in UTC; the text as it came where it can't be read; None where there is none."""

OptionalId = Annotated[int | None, BeforeValidator(_or_none)]
OptionalFlag = Annotated[bool | None, BeforeValidator(_flag_or_none)]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Id = Annotated[StrictInt, Field(ge=1)]
NullableTuple = Annotated[tuple[T, ...], BeforeValidator(_or_empty)]


class Model(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


class Person(Model):
    """A user by id and name, as `expands.users` lists them."""

    id: Id
    name: str


class Expands(Model):
    """What an answer was asked to resolve; it may hold more or fewer users than its groups have members."""

    users: NullableTuple[Person] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_list(cls, value: Any) -> Any:
        # An empty PHP array becomes [] in JSON even where an object is meant.
        return {} if value is None or value == [] else value


class Group(Model):
    """A user group. `members` holds user ids, each once, in the order in which the site gives them."""

    id: Id
    name: str
    members: NullableTuple[Id] = ()
    created_at: Timestamp = None
    created_by: OptionalId = None
    updated_at: Timestamp = None
    updated_by: OptionalId = None

    @model_validator(mode="after")
    def _each_member_once(self) -> "Group":
        if len(unique := tuple(dict.fromkeys(self.members))) != len(self.members):
            object.__setattr__(self, "members", unique)
        return self


class GroupPage(Model):
    """One page of `GET /groups`. `page` and `last_page` are None where the result is empty."""

    page: StrictInt | None = None
    prev_page: StrictInt | None = None
    next_page: StrictInt | None = None
    last_page: StrictInt | None = None
    per_page: StrictInt | None = None
    total: StrictInt | None = None
    result: tuple[Group, ...]
    expands: Expands = Expands()


class GroupAnswer(Model):
    """The answer of `GET /groups/{id}`."""

    result: Group
    expands: Expands = Expands()


class CurrentUser(Model):
    """The token's own user: the answer of `GET /user`, flat or under `result`."""

    id: Id
    name: str

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        return value["result"] if isinstance(value, dict) and "result" in value else value


class User(Model):
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

    page: StrictInt | None = None
    next_page: StrictInt | None = None
    last_page: StrictInt | None = None
    total: StrictInt | None = None
    result: tuple[User, ...]
