"""Groups, users, and the site that holds them.

Records are frozen; an edit replaces the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..times import utc_iso

SEEDED_BEFORE = "2026-10-01T09:00:00.000Z"
"""Later than every seeded timestamp."""

ROLES = {1: "Site admin", 2: "Test lead", 3: "Tester", 4: "Read-only"}
"""Role names by id."""


@dataclass(frozen=True, slots=True)
class Group:
    """A user group. `members` are user ids as the API returns them: some repeated, some of deleted users."""

    id: int
    name: str
    members: tuple[int, ...] = ()
    created_at: str | None = SEEDED_BEFORE
    created_by: int = 1
    updated_at: str | None = None
    updated_by: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class User:
    """A user, without group ids; see `Site.groups_of`."""

    id: int
    name: str
    email: str
    type: int = 1
    timezone: str | None = None
    date_format: str | None = None
    time_format: str | None = None
    notifications: int = 1
    tfa_enabled: bool = False
    is_active: bool = True
    is_forgotten: bool = False
    is_api: bool = False
    role_id: int = 3
    created_at: str = SEEDED_BEFORE
    created_by: int = 1
    updated_at: str | None = None
    updated_by: int | None = None

    def as_json(self, groups: Iterable[int]) -> dict[str, Any]:
        """Return the user as the API does, with group ids."""
        record = {name: getattr(self, name) for name in self.__slots__}
        return record | {"groups": list(groups)}


@dataclass
class Site:
    """Groups and users by id, sorted by id, with the edits an admin can make.

    Every edit returns the record, and raises KeyError for an unknown id. Ids are never reused.
    """

    groups: dict[int, Group] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    last_group_id: int = 0
    last_user_id: int = 0

    def now(self) -> str:
        return utc_iso(datetime.now(UTC))

    def copy(self) -> Site:
        """Return a copy whose edits do not affect this site."""
        return replace(self, groups=self.groups.copy(), users=self.users.copy())

    def add_group(self, name: str, members: Iterable[int] = ()) -> Group:
        self.last_group_id += 1
        group = Group(self.last_group_id, name, tuple(members), created_at=self.now())
        self.groups[group.id] = group
        return group

    def delete_group(self, group_id: int) -> None:
        del self.groups[group_id]

    def rename_group(self, group_id: int, name: str) -> Group:
        return self._update(replace(self.groups[group_id], name=name))

    def add_member(self, group_id: int, user_id: int) -> Group:
        """Append a user to a group's members and return the group."""
        group = self.groups[group_id]
        return self._update(replace(group, members=(*group.members, self.users[user_id].id)))

    def remove_member(self, group_id: int, user_id: int) -> Group:
        group = self.groups[group_id]
        if user_id not in group.members:
            raise KeyError(user_id)
        return self._update(replace(group, members=tuple(id for id in group.members if id != user_id)))

    def add_user(self, name: str) -> User:
        self.last_user_id += 1
        email = f"user{self.last_user_id}@demo.example"
        user = User(self.last_user_id, name, email, created_at=self.now())
        self.users[user.id] = user
        return user

    def rename_user(self, user_id: int, name: str) -> User:
        self.users[user_id] = replace(self.users[user_id], name=name, updated_at=self.now(), updated_by=1)
        return self.users[user_id]

    def delete_user(self, user_id: int) -> None:
        """Delete a user. The id stays in the groups, without a name."""
        del self.users[user_id]

    def groups_of(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        """Return the group ids of each of these users."""
        found: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        for group in self.groups.values():
            for user_id in found.keys() & group.members:
                found[user_id].append(group.id)
        return found

    def _update(self, group: Group) -> Group:
        self.groups[group.id] = replace(group, updated_at=self.now(), updated_by=1)
        return self.groups[group.id]
