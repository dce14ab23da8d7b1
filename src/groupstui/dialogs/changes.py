"""The dialog that lists recent changes: who joined or left, and which groups are new, renamed or deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from ..directory.changes import Change, ChangeKind
from ..directory.directory import Directory
from ..output.records import Report, changes_report
from ..service.history_reader import ChangeSummary
from ..text import pluralize
from ..times import local_minute, short_minute
from ..widgets.commands import bind
from ..widgets.table import Column, Table
from .base import JumpTarget
from .copy import Copy, copy_of_line
from .records import RecordsDialog

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


class ChangesDialog(RecordsDialog[Change]):
    """Lists the changes in a period before now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("w", "next_period", "changes.period", "Change the period", hint="period"),
        bind("u", "user", "changes.user", "Show the groups of the user", hint="groups of user"),
    ]

    ROW_NOUN = "change"

    def __init__(
        self,
        directory: Directory,
        instance: str,
        changes_within: Callable[[timedelta | None], Awaitable[ChangeSummary | None]],
    ) -> None:
        table: Table[Change] = Table(
            COLUMNS, identity=_identity, muted=lambda change: change.kind is ChangeKind.LEFT
        )
        super().__init__(directory, instance, table)
        self._changes_within = changes_within
        """Returns the changes in a period before now; None if there is no history."""
        self._summary: ChangeSummary | None = None
        self._period = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Changes"
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self.load()

    @work(name="read changes", group="changes", exclusive=True, exit_on_error=False)
    async def load(self) -> None:
        name, period = PERIODS[self._period]
        self._summary = summary = await self._changes_within(period)
        if summary is None:
            self.list.show((), empty="There is no history yet; changes from now on will be listed here.")
            return
        self.box.border_title = f"Changes in {name}"
        self.list.show(summary.changes, empty=f"No changes {self._since(summary)}.")

    def summary(self) -> str:
        if self._summary is None:
            return ""
        return f"{pluralize(len(self._summary.changes), 'change')} {self._since(self._summary)}"

    @staticmethod
    def _since(summary: ChangeSummary) -> str:
        since = local_minute(summary.since.taken_at, weekday=True)
        return f"since {since}" + ("" if summary.reaches_back else ", the start of the history")

    def report(self, rows: Sequence[Change]) -> Report:
        assert self._summary is not None  # otherwise there are no rows
        return changes_report(self.instance, rows, self._summary.since, self._summary.until)

    def row_copies(self, record: Change) -> list[Copy]:
        return [copy_of_line("the change", record.text)]

    def row_text(self, record: Change) -> str:
        return record.text

    def open_record(self, record: Change) -> None:
        group = None if record.group_id is None else self.directory.group(record.group_id)
        if group is not None:
            self.go_to(JumpTarget(group.id))
        else:
            self.action_user()

    def action_next_period(self) -> None:
        self._period = (self._period + 1) % len(PERIODS)
        self.load()

    def action_user(self) -> None:
        change = self.table.current
        if change is not None and change.user_id is not None:
            self.show_user(self.directory.user(change.user_id))


def _identity(change: Change) -> tuple[ChangeKind, int | None, int | None]:
    return change.kind, change.group_id, change.user_id


def _user_or_old_name(change: Change) -> str:
    if change.before is None:
        return "" if change.user_id is None else change.user_label
    if change.kind is ChangeKind.USER_RENAMED:
        return f"{change.before} → {change.user}"
    return f"was {change.before}"


COLUMNS: tuple[Column[Change], ...] = (
    Column("what", "Change", lambda change: LABELS[change.kind], width=9, match="words"),
    Column("group", "Group", lambda change: change.group or "", min_width=12, match="words"),
    Column("user", "User", _user_or_old_name, min_width=12, match="words"),
    Column(
        "seen",
        "Seen",
        lambda change: "" if change.seen is None else short_minute(change.seen),
        sort_key=lambda change: 0.0 if change.seen is None else change.seen.timestamp(),
        width=15,
        priority=1,
    ),
)
