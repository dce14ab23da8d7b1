"""A site's memberships in memory, as far as they have been seen. Pure: no I/O, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .api.models import Group, Person


@dataclass(frozen=True, slots=True)
class Member:
    """A user as a member of groups."""

    id: int
    name: str | None
    """None where no answer has resolved the id: a deleted user, as a rule."""

    @property
    def label(self) -> str:
        """The name, or the id as `#17` where the name is not known."""
        return f"#{self.id}" if self.name is None else self.name


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of groups, as it was at a time."""

    groups: tuple[Group, ...]
    page: int
    """Counted from 1."""
    last_page: int
    per_page: int
    total: int
    """Groups on the whole site."""
    as_of: datetime

    @property
    def first(self) -> int:
        """The place of the first group on the page, counted from 0."""
        return (self.page - 1) * self.per_page


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """One group with its people resolved, as it was at a time."""

    group: Group
    members: tuple[Member, ...]
    created_by: Member | None
    updated_by: Member | None
    as_of: datetime


class Directory:
    """Every group and every person seen so far, and both directions between them."""

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}
        self._places: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self.total: int | None = None
        """How many groups the site says it has; None before the first page."""

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

    def discard(self, group_id: int) -> None:
        """Forget a group that the site no longer has."""
        self._groups.pop(group_id, None)
        self._places.pop(group_id, None)

    @property
    def seen(self) -> int:
        """The number of groups seen."""
        return len(self._groups)

    @property
    def complete(self) -> bool:
        """Whether as many groups were seen as the site says it has."""
        return self.total is not None and self.seen >= self.total

    def group(self, group_id: int) -> Group | None:
        """Give a group that was seen."""
        return self._groups.get(group_id)

    def place(self, group_id: int) -> int | None:
        """Give a group's place in the site's own order, counted from 0, as it was when it was seen."""
        return self._places.get(group_id)

    def person(self, person_id: int) -> Member:
        """Give a person by id; the name is None where it was never seen."""
        return Member(person_id, self._names.get(person_id))

    def members(self, group: Group) -> tuple[Member, ...]:
        """Give a group's members with their names, in the site's order."""
        return tuple(map(self.person, group.members))

    def groups_of(self, person_id: int) -> tuple[Group, ...]:
        """Give the groups seen that have this person as a member, by name."""
        found = (group for group in self._groups.values() if person_id in group.members)
        return tuple(sorted(found, key=lambda group: (group.name.casefold(), group.id)))
