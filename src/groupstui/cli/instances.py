"""Answer a question for all instances at once."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from ..credentials import token_from_environment
from ..errors import GroupstuiError, UsageError
from ..exit_codes import ExitCode
from ..history.time_spec import PointInTime
from ..output.records import Record, Report
from ..testmo.instance import Instance
from ..text import pluralize
from .context import Context
from .output import answer, format_of_answer

MAX_INSTANCES_AT_ONCE = 4
"""Instances that are read at the same time, each with requests of its own."""

NO_INSTANCES = "no instance: sign in to one with groupstui auth login --instance …"


@dataclass(frozen=True, slots=True)
class Part:
    """The answer of one instance."""

    report: Report
    code: ExitCode = ExitCode.OK
    certain: bool = False
    """Whether it is right even if groups are missing."""
    unmatched: Sequence[str] = ()
    """What was asked for and is unknown to the instance, as in `user “Ada”`."""
    unknown: GroupstuiError | None = None
    """Why the answer is unknown, although the instance was read; None if it is known."""
    notes: Sequence[str] = ()
    """What to report once the answer is printed, and a pager closed."""


Command = Callable[[Context], Awaitable[Part]]
"""Reads one instance, and returns its answer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of all instances, and why there is none of some."""

    parts: Sequence[tuple[Context, Part]]
    failures: Sequence[tuple[Context, GroupstuiError]]

    @property
    def unknown(self) -> list[tuple[Context, GroupstuiError]]:
        """Why the answers of some instances are unknown."""
        answered = [(context, part.unknown) for context, part in self.parts if part.unknown is not None]
        return [*answered, *self.failures]

    def unmatched(self) -> list[str]:
        """Return what was asked for and is unknown to every instance."""
        unmatched = [frozenset(part.unmatched) for _, part in self.parts]
        return sorted(frozenset.intersection(*unmatched)) if unmatched and not self.unknown else []

    def code(self) -> ExitCode:
        """Return the exit code if all of them are complete: “no” for one instance is the answer for all."""
        if not self.parts:
            failures = {error.exit_code for _, error in self.failures}
            return failures.pop() if len(failures) == 1 else ExitCode.UNKNOWN
        if self.unmatched():
            return ExitCode.NOT_FOUND
        codes = {part.code for _, part in self.parts}
        return next((code for code in (ExitCode.FALSE, ExitCode.UNKNOWN) if code in codes), ExitCode.OK)


def instances_of(context: Context) -> list[Instance]:
    """Return the instances in the settings, and the one that other commands read.

    Raises:
        UsageError: If there is none, or if an option or variable is about a single one.
    """
    check_single_options(context, "--all-instances")
    default = context.find_instance()
    found = [] if default is None else [default]
    found += [Instance.parse(site.instance) for site in context.settings.sites]
    if not found:
        raise UsageError(NO_INSTANCES)
    return list(dict.fromkeys(found))


def check_single_options(context: Context, several: str) -> None:
    """Refuse what is about a single instance; `several` is what asks for several.

    Raises:
        InvalidTime: If the time of `--at` is not valid, or in the future.
        UsageError: If an option or a variable is about a single instance.
    """
    for name in ("instance", "demo", "token_stdin", "token_file"):
        if getattr(context.options, name):
            raise UsageError(f"{several} cannot be used with --{name.replace('_', '-')}")
    if context.named_instance() is None and token_from_environment(context.environ) is not None:
        raise UsageError("TESTMO_TOKEN is set: name its instance with TESTMO_INSTANCE")
    if (
        context.at is not None
        and PointInTime.parse_past(context.at, context.clock.now()).snapshot is not None
    ):
        raise UsageError(f"--at needs a time with {several}, as ids of snapshots differ")


async def ask_all(context: Context, command: Command) -> Answers:
    """Read all instances at the same time, and return their answers in the order of their names."""
    turn = asyncio.Semaphore(MAX_INSTANCES_AT_ONCE)

    async def ask(instance: Instance) -> tuple[Context, Part | GroupstuiError]:
        part = context_of(context, instance.origin)
        async with turn:
            try:
                return part, await command(part)
            except GroupstuiError as error:
                return part, error

    instances = instances_of(context)
    context.warn(f"asking {pluralize(len(instances), 'instance')}")
    asked = await asyncio.gather(*map(ask, instances))
    context.parts = [part for part, _ in asked]
    answers = Answers(
        [(part, outcome) for part, outcome in asked if isinstance(outcome, Part)],
        [(part, outcome) for part, outcome in asked if isinstance(outcome, GroupstuiError)],
    )
    for part, error in answers.unknown:
        part.warn(error.full, always=True)
    return answers


async def answer_all(context: Context, command: Command, *, silent: bool = False) -> ExitCode:
    """Print the answers of all instances as one, and return the exit code.

    Args:
        context: The options of the command.
        command: Reads one instance.
        silent: Whether only the exit code matters.
    """
    answers = await ask_all(context, command)
    finish(context, answers)
    code = answers.code()
    if answers.parts and not silent:
        answer(context, combined_report(context, answers), code)
    for part, outcome in answers.parts:
        for note in outcome.notes:
            part.warn(note)
    return code


def with_instance(context: Context, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields of an answer, with that of the instance if several are read."""
    return ("instance", *fields) if context.options.all_instances else fields


def finish(context: Context, answers: Answers) -> None:
    """Report what is incomplete; the exit code is “unknown” then, unless there is no answer at all."""
    for part, outcome in answers.parts:
        doubt = part.doubt if outcome.unknown is None else ""
        for problem in filter(None, (doubt, "" if outcome.certain else part.incomplete)):
            part.warn(problem, always=True)
            context.incomplete = "the answer is not complete for all instances"
    if answers.parts and answers.unknown:
        context.incomplete = f"the answer is unknown for {pluralize(len(answers.unknown), 'instance')}"
    for text in answers.unmatched():
        context.warn(f"no instance has a {text}", always=True)


def combined_report(context: Context, answers: Answers) -> Report:
    """Return one report, whose records name their instance, and whose JSON describes all instances.

    A table has the names that the user gave the instances; data for programs has only their addresses.
    """
    is_table = format_of_answer(context) == "table"
    reports = [part.report for _, part in answers.parts]
    records = [
        {"instance": part.label if is_table else outcome.report.instance, **record}
        for part, outcome in answers.parts
        for record in outcome.report.records
    ]
    instances = [_instance_record(part) for _, part in answers.parts]
    instances += [_failure_record(context, error) for context, error in answers.failures]
    first = reports[0]
    return replace(
        first,
        fields=("instance", *first.fields),
        records=records,
        instance=None,
        as_of=min(report.as_of for report in reports),
        complete=all(report.complete for report in reports) and not answers.unknown,
        about={"instances": instances},
    )


def _instance_record(part: Part) -> Record:
    record = {name: value for name, value in part.report.envelope().items() if name != "schema"}
    error = None if part.unknown is None else str(part.unknown)
    return {**record, "error": error, **part.report.about}


def _failure_record(context: Context, error: GroupstuiError) -> Record:
    return {"instance": context.instance.origin, "as_of": None, "complete": False, "error": str(error)}


def context_of(context: Context, instance: str) -> Context:
    """Return what a command needs to read one instance, which may be named in any form."""
    options = argparse.Namespace(**{**vars(context.options), "instance": instance})
    part = Context(options, context.environ, context.clock, show_progress=False)
    part.settings = context.settings
    part.label = part.settings.label_of(part.instance.origin)
    return part
