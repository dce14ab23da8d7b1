"""A dialog that looks over the whole site, and leads to the groups and users it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from textual import work

from ..directory.models import User
from .records_dialog import RecordsDialog


@dataclass(frozen=True, slots=True)
class Found:
    """Where a user wants to go from here."""

    group_id: int
    member_id: int | None = None
    """The member to go to in that group."""


class AnalysisDialog(RecordsDialog[Found]):
    """Gives the group to go to. Users are shown above it: escape leads back to the row they are on."""

    @work(name="groups of a user", group="dialog", exclusive=True)
    async def show_user(self, user: User) -> None:
        """Show the groups of a user; who goes on to one of them leaves this dialog, too."""
        from .user_groups import UserGroupsDialog

        chosen = await self.app.push_screen_wait(UserGroupsDialog(self.directory, self.instance, user))
        if chosen is not None:
            self.dismiss(Found(chosen, user.id))
