"""The responses of the endpoints, as records of the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..directory.models import Group, UserProfile


class InvalidPayload(ValueError):
    """The body is not a valid response; `str()` is the reason, without any part of the body."""


@dataclass(slots=True)
class Repairs:
    """Counts values of responses that were invalid and read as missing."""

    count: int = 0

    def add(self) -> None:
        self.count += 1


@dataclass(frozen=True, slots=True)
class GroupsResponse:
    """One page of `GET /groups`; numbers that the instance did not send are None."""

    groups: tuple[Group, ...]
    """As sent, with repeated groups."""
    names: Mapping[int, str]
    """Names of the expanded users by id; not all of them need to be members."""
    unnamed: frozenset[int]
    """Ids of members whose name was not expanded, usually of deleted users."""
    page: int | None
    next_page: int | None
    last_page: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class GroupResponse:
    """The response of `GET /groups/{id}`."""

    group: Group
    names: Mapping[int, str]
    unnamed: frozenset[int]


@dataclass(frozen=True, slots=True)
class UsersResponse:
    """One page of `GET /users`."""

    profiles: tuple[UserProfile, ...]
    last_page: int
    total: int | None
