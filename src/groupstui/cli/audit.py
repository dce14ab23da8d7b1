"""Find unusual groups, and members who may not need access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..directory.acceptance import Acceptance, fingerprint
from ..directory.audit import CHECKS, Check, CheckResult, check_of
from ..directory.audit import audit as run_checks
from ..directory.directory import Directory
from ..directory.policy import POLICY_CHECKS, Policy, PolicyAcceptance, PolicyAudit
from ..errors import HistoryUnavailable, UnknownAnswer, UsageError, quoted
from ..exit_codes import ExitCode
from ..history import Snapshot
from ..history.time_spec import PointInTime
from ..output.audit_log import AuditLog
from ..output.audit_records import audit_report
from ..output.junit import junit
from ..output.records import FINDING_FIELDS, Report, as_of, snapshot_record
from ..output.sarif import sarif
from ..output_format import AUDIT_FORMATS
from ..terminal.stdio import write_output
from ..text import pluralize, sanitize
from ..times import utc_minute
from .context import INCOMPLETE, Context
from .instances import Part, ask_all, combined_report, finish, with_instance
from .output import answer, check_columns
from .policy_file import read_policy

PART_OPTIONS = ("columns", "sort", "limit", "raw")
"""The options for rows, which the formats for pipelines do not have."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit checks, as the options require."""

    checks: Sequence[Check]
    """The checks besides those of the policy."""
    fatal: frozenset[str]
    """The ids of the checks whose findings are a failure."""
    only_fatal: bool
    """Whether it does not matter if another check cannot be run."""
    policy: Policy | None
    policy_checks: Sequence[str]
    """The ids of the checks of the policy to run; empty without one."""
    baseline: Snapshot | None
    """The snapshot whose findings are known."""

    @property
    def needs_users(self) -> bool:
        """Whether the users of the instance must be read."""
        by_policy = self.policy is not None and self.policy.needs_users
        return by_policy or any(check.needs_profiles for check in self.checks)


async def audit(context: Context) -> ExitCode:
    """List the findings of checks, and report on stderr which checks could not be run.

    Findings that were accepted in the app or by the policy are left out of the list and of the exit code.
    """
    options = context.options
    check_columns(
        context, with_instance(context, FINDING_FIELDS if options.accepted else FINDING_FIELDS[:-1])
    )
    _check_format(context)
    policy = _policy(context)
    if not options.all_instances:
        plan = _plan(context, policy)
        log = await _run(context, plan)
        code = _exit_code(log, plan)
        _print(context, [log], lambda: _rows(log, with_accepted=options.accepted), code)
        _report(context, log, plan)
        return code
    if options.baseline is not None and PointInTime.parse(options.baseline, context.clock.now()).snapshot:
        raise UsageError("--baseline needs a time with --all-instances, as ids of snapshots differ")
    logs = dict[str, AuditLog]()

    async def run(part: Context) -> Part:
        plan = _plan(part, policy)
        log = logs[part.instance.origin] = await _run(part, plan)
        _report(part, log, plan)
        return Part(_rows(log, with_accepted=options.accepted), _exit_code(log, plan))

    answers = await ask_all(context, run)
    finish(context, answers)
    code = answers.code()
    if answers.parts:
        audited = [logs[part.instance.origin] for part, _ in answers.parts]
        audited += [
            AuditLog(Directory(), part.instance, (), {}, str(error)) for part, error in answers.failures
        ]
        _print(context, audited, lambda: combined_report(context, answers), code)
    return code


def _print(context: Context, logs: Sequence[AuditLog], rows: Callable[[], Report], code: ExitCode) -> None:
    """Print the audit of one or several instances."""
    options = context.options
    if options.format not in AUDIT_FORMATS:
        answer(context, rows(), code)
        return
    context.verdict = code
    write_output([(junit if options.format == "junit" else sarif)(logs)], options.format)


