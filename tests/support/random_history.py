"""Random histories: the directories of an instance at several times, as crawls would have read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group

FIRST = datetime(2020, 10, 1, 12, tzinfo=UTC)
"""The time of the first snapshot."""

HOUR = timedelta(hours=1)
"""The time from one snapshot to the next, unless another one is asked for."""

SHORT_STEPS = (timedelta(seconds=20), timedelta(milliseconds=100))
"""Times from one snapshot to the next: several in a minute, and in a second."""

GROUP_IDS = range(1, 6)
USER_IDS = (1, 2, 256, 257, 1 << 24, 1 << 32, (1 << 63) - 1)
"""Some need eight bytes; the bytes of some are also parts of others."""
GROUP_NAMES = ["QA", "QA", "qa", "Ops", "Ops EU", "=1+1", "Straße"]
USER_NAMES = ["Ada", "Ada", "ada b", "Grace Hopper", "Đặng", "José"]


@st.composite
def groups(draw: st.DrawFn, group_id: int, *, sorted_members: bool) -> Group:
    members = draw(st.lists(st.sampled_from(USER_IDS), unique=True, max_size=5))
    return Group(
        group_id,
        draw(st.sampled_from(GROUP_NAMES)),
        tuple(sorted(members) if sorted_members else members),
        created_at=draw(st.sampled_from([None, FIRST - HOUR, "in a way"])),
        created_by=draw(st.sampled_from([None, *USER_IDS])),
    )


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    sorted_members: bool = False,
    max_size: int = 6,
    step: timedelta = HOUR,
    all_users: bool = False,
) -> list[Directory]:
    """Draw complete directories, a step apart; with `all_users`, `/users` was read for some of them.

    From one to the next, most groups and names stay; groups are deleted and created again, several have the
    same name, users are renamed, and the names of some are unknown for a while.
    """
    found: list[Directory] = []
    by_id: dict[int, Group] = {}
    names: dict[int, str] = {}
    for number in range(draw(st.integers(1, max_size))):
        for group_id in draw(st.sets(st.sampled_from(GROUP_IDS), max_size=3)):
            if group_id in by_id and draw(st.booleans()):
                del by_id[group_id]
            else:
                by_id[group_id] = draw(groups(group_id, sorted_members=sorted_members))
        for user_id in draw(st.sets(st.sampled_from(USER_IDS), max_size=3)):
            name = draw(st.sampled_from([None, *USER_NAMES]))
            names = {**names, user_id: name} if name else {k: v for k, v in names.items() if k != user_id}
        order = draw(st.permutations(sorted(by_id))) if draw(st.booleans()) else sorted(by_id)
        crawl = directory([by_id[group_id] for group_id in order], names, FIRST + number * step)
        found.append(crawl.with_all_users(names) if all_users and draw(st.booleans()) else crawl)
    return found


@dataclass(frozen=True)
class Moment:
    """A time, as an option names it, and the directory of that time."""

    when: str
    directory: Directory | None
    """None if the history begins later."""


@st.composite
def moments(draw: st.DrawFn, directories: Sequence[Directory], first: int = 0) -> Moment:
    """Draw a time before, between, at or after snapshots, of which those before the `first` were deleted."""
    if draw(st.booleans()):
        number = draw(st.integers(first, len(directories) - 1))
        return Moment(f"#{number + 1}", directories[number])
    step = directories[1].as_of - FIRST if len(directories) > 1 else HOUR
    halves = draw(st.integers(-1, 2 * len(directories)))
    time = FIRST + halves * step / 2
    known = [each for each in directories[first:] if each.as_of is not None and each.as_of <= time]
    return Moment(time.isoformat(), known[-1] if known else None)


def directory(found: list[Group], names: Mapping[int, str], as_of: datetime) -> Directory:
    """Return the directory of a crawl, with the names of the users whom its groups mention."""
    known = {each for group in found for each in (*group.members, group.created_by)}
    named = {user_id: name for user_id, name in names.items() if user_id in known}
    return crawled_directory(found, named, as_of=as_of)
