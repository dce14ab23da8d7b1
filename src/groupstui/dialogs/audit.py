"""The dialog that lists the findings of an audit, check by check."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from .. import dialogs
from ..directory.acceptance import Acceptance, fingerprint
from ..directory.audit import SEVERITIES, Check, CheckResult, Finding, Severity, audit
from ..directory.compare import compare
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.audit_records import audit_report
from ..output.records import Report
from ..service.audit_memory import AuditMemory
from ..set_operation import MAX_GROUPS, MIN_GROUPS
from ..text import fold, pluralize
from ..times import local_day
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice
from ..widgets.table import Column, Table, word_filter
from .base import JumpTarget
from .copy import Copy, copy_of_line
from .copy_export import RowSet, counted
from .records import RecordsDialog

FOLDED, UNFOLDED = "▹", "▾"

INDENT = " " * 4
"""What precedes a finding below its check."""

STYLES: dict[Severity, str] = {"high": "left", "medium": "attention", "low": "muted"}
"""The styles of the table for severities."""

SELECTIONS = ("all", "open", "new")
"""Which findings can be shown."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding."""

    check: Check
    finding: Finding
    fingerprint: str
    acceptance: Acceptance | None
    is_new: bool

    @property
    def text(self) -> str:
        """The finding, and why it is accepted."""
        if self.acceptance is None:
            return self.finding.text
        return f"{self.finding.text} · {self.accepted}"

    @property
    def accepted(self) -> str:
        """When and why it was accepted; empty if it is open."""
        if self.acceptance is None:
            return ""
        return f"accepted {local_day(self.acceptance.time)}: {self.acceptance.reason}"

    @property
    def state(self) -> str:
        """One word for what is special about it."""
        return "accepted" if self.acceptance is not None else "new" if self.is_new else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A check with its findings: the new ones first, then the open ones, then the accepted ones."""

    result: CheckResult
    rows: Sequence[FindingRow]
    searched: Sequence[str]
    """The text in which the filter looks for each finding."""

    @property
    def check(self) -> Check:
        """The check."""
        return self.result.check

    @property
    def counts(self) -> str:
        """How many findings there are, or why there are none."""
        if not self.result.ran:
            return f"not checked, because {self.result.skipped}"
        opened = sum(row.acceptance is None for row in self.rows)
        new = sum(row.state == "new" for row in self.rows)
        accepted = len(self.rows) - opened
        parts = [f"{opened:,} open" if new or accepted else f"{opened:,}" if opened else "no findings"]
        parts += [f"{new:,} new"] if new else []
        parts += [f"{accepted:,} accepted"] if accepted else []
        parts += [self.result.skipped] if self.result.skipped else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The heading of a check."""

    section: Section
    counts: str
    """How many findings there are, or how many of them the filter leaves."""
    is_unfolded: bool
    rows: Sequence[FindingRow]
    """The findings that the filter leaves, shown or not."""

    @property
    def check(self) -> Check:
        """The check."""
        return self.section.check

    @property
    def text(self) -> str:
        """The title and the counts."""
        sign = " " if not self.rows else UNFOLDED if self.is_unfolded else FOLDED
        return f"{sign} {self.check.title}  {self.counts}"

    @property
    def muted(self) -> bool:
        """Whether there is nothing to do."""
        return all(row.acceptance is not None for row in self.section.rows)

    @property
    def state(self) -> str:
        """The severity, if there are findings."""
        return self.check.severity if self.section.rows else ""


AuditRow = CheckRow | FindingRow


def arrange(results: Sequence[CheckResult], memory: AuditMemory) -> list[Section]:
    """Return the checks with their findings, the most severe first, those without findings last."""
    sections: list[Section] = []
    for result in results:
        check, rows = result.check, list[FindingRow]()
        for finding in result.findings:
            key = fingerprint(check, finding)
            is_new = memory.is_new(check.id, key)
            rows.append(FindingRow(check, finding, key, memory.accepted.get(key), is_new))
        rows.sort(key=lambda row: ("new", "", "accepted").index(row.state))
        searched = [fold(f"{check.title} {row.state} {row.text}") for row in rows]
        sections.append(Section(result, rows, searched))
    return sorted(sections, key=lambda section: (not section.rows, SEVERITIES.index(section.check.severity)))


