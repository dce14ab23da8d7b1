"""Audit a directory: find unusual groups, and members who may not need access.

Each check is a function from a directory to findings. A check without the data that it needs is skipped, and
the result gives the reason: "no findings" would be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..text import fold, pluralize
from .compare import distinct_names, same_members
from .directory import Directory
from .models import Group, UserProfile
from .similarity import MIN_SHARED_PERCENT, nearly_identical, similar_names

MAX_NAMES = 10
"""Groups that the text of a finding names; the finding contains the ids of all."""

Severity = Literal["high", "medium", "low"]
"""`high`: access that may be abused. `medium`: access that may be forgotten. `low`: what may be confused."""

SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
"""The most severe first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing for an admin to review."""

    text: str
    """A sentence; it contains the names as they are."""
    groups: tuple[int, ...] = ()
    """The ids of the groups concerned."""
    users: tuple[int, ...] = ()
    """The ids of the users concerned."""
    members: tuple[Sequence[int], ...] = ()
    """The members of the groups, if the finding is about what these have in common."""
    about: str = ""
    """What else it is about, if that is neither a group nor a user."""


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding to look for."""

    id: str
    title: str
    why: str
    """Why a finding matters: one sentence."""
    find: Callable[[Directory], Iterable[Finding]]
    severity: Severity
    needs_profiles: bool = False
    """Whether it needs the user details of `/users`."""
    needs_complete: bool = False
    """Whether an incomplete directory would lead to wrong findings."""
    detail: str = ""
    """The detail of members that it looks at, if any."""
    impossible: str = ""
    """Why it cannot be run with any directory; empty if it can."""
    partial: str = ""
    """Why it can only be run in part with any directory; empty if it can be run completely."""
    about: Literal["groups", "users"] = "groups"
    """What its findings are about. The groups of these users, or the members of these groups, may change."""

    def subject(self, finding: Finding) -> tuple[int, ...]:
        """Return the ids of what a finding is about: while they stay, it is neither solved nor new.

        The fingerprint changes more often, as an acceptance does not hold for more groups or other members.
        """
        return tuple(sorted(finding.users if self.about == "users" else finding.groups))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The findings of one check."""

    check: Check
    findings: tuple[Finding, ...]
    skipped: str = ""
    """Why the check was skipped, in whole or for some users; empty if it was not."""
    ran: bool = True
    """Whether it was run, at least for some users."""


def audit(directory: Directory, checks: Sequence[Check] | None = None) -> list[CheckResult]:
    """Run checks, all by default, and return their results in order."""
    return [_run(check, directory) for check in (CHECKS if checks is None else checks)]


def _run(check: Check, directory: Directory) -> CheckResult:
    if check.impossible:
        return CheckResult(check, (), check.impossible, ran=False)
    if check.needs_profiles and not directory.has_profiles:
        return CheckResult(check, (), "user details (/users) are unavailable", ran=False)
    if check.needs_complete and not directory.complete:
        return CheckResult(check, (), "the data is incomplete", ran=False)
    unknown = 0
    if check.detail:
        members = (profile for profile in directory.profiles if profile.id in directory.memberships)
        unknown = sum(getattr(profile, check.detail) is None for profile in members)
    skipped = f"unknown for {pluralize(unknown, 'user')}" if unknown else check.partial
    return CheckResult(check, tuple(check.find(directory)), skipped)


# Checks of groups


def _empty(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        if not group.members:
            yield Finding(f"{_name(group)} has no members", (group.id,))


def _single_member(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        if len(group.members) == 1:
            user = directory.user(group.members[0])
            yield Finding(f"{_name(group)} has one member: {user.label}", (group.id,), (user.id,))


def _identical(directory: Directory) -> Iterator[Finding]:
    by_members: dict[frozenset[int], list[Group]] = defaultdict(list)
    for group in directory.groups:
        if group.members:
            by_members[frozenset(group.members)].append(group)
    for members, groups in by_members.items():
        if len(groups) > 1:
            text = f"{_names(groups)} have {same_members(len(members))}"
            ids = tuple(group.id for group in groups)
            yield Finding(text, ids, members=(groups[0].members,))


def _nearly_identical(directory: Directory) -> Iterator[Finding]:
    for one, other, percent in nearly_identical(directory.groups):
        text = f"{_names([one, other])} share {percent} % of their members"
        yield Finding(text, (one.id, other.id), members=(one.members, other.members))


def _similar_names(directory: Directory) -> Iterator[Finding]:
    for groups in similar_names(directory.groups):
        yield Finding(f"{_names(groups)} have similar names", tuple(group.id for group in groups))


def _last_active_member(directory: Directory) -> Iterator[Finding]:
    for group in directory.groups:
        active = [user_id for user_id in group.members if _is_active_person(directory.profile(user_id))]
        if len(active) == 1 and len(group.members) > 1:
            user = directory.user(active[0])
            text = f"{user.label} is the only active user in {_name(group)}"
            yield Finding(text, (group.id,), (user.id,))


# Checks of users


def _in_no_group(directory: Directory) -> Iterator[Finding]:
    for profile in directory.profiles:
        if profile.id not in directory.memberships and _is_active_person(profile):
            yield Finding(f"{directory.user(profile.id).label} is in no group", users=(profile.id,))


def _members_who(
    what: str, matches: Callable[[UserProfile], bool]
) -> Callable[[Directory], Iterator[Finding]]:
    """Return a check for members whose profile matches."""

    def find(directory: Directory) -> Iterator[Finding]:
        for profile in directory.profiles:
            groups = directory.memberships.get(profile.id, ())
            if groups and matches(profile):
                text = f"{directory.user(profile.id).label} {what}, in {pluralize(len(groups), 'group')}"
                yield Finding(text, tuple(groups), (profile.id,))

    return find


def _is_active_person(profile: UserProfile | None) -> bool:
    """Return whether a user can sign in; a user who is missing from `/users` cannot."""
    return profile is not None and profile.is_active_person


def _name(group: Group) -> str:
    return distinct_names([group])[group.id]


def _names(groups: Sequence[Group]) -> str:
    names = list(distinct_names(sorted(groups, key=lambda each: (fold(each.name), each.id))).values())
    if len(names) > MAX_NAMES:
        names[MAX_NAMES:] = [f"{len(names) - MAX_NAMES:,} more"]
    *others, last = names
    return f"{', '.join(others)} and {last}"


CHECKS: tuple[Check, ...] = (
    Check("empty", "Empty groups", "A group without members gives nobody access.", _empty, "low"),
    Check(
        "single-member",
        "Groups with one member",
        "Access for one user is easily forgotten when they leave.",
        _single_member,
        "low",
    ),
    Check(
        "identical",
        "Identical groups",
        "Of two groups with the same members, one is probably not needed.",
        _identical,
        "medium",
    ),
    Check(
        "near-identical",
        "Nearly identical groups",
        f"Groups that share at least {MIN_SHARED_PERCENT} % of their members may be meant to be the same.",
        _nearly_identical,
        "low",
    ),
    Check(
        "similar-names",
        "Similar names",
        "Groups with similar names are easily confused.",
        _similar_names,
        "low",
    ),
    Check(
        "last-active-member",
        "Last active member",
        "When the last active member leaves, nobody can use the group's access.",
        _last_active_member,
        "medium",
        needs_profiles=True,
    ),
    Check(
        "no-group",
        "Users in no group",
        "A user in no group may have access in other ways, or may not need an account.",
        _in_no_group,
        "low",
        needs_profiles=True,
        needs_complete=True,
        about="users",
    ),
    Check(
        "inactive",
        "Inactive users in groups",
        "A deactivated user gets all access back when reactivated.",
        _members_who("is inactive", lambda profile: profile.active is False and not profile.anonymised),
        "high",
        needs_profiles=True,
        detail="active",
        about="users",
    ),
    Check(
        "anonymised",
        "Anonymised users in groups",
        "An anonymised user will not return, but still counts as a member.",
        _members_who("is anonymised", lambda profile: bool(profile.anonymised)),
        "medium",
        needs_profiles=True,
        detail="anonymised",
        about="users",
    ),
    Check(
        "api-users",
        "API users in groups",
        "An API user should be in a group only on purpose.",
        _members_who("is an API user", lambda profile: bool(profile.api_user)),
        "medium",
        needs_profiles=True,
        detail="api_user",
        about="users",
    ),
    Check(
        "no-two-factor",
        "Members without two-factor",
        "A password alone opens everything that their groups give access to.",
        _members_who(
            "has no two-factor", lambda profile: profile.two_factor is False and _is_active_person(profile)
        ),
        "high",
        needs_profiles=True,
        detail="two_factor",
        about="users",
    ),
)
"""Every check, in the order of results."""


def check_of(name: str, checks: Iterable[Check] = CHECKS) -> Check | None:
    """Return a check by id, or None."""
    return next((check for check in checks if check.id == name), None)
