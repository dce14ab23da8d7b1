"""Match texts to users: the engine of every look-up of users, by commands and by pasted lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import AmbiguousMatch, NoMatch
from .directory import Directory
from .models import User
from .search import is_id

Status = Literal["matched", "ambiguous", "unmatched"]

_SEPARATOR = re.compile(r"[;\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
"""What separates users in any case; a comma may also be a part of a name."""

_BULLET = re.compile(r"^(?:[-*•–]|[0-9]{1,4}[.)])\s+")
"""The start of a line in a list, such as `- ` or `12. `."""


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


def split_list(text: str) -> Iterator[str]:
    """Yield the entries of a list, at a comma only after an address: `Lovelace, Ada` is one name."""
    for part in _SEPARATOR.split(text):
        entry = ""
        for piece in _BULLET.sub("", part.strip()).split(","):
            entry += f", {piece.strip()}" if entry else piece.strip()
            if "@" in piece:
                yield entry
                entry = ""
        if entry := entry.strip(", "):
            yield entry


def match_entry(directory: Directory, entry: str, chosen: Mapping[str, int]) -> list[UserMatch]:
    """Return what an entry of a list means: one user, or several if it consists of complete names.

    Args:
        directory: The users.
        entry: A text of `split_list`.
        chosen: The users who were chosen for entries that several users match, or none.
    """
    if entry in chosen:
        return [UserMatch(entry, directory.user(chosen[entry]))]
    match = match_user(directory, entry)
    if match.status == "unmatched" and "," in entry:
        parts = [match_user(directory, part.strip(), exact=True) for part in entry.split(",") if part.strip()]
        if all(part.user is not None for part in parts):
            return parts
    return [match]
