"""Build directories from the pages of an instance as they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from .directory import Directory
from .models import Group, UserProfile


class DirectoryBuilder:
    """Collects what responses contain; `build` returns it as an immutable directory."""

    def __init__(self) -> None:
        self.total: int | None = None
        """The number of groups that the instance reports."""
        self._groups: dict[int, Group] = {}
        self._positions: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._unnamed: set[int] = set()
        self._profiles: dict[int, UserProfile] = {}
        self._complete = False
        self._users_complete = False
        self._as_of: datetime | None = None

    def __len__(self) -> int:
        """The number of groups and names."""
        return len(self._groups) + len(self._names)

    def add(
        self,
        groups: Iterable[Group],
        names: Mapping[int, str],
        unnamed: Iterable[int] = (),
        *,
        first: int | None = None,
    ) -> None:
        """Add what a response contains; what is known already is replaced.

        Args:
            groups: Whole groups.
            names: Names of users by id, of members and others.
            unnamed: Ids of members that have no name in the response.
            first: Position of the first group in the instance's order, counted from 0; None if it is unknown.
        """
        self._names.update(names)
        self._unnamed.update(unnamed)
        for position, group in enumerate(groups, first or 0):
            self._groups[group.id] = group
            if first is not None:
                self._positions[group.id] = position

    def include(self, other: DirectoryBuilder) -> None:
        """Add the groups and users that another builder has collected."""
        self.total = other.total
        self._groups.update(other._groups)
        self._positions.update(other._positions)
        self._names.update(other._names)
        self._unnamed.update(other._unnamed)

    def add_profiles(self, profiles: Iterable[UserProfile], *, complete: bool = False) -> None:
        """Add users from `/users` with their details; `complete` if these are all users of the instance."""
        for profile in profiles:
            self._profiles[profile.id] = profile
            self._names[profile.id] = profile.name or self._names.get(profile.id, "")
        self._users_complete = complete

    def keep_profiles(self, directory: Directory) -> None:
        """Take over the details of users from another directory, but not their names."""
        self._profiles.update(directory.profiles_by_id)

    def discard(self, group_id: int) -> None:
        """Remove a group that no longer exists."""
        self._groups.pop(group_id, None)
        self._positions.pop(group_id, None)

    def replace_groups(self, groups: Iterable[Group], *, complete: bool, as_of: datetime) -> None:
        """Replace all groups by those of a crawl, in the instance's order; `as_of` is when it started."""
        self._groups = {group.id: group for group in groups}
        self._positions = {group_id: position for position, group_id in enumerate(self._groups)}
        self._complete, self._as_of = complete, as_of

    def replace(self, directory: Directory) -> None:
        """Continue from another directory; keep the details of users that are known already."""
        self.total = directory.total
        self._groups = {group.id: group for group in directory.groups}
        self._positions = dict(directory.positions)
        self._names = {**self._names, **directory.names}
        self._unnamed |= directory.unnamed
        self._complete, self._as_of = directory.complete, directory.as_of
        self._users_complete = directory.users_complete

    def build(self) -> Directory:
        """Return what is known now."""
        last = len(self._positions)
        names = {user_id: name for user_id, name in self._names.items() if name}
        groups = sorted(self._groups.values(), key=lambda group: self._positions.get(group.id, last))
        return Directory(
            groups=tuple(groups),
            names=names,
            unnamed=frozenset(self._unnamed.union(self._names).difference(names)),
            profiles_by_id=dict(self._profiles),
            positions=dict(self._positions),
            total=self.total,
            complete=self._complete,
            users_complete=self._users_complete,
            as_of=self._as_of,
        )


def crawled_directory(
    groups: Iterable[Group],
    names: Mapping[int, str],
    *,
    as_of: datetime,
    complete: bool = True,
    users_complete: bool = False,
    profiles: Iterable[UserProfile] = (),
    total: int | None = None,
) -> Directory:
    """Return the directory of a crawl.

    Args:
        groups: Every group that was found, in the instance's order.
        names: Names of users by id.
        as_of: When the crawl started.
        complete: Whether the crawl is consistent.
        users_complete: Whether the names or the details are those of all users.
        profiles: Details of users from `/users`.
        total: The number of groups that the instance reported; by default, as many as were found.
    """
    found = tuple(groups)
    builder = DirectoryBuilder()
    builder.add((), names, frozenset().union(*(group.members for group in found)))
    builder.replace_groups(found, complete=complete, as_of=as_of)
    builder.add_profiles(profiles, complete=users_complete)
    builder.total = len(found) if total is None else total
    return builder.build()
