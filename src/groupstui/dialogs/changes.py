"""The dialog that lists recent changes: who joined or left, and which groups are new, renamed or deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..directory.changes import Change, ChangeKind, summarize
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.records import Report, changes_report
from ..service.history_reader import ChangeSummary
from ..text import fold, pluralize
from ..times import local_minute
from ..widgets.commands import bind
from ..widgets.notice_bar import Notice
from ..widgets.table import Column, Table, word_filter
from .base import JumpTarget
from .copy import Copy, copy_of_line
from .records import READING_HISTORY, RecordsDialog

PERIODS: tuple[tuple[str, timedelta | None], ...] = (
    ("the last 7 days", timedelta(days=7)),
    ("the last 30 days", timedelta(days=30)),
    ("the whole history", None),
    ("the last 24 hours", timedelta(days=1)),
)
"""The periods to choose from; the first is shown first."""

LABELS = {
    ChangeKind.CREATED: "new group",
    ChangeKind.RENAMED: "renamed",
    ChangeKind.DELETED: "deleted",
    ChangeKind.JOINED: "+ joined",
    ChangeKind.LEFT: "− left",
    ChangeKind.USER_RENAMED: "new name",
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A line of the list: a snapshot, or a change that was found in it."""

    found: datetime | None
    """When the snapshot was taken."""
    changes: tuple[Change, ...]
    """The change; of a new or deleted group also its members; of a snapshot all of its changes."""
    kind: Literal["snapshot", "change", "member"]
    """`member` is a change that belongs to a new or deleted group above."""

    @property
    def change(self) -> Change | None:
        """The change that the line names; None for a snapshot."""
        return None if self.kind == "snapshot" else self.changes[0]

    @property
    def text(self) -> str:
        """The line as a sentence."""
        if self.change is not None:
            return self.change.text
        found = "" if self.found is None else f"{local_minute(self.found, weekday=True)}: "
        return f"{found}{summarize(self.changes)}"


class ChangesDialog(RecordsDialog[ChangeRow]):
    """Lists the net changes in a period before now, the newest snapshot first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("w", "next_period", "changes.period", "Change the period", hint="period"),
        bind(
            "u", "user", "changes.user", "Show the groups of the user", hint="groups of user", needs_row=True
        ),
        bind("n", "snapshot(1)", "changes.next", "Go to the next snapshot"),
        bind("p", "snapshot(-1)", "changes.previous", "Go to the previous snapshot"),
        bind("l,right", "open", "changes.open", "Unfold the line, or go to its group"),
    ]

    ROW_NOUN = "change"

    def __init__(
        self,
        directory: Directory,
        instance: str,
        changes_within: Callable[[timedelta | None], Awaitable[ChangeSummary | None]],
        until: datetime | None = None,
    ) -> None:
        """Create a dialog.

        Args:
            directory: The groups and users.
            instance: The address of the instance.
            changes_within: Returns the changes in a period before now; None if there is no history.
            until: The time that counts as now, if that is in the past.
        """
        table: Table[ChangeRow] = Table(
            COLUMNS, identity=_identity, heading=lambda row: row.kind == "snapshot"
        )
        super().__init__(directory, instance, table, search=self._matches)
        self._changes_within = changes_within
        self._until = "" if until is None else f" up to {local_minute(until)}"
        self._summary: ChangeSummary | None = None
        self._period = 0
        self._toggled: set[Hashable] = set()
        """The folded snapshots, and the unfolded groups."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Net changes"
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self.list.show((), empty=READING_HISTORY)
        self.load()

    @work(name="read changes", group="changes", exclusive=True, exit_on_error=False)
    async def load(self) -> None:
        name, period = PERIODS[self._period]
        self._summary = await self._changes_within(period)
        if self._summary is not None:
            self.box.border_title = f"Net changes in {name}{self._until}"
        self._show_rows()

    def snapshot_saved(self) -> None:
        self.load()

    def _show_rows(self) -> None:
        if (summary := self._summary) is None:
            self.list.show((), empty="There is no history yet; changes from now on will be listed here.")
        else:
            rows = list(_rows(summary.changes, self._toggled))
            self.list.show(rows, empty=self._no_changes(summary))

    def _no_changes(self, summary: ChangeSummary) -> str:
        """Return why the list is empty."""
        if summary.since == summary.until:
            only = local_minute(summary.since.taken_at, weekday=True)
            return f"No changes are known: there is only the snapshot of {only} to compare."
        return f"No net changes {self._since(summary)}."

    def _matches(self, text: str) -> list[ChangeRow]:
        """Return the changes that match, without snapshots; all members of an unfolded group that matches."""
        matches = word_filter(text)
        changes = () if self._summary is None else self._summary.changes

        def is_match(row: ChangeRow) -> bool:
            return matches(fold(f"{_what(row)} {row.text}"))

        found: list[ChangeRow] = []
        for row in _rows(changes, ()):
            if row.kind == "snapshot":
                continue
            if is_match(row):
                found += [row, *(_members_below(row) if _identity(row) in self._toggled else ())]
            else:
                members = (replace(member, kind="change") for member in _members_below(row))
                found += filter(is_match, members)
        return found

    def summary(self) -> str:
        if self._summary is None:
            return ""
        return f"{pluralize(len(self._summary.changes), 'net change')} {self._since(self._summary)}"

    @staticmethod
    def _since(summary: ChangeSummary) -> str:
        since = local_minute(summary.since.taken_at, weekday=True)
        return f"since {since}" + ("" if summary.reaches_back else ", the start of the history")

    def is_record(self, row: ChangeRow) -> bool:
        return row.kind != "snapshot" or _identity(row) in self._toggled  # folded: it stands for its changes

    def report(self, rows: Sequence[ChangeRow]) -> Report:
        assert self._summary is not None  # otherwise there are no rows
        changes = dict.fromkeys(change for row in rows for change in row.changes)
        return changes_report(self.instance, list(changes), self._summary.since, self._summary.until)

    def row_copies(self, record: ChangeRow) -> list[Copy]:
        return [copy_of_line("the change", record.text)]

    def row_text(self, record: ChangeRow) -> str:
        return record.text

    def record_item(self, record: ChangeRow) -> Group | User | None:
        """Return the user who joined, left or was renamed; otherwise the group."""
        change = record.change
        if change is not None and change.user_id is not None:
            return User(change.user_id, change.user)
        return (
            None if change is None or change.group_id is None else Group(change.group_id, change.group or "")
        )

    def open_record(self, record: ChangeRow) -> None:
        """Fold or unfold a snapshot or a deleted group; go to any other group, to the user if they joined."""
        change = record.change
        group = None if change is None or change.group_id is None else self.directory.group(change.group_id)
        if group is not None and change is not None:
            joined = change.kind is ChangeKind.JOINED
            self.go_to(JumpTarget(group.id, change.user_id if joined else None))
        elif len(record.changes) > 1:
            self._toggled ^= {_identity(record)}
            self._show_rows()
        elif change is not None and change.user_id is None:
            self.notice = Notice("That group no longer exists", "H shows its timeline.")
        else:
            self.action_user()

    def action_open(self) -> None:
        """Unfold a new group; otherwise do the same as enter."""
        row = self.table.current
        if row is not None and row.kind == "change" and len(row.changes) > 1:
            self._toggled ^= {_identity(row)}
            self._show_rows()
        else:
            self.table.action_select()

    def action_snapshot(self, step: int) -> None:
        """Go to the next or the previous snapshot in the list."""
        starts = [index for index, row in enumerate(self.table.rows) if row.kind == "snapshot"]
        cursor = self.table.cursor
        if step > 0:
            self.table.cursor = min((start for start in starts if start > cursor), default=cursor)
        else:
            self.table.cursor = max((start for start in starts if start < cursor), default=0)
        self.table.scroll_to_cursor()

    def action_next_period(self) -> None:
        self._period = (self._period + 1) % len(PERIODS)
        self.load()

    def action_user(self) -> None:
        row = self.table.current
        if row is not None and row.change is not None and row.change.user_id is not None:
            self.show_user(self.directory.user(row.change.user_id))


