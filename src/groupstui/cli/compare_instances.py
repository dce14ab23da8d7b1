"""Compare two instances."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from ..directory.compare_instances import MatchedBy, NamePair, matched_by
from ..directory.compare_instances import compare_instances as compare_directories
from ..directory.directory import Directory
from ..errors import GroupstuiError, UsageError
from ..exit_codes import ExitCode
from ..output.comparison_records import INSTANCE_COMPARISON_FIELDS, instance_comparison_report
from ..text import pluralize
from .context import Context
from .instances import Answers, check_single_options, context_of
from .lookup import NAMELESS, has_nameless_groups
from .output import answer, check_columns, difference_code

BY_NAME = "users are compared by name, because their e-mail addresses are not known in both instances"


async def compare_instances(context: Context) -> ExitCode:
    """List the groups of two instances by name, and the members that only one of them has.

    Without e-mail addresses the answer is unknown: two users may have the same name. It is also unknown for
    groups and members who cannot be identified.
    """
    options = context.options
    check_columns(context, INSTANCE_COMPARISON_FIELDS)
    check_single_options(context, "compare-instances")
    parts = [context_of(context, text) for text in options.instances]
    if parts[0].instance == parts[1].instance:
        raise UsageError(f"both instances are {parts[0].instance.name}")
    context.parts = parts
    read = await asyncio.gather(*map(_read, parts))
    directories = [each for each in read if isinstance(each, Directory)]
    asked = zip(parts, read, strict=True)
    failures = [(part, each) for part, each in asked if isinstance(each, GroupstuiError)]
    for part, error in failures:
        part.warn(error.full, always=True)
    if failures:
        return Answers((), failures).code()
    first, second = directories
    names = [part.label for part in parts]
    pairs = compare_directories(first, second)
    listed = [pair for pair in pairs if pair.status != "same"] if options.differ else pairs
    for part, directory in zip(parts, directories, strict=True):
        if problem := part.incomplete or (NAMELESS if has_nameless_groups(directory) else ""):
            context.incomplete = f"{part.label}: {problem}"
    by = matched_by(first, second)
    if by == "name":
        context.incomplete = context.incomplete or BY_NAME
    origins = [part.instance.origin for part in parts]
    report = instance_comparison_report((first, second), origins, listed)
    differ = any(pair.is_difference for pair in pairs)
    certain = all(pair.is_certain for pair in pairs)
    code = answer(context, report, difference_code(context, differ=differ, certain=certain))
    context.warn(_summary(names, pairs))
    for problem in _problems(pairs, by):
        context.warn(problem, always=True)
    return code


async def _read(part: Context) -> Directory | GroupstuiError:
    try:
        return (await part.read(users=True)).directory
    except GroupstuiError as error:
        return error


def _summary(names: Sequence[str], pairs: Sequence[NamePair]) -> str:
    differ = sum(pair.is_difference for pair in pairs)
    found = f"{differ:,} of {len(pairs):,} groups differ"
    if not differ:
        found = "no group differs" if all(pair.is_certain for pair in pairs) else "no difference is known"
    return f"1 is {names[0]}, 2 is {names[1]}: {found}"


def _problems(pairs: Sequence[NamePair], by: MatchedBy) -> Iterator[str]:
    """Yield what could not be compared, and why."""
    if several := sum(pair.status == "several" for pair in pairs):
        yield f"not compared: {pluralize(several, 'name')} of several groups in one instance"
    if unknown := sum(any(pair.unknown) for pair in pairs):
        identity = "an e-mail address" if by == "email" else "a name"
        yield (
            f"not compared in {pluralize(unknown, 'group')}: "
            f"members without {identity}, or with that of another user"
        )
