"""Makes a site from a seed: the same one in every run and on every machine, whatever the date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from random import Random
from typing import TypedDict

from .names import user_names
from .site import Group, Site, User
from .teams import DEPARTED, FRONT, Team, team_names

_START = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_SPAN = (datetime(2026, 9, 30, 18, 0, tzinfo=UTC) - _START) // timedelta(milliseconds=1)
"""Milliseconds from the first thing that happens to the last."""

_LOCALES = (
    ("Europe/Berlin", "d.m.Y", "H:i"),
    ("America/New_York", "m/d/Y", "h:i A"),
    ("Asia/Tokyo", "Y/m/d", "H:i"),
    (None, None, None),
)
_MAKERS = 20
"""How many of the first users have made and changed groups. They all are active and have a name."""

_KINDS = ("user",) * 85 + ("inactive",) * 10 + ("forgotten",) * 3 + ("robot",) * 2
"""What a user may be, as often as it is."""


class _History(TypedDict):
    created_at: str
    created_by: int
    updated_at: str | None
    updated_by: int | None


def make_site(groups: int = 230, users: int = 900, members_max: int = 500, seed: int = 1) -> Site:
    """Make a lively site: team names, users from everywhere, many small groups beside a few large ones.

    Group 1 is QA, user 1 is Ada Lovelace. The first groups hold what is awkward: names that look like markup
    or a formula, nobody, everybody, members who were deleted, a member listed twice.

    Args:
        groups: How many groups.
        users: How many users.
        members_max: The most members of a group; the number of users limits it as well.
        seed: Another seed makes another site of the same kind.
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
        # QA is the group of the first pictures and examples, so its members are the best known users.
        pool = known[: team.size] if position == 0 else known
        site.groups[site.last_group_id] = Group(
            site.last_group_id,
            team.name,
            _members(rng, team, pool, limit),
            **_history(rng, known[:_MAKERS] or [1], position, groups, team.created_at),
        )
    return site


def _teams(rng: Random, groups: int, limit: int) -> Iterator[Team]:
    yield from FRONT[:groups]
    for name in team_names(rng, groups - len(FRONT)):
        # Draws inside one another make many small groups and few large ones, in whole numbers only: a power
        # may differ in its last digit from one machine to the next.
        size = limit
        for _ in range(3):
            size = rng.randint(min(1, size), size)
        yield Team(name, size)


def _members(rng: Random, team: Team, pool: list[int], limit: int) -> tuple[int, ...]:
    size = min(team.size, limit)
    departed = team.departed[:size]
    members = [*rng.sample(pool, size - len(departed)), *departed]
    return tuple(members + members[:1]) if team.repeats else tuple(members)


def _history(
    rng: Random, makers: list[int], position: int, total: int, created_at: str | None = None
) -> _History:
    """Return a record's past: what comes later in the site is made later, and a third is never updated."""
    stretch = _SPAN // total
    created = stretch * position + rng.randrange(stretch)
    history = _History(
        created_at=created_at or _moment(created),
        created_by=rng.choice(makers),
        updated_at=None,
        updated_by=None,
    )
    if created_at is None and rng.randrange(3):
        history["updated_at"] = _moment(rng.randrange(created, _SPAN))
        history["updated_by"] = rng.choice(makers)
    return history


def _moment(offset: int) -> str:
    moment = _START + timedelta(milliseconds=offset)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _user(rng: Random, user_id: int, name: str, position: int, total: int) -> User:
    kind = "user" if position < _MAKERS else rng.choice(_KINDS)
    if kind == "forgotten":
        name = f"Forgotten user {user_id}"
    elif kind == "robot":
        name = f"CI robot {user_id}"
    number = "" if position < _MAKERS else f".{user_id}"
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
        tfa_enabled=rng.randrange(5) < 2,
        is_active=kind in ("user", "robot"),
        is_forgotten=kind == "forgotten",
        is_api=kind == "robot",
        role_id=1 if position == 0 else rng.choice((2, 3, 3, 3, 4)),
        **_history(rng, [1], position, total),
    )


def _ascii(name: str) -> str:
    """Return the part of an email address that a name makes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z]+", plain)) or "user"
