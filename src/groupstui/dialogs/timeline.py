"""The dialog that shows the timeline of one group or user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.changes import Change, ChangeKind
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..history.timeline import Kind, Timeline
from ..output.records import Report
from ..output.timeline import size_range, size_summary, sparkline, timeline_report
from ..text import pluralize, sanitize
from ..times import local_days, local_minute
from ..widgets.table import Column, Table
from .base import JumpTarget
from .changes import LABELS, STYLES
from .copy import Copy, copy_of_line
from .records import READING_HISTORY, RecordsDialog

MAX_NAME_CHARS = 40
"""Characters of the name in the title."""


class TimelineDialog(RecordsDialog[Change]):
    """Lists who joined and left a group, or the groups that a user joined and left, the last change first."""

    ROW_NOUN = "change"

    def __init__(
        self,
        directory: Directory,
        instance: str,
        item: Group | User,
        timeline_of: Callable[[Kind, int], Awaitable[Timeline | None]],
        now: str = "now",
    ) -> None:
        """Create a dialog.

        Args:
            directory: The groups and users.
            instance: The address of the instance.
            item: The group or user.
            timeline_of: Returns a timeline, or None if there is no history.
            now: The time of the last snapshot, in words.
        """
        of_group = isinstance(item, Group)
        columns = (
            Column("seen", "Seen", _seen, width=16),
            Column(
                "what", "Change", lambda change: LABELS[change.kind], width=10, match="words", style=_style
            ),
            Column("who", "User" if of_group else "Group", self._other, min_width=12, match="words"),
        )
        table: Table[Change] = Table(columns, identity=_identity, sortable=False)
        super().__init__(directory, instance, table)
        self._item = item
        self._timeline_of = timeline_of
        self._now = now
        self._timeline: Timeline | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            # Content, because a plain string would be parsed as markup.
            box.border_title = Content(f"Timeline of {self._item_name} · #{self._item.id}")
            yield Static(id="size", markup=False)
            yield self.list
            yield from self.compose_footer()

    @property
    def _item_name(self) -> str:
        return sanitize(self._item.label, MAX_NAME_CHARS)

    def on_mount(self) -> None:
        super().on_mount()
        self.list.show((), empty=READING_HISTORY)
        self.load()

    @work(name="read timeline", group="timeline", exclusive=True, exit_on_error=False)
    async def load(self) -> None:
        kind: Kind = "group" if isinstance(self._item, Group) else "user"
        timeline = await self._timeline_of(kind, self._item.id)
        if timeline is None or not timeline.snapshots:
            self.list.show((), empty="There is no history yet; changes from now on will be listed here.")
            return
        self._timeline = timeline
        noun = "member" if kind == "group" else "group"
        exists = isinstance(self._item, Group) or self.directory.may_have_user(self._item.id)
        then, _ = local_days(timeline.snapshots[0].taken_at, timeline.snapshots[-1].taken_at)
        size = size_summary(self._item, timeline, then, self._now, exists=exists)
        line = (
            f"{sparkline(timeline)}  {size_range(timeline, noun)}\n{size}"
            if size_range(timeline, noun)
            else size
        )
        self.query_one("#size", Static).update(line)
        self.list.show(timeline.newest_first, empty=f"No changes {self._since}.")

    @property
    def _since(self) -> str:
        if self._timeline is None:
            return ""
        return f"since {local_minute(self._timeline.snapshots[0].taken_at)}, the start of the history"

    def summary(self) -> str:
        if self._timeline is None:
            return ""
        return f"{pluralize(len(self._timeline.changes), 'change')} {self._since}"

    def report(self, rows: Sequence[Change]) -> Report:
        assert self._timeline is not None  # otherwise there are no rows
        return timeline_report(self.instance, self._item, self._timeline, rows)

    def row_copies(self, record: Change) -> list[Copy]:
        return [copy_of_line("the change", self.row_text(record))]

    def row_text(self, record: Change) -> str:
        return f"{_seen(record)}: {record.text}"

    def record_item(self, record: Change) -> Group | User | None:
        """Return the user of a change of a group, or the group of a change of a user."""
        if isinstance(self._item, Group):
            return None if record.user_id is None else User(record.user_id, record.user)
        return None if record.group_id is None else Group(record.group_id, record.group or "")

    def open_record(self, record: Change) -> None:
        """Show the groups of the user of a change, or go to its group."""
        item = self.record_item(record) or self._item
        if isinstance(item, User):
            self.show_user(item)
        else:
            joined = record.kind is ChangeKind.JOINED
            self.go_to(JumpTarget(item.id, record.user_id if joined else None))

    def _other(self, change: Change) -> str:
        """Return the user whom a change of a group is about, or the group of a user; otherwise the old name.

        The new name is that of the title, or the old one of the next change of the name.
        """
        if change.before is not None:
            return f"was {change.label_before}"
        if isinstance(self._item, Group):
            return "" if change.user_id is None else change.user_label
        return change.group_label


def _seen(change: Change) -> str:
    return "" if change.seen is None else local_minute(change.seen)


def _style(change: Change) -> str:
    return STYLES.get(change.kind, "attention")


def _identity(change: Change) -> Hashable:
    return change.seen, change.kind, change.group_id, change.user_id
