"""The site's records: groups, users, and the site that holds and edits them.

Records are frozen and edits replace them, so that a record taken before an edit still shows what was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

SEEDED_BEFORE = "2026-10-01T09:00:00.000Z"
"""Everything that is seeded was made before this."""

ROLES = {1: "Site admin", 2: "Test lead", 3: "Tester", 4: "Read-only"}
"""The names of the roles by id."""


@dataclass(frozen=True, slots=True)
class Group:
    """A user group. `members` holds user ids as the site answers them, even twice or of nobody."""

    id: int
    name: str
    members: tuple[int, ...] = ()
    created_at: str | None = SEEDED_BEFORE
    created_by: int = 1
    updated_at: str | None = None
    updated_by: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the group as the API answers it."""
        return {
            "id": self.id,
            "name": self.name,
            "members": self.members,
            "created_at": self.created_at,
            "created_by": self.created_by,
            "updated_at": self.updated_at,
            "updated_by": self.updated_by,
        }


@dataclass(frozen=True, slots=True)
class User:
    """A user, without the groups: those are the groups' to know."""

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
        """Return the user as the API answers it, with the ids of the groups they are in."""
        record = {name: getattr(self, name) for name in self.__slots__}
        return record | {"groups": list(groups)}


@dataclass
class Site:
    """All groups and users by id, in the order of their ids, with the edits an admin can make.

    Every edit raises KeyError for an id that the site doesn't have. Ids are never used twice.
    """

    groups: dict[int, Group] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    last_group_id: int = 0
    last_user_id: int = 0

    def now(self) -> str:
        """Return the time of an edit, as the API writes it."""
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def copy(self) -> Site:
        """Return a site with the same records, to be edited on its own."""
        return replace(self, groups=self.groups.copy(), users=self.users.copy())

    def add_group(self, name: str, members: Iterable[int] = ()) -> Group:
        """Add a group at the end and give it."""
        self.last_group_id += 1
        group = Group(self.last_group_id, name, tuple(members), created_at=self.now())
        self.groups[group.id] = group
        return group

    def delete_group(self, group_id: int) -> None:
        """Delete a group."""
        del self.groups[group_id]

    def rename_group(self, group_id: int, name: str) -> Group:
        """Return a group another name, and give the renamed group."""
        return self._update(replace(self.groups[group_id], name=name))

    def add_member(self, group_id: int, user_id: int) -> Group:
        """Add a user to the end of a group's members, and give the group."""
        group = self.groups[group_id]
        return self._update(replace(group, members=(*group.members, self.users[user_id].id)))

    def remove_member(self, group_id: int, user_id: int) -> Group:
        """Take a user out of a group, and give the group."""
        group = self.groups[group_id]
        if user_id not in group.members:
            raise KeyError(user_id)
        return self._update(replace(group, members=tuple(id for id in group.members if id != user_id)))

    def add_user(self, name: str) -> User:
        """Add a user at the end, in no group, and give them."""
        self.last_user_id += 1
        email = f"user{self.last_user_id}@demo.example"
        user = User(self.last_user_id, name, email, created_at=self.now())
        self.users[user.id] = user
        return user

    def rename_user(self, user_id: int, name: str) -> User:
        """Return a user another name, and give the renamed user."""
        self.users[user_id] = replace(self.users[user_id], name=name, updated_at=self.now(), updated_by=1)
        return self.users[user_id]

    def delete_user(self, user_id: int) -> None:
        """Delete a user. Their id stays in the groups, where it then has no name."""
        del self.users[user_id]

    def groups_of(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        """Return the ids of the groups of each of these users, from one walk over all groups."""
        found: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        for group in self.groups.values():
            for user_id in found.keys() & group.members:
                found[user_id].append(group.id)
        return found

    def _update(self, group: Group) -> Group:
        self.groups[group.id] = replace(group, updated_at=self.now(), updated_by=1)
        return self.groups[group.id]