def _check_format(context: Context) -> None:
    """Check that no option selects a part of a format that always contains all findings."""
    options = context.options
    if options.format in AUDIT_FORMATS and (
        given := [name for name in PART_OPTIONS if getattr(options, name)]
    ):
        raise UsageError(f"{options.format} contains all findings: omit --{' and --'.join(given)}")


def _policy(context: Context) -> Policy | None:
    """Return the policy, after checking that the checks that the options name exist."""
    options = context.options
    policy = None if options.policy is None else read_policy(options.policy)
    known = [check.id for check in CHECKS] + (list(POLICY_CHECKS) if policy is not None else [])
    for name in (*options.checks, *options.fail_on):
        if name not in known:
            raise UsageError(f"there is no check {quoted(name)}; choose from {', '.join(known)}")
    return policy


def _plan(context: Context, policy: Policy | None) -> Plan:
    """Return what is to be checked, before anything is read.

    Of the policy, these are the checks that the options name, otherwise all of them: its rules are not left
    out because another check is named.
    """
    options = context.options
    every = [check.id for check in CHECKS]
    named = dict.fromkeys([*options.checks, *options.fail_on] if options.checks else every)
    checks = [check for name in named if (check := check_of(name)) is not None]
    baseline = None if options.baseline is None else _baseline(context, options.baseline)
    policy_checks: Sequence[str] = ()
    if policy is not None:
        policy_checks = [name for name in named if name in POLICY_CHECKS] or list(POLICY_CHECKS)
    fatal = frozenset([*options.fail_on, *policy_checks])
    if baseline is not None and not options.fail_on:
        fatal |= {check.id for check in checks}
    return Plan(checks, fatal, bool(options.fail_on), policy, policy_checks, baseline)


def _baseline(context: Context, text: str) -> Snapshot:
    """Return the snapshot that an option names, by its id or by a time.

    Raises:
        InvalidTime: If there is no such snapshot.
        UnknownAnswer: If the history does not reach back that far.
    """
    history, now = context.required_history(), context.clock.now()
    point = PointInTime.parse(text, now)
    if point.is_after(PointInTime(now)):
        raise UsageError(f"--baseline {quoted(text)} is in the future")
    snapshot = history.at(point) if history.snapshots() else None
    if snapshot is None:
        raise UnknownAnswer(f"there is no baseline for {context.instance.name}: {history.missing}")
    if point.time is not None and point.time < snapshot.taken_at:
        begins = f"the history begins on {utc_minute(snapshot.taken_at)}"
        raise UnknownAnswer(f"there is no baseline for that time: {begins}")
    return snapshot


async def _run(context: Context, plan: Plan) -> AuditLog:
    """Read the instance and run the checks; acceptances are those of the time that is audited."""
    reading = await context.read(users=plan.needs_users)
    directory = reading.directory
    if not directory.complete:
        context.incomplete = context.incomplete or INCOMPLETE
    accepted: dict[str, Acceptance | PolicyAcceptance] = {**_acceptances(context, reading.at)}
    results = run_checks(directory, plan.checks)
    if plan.policy is not None:
        day = (reading.at or context.clock.now()).astimezone().date()
        by_policy = PolicyAudit(plan.policy, directory, day, plan.policy_checks)
        results += run_checks(directory, by_policy.checks)
        accepted |= by_policy.accepted(results)
        for unused in by_policy.unused(results):
            names = ", ".join(name for name in (unused.group, unused.user) if name)
            context.warn(f"the policy accepts what was not found: {unused.check}: {sanitize(names)}")
    known = frozenset[str]()
    if plan.baseline is not None:
        if reading.at is not None and plan.baseline.taken_at > as_of(directory):
            raise UsageError("--baseline is after --at")
        results = [_comparable(result) for result in results]
        known = _known(context, plan.baseline, [result.check for result in results])
    return AuditLog(directory, context.instance, results, accepted, context.incomplete, plan.baseline, known)


