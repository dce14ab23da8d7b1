"""Generate a site from a seed: the same on every run, machine and date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, count, islice
from random import Random
from typing import TypedDict

from ..times import utc_iso
from .names import DEPARTED, DIFFICULT, FRONT, NEWEST, READABLE_USERS, Team, team_names, user_names
from .site import Group, Site, User

_START = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_SPAN = (datetime(2026, 9, 30, 18, 0, tzinfo=UTC) - _START) // timedelta(milliseconds=1)
"""Milliseconds from the first timestamp to the last."""

_LOCALES = (
    ("Europe/Berlin", "d.m.Y", "H:i"),
    ("America/New_York", "m/d/Y", "h:i A"),
    ("Asia/Tokyo", "Y/m/d", "H:i"),
    (None, None, None),
)
_EDITORS = 20
"""Number of users, the first ones, who created and updated groups. They are active and have a name."""

_READABLE_GROUPS = 50
"""Number of groups, the first ones, whose members have readable names."""

_FIRST_KINDS = ("user",) * _EDITORS + ("inactive", "robot", "forgotten")
"""Kinds of the first users."""

_USER_KINDS = ("user",) * 85 + ("inactive",) * 10 + ("forgotten",) * 3 + ("robot",) * 2
"""Kinds of the other users, weighted by frequency."""


class _History(TypedDict):
    created_at: str
    created_by: int
    updated_at: str | None
    updated_by: int | None


def make_site(groups: int = 230, users: int = 900, members_max: int = 500, seed: int = 1) -> Site:
    """Generate a site with users from many countries, many small groups and a few large ones.

    Group 1 is QA, user 1 is Ada Lovelace. The first groups have ordinary names; they include one without
    members, one of all users, one with deleted members and one with a member listed twice. The difficult
    names are in the middle, the newest group is the last one.

    Args:
        groups: Number of groups.
        users: Number of users.
        members_max: Largest group, at most the number of users.
        seed: Seed of the random generator.
    """
    rng = Random(seed)
    site = Site(last_user_id=max(DEPARTED))
    user_ids = islice((number for number in count(1) if number not in DEPARTED), users)
    for position, (user_id, name) in enumerate(zip(user_ids, user_names(rng, users), strict=True)):
        site.users[user_id] = _user(rng, user_id, name, position, users)
        site.last_user_id = max(site.last_user_id, user_id)
    known = list(site.users)
    limit = min(members_max, users)
    for position, team in enumerate(_teams(rng, groups, limit)):
        site.last_group_id += 1 if position < 2 else rng.choice((1, 1, 1, 2, 5))
        pool = known[: max(team.size, READABLE_USERS)] if position < _READABLE_GROUPS else known
        site.groups[site.last_group_id] = Group(
            site.last_group_id,
            team.name,
            _members(rng, team, pool, limit),
            **_history(rng, known[:_EDITORS] or [1], position, groups, team.created_at),
        )
    return site


def _teams(rng: Random, groups: int, limit: int) -> Iterator[Team]:
    others = list(_random_teams(rng, groups - len(FRONT) - len(DIFFICULT) - 1, limit))
    middle = len(others) // 2
    yield from islice(chain(FRONT, others[:middle], DIFFICULT, others[middle:], [NEWEST]), groups)


def _random_teams(rng: Random, number: int, limit: int) -> Iterator[Team]:
    for name in team_names(rng, number):
        # Nested draws make many small groups and few large ones. Integers only: the last digit of a float
        # power may differ between machines.
        size = limit
        for _ in range(3):
            size = rng.randint(min(1, size), size)
        yield Team(name, size)


def _members(rng: Random, team: Team, pool: list[int], limit: int) -> tuple[int, ...]:
    size = min(team.size, limit)
    included = [user_id for user_id in team.includes if user_id in pool or user_id in DEPARTED][:size]
    left_out = {*included, *team.excludes}
    others = [user_id for user_id in pool if user_id not in left_out]
    members = [*rng.sample(others, min(size - len(included), len(others))), *included]
    return tuple(members + members[:1]) if team.repeats else tuple(members)


def _history(
    rng: Random, makers: list[int], position: int, total: int, created_at: str | None = None
) -> _History:
    """Return a record's timestamps: creation follows the position, and a third is never updated."""
    stretch = _SPAN // total
    created = stretch * position + rng.randrange(stretch)
    history: _History = {
        "created_at": created_at or _timestamp(created),
        "created_by": rng.choice(makers),
        "updated_at": None,
        "updated_by": None,
    }
    if created_at is None and rng.randrange(3):
        history["updated_at"] = _timestamp(rng.randrange(created, _SPAN))
        history["updated_by"] = rng.choice(makers)
    return history


def _timestamp(offset: int) -> str:
    return utc_iso(_START + timedelta(milliseconds=offset))


def _user(rng: Random, user_id: int, name: str, position: int, total: int) -> User:
    kind = _FIRST_KINDS[position] if position < len(_FIRST_KINDS) else rng.choice(_USER_KINDS)
    if kind == "forgotten":
        name = f"Forgotten user {user_id}"
    elif kind == "robot":
        name = f"CI robot {user_id}"
    number = "" if position < _EDITORS else f".{user_id}"
    timezone, date_format, time_format = rng.choice(_LOCALES)
    return User(
        user_id,
        name,
        f"{_ascii(name)}{number}@demo.example",
        type=rng.choice((1, 1, 1, 2)),
        timezone=timezone,
        date_format=date_format,
        time_format=time_format,
        notifications=rng.choice((1, 2, 3)),
        tfa_enabled=rng.randrange(3) > 0,
        is_active=kind in ("user", "robot"),
        is_forgotten=kind == "forgotten",
        is_api=kind == "robot",
        role_id=1 if position == 0 else rng.choice((2, 3, 3, 3, 4)),
        **_history(rng, [1], position, total),
    )


def _ascii(name: str) -> str:
    """Return the local part of an e-mail address for a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z]+", plain)) or "user"
