"""A dialog that looks over the whole site, and leads to the groups and people it speaks of."""

from typing import NamedTuple

from textual import work

from ..directory import Member
from .taking_dialog import TakingDialog


class Found(NamedTuple):
    """Where a person wants to go from here."""

    group_id: int
    member_id: int | None = None
    """The member to go to in that group."""


class OverviewDialog(TakingDialog[Found]):
    """Gives the group to go to. People are shown above it: escape leads back to the row they are on."""

    @work(name="groups of a person", group="dialog", exclusive=True)
    async def show_person(self, person: Member) -> None:
        """Show the groups of a person; who goes on to one of them leaves this dialog, too."""
        from .person import PersonDialog

        chosen = await self.app.push_screen_wait(PersonDialog(self.directory, self.instance, person))
        if chosen is not None:
            self.dismiss(Found(chosen, person.id))
