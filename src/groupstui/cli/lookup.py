"""The questions that the directory answers: groups, members, who, check, lookup."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..directory.directory import MAX_CANDIDATES, Directory, User
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
from ..text import pluralize, sanitize
from .context import Context
from .output import show

if TYPE_CHECKING:
    from ..directory.directory import Group


async def groups(context: Context) -> ExitCode:
    """Tell every group, or those that a part of a name fits."""
    directory = await context.directory()
    found = directory.groups
    if context.options.search:
        found = tuple(directory.group_index.search(context.options.search))
    records = group_records(directory, found)
    return show(context, site_report(directory, context.instance.origin, "groups", GROUP_FIELDS, records))


async def members(context: Context) -> ExitCode:
    """Tell who is in a group."""
    directory = await context.directory()
    group = find_group(directory, context.options.group)
    users = [user_record(user) for user in directory.members(group)]
    about = {"group": {"id": group.id, "name": group.name}}
    return show(
        context,
        site_report(directory, context.instance.origin, "members", USER_FIELDS, users, about),
    )


async def who(context: Context) -> ExitCode:
    """Tell which groups a user is in."""
    directory = await context.directory(addresses="@" in context.options.user)
    user = find_user(directory, context.options.user)
    found = directory.groups_of(user.id)
    shown = show(context, user_report(directory, context.instance.origin, user, found))
    if not found:
        context.warn(f"{sanitize(user.label)} is in no group")
    return shown


async def check(context: Context) -> ExitCode:
    """Return whether a user is in every one of some groups; by the exit code as well."""
    directory = await context.directory(addresses="@" in context.options.user)
    user = find_user(directory, context.options.user)
    asked = [find_group(directory, text) for text in context.options.groups]
    inside = [user.id in group.members for group in asked]
    records = [
        {"id": group.id, "name": group.name, "member": member}
        for group, member in zip(asked, inside, strict=True)
    ]
    about = {"user": user_record(user), "member": all(inside)}
    fields = ("id", "name", "member")
    report = site_report(directory, context.instance.origin, "groups", fields, records, about)
    if not all(inside) and not directory.complete:
        context.warn(INCOMPLETE)
        show(context, report)
        return ExitCode.UNKNOWN
    shown = show(context, report)
    context.warn(f"as of {as_of(directory).astimezone():%Y-%m-%d %H:%M:%S}")
    return (ExitCode.OK if all(inside) else ExitCode.FALSE) if shown is ExitCode.OK else shown


async def lookup(context: Context) -> ExitCode:
    """Tell the groups of many users at once, and who could not be told apart."""
    wanted = _lines(context.options.file)
    directory = await context.directory(addresses=any("@" in text for text in wanted))
    records: list[Record] = []
    unmatched: list[str] = []
    ambiguous: list[Record] = []
    for text in wanted:
        try:
            user = directory.user_index.find(text)
        except NoMatch:
            unmatched.append(text)
        except AmbiguousMatch as error:
            ambiguous.append({"text": text, "candidates": [user_record(each) for each in error.candidates]})
        else:
            names = [group.name for group in directory.groups_of(user.id)]
            records.append({"text": text, **user_record(user), "groups": names})
    about = {"unmatched": unmatched, "ambiguous": ambiguous}
    fields = ("text", "id", "name", "groups")
    report = site_report(directory, context.instance.origin, "users", fields, records, about)
    shown = show(context, report)
    for text in unmatched:
        context.warn(f"nobody is called “{sanitize(text)}”")
    for each in ambiguous:
        context.warn(f"“{sanitize(each['text'])}” may be any of {candidates(each['candidates'])}")
    if shown is not ExitCode.OK:
        return shown
    if not directory.has_profiles and any("@" in text for text in unmatched):
        context.warn(NO_ADDRESSES)
        return ExitCode.UNKNOWN
    return ExitCode.NOT_FOUND if unmatched or ambiguous else ExitCode.OK


INCOMPLETE = (
    "the site changed while it was read: this may be incomplete, and a “no” can't be believed; try again"
)


NO_ADDRESSES = "e-mail addresses are not known: the history keeps none, and not every token may read them"


def find_group(directory: Directory, text: str) -> Group:
    """Return the group that a name or an id means."""
    return directory.group_index.find(text)


def find_user(directory: Directory, text: str) -> User:
    """Return the user that a name, an id or an e-mail address means.

    Raises:
        UnknownAnswer: If it may be an address, and none is known.
    """
    try:
        return directory.user_index.find(text)
    except NoMatch as error:
        if "@" in text and not directory.has_profiles:
            raise UnknownAnswer(f"{error}, and {NO_ADDRESSES}") from None
        raise


def candidates(users: Iterable[Any]) -> str:
    """Return a short list of who was perhaps meant."""
    listed = [f"{sanitize(each['name'] or '')} #{each['id']}".strip() for each in users]
    more = (
        f" and {pluralize(len(listed) - MAX_CANDIDATES, 'more', 'more')}"
        if len(listed) > MAX_CANDIDATES
        else ""
    )
    return ", ".join(listed[:MAX_CANDIDATES]) + more


def _lines(file: str) -> list[str]:
    """Return the names in a file, one a line; blank lines and repeats are left out."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise UsageError(f"{file} can't be read: {why}") from None
    names = dict.fromkeys(line.strip() for line in text.splitlines())
    return [name for name in names if name]
