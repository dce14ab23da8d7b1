"""Match texts to users: the engine of every look-up of users, by commands and by pasted lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import AmbiguousMatch, NoMatch
from .directory import Directory
from .models import User
from .search import is_id

Status = Literal["matched", "ambiguous", "unmatched"]


@dataclass(frozen=True, slots=True)
class UserMatch:
    """What a text means among the users."""

    text: str
    user: User | None
    """The user, if there is exactly one."""
    error: AmbiguousMatch[User] | NoMatch[User] | None = None
    """Why there is none."""
    unread: Literal["", "users", "addresses"] = ""
    """What the result depends on if it was not read: all users, or their e-mail addresses."""
    part: str = ""
    """What of the text was matched, if not all of it, such as the address of a row."""

    @property
    def searched(self) -> str:
        """What was matched to the users."""
        return self.part or self.text

    @property
    def status(self) -> Status:
        """Whether the text means one user, several or none."""
        if self.user is not None:
            return "matched"
        return "ambiguous" if isinstance(self.error, AmbiguousMatch) else "unmatched"


def match_user(directory: Directory, text: str, *, exact: bool = False) -> UserMatch:
    """Return the user with a name, id or address.

    An id or an address of a known user is certain, but a name may be that of another user, too, if not all
    users are known. An unknown address depends on the addresses, and everything else on all users.
    """
    is_address = "@" in text
    is_certain = is_address or is_id(text) or directory.users_complete
    unread: Literal["", "users"] = "" if is_certain else "users"
    try:
        return UserMatch(text, directory.user_index.resolve(text, exact=exact), unread=unread)
    except AmbiguousMatch as error:
        return UserMatch(text, None, error, unread)
    except NoMatch as error:
        return UserMatch(
            text, None, error, "users" if directory.has_profiles or not is_address else "addresses"
        )
