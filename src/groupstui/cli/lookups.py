"""The questions that the directory answers: groups, members, who, check, lookup."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..directory import MOST_CANDIDATES, Ambiguous, Directory, Member, NotFoundByName
from ..report import Record
from ..report.records import (
    GROUP_FIELDS,
    PERSON_FIELDS,
    as_of,
    group_records,
    person_record,
    person_report,
    site_report,
)
from ..text import clean, count
from .exits import Exit
from .session import CantTell, Session, UsageError
from .show import show

if TYPE_CHECKING:
    from ..directory import Group


async def groups(session: Session) -> Exit:
    """Tell every group, or those that a part of a name fits."""
    directory = await session.directory()
    found = directory.groups
    if session.options.search:
        found = tuple(directory.group_index.search(session.options.search))
    records = group_records(directory, found)
    return show(session, site_report(directory, session.instance.origin, "groups", GROUP_FIELDS, records))


async def members(session: Session) -> Exit:
    """Tell who is in a group."""
    directory = await session.directory()
    group = find_group(directory, session.options.group)
    people = [person_record(person) for person in directory.members(group)]
    about = {"group": {"id": group.id, "name": group.name}}
    return show(
        session,
        site_report(directory, session.instance.origin, "members", PERSON_FIELDS, people, about),
    )


async def who(session: Session) -> Exit:
    """Tell which groups a person is in."""
    directory = await session.directory(addresses="@" in session.options.person)
    person = find_person(directory, session.options.person)
    found = directory.groups_of(person.id)
    shown = show(session, person_report(directory, session.instance.origin, person, found))
    if not found:
        session.warn(f"{clean(person.label)} is in no group")
    return shown


async def check(session: Session) -> Exit:
    """Tell whether a person is in every one of some groups; by the exit code as well."""
    directory = await session.directory(addresses="@" in session.options.person)
    person = find_person(directory, session.options.person)
    asked = [find_group(directory, text) for text in session.options.groups]
    inside = [person.id in group.members for group in asked]
    records = [
        {"id": group.id, "name": group.name, "member": member}
        for group, member in zip(asked, inside, strict=True)
    ]
    about = {"person": person_record(person), "member": all(inside)}
    fields = ("id", "name", "member")
    report = site_report(directory, session.instance.origin, "groups", fields, records, about)
    if not all(inside) and not directory.complete:
        session.warn(INCOMPLETE)
        show(session, report)
        return Exit.UNCERTAIN
    shown = show(session, report)
    session.warn(f"as of {as_of(directory).astimezone():%Y-%m-%d %H:%M:%S}")
    return (Exit.OK if all(inside) else Exit.NO) if shown is Exit.OK else shown


async def lookup(session: Session) -> Exit:
    """Tell the groups of many people at once, and who could not be told apart."""
    wanted = _lines(session.options.file)
    directory = await session.directory(addresses=any("@" in text for text in wanted))
    records: list[Record] = []
    unmatched: list[str] = []
    ambiguous: list[Record] = []
    for text in wanted:
        try:
            person = directory.person_index.find(text)
        except NotFoundByName:
            unmatched.append(text)
        except Ambiguous as error:
            ambiguous.append({"text": text, "candidates": [person_record(each) for each in error.candidates]})
        else:
            names = [group.name for group in directory.groups_of(person.id)]
            records.append({"text": text, **person_record(person), "groups": names})
    about = {"unmatched": unmatched, "ambiguous": ambiguous}
    fields = ("text", "id", "name", "groups")
    report = site_report(directory, session.instance.origin, "people", fields, records, about)
    shown = show(session, report)
    for text in unmatched:
        session.warn(f"nobody is called “{clean(text)}”")
    for each in ambiguous:
        session.warn(f"“{clean(each['text'])}” may be any of {candidates(each['candidates'])}")
    if shown is not Exit.OK:
        return shown
    if not directory.has_profiles and any("@" in text for text in unmatched):
        session.warn(NO_ADDRESSES)
        return Exit.UNCERTAIN
    return Exit.NOT_FOUND if unmatched or ambiguous else Exit.OK


INCOMPLETE = (
    "the site changed while it was read: this may be incomplete, and a “no” can't be believed; try again"
)


NO_ADDRESSES = "e-mail addresses are not known: the history keeps none, and not every token may read them"


def find_group(directory: Directory, text: str) -> "Group":
    """Give the group that a name or an id means."""
    return directory.group_index.find(text)


def find_person(directory: Directory, text: str) -> Member:
    """Give the person that a name, an id or an e-mail address means.

    Raises:
        CantTell: If it may be an address, and none is known.
    """
    try:
        return directory.person_index.find(text)
    except NotFoundByName as error:
        if "@" in text and not directory.has_profiles:
            raise CantTell(f"{error}, and {NO_ADDRESSES}") from None
        raise


def candidates(people: Iterable[Any]) -> str:
    """Give a short list of who was perhaps meant."""
    listed = [f"{clean(each['name'] or '')} #{each['id']}".strip() for each in people]
    more = (
        f" and {count(len(listed) - MOST_CANDIDATES, 'more', 'more')}"
        if len(listed) > MOST_CANDIDATES
        else ""
    )
    return ", ".join(listed[:MOST_CANDIDATES]) + more


def _lines(file: str) -> list[str]:
    """Give the names in a file, one a line; blank lines and repeats are left out."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise UsageError(f"{file} can't be read: {why}") from None
    names = dict.fromkeys(line.strip() for line in text.splitlines())
    return [name for name in names if name]
