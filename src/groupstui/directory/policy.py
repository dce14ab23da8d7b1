"""Compare a directory with a policy: which groups are expected, who owns them, and who may be a member.

What breaks the policy is found by checks, like any other finding of an audit. A name in the policy that does
not match is a finding, too: a rule about nothing would never be broken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ..errors import MatchError, quoted
from .acceptance import fingerprint
from .audit import CHECKS, Check, CheckResult, Finding, Severity, audit, check_of
from .compare import distinct_names
from .directory import Directory
from .models import Group, User
from .search import SearchIndex, is_id

T = TypeVar("T", Group, User)

Finder = Callable[[Directory], Iterable[Finding]]

POLICY_CHECKS = {
    "policy-groups": "Groups missing from the instance",
    "policy-owners": "Owners who are not members",
    "policy-members": "Members who are not allowed",
    "policy-names": "Names that match nothing",
    "policy-expired": "Expired acceptances",
}
"""The checks of a policy, and their titles."""

ACCEPTABLE = (*(check.id for check in CHECKS), "policy-owners", "policy-members")
"""The checks with findings about groups or users, which a policy can accept."""


@dataclass(frozen=True, slots=True)
class GroupRule:
    """What is expected of a group. Each name is complete; it may also be an id as `#17`, or an address."""

    group: str
    owners: tuple[str, ...] = ()
    """The users who must be members."""
    only: tuple[str, ...] | None = None
    """The users who may be members besides the owners; None for any."""


@dataclass(frozen=True, slots=True)
class PolicyAcceptance:
    """Findings that are as they should be, until a day."""

    check: str
    """The id of their check."""
    until: date
    """The day from which on they count again."""
    reason: str
    group: str | None = None
    """The group that they are about; None for any."""
    user: str | None = None
    """The user whom they are about; None for any."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of an instance."""

    groups: tuple[GroupRule, ...] = ()
    acceptances: tuple[PolicyAcceptance, ...] = ()

    @property
    def user_names(self) -> list[str]:
        """The names of users in all rules, each once."""
        names = [name for rule in self.groups for name in (*rule.owners, *(rule.only or ()))]
        return list(dict.fromkeys([*names, *(each.user for each in self.acceptances if each.user)]))

    @property
    def needs_users(self) -> bool:
        """Whether the users of the instance must be known, with their details."""
        checks = [check_of(each.check) for each in self.acceptances]
        return bool(self.user_names) or any(check is not None and check.needs_profiles for check in checks)

    @property
    def accepted_groups(self) -> list[str]:
        """The names of groups with accepted findings, each once."""
        return list(dict.fromkeys(each.group for each in self.acceptances if each.group))