class AuditDialog(RecordsDialog[AuditRow]):
    """Lists checks and their findings, explains them, and lets the user accept findings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(
            "A",
            "accept",
            "audit.accept",
            "Accept the finding, or withdraw that",
            hint="accept",
            needs_row=True,
        ),
        bind(
            "f",
            "restrict",
            "audit.restrict",
            "Show only open findings, only new ones, or all",
            hint="open/new",
        ),
        bind("h,left", "fold", "audit.fold", "Fold this check; if it is folded, go back"),
        bind("n", "check(1)", "audit.next", "Go to the next check", hint="next", needs_row=True),
        bind("p", "check(-1)", "audit.previous", "Go to the previous check", hint="prev", needs_row=True),
        bind("c", "compare", "audit.compare", "Compare the groups of the marked findings, or of this one"),
        bind("u", "user", "audit.user", "Show the groups of the user", hint="groups of user", needs_row=True),
    ]

    ROW_NOUN = "finding"

    explanation = getters.query_one("#why", Static)

    def __init__(self, directory: Directory, instance: str, memory: AuditMemory) -> None:
        table = Table(COLUMNS, identity=_identity, muted=_is_muted, sortable=False)
        super().__init__(directory, instance, table, search=self._rows)
        self._memory = memory
        self.list.visited = memory.visited
        self.list.marked_with = _marked_with
        self.list.unfold = self._unfold
        self._sections: list[Section] = []
        self._unfolded: set[str] = set()
        """The ids of the checks whose findings are shown."""
        self._selection = SELECTIONS[0]
        self._failure = ""
        """Why the last acceptance is for this run only, which need not be repeated."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Audit"
            yield self.list
            yield Static(id="why", markup=False)
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.list, "match_count", self._skip_heading)
        self.update_directory(self.directory)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "restrict":
                return bool(self._sections)
            case "accept":
                return not self._memory.is_past
            case _:
                return True

    def reason_for_key(self, character: str) -> Notice:
        if character == "A":
            return Notice("Findings of the past cannot be accepted", ":now returns to the present.")
        return super().reason_for_key(character)

    def update_directory(self, directory: Directory) -> None:
        super().update_directory(directory)
        if directory.as_of is not None:
            self.run_audit()
        else:  # findings in a part of the groups would be wrong
            self.list.show((), empty=f"An audit needs all groups: {directory.extent}.")

    @work(name="audit", group="audit", exclusive=True, exit_on_error=False)
    async def run_audit(self) -> None:
        directory = self.directory
        if not self._sections:
            self.list.show((), empty=f"Auditing {pluralize(directory.group_count, 'group')}…")
        await self._memory.load()
        results = await asyncio.to_thread(audit, directory)
        await self._arrange(results)
        if directory.complete:
            await self._memory.remember(
                {
                    section.check.id: frozenset(row.fingerprint for row in section.rows)
                    for section in self._sections
                    if section.result.ran
                }
            )

    async def _arrange(self, results: Sequence[CheckResult]) -> None:
        self._sections = await asyncio.to_thread(arrange, results, self._memory)
        self.refresh_bindings()  # now there is something to restrict
        known = {row.fingerprint for row in self._findings}
        self.list.marks = {each: None for each in self.list.marks if each in known}
        self._show()

    # Rows

    @property
    def _findings(self) -> Iterator[FindingRow]:
        return (row for section in self._sections for row in section.rows)

    def _show(self) -> None:
        self.list.show(self._rows(), empty=f"There are no {self._selection} findings. f shows all.")

    def _rows(self, text: str = "") -> list[AuditRow]:
        """Return the checks with the findings that match a text; without a text some are folded."""
        matches = word_filter(text)
        shown: list[AuditRow] = []
        for section in self._sections:
            pairs = zip(section.rows, section.searched, strict=True)
            rows = [row for row, searched in pairs if self._is_selected(row) and matches(searched)]
            restricted = bool(text.strip()) or self._selection != "all"
            if restricted and not rows:
                continue
            counts = f"{len(rows):,} of {len(section.rows):,}" if restricted else section.counts
            is_unfolded = bool(text.strip()) or section.check.id in self._unfolded
            shown.append(CheckRow(section, counts, is_unfolded, rows))
            shown += rows if is_unfolded else ()
        return shown

    def _is_selected(self, row: FindingRow) -> bool:
        match self._selection:
            case "open":
                return row.acceptance is None
            case "new":
                return row.state == "new"
            case _:
                return True

    def action_restrict(self) -> None:
        """Show all findings, only the open ones, or only the new ones; if there are none, all again."""
        place = SELECTIONS.index(self._selection) + 1
        is_empty = not any(map(self._is_selected, self._findings))
        self._selection = SELECTIONS[0 if is_empty else place % len(SELECTIONS)]
        self._show()
        self.show_summary()

    def action_check(self, step: int) -> None:
        """Go to the next or the previous check that has findings; it becomes the first line."""
        table, rows = self.table, self.table.rows
        step_rows = range(table.cursor + 1, len(rows)) if step > 0 else range(table.cursor - 1, -1, -1)
        headings = (rows[index] for index in step_rows)
        target = next((row for row in headings if isinstance(row, CheckRow) and row.rows), None)
        if target is not None:
            table.move_to(_identity(target))
            table.scroll_to_cursor()

    def _toggle(self, row: CheckRow) -> None:
        """Unfold a check, or fold it again; while the list is filtered, all checks are unfolded."""
        if not row.rows or self.list.filtered:
            return
        self._unfolded ^= {row.check.id}
        self._show()
        if row.check.id in self._unfolded:
            self.table.scroll_to_cursor(unless_in_view=len(row.rows))

    def action_fold(self) -> None:
        """Fold the check under the cursor, or that of the finding; if there is nothing to fold, go back."""
        row = self.table.current
        if row is None or self.list.filtered or row.check.id not in self._unfolded:
            self.action_close()
            return
        self.table.move_to(row.check.id)
        self._unfolded.remove(row.check.id)
        self._show()

    def _skip_heading(self) -> None:
        """Move from the first heading to the first finding that the filter leaves."""
        if self.list.filtered and self.table.cursor == 0:
            self.table.cursor = 1

    def _unfold(self, row: AuditRow) -> None:
        self._unfolded.add(row.check.id)
        self._show()

    # What the base shows

    def summary(self) -> str:
        if not self._sections:
            return ""
        rows = list(self._findings)
        accepted = sum(row.acceptance is not None for row in rows)
        new = sum(row.state == "new" for row in rows)
        opened = pluralize(len(rows) - accepted, "open finding")
        parts = [f"only new: {new:,} of {opened}" if self._selection == "new" else opened]
        parts += [f"{new:,} new"] if new and self._selection != "new" else []
        parts += [f"{accepted:,} accepted"] if accepted else []
        parts += [] if self.directory.complete else ["some may be missing"]
        only = "only open · " if self._selection == "open" else ""
        return f"{only}{', '.join(parts)} in {pluralize(self.directory.group_count, 'group')}"

    def is_record(self, row: AuditRow) -> bool:
        return isinstance(row, FindingRow)

    def row_sets(self) -> list[RowSet[AuditRow]]:
        """Return the marked findings, and those that the filter leaves; folded checks make no difference."""
        marked = [row for row in self._findings if row.fingerprint in self.list.marks]
        shown = [each for row in self.table.rows if isinstance(row, CheckRow) for each in row.rows]
        is_whole = not self.list.filtered and self._selection == "all"
        named = ((marked, "marked"), (shown, "all" if is_whole else "matching"))
        return [
            RowSet(counted(rows, self.ROW_NOUN, which), rows, self.report, self.row_text)
            for rows, which in named
            if rows
        ]

    def report(self, rows: Sequence[AuditRow]) -> Report:
        findings = [(row.check, row.finding) for row in rows if isinstance(row, FindingRow)]
        results = [section.result for section in self._sections]
        return audit_report(self.directory, self.instance, results, findings, self._memory.accepted)

    def row_copies(self, record: AuditRow) -> list[Copy]:
        return [copy_of_line("the finding", self.row_text(record))]

    def row_text(self, record: AuditRow) -> str:
        if isinstance(record, CheckRow):
            return f"{record.check.title}: {record.counts}"
        return record.text

    @on(Table.Highlighted)
    def _explain(self, event: Table.Highlighted[AuditRow]) -> None:
        row = event.row
        if row is None:
            self.explanation.update("")
        elif isinstance(row, CheckRow):
            self.explanation.update(row.check.why)
        else:
            self.explanation.update(f"{row.check.title}: {row.check.why}")

    # Opening

    def open_record(self, record: AuditRow) -> None:
        if isinstance(record, CheckRow):
            self.list.visited.discard(_identity(record))
            self._toggle(record)
            return
        finding = record.finding
        groups = [group for group in map(self.directory.group, finding.groups) if group is not None]
        if finding.users and len(finding.groups) != 1:
            self.action_user()
        elif finding.users and groups:
            self.go_to(JumpTarget(groups[0].id, finding.users[0]))
        elif len(groups) >= MIN_GROUPS:
            self._compare(groups)
        elif groups:
            self.go_to(JumpTarget(groups[0].id))

    def action_compare(self) -> None:
        """Compare the groups of the marked findings, or of the one under the cursor."""
        ids = dict.fromkeys(id for row in self._chosen_findings() for id in row.finding.groups)
        groups = [group for group in map(self.directory.group, ids) if group is not None]
        if len(groups) >= MIN_GROUPS:
            self._compare(groups)
        else:
            self.notice = Notice("The findings are about fewer than two groups", "space marks more.")

    def _compare(self, groups: Sequence[Group]) -> None:
        comparison = compare(self.directory, groups[:MAX_GROUPS])
        dialog = dialogs.compare.CompareDialog(comparison, self.directory, self.instance)
        self.app.push_screen(dialog)
        if len(groups) > MAX_GROUPS:
            notice = Notice(f"Only the first {MAX_GROUPS} of {len(groups):,} groups are compared")
            self.call_later(setattr, dialog, "notice", notice)

    def record_item(self, record: AuditRow) -> Group | User | None:
        """Return the first user of a finding; otherwise its first group."""
        if not isinstance(record, FindingRow):
            return None
        if record.finding.users:
            return self.directory.user(record.finding.users[0])
        return self.directory.group(record.finding.groups[0]) if record.finding.groups else None

    def action_user(self) -> None:
        row = self.table.current
        if isinstance(row, FindingRow) and row.finding.users:
            self.show_user(self.directory.user(row.finding.users[0]))

    def _chosen_findings(self) -> list[FindingRow]:
        """Return the marked findings, or the one under the cursor."""
        current = self.table.current
        marked = [row for row in self._findings if row.fingerprint in self.list.marks]
        return [current] if not marked and isinstance(current, FindingRow) else marked

    # Acceptance

    def action_accept(self) -> None:
        """Accept the marked findings, or the one under the cursor; withdraw that if all are accepted."""
        rows = self._chosen_findings()
        still_open = [row for row in rows if row.acceptance is None]
        if not rows:
            self.notice = Notice("No finding is chosen", "enter unfolds a check; space marks its findings.")
        elif not still_open:
            self._change_acceptance(rows, None)
        else:
            what = still_open[0].text if len(still_open) == 1 else pluralize(len(still_open), "finding")

            def answered(reason: str | None) -> None:
                if reason is not None:
                    self._change_acceptance(still_open, reason)

            self.app.push_screen(dialogs.accept.AcceptDialog(what), answered)

    @work(name="accept", group="accept", exit_on_error=False)
    async def _change_acceptance(self, rows: Sequence[FindingRow], reason: str | None) -> None:
        """Accept findings for a reason, or no longer (None); go on to the next finding of the check."""
        keys = [row.fingerprint for row in rows]
        if reason is not None:
            failure = await self._memory.accept(keys, reason)
        else:
            failure = await self._memory.withdraw(keys)
        what = f"“{rows[0].finding.text}”" if len(rows) == 1 else pluralize(len(rows), "finding")
        done = f"Accepted {what}" if reason is not None else f"Open again: {what}"
        if failure and failure != self._failure:
            self.notice = Notice(f"{done}, for this run only: {failure}", kind="caution")
        else:
            self.notice = Notice(f"{done}, for this run only" if failure else done, detail=what)
        self._failure = failure
        if reason is not None:
            self._go_on(set(keys))
        self.list.clear_marks()
        await self._arrange([section.result for section in self._sections])

    def _go_on(self, accepted: set[str]) -> None:
        """Move from a finding that was accepted to the next open one of its check, or to the one before."""
        table, current = self.table, self.table.current
        if isinstance(current, FindingRow) and current.fingerprint in accepted:
            others = (*table.rows[table.cursor + 1 :], *reversed(table.rows[: table.cursor]))
            same_check = (row for row in others if row.check is current.check and isinstance(row, FindingRow))
            for row in same_check:
                if row.acceptance is None and row.fingerprint not in accepted:
                    table.move_to(_identity(row))
                    return


def _identity(row: AuditRow) -> Hashable:
    return row.check.id if isinstance(row, CheckRow) else row.fingerprint


def _marked_with(row: AuditRow) -> list[Hashable]:
    rows = row.rows if isinstance(row, CheckRow) else [row]
    return [each.fingerprint for each in rows]


def _is_muted(row: AuditRow) -> bool:
    return row.muted if isinstance(row, CheckRow) else row.acceptance is not None


def _style(row: AuditRow) -> str:
    return STYLES[row.check.severity] if isinstance(row, CheckRow) else "attention"


COLUMNS: tuple[Column[AuditRow], ...] = (
    Column("state", "Severity", lambda row: row.state, width=8, style=_style, priority=1),
    Column(
        "finding",
        "Finding",
        lambda row: row.text if isinstance(row, CheckRow) else INDENT + row.text,
        min_width=30,
        match="words",
    ),
)