def _comparable(result: CheckResult) -> CheckResult:
    """Return the result of a check, without its findings if it cannot be known which of them are new."""
    if not result.check.needs_profiles or not result.ran:
        return result
    reason = "a baseline contains no user details, so it is unknown which findings are new"
    return CheckResult(result.check, (), reason, ran=False)


def _known(context: Context, baseline: Snapshot, checks: Iterable[Check]) -> frozenset[str]:
    """Return the fingerprints of the findings at a snapshot.

    Raises:
        UnknownAnswer: If the snapshot cannot be read.
    """
    directory = context.required_history().directory_at(baseline)
    if directory is None:
        raise UnknownAnswer(f"the snapshot #{baseline.id} cannot be read")
    # An acceptance that has expired counts, no matter since when there is its finding.
    comparable = [check for check in checks if not check.needs_profiles and check.id != "policy-expired"]
    results = run_checks(directory, comparable)
    return frozenset(fingerprint(result.check, finding) for result in results for finding in result.findings)


def _acceptances(context: Context, at: datetime | None) -> dict[str, Acceptance]:
    """Return the findings that are, or were, accepted in the app; none if the history cannot be read."""
    if context.history is None:
        return {}
    try:
        return context.history.acceptances(at)
    except HistoryUnavailable as error:
        context.warn(f"all findings count, as it is unknown which are accepted: {error}", always=True)
        return {}


def _exit_code(log: AuditLog, plan: Plan) -> ExitCode:
    """Return the exit code: a check that was skipped is unknown, unless it does not matter.

    Findings that are a failure outweigh a check that was skipped.
    """
    if any(state.is_open and state.check.id in plan.fatal for state in log.states):
        return ExitCode.FALSE
    return ExitCode.UNKNOWN if any(each.skipped for each in _of_interest(log, plan)) else ExitCode.OK


def _of_interest(log: AuditLog, plan: Plan) -> Iterable[CheckResult]:
    """Return the results without which the exit code is unknown."""
    return [each for each in log.results if each.check.id in plan.fatal or not plan.only_fatal]


def _rows(log: AuditLog, *, with_accepted: bool) -> Report:
    """Return the open findings as rows, with `with_accepted` also the accepted ones."""
    listed = [
        (state.check, state.finding)
        for state in log.states
        if state.is_open or (with_accepted and state.acceptance is not None)
    ]
    report = audit_report(
        log.directory,
        log.instance.origin,
        log.results,
        listed,
        log.accepted,
        log.known,
        with_accepted=with_accepted,
    )
    if log.baseline is None:
        return report
    return replace(report, about={**report.about, "baseline": snapshot_record(log.baseline)})


def _report(context: Context, log: AuditLog, plan: Plan) -> None:
    """Report what was not checked, and how many findings there are."""
    of_interest = _of_interest(log, plan)
    skipped = dict[tuple[str, bool], list[str]]()
    for result in log.results:
        if result.skipped:
            titles = skipped.setdefault((result.skipped, result in of_interest), [])
            titles.append(result.check.title.lower())
    for (reason, always), titles in skipped.items():
        context.warn(f"not checked: {', '.join(titles)}: {reason}", always=always)
    run = sum(not result.skipped for result in log.results)
    still_open = sum(state.is_open for state in log.states)
    noun = "finding" if log.baseline is None else "new finding"
    context.warn(f"{pluralize(still_open, noun)} in {pluralize(run, 'check')}")
    if log.baseline is not None:
        since = f"snapshot #{log.baseline.id} of {utc_minute(log.baseline.taken_at)}"
        count = sum(state.is_known and state.acceptance is None for state in log.states)
        context.warn(f"{pluralize(count, 'more finding')} known since {since}", always=True)
    if count := sum(state.acceptance is not None for state in log.states):
        left_out = "" if context.options.accepted else "; --accepted lists them, too"
        context.warn(f"{pluralize(count, 'more finding')} accepted{left_out}", always=True)
