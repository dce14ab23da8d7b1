"""What changed of late: who joined and left, and what else is not as it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ..directory.changes import Change, ChangeKind
from ..directory.directory import Directory
from ..output.records import changes_report
from ..output.report import Report
from ..service.history_reader import ChangeSummary
from ..text import pluralize
from ..widgets.table import Column, Table
from .analysis_dialog import AnalysisDialog, Found
from .copy import Copy, copies_of, copy_of_line

SPANS: tuple[tuple[str, timedelta | None], ...] = (
    ("the last 7 days", timedelta(days=7)),
    ("the last 30 days", timedelta(days=30)),
    ("the whole history", None),
    ("the last 24 hours", timedelta(days=1)),
)
"""How far one can look back, each by its name."""

WORDS = {
    ChangeKind.CREATED: "new group",
    ChangeKind.RENAMED: "renamed",
    ChangeKind.DELETED: "deleted",
    ChangeKind.JOINED: "+ joined",
    ChangeKind.LEFT: "− left",
    ChangeKind.USER_RENAMED: "new name",
}


class ChangesDialog(AnalysisDialog):
    """Shows what changed; gives the group or the user to look at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "span", "how far back", id="changes.span", tooltip="Look back further, or less far"),
        Binding("u", "user", "groups of user", id="changes.user", tooltip="The groups of that user"),
    ]

    def __init__(
        self,
        directory: Directory,
        instance: str,
        ask: Callable[[timedelta | None], Awaitable[ChangeSummary | None]],
    ) -> None:
        """Make the dialog.

        Args:
            directory: The site as it is now.
            instance: The site's address.
            ask: Gives what changed in the last so much time.
        """
        super().__init__(directory, instance)
        self._ask = ask
        self._news: ChangeSummary | None = None
        self._span = 0

    def compose(self) -> ComposeResult:
        """Show a table, and over what time it speaks."""
        with Vertical(classes="dialog -wide") as box:
            box.border_title = "What changed"
            yield Table[Change](
                COLUMNS, identity=_identity, muted=lambda change: change.kind is ChangeKind.LEFT
            )
            yield from self.compose_end()

    def on_mount(self) -> None:
        """Ask for the first time."""
        self.load()

    @work(name="what changed", group="changes", exclusive=True)
    async def load(self) -> None:
        """Show what changed in the time that is chosen."""
        name, age = SPANS[self._span]
        self._news = news = await self._ask(age)
        table = self.query_one(Table)
        box = self.query_one(".dialog")
        if news is None:
            table.empty = "Nothing is kept yet: what changes from now on will be here."
            table.show(())
            return
        since = f"{news.since.taken_at.astimezone():%a %Y-%m-%d %H:%M}"
        begins = "" if news.reaches_back else ", where the history begins"
        table.empty = f"Nothing has changed since {since}{begins}."
        table.show(news.changes)
        box.border_title = f"What changed in {name}"
        box.border_subtitle = f"{pluralize(len(news.changes), 'change')} since {since}{begins}"

    def report(self) -> Report | None:
        """Return the changes in the table, as they are sorted."""
        if self._news is None:
            return None
        changes = self.query_one(Table).rows
        return changes_report(self.instance, changes, self._news.since, self._news.until)

    def copies(self) -> list[Copy]:
        """Return what can be copied of the change under the cursor and of all of them."""
        table: Table[Change] = self.query_one(Table)
        if (change := table.current) is None or (report := self.report()) is None:
            return []
        whole = copies_of(report, lambda: [each.text for each in table.rows])
        return [copy_of_line("the change", change.text), *whole]

    def action_span(self) -> None:
        """Look over another length of time."""
        self._span = (self._span + 1) % len(SPANS)
        self.load()

    def action_user(self) -> None:
        """Show the groups of the user under the cursor."""
        change = self.query_one(Table).current
        if change is not None and change.user_id is not None:
            self.show_user(self.directory.user(change.user_id))

    @on(Table.Selected)
    def _selected(self, event: Table.Selected[Change]) -> None:
        event.stop()
        change = event.row
        group = None if change.group_id is None else self.directory.group(change.group_id)
        if group is not None:
            self.dismiss(Found(group.id))
        else:
            self.action_user()


def _identity(change: Change) -> tuple[ChangeKind, int | None, int | None]:
    return change.kind, change.group_id, change.user_id


def _who(change: Change) -> str:
    if change.before is not None:
        now = f" → {change.user}" if change.kind is ChangeKind.USER_RENAMED else ""
        return f"{change.before}{now}" if now else f"was {change.before}"
    return "" if change.user_id is None else change.user_label


COLUMNS: tuple[Column[Change], ...] = (
    Column("what", "What", lambda change: WORDS[change.kind], width=9),
    Column("group", "Group", lambda change: change.group or "", min_width=12),
    Column("who", "Who", _who, min_width=12),
    Column(
        "seen",
        "Seen",
        lambda change: "" if change.seen is None else f"{change.seen.astimezone():%a %m-%d %H:%M}",
        sort_key=lambda change: 0.0 if change.seen is None else change.seen.timestamp(),
        width=15,
        priority=1,
    ),
)
