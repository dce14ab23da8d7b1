"""The records that screens and commands work with."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


def compact(ids: Sequence[int]) -> array[int]:
    """Return ids in four bytes each, or in eight if needed: an instance may have a million memberships.

    Raises:
        OverflowError: If an id is negative, or larger than eight bytes.
    """
    try:
        return array("I", ids)
    except OverflowError:
        return array("Q", ids)


def label_of(name: str | None, id: int | None) -> str:
    """Return the name of a group or user, or its id as `#17` if it has no name."""
    return name if name and not name.isspace() else f"#{id}"


@dataclass(frozen=True, slots=True)
class Group:
    """A user group."""

    id: int
    name: str
    members: Sequence[int] = ()
    """User ids, each once, in the instance's order."""
    created_at: datetime | str | None = None
    """In UTC; if it is not a valid time, the text as it was sent."""
    created_by: int | None = None
    updated_at: datetime | str | None = None
    updated_by: int | None = None

    @property
    def label(self) -> str:
        """The name; the id as `#12` if it has none."""
        return label_of(self.name, self.id)

    @property
    def is_never_updated(self) -> bool:
        """Whether the group was not updated since it was created; False if its times are not known."""
        return self.updated_at is None and self.created_at is not None


@dataclass(frozen=True, slots=True)
class User:
    """A user, by id and name."""

    id: int
    name: str | None
    """None if no response named the user, who was usually deleted."""

    @property
    def label(self) -> str:
        """The name; the id as `#17` if the name is unknown."""
        return label_of(self.name, self.id)


@dataclass(frozen=True, slots=True)
class CurrentUser(User):
    """The user of a token."""

    timezone: str | None = None
    """The IANA name of the time zone that the user has chosen in Testmo, if any."""


@dataclass(frozen=True, slots=True)
class UserProfile:
    """A user with the details of `/users`; those that were not sent are None."""

    id: int
    name: str
    """Empty if the instance sent none."""
    email: str | None = None
    two_factor: bool | None = None
    active: bool | None = None
    anonymised: bool | None = None
    api_user: bool | None = None

    @property
    def is_active_person(self) -> bool:
        """Whether the user can sign in with a password, as far as is known."""
        return not (self.active is False or self.anonymised or self.api_user)


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups, as of a point in time."""

    groups: tuple[Group, ...]
    page: int
    """Counted from 1."""
    last_page: int
    per_page: int
    total: int
    """The number of groups of the whole instance."""
    as_of: datetime

    @property
    def first(self) -> int:
        """The position of the first group of the page among all groups, counted from 0."""
        return (self.page - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """A group with its users resolved, as of a point in time."""

    group: Group
    members: tuple[User, ...]
    created_by: User | None
    updated_by: User | None
    as_of: datetime
