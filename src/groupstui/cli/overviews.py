"""Looks over a site: how groups overlap, and what should perhaps not be so."""

from ..directory.auditing import CHECKS, Check, Outcome, audit, check_of
from ..directory.comparing import compare
from ..report.overviews import audit_report, comparison_report
from ..text import clean, count
from .exits import Exit
from .lookups import INCOMPLETE, find_group
from .session import Session, UsageError
from .show import show


async def compare_groups(session: Session) -> Exit:
    """Tell who is in which of two to six groups, and how the groups stand to each other."""
    options = session.options
    directory = await session.directory()
    groups = [find_group(directory, text) for text in options.groups]
    try:
        found = compare(directory, groups)
    except ValueError as error:
        raise UsageError(str(error)) from None
    rows = [row for row in found.rows if not (options.differ and all(row.inside))]
    report = comparison_report(directory, session.instance.origin, found, rows)
    shown = show(session, report)
    for pair in found.pairs:
        session.warn(f"{pair.overlap} %: {pair.text}")
    if shown is not Exit.OK:
        return shown
    if not directory.complete:
        session.warn(INCOMPLETE)
        return Exit.UNCERTAIN
    return Exit.NO if found.differ and options.exit_code else Exit.OK


async def audit_site(session: Session) -> Exit:
    """Tell what somebody should look at; what could not be checked is told on stderr."""
    options = session.options
    fatal = {check.id for check in map(_check, options.fail_on)}
    checks = list(dict.fromkeys(map(_check, options.checks))) or list(CHECKS)
    checks += [check for check in CHECKS if check.id in fatal and check not in checks]
    directory = await session.directory(users=any(check.needs_profiles for check in checks))
    outcomes = audit(directory, checks)
    findings = ((outcome.check, finding) for outcome in outcomes for finding in outcome.findings)
    report = audit_report(directory, session.instance.origin, outcomes, findings)
    shown = show(session, report)
    for outcome in outcomes:
        if outcome.impossible:
            session.warn(f"not checked: {outcome.check.title.lower()}: {outcome.impossible}")
    done = sum(not outcome.impossible for outcome in outcomes)
    session.warn(f"{count(len(report.records), 'finding')} in {count(done, 'check')}")
    return shown if shown is not Exit.OK else _verdict(outcomes, fatal)


def _verdict(outcomes: list[Outcome], fatal: set[str]) -> Exit:
    """Say how the command ends: what was found is worse than what could not be looked for."""
    asked = [outcome for outcome in outcomes if outcome.check.id in fatal]
    if any(outcome.findings for outcome in asked):
        return Exit.NO
    return Exit.UNCERTAIN if any(outcome.impossible for outcome in asked) else Exit.OK


def _check(name: str) -> Check:
    if (check := check_of(name)) is None:
        known = ", ".join(check.id for check in CHECKS)
        raise UsageError(f"there is no check “{clean(name)}”: choose from {known}")
    return check
