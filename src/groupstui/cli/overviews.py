"""Looks over a site: how groups overlap."""

from ..directory.comparing import Comparison, compare
from ..report import Record, Report
from ..text import clean
from .exits import Exit
from .lookups import INCOMPLETE, find_group
from .session import Session, UsageError, as_of
from .show import show


async def compare_groups(session: Session) -> Exit:
    """Tell who is in which of two to six groups, and how the groups stand to each other."""
    options = session.options
    directory = await session.directory()
    groups = [find_group(directory, text) for text in options.groups]
    try:
        found = compare(directory, groups)
    except ValueError as error:
        raise UsageError(str(error)) from None
    names = _heads(found)
    report = Report(
        kind="people",
        fields=("id", "name", *names),
        records=[
            {"id": row.person.id, "name": row.person.name, **dict(zip(names, row.inside, strict=True))}
            for row in found.rows
            if not (options.differ and all(row.inside))
        ],
        instance=session.instance.origin,
        as_of=as_of(directory),
        complete=directory.complete,
        about={
            "groups": [{"id": each.id, "name": each.name, "members": len(each.members)} for each in groups],
            "in_all": found.in_all,
            "pairs": _pairs(found),
        },
    )
    shown = show(session, report)
    for pair in found.pairs:
        session.warn(f"{pair.overlap} %: {pair.text}")
    if shown is not Exit.OK:
        return shown
    if not directory.complete:
        session.warn(INCOMPLETE)
        return Exit.UNCERTAIN
    return Exit.NO if found.differ and options.exit_code else Exit.OK


def _heads(found: Comparison) -> list[str]:
    """Give each column its group's name; with the id where it is shared, or is a field's."""
    names = [clean(group.name) for group in found.groups]
    taken = ["id", "name", *names]
    return [
        name if taken.count(name) == 1 else f"{name} #{group.id}"
        for name, group in zip(names, found.groups, strict=True)
    ]


def _pairs(found: Comparison) -> list[Record]:
    return [
        {
            "first": pair.first.id,
            "second": pair.second.id,
            "only_first": pair.only_first,
            "both": pair.both,
            "only_second": pair.only_second,
            "overlap_percent": pair.overlap,
            "text": pair.text,
        }
        for pair in found.pairs
    ]
