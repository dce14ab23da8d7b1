"""What is known about an instance, in memory: groups, users, and who is in which group."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from ..errors import NoMatch, quoted
from ..text import fold, pluralize
from .models import Group, GroupDetail, GroupPage, User, UserProfile
from .search import SearchIndex


@dataclass(frozen=True, eq=False)
class Directory:
    """Groups and users as known at one time. Immutable: when more is known, a new directory replaces it.

    A `DirectoryBuilder` makes it. Indexes are built when they are first used.
    """

    groups: tuple[Group, ...] = ()
    """The known groups, in the instance's order if it is known."""
    names: Mapping[int, str] = field(default_factory=dict)
    """The known names of users, by id."""
    unnamed: frozenset[int] = frozenset()
    """Ids of users whose name is unknown or empty."""
    profiles_by_id: Mapping[int, UserProfile] = field(default_factory=dict)
    """The details of users, by id; empty unless `/users` was read."""
    positions: Mapping[int, int] = field(default_factory=dict)
    """Positions of groups in the instance's order, counted from 0, by the group's id."""
    total: int | None = None
    """The number of groups that the instance reports; None before the first page."""
    complete: bool = False
    """Whether all groups are known, from a consistent crawl."""
    users_complete: bool = False
    """Whether all users are known, including those in no group."""
    as_of: datetime | None = None
    """When the crawl started; None while only pages were read."""

    def build_indexes(self) -> None:
        """Build the search indexes now; for a large instance, do this in a thread."""
        _ = self.group_index, self.user_index

    # Groups

    @cached_property
    def _groups_by_id(self) -> dict[int, Group]:
        return {group.id: group for group in self.groups}

    @property
    def group_count(self) -> int:
        """The number of known groups."""
        return len(self.groups)

    @property
    def extent(self) -> str:
        """How many groups are known, as in `15 of 230 groups loaded`."""
        if self.total is None:
            return "no groups loaded"
        return f"{self.group_count:,} of {pluralize(self.total, 'group')} loaded"

    def group(self, group_id: int) -> Group | None:
        """Return a known group, or None."""
        return self._groups_by_id.get(group_id)

    def position(self, group_id: int) -> int | None:
        """Return the position of a group in the instance's order, counted from 0, or None."""
        return self.positions.get(group_id)

    def page(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page of a complete directory; None if it is incomplete or has no such page."""
        if not self.complete or self.as_of is None:
            return None
        last_page = max(1, math.ceil(len(self.groups) / per_page))
        if not 1 <= page <= last_page:
            return None
        shown = self.groups[(page - 1) * per_page : page * per_page]
        return GroupPage(shown, page, last_page, per_page, len(self.groups), self.as_of)

    def detail(self, group: Group, as_of: datetime) -> GroupDetail:
        """Return a group, read at a time, with its users resolved if their names are known."""
        return GroupDetail(
            group=group,
            members=self.members(group),
            created_by=None if group.created_by is None else self.user(group.created_by),
            updated_by=None if group.updated_by is None else self.user(group.updated_by),
            as_of=as_of,
        )

    # Users

    @cached_property
    def users(self) -> tuple[User, ...]:
        """All known users by id: members, and all users whom a response named."""
        return tuple(map(self.user, sorted(self._user_ids)))

    def with_all_users(self, names: Mapping[int, str]) -> Directory:
        """Return the directory with the names of all users, of which those in groups may be known better."""
        known = {**names, **self.names}
        named = {user_id: name for user_id, name in known.items() if name}
        unnamed = self.unnamed.union(known).difference(named)
        return replace(self, names=named, unnamed=unnamed, users_complete=True)

    def without_profiles(self) -> Directory:
        """Return the directory as if `/users` had not been read: with the users whom groups name."""
        known = {each for group in self.groups for each in (group.created_by, group.updated_by)}
        known.update(*(group.members for group in self.groups))
        return replace(
            self,
            names={user_id: name for user_id, name in self.names.items() if user_id in known},
            unnamed=self.unnamed & known,
            profiles_by_id={},
            users_complete=False,
        )

    @property
    def _user_ids(self) -> Set[int]:
        return self.names.keys() | self.unnamed

    def user(self, user_id: int) -> User:
        """Return a user by id, known or not."""
        return User(user_id, self.names.get(user_id))

    def may_have_user(self, user_id: int) -> bool:
        """Return whether a user is known, or may exist because not all users are known."""
        return not self.users_complete or user_id in self._user_ids

    def profile(self, user_id: int) -> UserProfile | None:
        """Return the details of a user, or None if they are unknown."""
        return self.profiles_by_id.get(user_id)

    def email(self, user_id: int) -> str | None:
        """Return the e-mail address of a user, or None if it is unknown."""
        profile = self.profile(user_id)
        return profile.email if profile is not None else None

    @property
    def profiles(self) -> tuple[UserProfile, ...]:
        """The known details of users, by id."""
        return tuple(self.profiles_by_id[user_id] for user_id in sorted(self.profiles_by_id))

    @property
    def has_profiles(self) -> bool:
        """Whether `/users` was read."""
        return bool(self.profiles_by_id)

    # Memberships

    def members(self, group: Group) -> tuple[User, ...]:
        """Return the members of a group, in the instance's order."""
        return tuple(map(self.user, group.members))

    @cached_property
    def memberships(self) -> Mapping[int, Sequence[int]]:
        """The ids of every member's groups, in the instance's order."""
        groups: dict[int, list[int]] = {}
        for group in self.groups:
            for user_id in group.members:
                groups.setdefault(user_id, []).append(group.id)
        return groups

    def groups_of(self, user_id: int) -> tuple[Group, ...]:
        """Return the known groups of a user, by name.

        For one user, searching all groups is faster than `memberships`; for many users, see
        `indexed_groups_of`.
        """
        return self.by_name(group for group in self.groups if user_id in group.members)

    def indexed_groups_of(self, user_id: int) -> tuple[Group, ...]:
        """Return the same as `groups_of`, by `memberships`, which are built once for all users."""
        return self.by_name(self._groups_by_id[each] for each in self.memberships.get(user_id, ()))

    def groups_with(self, user_ids: Set[int]) -> list[Group]:
        """Return the groups that have any of these users as a member, in the instance's order."""
        return [group for group in self.groups if not user_ids.isdisjoint(group.members)]

    @staticmethod
    def by_name(groups: Iterable[Group]) -> tuple[Group, ...]:
        """Return groups sorted by name, ignoring case and accents, and by id."""
        return tuple(sorted(groups, key=lambda group: (fold(group.name), group.id)))

    # Search

    @cached_property
    def group_index(self) -> SearchIndex[Group]:
        """The groups, searchable by name and id."""
        return self.index_of_groups(self._groups_by_id)

    def index_of_groups(self, group_ids: Iterable[int]) -> SearchIndex[Group]:
        """Return some groups, searchable like all."""
        return SearchIndex(
            "group",
            group_ids,
            names=lambda group_id: (self._groups_by_id[group_id].name,),
            item=self._groups_by_id.__getitem__,
        )

    @cached_property
    def user_index(self) -> SearchIndex[User]:
        """The users, searchable by name, id and, if `/users` was read, e-mail address."""
        return SearchIndex("user", self._user_ids, names=self._names_of, item=self.user)

    def find(self, text: str, *, exact: bool = False) -> Group | User:
        """Return the group or user that a text identifies; a complete name comes before a part, then groups.

        Args:
            text: A name, a part of one, an id, or an address.
            exact: Only match complete names.

        Raises:
            NoMatch: If nothing matches.
            AmbiguousMatch: If several groups, or several users, match equally well.
        """
        for complete in (True,) if exact else (True, False):
            for index in (self.group_index, self.user_index):
                with suppress(NoMatch):
                    return index.resolve(text, exact=complete)
        raise NoMatch(f"no group or user matches {quoted(text)}")

    def member_index(self, group: Group) -> SearchIndex[User]:
        """Return the members of a group, searchable like all users."""
        return self.index_of_users(group.members)

    def index_of_users(self, user_ids: Iterable[int]) -> SearchIndex[User]:
        """Return some users, searchable like all."""
        return SearchIndex("user", user_ids, names=self._names_of, item=self.user)

    def _names_of(self, user_id: int) -> tuple[str, ...]:
        profile = self.profiles_by_id.get(user_id)
        email = profile.email if profile is not None else None
        return tuple(name for name in (self.names.get(user_id), email) if name)
