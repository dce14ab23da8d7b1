"""What screens say to the app, where it concerns more than one of them."""

from textual.message import Message

from .settings import PageSize


class ChooseSite(Message):
    """The person wants to go to another site, to sign in to one, or to sign out."""


class SignInAgain(Message):
    """The site no longer takes the token, or takes it only for a part: another one is needed."""


class SignOut(Message):
    """The person wants to leave this site and have its token deleted."""


class PageSizeChosen(Message):
    """The person wants pages of another size from now on."""

    def __init__(self, per_page: PageSize) -> None:
        super().__init__()
        self.per_page = per_page
