"""Find unusual groups, and members who may not need access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..directory.audit import CHECKS, Acceptance, Check, CheckResult, check_of, fingerprint
from ..directory.audit import audit as run_checks
from ..errors import HistoryUnavailable, UsageError, quoted
from ..exit_codes import ExitCode
from ..output.audit_log import AuditLog
from ..output.junit import junit
from ..output.records import FINDING_FIELDS, audit_report
from ..output.sarif import sarif
from ..output_format import AUDIT_FORMATS
from ..terminal.stdio import write_output
from ..text import pluralize
from .context import INCOMPLETE, Context
from .output import answer, check_columns

PART_OPTIONS = ("columns", "sort", "limit", "raw")
"""The options for rows, which the formats for pipelines do not have."""


async def audit(context: Context) -> ExitCode:
    """List the findings of checks, and report on stderr which checks could not be run.

    Findings that were accepted in the app are left out of the list and of the exit code.
    """
    options = context.options
    check_columns(context, FINDING_FIELDS if options.accepted else FINDING_FIELDS[:-1])
    _check_format(context)
    fatal = [_check(name) for name in options.fail_on]
    checks = list(map(_check, options.checks)) or CHECKS
    checks = list(dict.fromkeys([*checks, *fatal]))
    directory = (await context.read(users=any(check.needs_profiles for check in checks))).directory
    results = run_checks(directory, checks)
    accepted = _acceptances(context)
    findings = [(result.check, finding) for result in results for finding in result.findings]
    still_open = [pair for pair in findings if fingerprint(*pair) not in accepted]
    of_interest = [result for result in results if result.check in fatal] or results
    failed = bool(fatal) and any(check in fatal for check, _ in still_open)
    code = _exit_code(of_interest, failed=failed)
    if options.format in AUDIT_FORMATS:
        if not directory.complete:
            context.incomplete = context.incomplete or INCOMPLETE
        context.verdict = code
        log = AuditLog(directory, context.instance, results, accepted, context.incomplete)
        write_output([(junit if options.format == "junit" else sarif)([log])], options.format)
    else:
        report = audit_report(
            directory,
            context.instance.origin,
            results,
            findings if options.accepted else still_open,
            accepted,
            with_accepted=options.accepted,
        )
        answer(context, report, code)
    for result in results:
        if result.skipped:
            text = f"not checked: {result.check.title.lower()}: {result.skipped}"
            context.warn(text, always=result in of_interest)
    run = sum(not result.skipped for result in results)
    context.warn(f"{pluralize(len(still_open), 'finding')} in {pluralize(run, 'check')}")
    if count := len(findings) - len(still_open):
        left_out = "" if options.accepted else "; --accepted lists them, too"
        context.warn(f"{pluralize(count, 'more finding')} accepted{left_out}", always=True)
    return code


def _check_format(context: Context) -> None:
    """Check that no option selects a part of a format that always contains all findings."""
    options = context.options
    if options.format in AUDIT_FORMATS and (
        given := [name for name in PART_OPTIONS if getattr(options, name)]
    ):
        raise UsageError(f"{options.format} contains all findings: omit --{' and --'.join(given)}")


def _acceptances(context: Context) -> Mapping[str, Acceptance]:
    """Return the accepted findings; none if the history cannot be read."""
    if context.history is None:
        return {}
    try:
        return context.history.acceptances()
    except HistoryUnavailable as error:
        context.warn(f"all findings count, as it is unknown which are accepted: {error}", always=True)
        return {}


def _exit_code(results: Sequence[CheckResult], *, failed: bool) -> ExitCode:
    """Return the exit code for the checks of `--fail-on`, or for all: a check that was skipped is unknown.

    If findings are a failure (`failed`), they outweigh a check that was skipped.
    """
    if failed:
        return ExitCode.FALSE
    return ExitCode.UNKNOWN if any(result.skipped for result in results) else ExitCode.OK


def _check(name: str) -> Check:
    if (check := check_of(name)) is None:
        ids = ", ".join(check.id for check in CHECKS)
        raise UsageError(f"there is no check {quoted(name)}; choose from {ids}")
    return check
