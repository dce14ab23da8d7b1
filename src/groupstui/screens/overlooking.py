"""Looks over a whole site: what changed on it, how groups overlap, what should not be so."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType

from ..directory.models import Group, User
from ..text import pluralize
from ..widgets.notice_bar import Notice
from .commands import bind
from .copy_export import CopyExportScreen
from .paging import PagingScreen

if TYPE_CHECKING:
    from ..dialogs.analysis_dialog import Found

LATELY = timedelta(days=7)
"""How far back the list tells what changed."""


class AnalysisScreen(PagingScreen, CopyExportScreen[None]):
    """A screen from which the whole site can be looked over. Where that leads is its subclass's to say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("space", "mark", "look.mark", "Mark this group, or take its mark away"),
        bind("c", "compare", "look.compare", "Compare the marked groups, two to six"),
        bind("a", "audit", "look.audit", "Audit: what should perhaps not be so"),
        bind("d", "changes", "look.changes", "What changed: who joined, who left, what is new"),
    ]

    @abstractmethod
    def show_user(self, user: User) -> object:
        """Show the groups of a user."""

    def about_to_choose(self) -> None:
        """Have `/users` read, so that an e-mail address can be copied, if not now."""
        self.want_users()

    def follow(self, found: Found | None) -> None:
        """Go where a dialog has led, if anywhere."""
        if found is not None:
            self.jump_to(found.group_id, found.member_id)

    def look_at(self, found: Group | User | None) -> None:
        """Show what was chosen, if anything was."""
        match found:
            case Group():
                self.jump_to(found.id)
            case User():
                self.show_user(found)

    def action_mark(self) -> None:
        """Mark a group, to compare it, and go on to the next."""
        if self.groups.table.has_focus:
            self.groups.toggle_mark()
            self.groups.table.cursor += 1

    def action_unmark(self) -> None:
        """Take every mark away."""
        self.groups.clear_marks()

    @work(name="compare", group="dialog", exclusive=True)
    async def action_compare(self) -> None:
        """Compare the groups that are marked; the one under the cursor is the second, where one is."""
        from ..dialogs.compare import CompareDialog
        from ..directory.compare import MAX_GROUPS, MIN_GROUPS, compare

        directory = self.service.directory
        wanted = dict(self.groups.marks)
        if len(wanted) == 1 and (current := self.groups.table.current) is not None:
            wanted[current.id] = None
        chosen = [group for group in map(directory.group, wanted) if group is not None]
        if not MIN_GROUPS <= len(chosen) <= MAX_GROUPS:
            self.notice = Notice(f"mark two to six groups, not {len(chosen)}", "space marks one.")
            return
        dialog = CompareDialog(compare(directory, chosen), directory, self.service.instance.origin)
        self.follow(await self.app.push_screen_wait(dialog))

    @work(name="audit", group="dialog", exclusive=True)
    async def action_audit(self) -> None:
        """Look for what should perhaps not be so."""
        from ..dialogs.audit import AuditDialog

        dialog = AuditDialog(self.service.directory, self.service.instance.origin, self.want_users)
        self.follow(await self.app.push_screen_wait(dialog))

    @work(name="changes", group="dialog", exclusive=True)
    async def action_changes(self) -> None:
        """Show what changed of late."""
        from ..dialogs.changes import ChangesDialog

        if self.service.history is None:
            self.notice = Notice("no history is kept", "The settings say history = false.")
            return
        dialog = ChangesDialog(
            self.service.directory, self.service.instance.origin, self.service.history.changes_since
        )
        self.follow(await self.app.push_screen_wait(dialog))

    @work(name="what changed", group="news", exclusive=True, exit_on_error=False)
    async def tell_news(self) -> None:
        """Mark the groups that changed of late, and say so where this run has come upon it."""
        from ..directory.changes import per_group

        if self.service.history is None or (news := await self.service.history.changes_since(LATELY)) is None:
            return
        self.groups.show_badges(per_group(news.changes), news.since.taken_at)
        new, self.came_back = self.came_back and news.until.changes, False
        if new and self.notice is None:
            self.notice = Notice(f"{pluralize(new, 'change')} since the last time", "d shows them.")
