"""What is known about a user, in words: for the columns of lists and for their filters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..directory.changes import Change, ChangeKind, RecentChanges
from ..directory.models import User, UserProfile
from ..text import fold
from ..times import recent_day

ATTENTION = ("inactive", "no 2FA")
"""The states that an admin may want to act on."""

NAME_UNKNOWN = "name unknown"
"""The state of a user whom no response named."""


def state_words(user: User, profile: UserProfile | None) -> list[str]:
    """Return the states of a user that are worth knowing; what was not sent is in none of them."""
    words: dict[str, bool | None] = {NAME_UNKNOWN: user.name is None}
    if profile is not None:
        words |= {
            "anonymised": profile.anonymised,
            "inactive": profile.active is False and not profile.anonymised,
            "API": profile.api_user,
            "no 2FA": profile.two_factor is False and profile.is_active_person,
        }
    return [word for word, applies in words.items() if applies]


def change_words(change: Change, recent: RecentChanges, *, short: bool = False) -> str:
    """Return when a user joined or left a group, as `+ joined Thu` or `− left 11-03`; in short as `+ Thu`."""
    what = "+ joined" if change.kind is ChangeKind.JOINED else "− left"
    what = what[0] if short else what
    return what if change.seen is None else f"{what} {recent_day(change.seen, recent.now)}"


def change_summary(changes: Iterable[Change], recent: RecentChanges) -> str:
    """Return how many joined and left, as `1 joined, 1 left since Thu`; empty if nobody."""
    counts = {"joined": 0, "left": 0} | Counter(change.kind.value for change in changes)
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    return f"{', '.join(parts)} since {recent_day(recent.since, recent.now)}" if parts else ""


def change_counts(changes: Iterable[Change]) -> str:
    """Return how many joined and left, as `+1 −2`; empty if nobody."""
    counts = Counter(change.kind for change in changes)
    joined, left = counts[ChangeKind.JOINED], counts[ChangeKind.LEFT]
    return " ".join(filter(None, (f"+{joined:,}" if joined else "", f"−{left:,}" if left else "")))


def state_style(words: Iterable[str], change: Change | None) -> str:
    """Return the style of states and of a change in one cell: the one that matters most."""
    if change is not None and change.kind is ChangeKind.LEFT:
        return "left"
    if any(word in ATTENTION for word in words):
        return "attention"
    return "muted" if change is None else "joined"


# Filters

PROFILE_TERMS: dict[str, Callable[[UserProfile], bool | None]] = {
    "active": lambda profile: profile.active,
    "inactive": lambda profile: None if profile.active is None else not profile.active,
    "anonymised": lambda profile: profile.anonymised,
    "api": lambda profile: profile.api_user,
    "2fa": lambda profile: profile.two_factor if profile.is_active_person else None,
}
"""The words of a filter that need the details of users; the result is None if it is not known."""

NAME_TERM = "unknown"
"""The word of a filter for users whose name is unknown."""

CHANGE_TERMS = {"joined": ChangeKind.JOINED, "left": ChangeKind.LEFT}
"""The words of a filter about recent changes."""

TERMS = (*PROFILE_TERMS, *CHANGE_TERMS, NAME_TERM)

MIN_PREFIX_CHARS = 4
"""The letters of a term that are enough for it."""

NO_2FA = re.compile(r"(?<!\S)(!?)no\s*2fa(?!\S)", re.IGNORECASE)
"""The state as lists show it; in a filter it is `!2fa`."""

UNKNOWN_NAME = re.compile(r"name\s+unknown", re.IGNORECASE)
"""The state as lists show it; in a filter it is `unknown`."""

NOT_ACTIVE = {("active", False), ("anonymised", True), ("api", True)}
"""The terms of users of whom two-factor is not shown."""


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """The text of a filter of members: states, and parts of names."""

    names: str
    """What names, ids or e-mail addresses contain."""
    excluded: tuple[str, ...]
    """What names do not contain."""
    terms: tuple[tuple[str, bool], ...]
    """Words for states and changes, each with whether it is to apply."""

    @classmethod
    def parse(cls, text: str) -> MemberFilter:
        """Return the filter of a text such as `inactive gra !robot`."""
        names, excluded, terms = list[str](), list[str](), list[tuple[str, bool]]()
        text = UNKNOWN_NAME.sub(NAME_TERM, NO_2FA.sub(lambda no: "2fa" if no[1] else "!2fa", text))
        for word in text.split():
            wanted = fold(word.removeprefix("!"))
            if (term := _term(wanted)) is not None:
                terms.append((term, word[0] != "!"))
            elif word[0] != "!":
                names.append(word)
            elif wanted:
                excluded.append(wanted)
        return cls(" ".join(names), tuple(excluded), tuple(terms))

    @property
    def needs_profiles(self) -> bool:
        """Whether the details of users are needed."""
        return "@" in self.names or any(term in PROFILE_TERMS for term, _ in self.terms)

    @property
    def contradiction(self) -> str:
        """Why no user can match the states, as a part of a sentence; empty if one can."""
        terms = {
            ("active", not wanted) if term == "inactive" else (term, wanted) for term, wanted in self.terms
        }
        for wanted, words in ((False, "no 2FA"), (True, "2FA")):
            if ("2fa", wanted) in terms and terms & NOT_ACTIVE:
                return f"{words} is only shown for active users"
        if {("joined", True), ("left", True)} <= terms or any(
            (term, not wanted) in terms for term, wanted in terms
        ):
            return "these words exclude each other"
        return ""

    def matches(self, user: User, profile: UserProfile | None, change: Change | None) -> bool:
        """Return whether the states apply to a user."""
        for term, wanted in self.terms:
            if term == NAME_TERM:
                applies = user.name is None
            elif term in CHANGE_TERMS:
                applies = change is not None and change.kind is CHANGE_TERMS[term]
            elif profile is None or (known := PROFILE_TERMS[term](profile)) is None:
                return False
            else:
                applies = known
            if applies is not wanted:
                return False
        return True


def _term(word: str) -> str | None:
    """Return the term that a folded word is, or that it abbreviates."""
    is_prefix = len(word) >= MIN_PREFIX_CHARS
    return next((term for term in TERMS if term == word or (is_prefix and term.startswith(word))), None)