def _rows(changes: Sequence[Change], toggled: Container[Hashable]) -> Iterator[ChangeRow]:
    """Yield snapshots, the newest first, each with its changes unless it is folded.

    A new or deleted group is one line; its members follow if it is unfolded.
    """
    by_snapshot: dict[datetime | None, list[Change]] = {}
    for change in changes:
        by_snapshot.setdefault(change.seen, []).append(change)
    for found in sorted(by_snapshot, key=lambda found: 0.0 if found is None else -found.timestamp()):
        heading = ChangeRow(found, tuple(by_snapshot[found]), "snapshot")
        yield heading
        if _identity(heading) in toggled:
            continue
        for line in _lines(by_snapshot[found]):
            row = ChangeRow(found, line, "change")
            yield row
            if _identity(row) in toggled:
                yield from _members_below(row)


def _members_below(row: ChangeRow) -> list[ChangeRow]:
    """Return the lines of the members of a new or deleted group; none for any other change."""
    return [ChangeRow(row.found, (member,), "member") for member in row.changes[1:]]


def _lines(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """Yield the changes of a snapshot, a new or deleted group together with its members."""
    whole = (ChangeKind.CREATED, ChangeKind.DELETED)
    groups = {change.group_id: [change] for change in changes if change.kind in whole}
    for change in changes:
        if change.kind.of_members and change.group_id in groups:
            groups[change.group_id].append(change)
    for change in changes:
        if change.kind in whole:
            yield tuple(groups[change.group_id])
        elif not (change.kind.of_members and change.group_id in groups):
            yield (change,)


def _identity(row: ChangeRow) -> Hashable:
    change = row.change
    if change is None:
        return row.found
    return row.kind, row.found, change.kind, change.group_id, change.user_id


def _what(row: ChangeRow) -> str:
    if row.change is None:
        return row.text
    return f"  {LABELS[row.change.kind]}" if row.kind == "member" else LABELS[row.change.kind]


def _user_or_old_name(row: ChangeRow) -> str:
    if (change := row.change) is None:
        return ""
    if len(row.changes) > 1:
        return summarize(row.changes[1:])
    if change.before is None:
        return "" if change.user_id is None else change.user_label
    if change.kind is ChangeKind.USER_RENAMED:
        return f"{change.label_before} → {change.user_label}"
    return f"was {change.label_before}"


STYLES = {ChangeKind.JOINED: "joined", ChangeKind.LEFT: "left", ChangeKind.DELETED: "left"}


def _style(row: ChangeRow) -> str:
    return "" if row.change is None else STYLES.get(row.change.kind, "attention")


COLUMNS: tuple[Column[ChangeRow], ...] = (
    Column("what", "Change", _what, width=10, match="words", style=_style),
    Column(
        "group",
        "Group",
        lambda row: "" if row.change is None else row.change.group_label,
        min_width=12,
        match="words",
    ),
    Column("user", "User", _user_or_old_name, min_width=12, match="words"),
)