class PolicyAudit:
    """A policy, and what its names mean in an instance as it is now."""

    def __init__(
        self, policy: Policy, present: Directory, day: date, only: Collection[str] = tuple(POLICY_CHECKS)
    ) -> None:
        """Prepare the checks.

        Args:
            policy: The rules.
            present: What the names are matched to. If a name does not match, it is matched to the directory
                that is checked, which may be an earlier one.
            day: The day of what is checked, on which acceptances may have expired.
            only: The ids of the checks to run.
        """
        self._policy = policy
        self._only = only
        self._present = present
        self._day = day
        unknown = self._unknown_users()
        why = {
            "policy-groups": "Rules about a group that does not exist are never broken.",
            "policy-owners": "Without its owner as a member, nobody looks after a group.",
            "policy-members": "A group with limited members gives access that few should have.",
            "policy-names": "Rules about a name that does not match are never broken.",
            "policy-expired": "The findings count again: solve them, or accept them until a later day.",
        }
        owned = self._unmatched_in_rules(lambda rule: bool(rule.owners))
        limited = self._unmatched_in_rules(lambda rule: rule.only is not None)
        expired = self._unmatched_in_expired()
        check, impossible = self._check, self._unknown_expired()
        self._checks = (
            check("policy-groups", why, self._missing_groups, needs_complete=True),
            check("policy-owners", why, self._missing_owners, impossible=unknown, partial=owned),
            check("policy-members", why, self._other_members, impossible=unknown, partial=limited),
            check("policy-names", why, self._unmatched_names, impossible=unknown, needs_complete=True),
            check("policy-expired", why, self._expired, impossible=impossible, partial=expired),
        )
        self.checks: tuple[Check, ...] = tuple(check for check in self._checks if check.id in only)
        """The checks to run, in the order of `POLICY_CHECKS`."""

    def accepted(self, results: Iterable[CheckResult]) -> dict[str, PolicyAcceptance]:
        """Return the acceptances that have not expired, by the fingerprints of their findings."""
        valid = [each for each in self._policy.acceptances if each.until > self._day]
        return {
            fingerprint(result.check, finding): acceptance
            for acceptance in valid
            for result in results
            for finding in self._concerned(acceptance, result, self._present)
        }

    def unused(self, results: Iterable[CheckResult]) -> list[PolicyAcceptance]:
        """Return the acceptances of checks that were run completely and have no such finding."""
        done = {result.check.id: result for result in results if not result.skipped}
        return [
            each
            for each in self._policy.acceptances
            if each.check in done and not any(self._concerned(each, done[each.check], self._present))
        ]

    # Checks

    def _check(
        self,
        id: str,
        why: Mapping[str, str],
        find: Finder,
        *,
        impossible: str = "",
        partial: str = "",
        needs_complete: bool = False,
    ) -> Check:
        severity: Severity = "medium" if id in ("policy-names", "policy-expired") else "high"
        return Check(
            id,
            POLICY_CHECKS[id],
            why[id],
            find,
            severity,
            needs_complete=needs_complete,
            impossible=impossible,
            partial=partial,
        )

    def _missing_groups(self, directory: Directory) -> Iterator[Finding]:
        for name in dict.fromkeys(rule.group for rule in self._policy.groups):
            if self._group(name, directory) is None:
                problem = _mismatch(directory.group_index, name)
                yield Finding(f"{problem}, which the policy expects", about=name)

    def _missing_owners(self, directory: Directory) -> Iterator[Finding]:
        for rule, group in self._rules(directory):
            for user in self._users(rule.owners, directory):
                if user.id not in group.members:
                    text = f"{user.label} is not a member of {_name(group)}, but an owner by the policy"
                    yield Finding(text, (group.id,), (user.id,))

    def _other_members(self, directory: Directory) -> Iterator[Finding]:
        for rule, group in self._rules(directory):
            if rule.only is None:
                continue
            allowed = {user.id for user in self._users((*rule.owners, *rule.only), directory)}
            for user in directory.members(group):
                if user.id not in allowed:
                    text = f"{user.label} is a member of {_name(group)}, which the policy does not allow"
                    yield Finding(text, (group.id,), (user.id,))

    def _unmatched_names(self, directory: Directory) -> Iterator[Finding]:
        for name in self._policy.user_names:
            if self._user(name, directory) is None:
                problem = _mismatch(directory.user_index, name)
                yield Finding(f"{problem}, which the policy names", about=f"user {name}")
        for name in self._policy.accepted_groups:
            if self._group(name, directory) is None:
                problem = _mismatch(directory.group_index, name)
                yield Finding(f"{problem}, which the policy names", about=f"group {name}")

    def _expired(self, directory: Directory) -> Iterator[Finding]:
        checks = {check.id: check for check in (*CHECKS, *self._checks)}
        for acceptance in self._policy.acceptances:
            if acceptance.until > self._day:
                continue
            (result,) = audit(directory, [checks[acceptance.check]])
            for finding in self._concerned(acceptance, result, directory):
                text = f"{finding.text}; accepted until {acceptance.until} ({acceptance.check})"
                yield Finding(text, finding.groups, finding.users, about=acceptance.check)

    def _rules(self, directory: Directory) -> Iterator[tuple[GroupRule, Group]]:
        """Yield the rules of groups that exist."""
        for rule in self._policy.groups:
            if (group := self._group(rule.group, directory)) is not None:
                yield rule, group

    def _concerned(
        self, acceptance: PolicyAcceptance, result: CheckResult, directory: Directory
    ) -> Iterator[Finding]:
        """Yield the findings of a check that an acceptance is about."""
        if result.check.id != acceptance.check:
            return
        group = self._group(acceptance.group, directory) if acceptance.group else None
        user = self._user(acceptance.user, directory) if acceptance.user else None
        if (acceptance.group and group is None) or (acceptance.user and user is None):
            return
        for finding in result.findings:
            if (group is None or group.id in finding.groups) and (user is None or user.id in finding.users):
                yield finding

    # Names

    def _unknown_users(self) -> str:
        """Return why the names of users cannot be matched; empty if they can."""
        for name in self._policy.user_names:
            if "@" in name and not self._present.has_profiles:
                return "e-mail addresses in the policy are unknown, as /users was not read"
            if not ("@" in name or is_id(name) or self._present.users_complete):
                return "names in the policy may be those of users in no group, who are unknown"
        return ""

    def _unknown_expired(self) -> str:
        """Return why the findings of expired acceptances are unknown; empty if they can be found."""
        expired = [check_of(each.check) for each in self._policy.acceptances if each.until <= self._day]
        if any(check is not None and check.needs_profiles for check in expired):
            return "" if self._present.has_profiles else "user details (/users) are unavailable"
        return ""

    def _unmatched_in_rules(self, concerns: Callable[[GroupRule], bool]) -> str:
        """Return which names keep some rules from being checked, if no check that is run reports them."""
        rules = [rule for rule in self._policy.groups if concerns(rule)]
        groups = [rule.group for rule in rules] if "policy-groups" not in self._only else []
        users = [name for rule in rules for name in (*rule.owners, *(rule.only or ()))]
        return self._unmatched(groups, users if "policy-names" not in self._only else [])

    def _unmatched_in_expired(self) -> str:
        """Return which names keep expired acceptances from being checked, as `_unmatched_in_rules` does."""
        if "policy-names" in self._only:
            return ""
        expired = [each for each in self._policy.acceptances if each.until <= self._day]
        groups = [each.group for each in expired if each.group]
        return self._unmatched(groups, [each.user for each in expired if each.user])

    def _unmatched(self, groups: Sequence[str], users: Sequence[str]) -> str:
        names = [name for name in groups if self._group(name, self._present) is None]
        names += [name for name in users if self._user(name, self._present) is None]
        listed = ", ".join(map(quoted, dict.fromkeys(names)))
        return f"names that match nothing, or several: {listed}" if names else ""

    def _group(self, name: str, directory: Directory) -> Group | None:
        """Return the group that a name means now, as it is in a directory; None if it is not in it."""
        group = _resolved(self._present.group_index, name) or _resolved(directory.group_index, name)
        return None if group is None else directory.group(group.id)

    def _user(self, name: str, directory: Directory) -> User | None:
        """Return the user whom a name means now, or meant in a directory."""
        return _resolved(self._present.user_index, name) or _resolved(directory.user_index, name)

    def _users(self, names: Sequence[str], directory: Directory) -> list[User]:
        """Return the users with these names; those that do not match are reported by a check of their own."""
        return [user for name in names if (user := self._user(name, directory)) is not None]


def _resolved(index: SearchIndex[T], name: str) -> T | None:
    try:
        return index.resolve(name, exact=True)
    except MatchError:
        return None


def _mismatch(index: SearchIndex[T], name: str) -> str:
    """Return why a name does not identify one group or user, as in `no group matches “QA”`."""
    try:
        index.resolve(name, exact=True)
    except MatchError as error:
        return str(error)
    return f"nothing matches {quoted(name)} any longer"


def _name(group: Group) -> str:
    return distinct_names([group])[group.id]
