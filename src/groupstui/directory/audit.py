"""Looks for what should perhaps not be so: groups that nobody needs, access that nobody meant to give.

Pure, as the directory is. Each check is a function from a directory to findings; a check that can't be done
says why, for "nothing found" would be a lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..text import fold, pluralize, sanitize
from .models import Group, UserProfile
from .similarity import nearly_identical, similar_names

if TYPE_CHECKING:
    from .directory import Directory


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that somebody should look at."""

    text: str
    """What it is, in one line that is safe to show."""
    groups: tuple[int, ...] = ()
    """The ids of the groups that it speaks of."""
    users: tuple[int, ...] = ()
    """The ids of the users that it speaks of."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for."""

    id: str
    title: str
    why: str
    """Why a finding matters: one sentence."""
    find: Callable[[Directory], Iterable[Finding]]
    needs_profiles: bool = False
    """Whether it can only be done where `/users` has answered."""
    needs_complete: bool = False
    """Whether a part of the site would make it find what is not so."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one check."""

    check: Check
    findings: tuple[Finding, ...]
    impossible: str = ""
    """Why it could not be done; empty where it was."""


def audit(directory: Directory, checks: Sequence[Check] | None = None) -> list[CheckResult]:
    """Do checks, all if not told otherwise, and give what came of each."""
    return [_done(directory, check) for check in (CHECKS if checks is None else checks)]


def _done(directory: Directory, check: Check) -> CheckResult:
    if check.needs_profiles and not directory.has_profiles:
        return CheckResult(check, (), "what /users tells is not known")
    if check.needs_complete and not directory.complete:
        return CheckResult(check, (), "the site was not read as a whole")
    return CheckResult(check, tuple(check.find(directory)))


# Groups


def _empty(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        if not group.members:
            yield Finding(f"{_name(group)} has no members", (group.id,))


def _single(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        if len(group.members) == 1:
            user = directory.user(group.members[0])
            yield Finding(f"{_name(group)} has one member: {sanitize(user.label)}", (group.id,), (user.id,))


def _identical(directory: Directory) -> Iterator[Finding]:
    by_members: dict[frozenset[int], list[Group]] = defaultdict(list)
    for group in directory.groups:
        if group.members:
            by_members[frozenset(group.members)].append(group)
    for members, groups in by_members.items():
        if len(groups) > 1:
            text = f"{_names(groups)} have the same {pluralize(len(members), 'member')}"
            yield Finding(text, tuple(group.id for group in groups))


def _near_identical(directory: Directory) -> Iterator[Finding]:
    for one, other, per_cent in nearly_identical(directory.groups):
        text = f"{_name(one)} and {_name(other)} share {per_cent} % of their members"
        yield Finding(text, (one.id, other.id))


def _alike_names(directory: Directory) -> Iterator[Finding]:
    for groups in similar_names(directory.groups):
        yield Finding(f"{_names(groups)} are called nearly the same", tuple(group.id for group in groups))


# Users


def _only_member(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        active = [each for each in group.members if _is_active_human(directory.profile(each))]
        if len(active) == 1 and len(group.members) > 1:
            user = directory.user(active[0])
            yield Finding(
                f"{sanitize(user.label)} is the only active user in {_name(group)}",
                (group.id,),
                (user.id,),
            )


def _is_active_human(profile: UserProfile | None) -> bool:
    """Return whether somebody can use a group; who is not in `/users` can't."""
    return profile is not None and not (profile.active is False or profile.anonymised or profile.api_user)


def _in_no_group(directory: Directory) -> Iterator[Finding]:
    members = directory.memberships
    for profile in directory.profiles:
        if profile.id not in members and _is_active_human(profile):
            yield Finding(f"{sanitize(profile.name)} is in no group", users=(profile.id,))


def _members_who(
    what: str, wanted: Callable[[UserProfile], bool]
) -> Callable[[Directory], Iterator[Finding]]:
    """Make a check for users who are in groups and are something."""

    def find(directory: Directory) -> Iterator[Finding]:
        for profile in directory.profiles:
            groups = directory.memberships.get(profile.id, ())
            if groups and wanted(profile):
                where = pluralize(len(groups), "group")
                yield Finding(f"{sanitize(profile.name)} {what}, in {where}", tuple(groups), (profile.id,))

    return find


def _name(group: Group) -> str:
    return sanitize(group.name) or f"#{group.id}"


def _names(groups: Sequence[Group]) -> str:
    *others, last = (_name(group) for group in sorted(groups, key=lambda each: (fold(each.name), each.id)))
    return f"{', '.join(others)} and {last}"


CHECKS: tuple[Check, ...] = (
    Check("empty", "Empty groups", "A group without members gives nobody access.", _empty),
    Check("single", "Groups of one", "Access for one user is easily forgotten when they leave.", _single),
    Check("identical", "Identical groups", "Two groups of the same users are one too many.", _identical),
    Check(
        "near-identical",
        "Nearly identical groups",
        "Groups that share at least 80 % of their members were probably meant to be one.",
        _near_identical,
    ),
    Check(
        "alike-names",
        "Names nearly alike",
        "Groups that are called nearly the same are taken for one another.",
        _alike_names,
    ),
    Check(
        "only-member",
        "One active user left",
        "When the only active user leaves, nobody can use the group's access.",
        _only_member,
        needs_profiles=True,
    ),
    Check(
        "no-group",
        "Users in no group",
        "Who is in no group may have access by other ways, or none.",
        _in_no_group,
        needs_profiles=True,
        needs_complete=True,
    ),
    Check(
        "inactive",
        "Inactive users in groups",
        "Who was deactivated comes back with all their access.",
        _members_who("is inactive", lambda profile: profile.active is False and not profile.anonymised),
        needs_profiles=True,
    ),
    Check(
        "anonymised",
        "Anonymised users in groups",
        "Who was anonymised will not come back, and is counted all the same.",
        _members_who("is anonymised", lambda profile: bool(profile.anonymised)),
        needs_profiles=True,
    ),
    Check(
        "api-users",
        "API users in groups",
        "A token's access should be given on purpose.",
        _members_who("is an API user", lambda profile: bool(profile.api_user)),
        needs_profiles=True,
    ),
    Check(
        "no-two-factor",
        "Members without two-factor",
        "A password alone opens what their groups give access to.",
        _members_who(
            "has no two-factor", lambda profile: profile.two_factor is False and _is_active_human(profile)
        ),
        needs_profiles=True,
    ),
)
"""Every check, in the order in which they are told."""


def check_of(name: str) -> Check | None:
    """Return a check by its id."""
    return next((check for check in CHECKS if check.id == name), None)
