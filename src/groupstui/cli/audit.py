"""Find unusual groups, and members who may not need access."""

from __future__ import annotations

from collections.abc import Sequence

from ..directory.audit import CHECKS, Check, CheckResult, check_of
from ..directory.audit import audit as run_checks
from ..errors import UsageError, quoted
from ..exit_codes import ExitCode
from ..output.records import FINDING_FIELDS, audit_report
from ..text import pluralize
from .context import Context
from .output import answer, check_columns


async def audit(context: Context) -> ExitCode:
    """List the findings of checks, and report on stderr which checks could not be run."""
    options = context.options
    check_columns(options, FINDING_FIELDS)
    fatal = [_check(name) for name in options.fail_on]
    checks = list(map(_check, options.checks)) or CHECKS
    checks = list(dict.fromkeys([*checks, *fatal]))
    directory = (await context.read(users=any(check.needs_profiles for check in checks))).directory
    results = run_checks(directory, checks)
    findings = [(result.check, finding) for result in results for finding in result.findings]
    report = audit_report(directory, context.instance.origin, results, findings)
    of_interest = [result for result in results if result.check in fatal] or results
    code = answer(context, report, _exit_code(of_interest, fails=bool(fatal)))
    for result in results:
        if result.skipped:
            text = f"not checked: {result.check.title.lower()}: {result.skipped}"
            context.warn(text, always=result in of_interest)
    run = sum(not result.skipped for result in results)
    context.warn(f"{pluralize(len(findings), 'finding')} in {pluralize(run, 'check')}")
    return code


def _exit_code(results: Sequence[CheckResult], *, fails: bool) -> ExitCode:
    """Return the exit code for the checks of `--fail-on`, or for all: a check that was skipped is unknown.

    If findings are a failure (`fails`), they outweigh a check that was skipped.
    """
    if fails and any(result.findings for result in results):
        return ExitCode.FALSE
    return ExitCode.UNKNOWN if any(result.skipped for result in results) else ExitCode.OK


def _check(name: str) -> Check:
    if (check := check_of(name)) is None:
        ids = ", ".join(check.id for check in CHECKS)
        raise UsageError(f"there is no check {quoted(name)}; choose from {ids}")
    return check
