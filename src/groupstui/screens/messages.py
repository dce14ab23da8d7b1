"""What screens say to the app, where it concerns more than one of them."""

from __future__ import annotations

from textual.message import Message

from ..settings import PageSize


class ChooseSite(Message):
    """The user wants to go to another site, to sign in to one, or to sign out."""


class SignInAgain(Message):
    """The site no longer takes the token, or takes it only for a part: another one is needed."""


class SignOut(Message):
    """The user wants to leave this site and have its token deleted."""


class PageSizeChosen(Message):
    """The user wants pages of another size from now on."""

    def __init__(self, per_page: PageSize) -> None:
        super().__init__()
        self.per_page = per_page
