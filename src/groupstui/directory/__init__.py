"""A site's memberships in memory, as far as they have been seen. Pure: no I/O, no clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from ..api.models import Group, Person, User
from ..text import fold
from .matching import MOST_CANDIDATES, Ambiguous, Index, NotFoundByName
from .records import GroupDetail, Listing, Member

__all__ = [
    "MOST_CANDIDATES",
    "Ambiguous",
    "Directory",
    "GroupDetail",
    "Index",
    "Listing",
    "Member",
    "NotFoundByName",
]


class Directory:
    """Every group and every person seen, and both directions between them.

    It grows page by page. Once `settle` was told of a crawl that holds together it is complete, and a "no"
    can be believed.
    """

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}
        self._places: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._profiles: dict[int, User] = {}
        self._of_person: dict[int, list[int]] | None = None
        self._group_index: Index[Group] | None = None
        self._person_index: Index[Member] | None = None
        self.total: int | None = None
        """How many groups the site says it has; None before the first page."""
        self.complete = False
        """Whether it holds every group of the site, as of `as_of`."""
        self.as_of: datetime | None = None
        """When the crawl that it comes from began; None while it is but some pages."""

    def add(self, groups: Iterable[Group], people: Iterable[Person], *, first: int | None = None) -> None:
        """Take in what an answer holds; what is known already is replaced.

        Args:
            groups: The groups, whole.
            people: The users that the answer resolved, members or not.
            first: The place of the first group in the site's own order, counted from 0; None where the
                answer does not tell.
        """
        for person in people:
            self._names[person.id] = person.name
        for place, group in enumerate(groups, first or 0):
            self._groups[group.id] = group
            if first is not None:
                self._places[group.id] = place
        self._changed()

    def add_profiles(self, users: Iterable[User]) -> None:
        """Take in what `/users` tells of people."""
        for user in users:
            self._profiles[user.id] = user
            self._names[user.id] = user.name
        self._changed()

    def settle(self, groups: Iterable[Group], *, complete: bool, as_of: datetime) -> None:
        """Let a whole crawl take the place of the pages seen so far: what it does not hold is gone.

        Args:
            groups: Every group that the crawl has found, in the site's order.
            complete: Whether the crawl holds together.
            as_of: When it began.
        """
        self._groups = {group.id: group for group in groups}
        self._places = {group_id: place for place, group_id in enumerate(self._groups)}
        self.complete, self.as_of = complete, as_of
        self._changed()

    def discard(self, group_id: int) -> None:
        """Forget a group that the site no longer has."""
        self._groups.pop(group_id, None)
        self._places.pop(group_id, None)
        self._changed()

    def _changed(self) -> None:
        self._of_person = self._group_index = self._person_index = None

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
        """Give a group that was seen."""
        return self._groups.get(group_id)

    def place(self, group_id: int) -> int | None:
        """Give a group's place in the site's own order, counted from 0, as it was when it was seen."""
        return self._places.get(group_id)

    def page(self, page: int, per_page: int) -> Listing | None:
        """Give a page of a complete directory; None where it is not complete, or has no such page."""
        if not self.complete or self.as_of is None:
            return None
        groups = self.groups
        last_page = max(1, -(-len(groups) // per_page))
        if not 1 <= page <= last_page:
            return None
        shown = groups[(page - 1) * per_page : page * per_page]
        return Listing(shown, page, last_page, per_page, len(groups), self.as_of)

    # People

    @property
    def people(self) -> tuple[Member, ...]:
        """Everybody seen, by id: members, and whoever an answer has named."""
        ids = self._names.keys() | self.memberships.keys()
        return tuple(map(self.person, sorted(ids)))

    @property
    def memberships(self) -> Mapping[int, list[int]]:
        """The ids of the groups of every member, in the site's order."""
        if self._of_person is None:
            self._of_person = {}
            for group in self.groups:
                for person_id in group.members:
                    self._of_person.setdefault(person_id, []).append(group.id)
        return MappingProxyType(self._of_person)

    def person(self, person_id: int) -> Member:
        """Give a person by id; the name is None where it was never seen."""
        return Member(person_id, self._names.get(person_id))

    def profile(self, person_id: int) -> User | None:
        """Give what `/users` tells of a person, where it does."""
        return self._profiles.get(person_id)

    @property
    def has_profiles(self) -> bool:
        """Whether `/users` has answered."""
        return bool(self._profiles)

    # Who is in what

    def members(self, group: Group) -> tuple[Member, ...]:
        """Give a group's members with their names, in the site's order."""
        return tuple(map(self.person, group.members))

    def groups_of(self, person_id: int) -> tuple[Group, ...]:
        """Give the groups seen that have this person as a member, by name."""
        found = (self._groups[group_id] for group_id in self.memberships.get(person_id, ()))
        return tuple(sorted(found, key=lambda group: (fold(group.name), group.id)))

    # Searching

    @property
    def group_index(self) -> Index[Group]:
        """The groups, to be searched."""
        if self._group_index is None:
            self._group_index = Index(
                "group",
                self._groups.values(),
                number=lambda group: group.id,
                names=lambda group: (group.name,),
            )
        return self._group_index

    @property
    def person_index(self) -> Index[Member]:
        """The people, to be searched by name, id and, where `/users` has answered, e-mail address."""
        if self._person_index is None:
            self._person_index = Index(
                "person", self.people, number=lambda person: person.id, names=self._names_of
            )
        return self._person_index

    def _names_of(self, person: Member) -> tuple[str, ...]:
        profile = self._profiles.get(person.id)
        email = profile.email if profile is not None else None
        return tuple(name for name in (person.name, email) if name)
