"""The dialog that lists the findings of an audit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..directory.audit import CheckResult, Finding, audit
from ..directory.directory import Directory
from ..output.records import Report, audit_report
from ..text import pluralize
from ..widgets.commands import bind
from ..widgets.table import Column, Table
from .base import JumpTarget
from .copy import Copy, copy_of_line
from .records import RecordsDialog


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A finding, or a check without findings."""

    result: CheckResult
    finding: Finding | None = None

    @property
    def text(self) -> str:
        """The finding, or why there is none."""
        if self.finding is not None:
            return self.finding.text
        check, reason = self.result.check.title, self.result.skipped
        return f"{check}: not checked, {reason}" if reason else f"{check}: no findings"


class AuditDialog(RecordsDialog[AuditRow]):
    """Lists findings, and explains the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("n,f", "check(1)", "audit.next", "Go to the next check", hint="next check"),
        bind("p", "check(-1)", "audit.previous", "Go to the previous check", hint="previous"),
        bind("u", "user", "audit.user", "Show the groups of the user", hint="groups of user"),
    ]

    explanation = getters.query_one("#why", Static)

    ROW_NOUN = "finding"

    def __init__(self, directory: Directory, instance: str) -> None:
        table: Table[AuditRow] = Table(COLUMNS, identity=_identity, muted=lambda row: row.finding is None)
        super().__init__(directory, instance, table)
        self._results: list[CheckResult] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Audit"
            yield self.list
            yield Static(id="why", markup=False)
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self.update_directory(self.directory)

    def update_directory(self, directory: Directory) -> None:
        super().update_directory(directory)
        if directory.as_of is not None:
            self.run_audit()
        else:  # findings in a part of the groups would be wrong
            total = pluralize(directory.total or 0, "group")
            self.list.show((), empty=f"Groups are still being read: {directory.group_count:,} of {total}.")

    @work(name="audit", group="audit", exclusive=True, exit_on_error=False)
    async def run_audit(self) -> None:
        directory = self.directory
        self._results = results = await asyncio.to_thread(audit, directory)
        rows: list[AuditRow] = []
        for result in results:
            rows += [AuditRow(result, finding) for finding in result.findings] or [AuditRow(result)]
        self.list.show(rows, empty="")

    def summary(self) -> str:
        directory = self.directory
        findings = pluralize(sum(len(result.findings) for result in self._results), "finding")
        missing = "" if directory.complete else ", some may be missing"
        return f"{findings} in {pluralize(directory.group_count, 'group')}{missing}"

    def report(self, rows: Sequence[AuditRow]) -> Report:
        findings = ((row.result.check, row.finding) for row in rows if row.finding is not None)
        return audit_report(self.directory, self.instance, self._results, findings, {})

    def is_record(self, row: AuditRow) -> bool:
        return row.finding is not None

    def row_copies(self, record: AuditRow) -> list[Copy]:
        return [copy_of_line("the finding", record.text)]

    def row_text(self, record: AuditRow) -> str:
        return record.text

    def open_record(self, record: AuditRow) -> None:
        if (finding := record.finding) is None:
            return
        if finding.users and len(finding.groups) != 1:  # it is about the user
            self.action_user()
        elif (group := self.directory.group(finding.groups[0])) is not None:
            self.go_to(JumpTarget(group.id))

    def action_check(self, step: int) -> None:
        """Go to the first row of the next or the previous check."""
        checks = [row.result.check for row in self.table.rows]
        pairs = enumerate(pairwise([None, *checks]))
        starts = [index for index, (before, check) in pairs if check is not before]
        cursor = self.table.cursor
        if step > 0:
            self.table.cursor = min((start for start in starts if start > cursor), default=cursor)
        else:
            self.table.cursor = max((start for start in starts if start < cursor), default=0)

    def action_user(self) -> None:
        row = self.table.current
        if row is not None and row.finding is not None and row.finding.users:
            self.show_user(self.directory.user(row.finding.users[0]))

    @on(Table.Highlighted)
    def _explain(self, event: Table.Highlighted[AuditRow]) -> None:
        self.explanation.update("" if event.row is None else event.row.result.check.why)


def _identity(row: AuditRow) -> tuple[str, str]:
    return row.result.check.id, row.text


COLUMNS: tuple[Column[AuditRow], ...] = (
    Column("check", "Check", lambda row: row.result.check.title, width=27, priority=1, match="words"),
    Column("finding", "Finding", lambda row: row.text, min_width=50, match="words"),
)
