"""A site's memberships in memory, as far as they have been seen. Pure: no I/O, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType

from ..errors import AmbiguousMatch, NoMatch
from ..text import fold
from .models import Group, GroupDetail, GroupPage, User, UserProfile
from .search import MAX_CANDIDATES, SearchIndex

__all__ = [
    "MAX_CANDIDATES",
    "AmbiguousMatch",
    "Directory",
    "Group",
    "GroupDetail",
    "GroupPage",
    "NoMatch",
    "SearchIndex",
    "User",
    "UserProfile",
]


A_FEW = 8
"""Users whose groups are looked for sooner than all memberships are turned round."""

SMALL = 2_000
"""Groups and users whose indexes are built in the blink of an eye, whenever something was read."""

UNINDEXED = 1 / 3
"""How much of a larger site that is being read may be missing in its indexes before they are built anew."""


class Directory:
    """Every group and every user seen, and both directions between them.

    It grows page by page. Once `settle` was told of a crawl that holds together it is complete, and a "no"
    can be believed.
    """

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}
        self._places: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._unnamed = set[int]()
        """Members whom no answer had named, of the groups that were looked through for them."""
        self._not_looked_through = deque[Group]()
        """The other groups: that takes a while for a large one, and may be done in another thread."""
        self._profiles: dict[int, UserProfile] = {}
        self._of_user: dict[int, list[int]] | None = None
        self._group_index: SearchIndex[Group] | None = None
        self._user_index: SearchIndex[User] | None = None
        self._unindexed = 0
        """How much was added since the indexes were built."""
        self.outdated = False
        """Whether `prepare` should be called: meanwhile, what was there before is searched."""
        self.being_read = False
        """Whether the whole site is being read: what is added is a part of that, and no edit."""
        self.arrived = 0
        """How many groups of that reading have come; those of the one before may still be here as well."""
        self._edition = 0
        """Counts what makes the indexes wrong, and not just incomplete."""
        self._looked = 0
        """How many users's groups were looked for since something has changed."""
        self.total: int | None = None
        """How many groups the site says it has; None before the first page."""
        self.complete = False
        """Whether it holds every group of the site, as of `as_of`."""
        self.as_of: datetime | None = None
        """When the crawl that it comes from began; None while it is but some pages."""

    def add(self, groups: Iterable[Group], names: Mapping[int, str], *, first: int | None = None) -> None:
        """Take in what an answer holds; what is known already is replaced.

        Args:
            groups: The groups, whole.
            names: The users that the answer resolved, members or not, by id.
            first: The place of the first group in the site's own order, counted from 0; None where the
                answer does not tell.
        """
        before = self._size
        known = self._names
        # A name that is known stays the object it is: new ones all over the heap would double its size.
        known.update({number: name for number, name in names.items() if known.get(number) != name})
        for place, group in enumerate(groups, first or 0):
            self._groups[group.id] = group
            self._not_looked_through.append(group)
            if first is not None:
                self._places[group.id] = place
        self._changed(self._size - before, reading=self.as_of is None or self.being_read)

    def add_profiles(self, users: Iterable[UserProfile]) -> None:
        """Take in what `/users` tells of users."""
        added = 0
        for user in users:
            self._profiles[user.id] = user
            self._names[user.id] = user.name
            added += 1
        self._changed(added, reading=True)

    def settle(self, groups: Iterable[Group], *, complete: bool, as_of: datetime) -> None:
        """Let a whole crawl take the place of the pages seen so far: what it does not hold is gone.

        Args:
            groups: Every group that the crawl has found, in the site's order.
            complete: Whether the crawl holds together.
            as_of: When it began.
        """
        before, self._groups = self._groups, {group.id: group for group in groups}
        self._not_looked_through.extend(
            group for group in self._groups.values() if before.get(group.id) is not group
        )
        self._places = {group_id: place for place, group_id in enumerate(self._groups)}
        self.complete, self.as_of = complete, as_of
        self._changed()

    def take_over(self, other: Directory) -> None:
        """Become what another directory is, profiles apart; whoever holds this one sees it."""
        self._names.update(other._names)
        self._unnamed |= other._unnamed
        self._not_looked_through.extend(other._not_looked_through)
        self.total = other.total
        self._groups, self._places = dict(other._groups), dict(other._places)
        self.complete, self.as_of = other.complete, other.as_of
        self._changed()

    def discard(self, group_id: int) -> None:
        """Forget a group that the site no longer has."""
        self._groups.pop(group_id, None)
        self._places.pop(group_id, None)
        self._changed()

    @property
    def _size(self) -> int:
        return len(self._names) + len(self._groups)

    def _changed(self, added: int = 0, *, reading: bool = False) -> None:
        self._of_user = None
        self._looked = 0
        self._unindexed += added
        if not reading or self._size < SMALL:
            self._edition += 1
            self._group_index = self._user_index = None
        elif self._unindexed > self._size * UNINDEXED:
            self.outdated = True

    def prepare(self) -> None:
        """Build what searching needs. It takes a while for a large site, and may be called in any thread."""
        edition = self._edition
        self.outdated, self._unindexed = False, 0
        groups, users = self._build_group_index(), self._build_user_index()
        if edition == self._edition:
            self._group_index, self._user_index = groups, users

    # Groups

    @property
    def seen(self) -> int:
        """The number of groups seen."""
        return len(self._groups)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups seen, in the site's order as far as it is known."""
        last = len(self._places)
        return tuple(sorted(self._groups.values(), key=lambda group: self._places.get(group.id, last)))

    def group(self, group_id: int) -> Group | None:
        """Return a group that was seen."""
        return self._groups.get(group_id)

    def place(self, group_id: int) -> int | None:
        """Return a group's place in the site's own order, counted from 0, as it was when it was seen."""
        return self._places.get(group_id)

    def page(self, page: int, per_page: int) -> GroupPage | None:
        """Return a page of a complete directory; None where it is not complete, or has no such page."""
        if not self.complete or self.as_of is None:
            return None
        groups = self.groups
        last_page = max(1, -(-len(groups) // per_page))
        if not 1 <= page <= last_page:
            return None
        shown = groups[(page - 1) * per_page : page * per_page]
        return GroupPage(shown, page, last_page, per_page, len(groups), self.as_of)

    # Users

    @property
    def users(self) -> tuple[User, ...]:
        """Everybody seen, by id: members, and whoever an answer has named."""
        return tuple(map(self.user, sorted(self._everybody())))

    def _everybody(self) -> set[int]:
        with suppress(IndexError):  # another thread may look through the rest
            while self._not_looked_through:
                group = self._not_looked_through.popleft()
                self._unnamed |= set(group.members).difference(self._names)
        return self._names.keys() | self._unnamed

    @property
    def names(self) -> Mapping[int, str]:
        """The names that were seen, by the user's id."""
        return MappingProxyType(self._names)

    @property
    def memberships(self) -> Mapping[int, list[int]]:
        """The ids of the groups of every member, in the site's order."""
        if self._of_user is None:
            self._of_user = {}
            for group in self.groups:
                for user_id in group.members:
                    self._of_user.setdefault(user_id, []).append(group.id)
        return MappingProxyType(self._of_user)

    def user(self, user_id: int) -> User:
        """Return a user by id; the name is None where it was never seen."""
        return User(user_id, self._names.get(user_id))

    def profile(self, user_id: int) -> UserProfile | None:
        """Return what `/users` tells of a user, where it does."""
        return self._profiles.get(user_id)

    @property
    def profiles(self) -> tuple[UserProfile, ...]:
        """What `/users` tells of everybody, by id."""
        return tuple(self._profiles[number] for number in sorted(self._profiles))

    @property
    def has_profiles(self) -> bool:
        """Whether `/users` has answered."""
        return bool(self._profiles)

    # Who is in what

    def members(self, group: Group) -> tuple[User, ...]:
        """Return a group's members with their names, in the site's order."""
        return tuple(map(self.user, group.members))

    def groups_of(self, user_id: int) -> tuple[Group, ...]:
        """Return the groups seen that have this user as a member, by name."""
        self._looked += 1
        if self._of_user is None and self._looked <= A_FEW:
            found = [group for group in self._groups.values() if user_id in group.members]
        else:
            found = [self._groups[group_id] for group_id in self.memberships.get(user_id, ())]
        return tuple(sorted(found, key=lambda group: (fold(group.name), group.id)))

    def groups_with(self, users: Set[int]) -> list[Group]:
        """Return the groups seen that have any of these users as a member, in the site's order.

        Args:
            users: Their ids.
        """
        return [group for group in self.groups if not users.isdisjoint(group.members)]

    # Searching

    @property
    def group_index(self) -> SearchIndex[Group]:
        """The groups, to be searched."""
        if self._group_index is None:
            self._group_index = self._build_group_index()
        return self._group_index

    def _build_group_index(self) -> SearchIndex[Group]:
        groups = self._groups.copy()
        return SearchIndex(
            "group", groups, names=lambda number: (groups[number].name,), item=groups.__getitem__
        )

    @property
    def user_index(self) -> SearchIndex[User]:
        """The users, to be searched by name, id and, where `/users` has answered, e-mail address."""
        if self._user_index is None:
            self._user_index = self._build_user_index()
        return self._user_index

    def _build_user_index(self) -> SearchIndex[User]:
        return SearchIndex("user", self._everybody(), names=self._names_of, item=self.user)

    def _names_of(self, user_id: int) -> tuple[str, ...]:
        profile = self._profiles.get(user_id)
        email = profile.email if profile is not None else None
        return tuple(name for name in (self._names.get(user_id), email) if name)
