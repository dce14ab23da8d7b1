"""What should perhaps not be so: a list of findings, each of which opens what it speaks of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..directory.audit import CheckResult, Finding, audit
from ..directory.directory import Directory
from ..output.records import audit_report
from ..output.report import Report
from ..text import pluralize
from ..widgets.table import Column, Table
from .analysis_dialog import AnalysisDialog, Found
from .copy import Copy, copies_of, copy_of_line


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a finding, or a check without any."""

    outcome: CheckResult
    finding: Finding | None = None

    @property
    def text(self) -> str:
        """The finding, or why there is none."""
        if self.finding is not None:
            return self.finding.text
        what = self.outcome.check.title  # once more: on a narrow screen there is no column for it
        why = self.outcome.skipped
        return f"{what} can't be checked: {why}" if why else f"{what}: nothing found"


class AuditDialog(AnalysisDialog):
    """Shows what was found; gives the group or the user to look at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,f", "check(1)", "next check", id="audit.next", tooltip="Go to the next check"),
        Binding("p", "check(-1)", "previous", id="audit.previous", tooltip="Go to the check before"),
        Binding("u", "user", "groups of user", id="audit.user", tooltip="The groups of that user"),
    ]

    def __init__(self, directory: Directory, instance: str, read_users: Callable[[], None]) -> None:
        """Make the dialog.

        Args:
            directory: What was seen so far.
            instance: The site's address.
            read_users: Has `/users` read, where that was not done unasked.
        """
        super().__init__(directory, instance)
        self._read_users = read_users
        self._outcomes: list[CheckResult] = []

    def compose(self) -> ComposeResult:
        """Show the findings, and below them why the one under the cursor matters."""
        with Vertical(classes="dialog -wide -tall") as box:
            box.border_title = "Audit"
            yield Table[Line](COLUMNS, identity=_identity, muted=lambda line: line.finding is None)
            yield Static(id="why", markup=False)
            yield from self.compose_end()

    def on_mount(self) -> None:
        """Look for the first time."""
        self._read_users()
        self.directory_grown()

    def directory_grown(self) -> None:
        """Look again, once the whole site is known: a part of it would show what is not so."""
        directory = self.directory
        if directory.as_of is not None:
            self.look()
        else:
            seen, total = directory.group_count, pluralize(directory.total or 0, "group")
            self.query_one(Table).empty = f"The site is still being read: {seen:,} of {total}."
            self.query_one(Table).show(())

    @work(name="audit", group="audit", exclusive=True)
    async def look(self) -> None:
        """Show what there is to find; on a large site that takes a second or two."""
        self._outcomes = outcomes = await asyncio.to_thread(audit, self.directory)
        lines: list[Line] = []
        for outcome in outcomes:
            lines += [Line(outcome, finding) for finding in outcome.findings] or [Line(outcome)]
        self.query_one(Table).show(lines)
        findings = sum(len(outcome.findings) for outcome in outcomes)
        where = pluralize(self.directory.group_count, "group")
        missing = "" if self.directory.complete else ", some may be missing"
        self.query_one(".dialog").border_subtitle = f"{pluralize(findings, 'finding')} in {where}{missing}"

    def report(self) -> Report:
        """Return the findings in the table, as they are sorted."""
        lines: Sequence[Line] = self.query_one(Table).rows
        findings = ((line.outcome.check, line.finding) for line in lines if line.finding is not None)
        return audit_report(self.directory, self.instance, self._outcomes, findings)

    def copies(self) -> list[Copy]:
        """Return what can be copied of the finding under the cursor and of all of them."""
        table: Table[Line] = self.query_one(Table)
        if (line := table.current) is None:
            return []
        whole = copies_of(
            self.report(), lambda: [each.text for each in table.rows if each.finding is not None]
        )
        return [copy_of_line("the finding", line.text), *whole]

    def action_check(self, step: int) -> None:
        """Go to the first finding of another check."""
        table = self.query_one(Table)
        lines: list[Line] = list(table.rows)
        starts = [
            place
            for place, line in enumerate(lines)
            if not place or lines[place - 1].outcome.check is not line.outcome.check
        ]
        if step > 0:
            table.cursor = next((place for place in starts if place > table.cursor), table.cursor)
        else:
            table.cursor = next((place for place in reversed(starts) if place < table.cursor), 0)

    def action_user(self) -> None:
        """Show the groups of the user that the finding speaks of."""
        line: Line | None = self.query_one(Table).current
        if line is not None and line.finding is not None and line.finding.users:
            self.show_user(self.directory.user(line.finding.users[0]))

    @on(Table.Highlighted)
    def _highlighted(self, event: Table.Highlighted[Line]) -> None:
        event.stop()
        self.query_one("#why", Static).update("" if event.row is None else event.row.outcome.check.why)

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Line]) -> None:
        event.stop()
        finding = event.row.finding
        if finding is None:
            return
        # What speaks of a user is about them; the groups are where they are.
        if finding.users and len(finding.groups) != 1:
            self.action_user()
        elif (group := self.directory.group(finding.groups[0])) is not None:
            self.dismiss(Found(group.id))


def _identity(line: Line) -> tuple[str, str]:
    return line.outcome.check.id, line.text


COLUMNS: tuple[Column[Line], ...] = (
    Column("check", "Check", lambda line: line.outcome.check.title, width=27, priority=1),
    Column("finding", "Finding", lambda line: line.text, min_width=50),
)
