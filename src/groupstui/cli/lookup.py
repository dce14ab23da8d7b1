"""Look up groups, members and users."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import MAX_CANDIDATES, SearchIndex
from ..errors import AmbiguousMatch, NoMatch, UnknownAnswer, UsageError
from ..exit_codes import ExitCode
from ..output.records import (
    GROUP_FIELDS,
    USER_FIELDS,
    as_of,
    group_records,
    site_report,
    user_record,
    user_report,
)
from ..output.report import Record
from ..text import sanitize
from ..times import local_minute
from .context import Context
from .output import answer

T = TypeVar("T", Group, User)

NO_ADDRESSES = "e-mail addresses are not known: snapshots contain none, and not every token may read them"


async def groups(context: Context) -> ExitCode:
    """List all groups, or those that match a text."""
    directory = await context.directory()
    found: Iterable[Group] = directory.groups
    if context.options.search:
        found = directory.group_index.search(context.options.search)
    records = group_records(directory, found)
    return answer(context, site_report(directory, context.instance.origin, "groups", GROUP_FIELDS, records))


async def members(context: Context) -> ExitCode:
    """List the members of a group."""
    directory = await context.directory()
    group = find_group(directory, context.options.group)
    records = [user_record(user) for user in directory.members(group)]
    about = {"group": {"id": group.id, "name": group.name}}
    origin = context.instance.origin
    return answer(context, site_report(directory, origin, "members", USER_FIELDS, records, about))


async def who(context: Context) -> ExitCode:
    """List the groups of a user."""
    directory = await context.directory(addresses="@" in context.options.user)
    user = find_user(directory, context.options.user)
    found = directory.groups_of(user.id)
    code = answer(context, user_report(directory, context.instance.origin, user, found))
    if not found:
        context.warn(f"{sanitize(user.label)} is in no group")
    return code


async def check(context: Context) -> ExitCode:
    """Check whether a user is a member of all given groups; the exit code is the answer."""
    directory = await context.directory(addresses="@" in context.options.user)
    user = find_user(directory, context.options.user)
    groups = [find_group(directory, text) for text in context.options.groups]
    inside = [user.id in group.members for group in groups]
    records = [
        {"id": group.id, "name": group.name, "member": member}
        for group, member in zip(groups, inside, strict=True)
    ]
    about = {"user": user_record(user), "member": all(inside)}
    fields = ("id", "name", "member")
    report = site_report(directory, context.instance.origin, "groups", fields, records, about)
    code = ExitCode.OK if all(inside) else ExitCode.FALSE
    code = answer(context, report, code, certain=all(inside))
    context.warn(f"as of {local_minute(as_of(directory))}")
    return code


async def lookup(context: Context) -> ExitCode:
    """List the groups of many users, and the lines that match no user or several."""
    lines = _read_lines(context.options.file)
    directory = await context.directory(addresses=any("@" in text for text in lines))
    records: list[Record] = []
    unmatched: list[str] = []
    ambiguous: list[Record] = []
    for text in lines:
        try:
            user = directory.user_index.resolve(text)
        except NoMatch:
            unmatched.append(text)
        except AmbiguousMatch as error:
            ambiguous.append({"text": text, "candidates": [user_record(each) for each in error.candidates]})
            context.warn(_with_candidates(error))
        else:
            names = [group.name for group in directory.indexed_groups_of(user.id)]
            records.append({"text": text, **user_record(user), "groups": names})
    about = {"unmatched": unmatched, "ambiguous": ambiguous}
    fields = ("text", "id", "name", "groups")
    report = site_report(directory, context.instance.origin, "users", fields, records, about)
    code = ExitCode.NOT_FOUND if unmatched or ambiguous else ExitCode.OK
    if not directory.has_profiles and any("@" in text for text in unmatched):
        context.warn(NO_ADDRESSES)
        code = ExitCode.UNKNOWN
    answer(context, report, code)
    for text in unmatched:
        context.warn(f"no user matches “{sanitize(text)}”")
    return code


def find_group(directory: Directory, text: str) -> Group:
    """Return the group with this name or id.

    Raises:
        NoMatch: If there is none.
        AmbiguousMatch: If there are several; the message lists them.
    """
    return _find(directory.group_index, text)


def find_user(directory: Directory, text: str) -> User:
    """Return the user with this name, id or e-mail address.

    Raises:
        NoMatch: If there is none.
        AmbiguousMatch: If there are several; the message lists them.
        UnknownAnswer: If the text may be an address, and no addresses are known.
    """
    try:
        return _find(directory.user_index, text)
    except NoMatch as error:
        if "@" in text and not directory.has_profiles:
            raise UnknownAnswer(f"{error}, and {NO_ADDRESSES}") from None
        raise


def _find(index: SearchIndex[T], text: str) -> T:
    try:
        return index.resolve(text)
    except AmbiguousMatch as error:
        raise AmbiguousMatch(_with_candidates(error), error.candidates) from None


def _with_candidates(error: AmbiguousMatch[T]) -> str:
    """Return the message of an error with a short list of what matches."""
    shown = error.candidates[:MAX_CANDIDATES]
    listed = ", ".join(f"{sanitize(item.name or '')} #{item.id}".strip() for item in shown)
    more = len(error.candidates) - len(shown)
    return f"{error}: {listed}" + (f" and {more:,} more" if more else "")


def _read_lines(file: str) -> list[str]:
    """Return the lines of a file or of stdin, without blank and repeated ones."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read {file}: {reason}") from None
    lines = dict.fromkeys(line.strip() for line in text.splitlines())
    return [line for line in lines if line]
