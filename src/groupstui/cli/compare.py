"""Compare the members of groups, and the groups of users."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from ..directory.compare import (
    EVERYTHING,
    Comparison,
    Selection,
    check_count,
    compare_users,
    saved_groups,
)
from ..directory.compare import compare as compare_groups
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import SearchIndex
from ..errors import AmbiguousMatch, HistoryUnavailable, NoMatch, UsageError, quoted
from ..exit_codes import ExitCode
from ..output.comparison_records import comparison_report, user_comparison_report
from ..settings import SavedList
from ..text import MAX_TEXT_CHARS, pluralize, sanitize
from ..times import utc_minute
from .context import Context
from .lookup import find_groups, find_users, identified, with_candidates
from .output import answer, check_columns, difference_code

T = TypeVar("T", Group, User)


async def compare(context: Context) -> ExitCode:
    """List the users of two to six groups, or a part of them, and report how the groups overlap."""
    options = context.options
    check_columns(context)
    saved = _saved_list(context)
    if saved is None:
        check_count(len(options.groups))
    directory = (await context.read()).directory
    if saved is not None:
        groups = _groups_of(context, directory, saved)
        selection = Selection(saved.show, frozenset(saved.only))
    else:
        groups = find_groups(context, directory, options.groups)
        index = directory.index_of_groups(group.id for group in groups)
        only = _find_compared(context, index, lambda texts: find_groups(context, directory, texts))
        selection = _selection(options, groups, only)
    comparison = compare_groups(directory, groups)
    rows = comparison.select(selection)
    report = comparison_report(directory, context.instance.origin, comparison, rows, selection)
    code = answer(context, report, difference_code(context, differ=comparison.differ))
    count = pluralize(len(rows), "user")
    if saved is not None:
        words = comparison.describe(selection)
        context.warn(sanitize(f"list {quoted(saved.name)}: {count} {words}", MAX_TEXT_CHARS))
    else:
        _warn_of_selection(context, comparison, selection, count)
    return code


def _groups_of(context: Context, directory: Directory, saved: SavedList) -> list[Group]:
    """Return the groups of a saved list.

    Raises:
        NoMatch: If one of them does not exist, or did not at the time of `--at`.
    """
    past, names = "", dict[int, list[str]]()
    if context.at is not None and directory.as_of is not None:
        past = utc_minute(directory.as_of)
    if context.history is not None and not all(map(directory.group, saved.groups)):
        with suppress(HistoryUnavailable):  # then the ids have to do
            names = context.history.known_names("group")
    return saved_groups(directory, saved.name, saved.groups, past=past, names=names)


def _saved_list(context: Context) -> SavedList | None:
    """Return the list that `--saved` names, or None without that option.

    Raises:
        UsageError: If there is no such list, or if groups are named, too.
    """
    name = context.options.saved
    if name is None:
        return None
    if context.options.groups:
        raise UsageError("--saved already names the groups: omit them")
    lists = {each.name: each for each in context.settings.lists_of(context.instance.origin)}
    if name not in lists:
        known = ", ".join(map(quoted, lists))
        hint = f"Choose from {known}." if lists else "In a comparison of the app, b saves one."
        raise UsageError(f"there is no list {quoted(name)} for {context.instance.name}", hint)
    return lists[name]


async def diff_users(context: Context) -> ExitCode:
    """List the groups of two users, or a part of them."""
    options = context.options
    check_columns(context)
    reading = await context.read(match=[*options.users, *options.only])
    directory = reading.directory
    users = find_users(context, reading, options.users)
    comparison = compare_users(directory, users)
    index = directory.index_of_users(user.id for user in users)
    only = _find_compared(context, index, lambda texts: find_users(context, reading, texts))
    selection = _selection(options, users, only)
    rows = comparison.select(selection)
    report = user_comparison_report(directory, context.instance.origin, comparison, rows, selection)
    for place, user in enumerate(users):
        count = sum(row.inside[place] for row in comparison.rows)
        context.warn(f"{identified(user)} is in {pluralize(count, 'group') if count else 'no group'}")
    code = answer(context, report, difference_code(context, differ=comparison.differ))
    _warn_of_selection(context, comparison, selection, pluralize(len(rows), "group"))
    return code


def _find_compared(
    context: Context, index: SearchIndex[T], find: Callable[[Sequence[str]], list[T]]
) -> list[T]:
    """Return what `--only` names, first among what is compared, where a part of a name may be enough.

    Args:
        context: The context of the command.
        index: What is compared.
        find: Returns what a name means among all groups or users.
    """
    found: list[T] = []
    for text in context.options.only:
        try:
            found.append(index.resolve(text, exact=context.options.exact))
        except AmbiguousMatch as error:
            raise AmbiguousMatch(with_candidates(error), error.candidates) from None
        except NoMatch:
            found += find([text])
    return found


def _selection(
    options: argparse.Namespace, compared: Sequence[Group] | Sequence[User], only: Sequence[Group | User]
) -> Selection:
    """Return which part of a comparison the options select.

    Raises:
        UsageError: If `--only` names something that is not compared.
    """
    if options.only:
        for each in only:
            if each not in compared:
                raise UsageError(f"--only: {identified(each)} is not compared")
        return Selection("only", frozenset(each.id for each in only))
    if options.all:
        return Selection("all")
    return Selection("differ") if options.differ else EVERYTHING


def _warn_of_selection(
    context: Context,
    comparison: Comparison[Group, User] | Comparison[User, Group],
    selection: Selection,
    count: str,
) -> None:
    """Report on stderr what the rows are, unless they are all."""
    if selection != EVERYTHING:
        context.warn(sanitize(f"{count} {comparison.describe(selection)}", MAX_TEXT_CHARS))
