"""Compare two instances."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..directory.compare_instances import compare_instances as compare_directories
from ..directory.compare_instances import matched_by
from ..directory.directory import Directory
from ..errors import GroupstuiError, UsageError
from ..exit_codes import ExitCode
from ..output.comparison_records import INSTANCE_COMPARISON_FIELDS, instance_comparison_report
from .context import Context
from .instances import Answers, check_single_options, context_of
from .output import answer, check_columns

BY_NAME = "users are compared by name, because their e-mail addresses are not known in both instances"


async def compare_instances(context: Context) -> ExitCode:
    """List the groups of two instances by name, and the members that only one of them has.

    Without e-mail addresses the answer is unknown: two users may have the same name.
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
    differ = [pair for pair in pairs if pair.status != "same"]
    for part in parts:
        if part.incomplete:
            context.incomplete = f"{part.label}: {part.incomplete}"
    if matched_by(first, second) == "name":
        context.incomplete = context.incomplete or BY_NAME
    origins = [part.instance.origin for part in parts]
    report = instance_comparison_report((first, second), origins, differ if options.differ else pairs)
    code = answer(context, report, ExitCode.FALSE if differ and options.exit_code else ExitCode.OK)
    context.warn(_summary(names, len(pairs), len(differ)))
    return code


async def _read(part: Context) -> Directory | GroupstuiError:
    try:
        return (await part.read(users=True)).directory
    except GroupstuiError as error:
        return error


def _summary(names: Sequence[str], groups: int, differ: int) -> str:
    found = "no group differs" if not differ else f"{differ:,} of {groups:,} groups differ"
    return f"1 is {names[0]}, 2 is {names[1]}: {found}"
