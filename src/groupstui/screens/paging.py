"""Goes from page to page of a site, and back to where one was."""

from __future__ import annotations

from abc import abstractmethod

from textual import work

from ..directory.models import Group, User
from ..service.service import GroupsService
from ..settings import PageSize
from ..widgets.group_list import GroupList
from .messages import PageSizeChosen
from .site import Place, SiteScreen


class PagingScreen(SiteScreen):
    """A screen that shows one page of groups, and remembers the places that its user has left."""

    def __init__(self, service: GroupsService, *, per_page: int = 15, place: Place | None = None) -> None:
        """Make the screen.

        Args:
            service: Where groups come from. Whoever made it closes it.
            per_page: Groups on a page.
            place: Where to begin; at the first page, if not given.
        """
        super().__init__(service, per_page=per_page, place=place)
        self._been: list[Place] = []
        self._rows: dict[int, int] = {}

    @property
    @abstractmethod
    def groups(self) -> GroupList:
        """The list of groups."""

    @property
    @abstractmethod
    def member(self) -> User | None:
        """The member under the cursor, where the members have the keys."""

    # Places

    @property
    def place(self) -> Place | None:
        """Where the user is; None while there is nothing to be at."""
        group = self.groups.table.current
        if group is None or self.listing is None:
            return None
        return Place(self.listing.page, group.id, None if self.member is None else self.member.id)

    def jump_to(self, group_id: int, member_id: int | None = None) -> None:
        """Show a group that was seen, on the page it is on; `back` leads here again."""
        place = self.service.directory.position(group_id)
        if place is None:
            return
        if (here := self.place) is not None and here.group_id != group_id:
            self._been.append(here)
        self.groups.clear_filter()
        self.go_to(place // self.per_page + 1, group_id=group_id, member_id=member_id)

    def go_back(self) -> bool:
        """Go to where the last jump came from; gives whether there was one."""
        if not self._been:
            return False
        place = self._been.pop()
        self.go_to(place.page, group_id=place.group_id, member_id=place.member_id)
        return True

    def remember(self, group: Group) -> None:
        """Note the group under the cursor of the page, to come back to."""
        if self.listing is not None:
            self._rows[self.listing.page] = group.id

    def remembered(self, page: int) -> int | None:
        """Return the group that was under the cursor of a page when it was left."""
        return self._rows.get(page)

    # Pages

    def action_turn(self, where: str) -> None:
        """Turn to the next, previous, first or last page."""
        if (listing := self.listing) is None:
            return
        page = {
            "next": min(listing.page + 1, listing.last_page),
            "previous": max(listing.page - 1, 1),
            "first": 1,
            "last": listing.last_page,
        }[where]
        if page != listing.page:
            self.go_to(page)

    @work(name="go to page", group="dialog", exclusive=True)
    async def action_go_to_page(self) -> None:
        """Ask for a page's number and go there."""
        from ..dialogs.page_number import PageNumberDialog

        if self.listing is not None:
            page = await self.app.push_screen_wait(PageNumberDialog(self.listing.last_page))
            if page is not None:
                self.go_to(page)

    def action_page_size(self, per_page: PageSize) -> None:
        """Show pages of another size; the cursor stays on its group."""
        group = self.groups.table.current
        first = 0 if self.listing is None else self.listing.first
        place = first if group is None else self.service.directory.position(group.id) or first
        self.per_page = per_page
        self._rows.clear()
        self._been.clear()
        self.post_message(PageSizeChosen(per_page))
        self.go_to(place // per_page + 1, group_id=None if group is None else group.id)
