"""Looks over a site: how groups overlap, and what should perhaps not be so."""

from __future__ import annotations

from ..directory.audit import CHECKS, Check, CheckResult, audit, check_of
from ..directory.compare import compare
from ..errors import UsageError
from ..exit_codes import ExitCode
from ..output.analysis import audit_report, comparison_report
from ..text import pluralize, sanitize
from .context import Context
from .lookup import INCOMPLETE, find_group
from .output import show


async def compare_groups(context: Context) -> ExitCode:
    """Tell who is in which of two to six groups, and how the groups stand to each other."""
    options = context.options
    directory = await context.directory()
    groups = [find_group(directory, text) for text in options.groups]
    try:
        found = compare(directory, groups)
    except ValueError as error:
        raise UsageError(str(error)) from None
    rows = [row for row in found.rows if not (options.differ and all(row.inside))]
    report = comparison_report(directory, context.instance.origin, found, rows)
    shown = show(context, report)
    for pair in found.pairs:
        context.warn(f"{pair.overlap} %: {pair.text}")
    if shown is not ExitCode.OK:
        return shown
    if not directory.complete:
        context.warn(INCOMPLETE)
        return ExitCode.UNKNOWN
    return ExitCode.FALSE if found.differ and options.exit_code else ExitCode.OK


async def audit_site(context: Context) -> ExitCode:
    """Tell what somebody should look at; what could not be checked is told on stderr."""
    options = context.options
    fatal = {check.id for check in map(_check, options.fail_on)}
    checks = list(dict.fromkeys(map(_check, options.checks))) or list(CHECKS)
    checks += [check for check in CHECKS if check.id in fatal and check not in checks]
    directory = await context.directory(users=any(check.needs_profiles for check in checks))
    outcomes = audit(directory, checks)
    findings = ((outcome.check, finding) for outcome in outcomes for finding in outcome.findings)
    report = audit_report(directory, context.instance.origin, outcomes, findings)
    shown = show(context, report)
    for outcome in outcomes:
        if outcome.skipped:
            context.warn(f"not checked: {outcome.check.title.lower()}: {outcome.skipped}")
    done = sum(not outcome.skipped for outcome in outcomes)
    context.warn(f"{pluralize(len(report.records), 'finding')} in {pluralize(done, 'check')}")
    return shown if shown is not ExitCode.OK else _verdict(outcomes, fatal)


def _verdict(outcomes: list[CheckResult], fatal: set[str]) -> ExitCode:
    """Say how the command ends: what was found is worse than what could not be looked for."""
    asked = [outcome for outcome in outcomes if outcome.check.id in fatal]
    if any(outcome.findings for outcome in asked):
        return ExitCode.FALSE
    return ExitCode.UNKNOWN if any(outcome.skipped for outcome in asked) else ExitCode.OK


def _check(name: str) -> Check:
    if (check := check_of(name)) is None:
        known = ", ".join(check.id for check in CHECKS)
        raise UsageError(f"there is no check “{sanitize(name)}”: choose from {known}")
    return check
