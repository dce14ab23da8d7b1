"""Read the policy of an audit from a TOML file, and report every key that is not as it should be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..directory.policy import ACCEPTABLE, GroupRule, Policy, PolicyAcceptance
from ..errors import UsageError, quoted, shown, shown_path

MAX_POLICY_BYTES = 1_000_000
"""A larger file is no policy."""

GROUP_KEYS = ("name", "id", "owners", "only")
ACCEPT_KEYS = ("check", "group", "user", "until", "reason")


def read_policy(path: str) -> Policy:
    """Return the policy in a file.

    Raises:
        UsageError: If the file cannot be read, is not TOML, or has a key or a value that is not valid.
    """
    name = shown_path(path)
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_POLICY_BYTES + 1)
        if len(content) > MAX_POLICY_BYTES:
            raise UsageError(f"cannot read {name}: a policy has at most {MAX_POLICY_BYTES:,} bytes")
        if b"\0" in content:  # every second byte of most UTF-16, which Windows PowerShell writes with >
            raise UsageError(
                f"cannot read {name}: it is UTF-16 or binary, not UTF-8", hint="Save it again as UTF-8."
            )
        document = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"cannot read {name}: it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not valid TOML: {shown(str(error))}") from None
    except (RecursionError, ValueError):  # such as a NUL in the path, or a number with too many digits
        raise UsageError(f"cannot read {name}: it is not a policy") from None
    table = _Table(name, "", document)
    table.check_keys(("group", "accept"))
    groups = tuple(map(_group_rule, table.tables("group")))
    acceptances = tuple(map(_acceptance, table.tables("accept")))
    if not groups and not acceptances:
        raise UsageError(f"{name}: the policy is empty: it has neither [[group]] nor [[accept]]")
    return Policy(groups, acceptances)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file."""

    file: str
    place: str
    """Where it is in the file, as in `group 2`; empty for the whole file."""
    values: Mapping[str, Any]

    def error(self, key: str, problem: str) -> UsageError:
        place = f"{self.file}: {self.place}: " if self.place else f"{self.file}: "
        return UsageError(f"{place}{quoted(key)} {problem}")

    def check_keys(self, known: Sequence[str]) -> None:
        """Raise an error if there is another key than these."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"is not a known key: use {', '.join(known)}")

    def tables(self, key: str) -> list[_Table]:
        """Return the tables of an array."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.error(key, f"must be tables: write [[{key}]]")
        return [_Table(self.file, f"{key} {number}", each) for number, each in enumerate(found, 1)]

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "is missing" if value is None else "must be a text")
        return value

    def day(self, key: str) -> date:
        """Return a day that must be there."""
        value = self.values.get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, "is missing" if value is None else "must be a day, such as 2027-01-31")
        return value

    def name(self, key: str) -> str | None:
        """Return the name or id of a group or user; None if it is missing."""
        value = self.values.get(key)
        return None if value is None else self._as_name(key, value, "must be a name or an id")

    def names(self, key: str) -> tuple[str, ...] | None:
        """Return a list of names and ids; None if it is missing."""
        values = self.values.get(key)
        problem = "must be a list of names and ids"
        if values is None:
            return None
        if not isinstance(values, list):
            raise self.error(key, problem)
        return tuple(self._as_name(key, value, problem) for value in values)

    def _as_name(self, key: str, value: Any, problem: str) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return f"#{value}"
        if isinstance(value, str) and value.strip():
            return value
        raise self.error(key, problem)


def _group_rule(table: _Table) -> GroupRule:
    table.check_keys(GROUP_KEYS)
    if ("name" in table.values) == ("id" in table.values):
        raise table.error("name", "or “id” is needed, and not both")
    if "id" in table.values and not isinstance(table.values["id"], int):
        raise table.error("id", "must be an id, such as 17")
    group = table.name("name") if "name" in table.values else table.name("id")
    owners = table.names("owners") or ()
    return GroupRule(group or "", owners, table.names("only"))


def _acceptance(table: _Table) -> PolicyAcceptance:
    table.check_keys(ACCEPT_KEYS)
    check = table.text("check")
    if check not in ACCEPTABLE:
        raise table.error("check", f"must be one of {', '.join(ACCEPTABLE)}")
    group, user = table.name("group"), table.name("user")
    if group is None and user is None:
        raise table.error("group", "or “user” is needed")
    return PolicyAcceptance(check, table.day("until"), table.text("reason"), group, user)
