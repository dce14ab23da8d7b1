"""The answers of Testmo's API, checked.

Strict about ids, names of things and the page's own numbers; tolerant of everything that is optional, of what
is null, and of fields that are not known here: what is optional is taken as it came, and read by the
functions below. What is not understood raises `NotUnderstood`.

The groups of a page and its `expands` are left as JSON until they are asked for: no piece of a large answer
then takes long, and a thread that reads it lets the others have their turn in between.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from msgspec import DecodeError, Meta, Raw, Struct, ValidationError
from msgspec.json import Decoder

from .body import NotUnderstood

T = TypeVar("T")

MOST = (1 << 63) - 1
"""The largest number that databases, Testmo's and the history's, take for an id."""

Id = Annotated[int, Meta(ge=1, le=MOST)]


class Person(Struct, frozen=True):
    """A user by id and name, as `expands.users` lists them; and the token's own user."""

    id: Id
    name: str


class Expands(Struct, frozen=True):
    """What an answer was asked to resolve; it may hold more or fewer users than its groups have members."""

    users: list[Person] | None = None


class Group(Struct, frozen=True):
    """A user group. `members` holds user ids in the order in which the site gives them, perhaps repeated."""

    id: Id
    name: str
    members: list[Id] | None = None
    created_at: Any = None
    """See `timestamp`."""
    created_by: Any = None
    """See `optional_id`."""
    updated_at: Any = None
    updated_by: Any = None


class GroupPage(Struct, frozen=True):
    """One page of `GET /groups`. `page` and `last_page` are None where the result is empty."""

    result: list[Raw]
    page: int | None = None
    next_page: int | None = None
    last_page: int | None = None
    total: int | None = None
    expands: Raw = Raw(b"null")

    @property
    def groups(self) -> Iterator[Group]:
        """The groups, each read when it is its turn."""
        return (GROUP.read(group, f"result.{place}") for place, group in enumerate(self.result))


class GroupAnswer(Struct, frozen=True):
    """The answer of `GET /groups/{id}`."""

    result: Group
    expands: Raw = Raw(b"null")


class UserAnswer(Struct, frozen=True):
    """What may be around the answer of `GET /user`."""

    result: Raw = Raw()


class User(Struct, frozen=True):
    """A user as `/users` lists them: everything but id and name is optional, there and here."""

    id: Id
    name: str
    email: Any = None
    """See `optional_text`."""
    tfa_enabled: Any = None
    """See `flag`."""
    is_active: Any = None
    is_forgotten: Any = None
    """Anonymised."""
    is_api: Any = None


class UserPage(Struct, frozen=True):
    """One page of `GET /users`."""

    result: list[User]
    last_page: int | None = None


class Shape(Generic[T]):
    """What an answer, or a part of one, has to look like."""

    def __init__(self, kind: Any) -> None:
        self._decoder: Decoder[T] = Decoder(kind)

    def read(self, json: bytes | Raw, where: str = "") -> T:
        """Give what the JSON says.

        Args:
            json: An answer's body, or a part of it.
            where: The steps from the body to that part.

        Raises:
            NotUnderstood: If it is no JSON, or has another shape; it holds nothing of what was read.
        """
        try:
            return self._decoder.decode(json)
        except ValidationError as error:
            steps = filter(None, (where, *_steps(str(error))))
            raise NotUnderstood(f"an unknown shape at {'.'.join(steps)}".removesuffix(" at ")) from None
        except (DecodeError, UnicodeDecodeError, RecursionError):
            raise NotUnderstood("broken JSON") from None


def _steps(message: str) -> list[str]:
    """Give the steps to what msgspec complains of.

    Args:
        message: “Expected `int`, got `str` - at `$.members[1]`”, or “Object missing required field `id`”; at
            the top, no place is named.
    """
    complaint, _, path = message.partition(" - at `$")
    missing = complaint.partition("missing required field `")[2].rstrip("`")
    return [*path.rstrip("`").replace("[", ".").replace("]", "").split("."), missing]


GROUP_PAGE = Shape[GroupPage](GroupPage)
GROUP = Shape[Group](Group)
GROUP_ANSWER = Shape[GroupAnswer](GroupAnswer)
PERSON = Shape[Person](Person)
USER_ANSWER = Shape[UserAnswer](UserAnswer)
USER_PAGE = Shape[UserPage](UserPage)

# An empty PHP array becomes [] in JSON even where an object is meant.
_EXPANDS = Shape[Expands | list[Any] | None](Expands | list[Any] | None)


def expanded_users(expands: Raw) -> dict[int, str]:
    """Give the names of the users that an answer has resolved, by id."""
    found = _EXPANDS.read(expands, "expands")
    users = found.users if isinstance(found, Expands) else None
    return {user.id: user.name for user in users or ()}


def timestamp(value: object) -> datetime | str | None:
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


def optional_id(value: object) -> int | None:
    """Absorb an optional number of the wrong type: who made a group is not worth losing the group."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST else None


def flag(value: object) -> bool | None:
    """Absorb a mark of the wrong type; 0 and 1 are how some databases say no and yes."""
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def optional_text(value: object) -> str | None:
    """Absorb an optional text of the wrong type."""
    return value if isinstance(value, str) else None
