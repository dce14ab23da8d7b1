"""Compare directories of two instances with persons who are known to have an account in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.compare_instances import compare_instances
from groupstui.directory.models import Group, UserProfile

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

SHARED = "team@acme.example"


@dataclass(frozen=True)
class Person:
    """A person with an account in both instances, and which addresses these have."""

    addresses: tuple[str | None, str | None]
    member: tuple[bool, bool]
    """Whether the accounts are in the group."""


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Return persons, some without an address in an instance; some share an address in both."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        own = f"{number}@acme.example"
        choices = [(own, own), (own, own), (own, None), (None, own), (None, None), (SHARED, SHARED)]
        found.append(Person(draw(st.sampled_from(choices)), draw(st.tuples(st.booleans(), st.booleans()))))
    return found


def directories(persons: list[Person]):
    """Return both instances; the accounts of a person have different ids."""
    for side in (0, 1):
        ids = {100 * side + number: person for number, person in enumerate(persons, 1)}
        profiles = [UserProfile(id, f"Name {id}", person.addresses[side]) for id, person in ids.items()]
        profiles.append(UserProfile(999, "Somebody", "somebody@acme.example"))
        members = [id for id, person in ids.items() if person.member[side]]
        yield crawled_directory([Group(1, "QA", members)], {}, profiles=profiles, as_of=NOON)


@given(people())
def test_what_is_certain_is_true(persons):
    (pair,) = compare_instances(*directories(persons))
    truth = "same" if all(person.member[0] == person.member[1] for person in persons) else "differ"
    assert pair.status in (truth, "unknown")
    shared = [person for person in persons if SHARED in person.addresses]
    anonymous = [
        person for person in persons if None in person.addresses or (len(shared) > 1 and person in shared)
    ]
    if not any(any(person.member) for person in anonymous):
        assert (pair.status, pair.is_certain) == (truth, True)
        for side in (0, 1):
            only = [
                number for number, each in enumerate(persons, 1) if each.member[side] > each.member[1 - side]
            ]
            assert [user.id - 100 * side for user in pair.only[side]] == only


@given(people())
def test_every_member_who_may_be_missing_is_listed(persons):
    (pair,) = compare_instances(*directories(persons))
    for side in (0, 1):
        listed = {user.id - 100 * side for user in (*pair.only[side], *pair.unknown[side])}
        missing = {n for n, each in enumerate(persons, 1) if each.member[side] and not each.member[1 - side]}
        assert missing <= listed


@given(people())
def test_order_of_instances_does_not_matter(persons):
    first, second = directories(persons)
    (one,), (other,) = compare_instances(first, second), compare_instances(second, first)
    assert (one.status, one.only, one.unknown) == (other.status, other.only[::-1], other.unknown[::-1])
