"""Look up groups, members and users."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TypeVar

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.search import MAX_CANDIDATES, SearchIndex, is_id
from ..directory.user_list import match_entry, split_list
from ..directory.user_match import UserMatch, match_user
from ..errors import (
    AmbiguousMatch,
    GroupstuiError,
    MatchError,
    NoMatch,
    UnknownAnswer,
    UsageError,
    quoted,
    shown_path,
)
from ..exit_codes import ExitCode
from ..output.records import (
    GROUP_FIELDS,
    MEMBER_FIELDS,
    PROFILE_FIELDS,
    Record,
    as_of,
    group_records,
    member_records,
    profile_record,
    site_report,
    user_groups_record,
    user_record,
)
from ..text import pluralize, sanitize
from ..times import utc_minute
from .context import Context, Reading
from .instances import Part, answer_all, with_instance
from .output import answer, check_columns, names_any

T = TypeVar("T", Group, User)

NAMELESS = "the instance sent groups without a name"

QUOTE_NAMES = "Quote a name that contains spaces."

WHO_FIELDS = ("user_id", "user", *GROUP_FIELDS, *PROFILE_FIELDS)
CHECK_FIELDS = ("id", "name", "member")
LOOKUP_FIELDS = ("text", "id", "name", "groups", "status", "group_ids")
LONG_LOOKUP_FIELDS = ("text", "status", "id", "name", "group_id", "group")

MAX_SUGGESTING_LINES = 20
"""Lines of `lookup` for which similar names are searched, which takes time."""

MAX_LOOKUP_BYTES = 20_000_000
"""Bytes that `lookup` reads: hundreds of thousands of users, but not an endless device."""

NOT_UTF8 = "Save it as UTF-8, or convert it, for example with iconv -f UTF-16 -t UTF-8."


async def groups(context: Context) -> ExitCode:
    """List all groups, or those that match a text."""
    check_columns(context, GROUP_FIELDS)
    directory = (await context.read()).directory
    found: Sequence[Group] = directory.groups
    text = " ".join(context.options.search)
    if text:
        found = directory.group_index.search(text)
    records = group_records(directory, found)
    report = site_report(directory, context.instance.origin, "groups", GROUP_FIELDS, records)
    if found or not text:
        return answer(context, report)
    nameless = has_nameless_groups(directory)
    code = answer(context, report, ExitCode.UNKNOWN if nameless else ExitCode.NOT_FOUND)
    if nameless:
        context.warn(NAMELESS, always=True)
    context.warn(_not_found("group", text, directory.group_index.similar(text)))
    return code


async def members(context: Context) -> ExitCode:
    """List the members of one or more groups."""
    options = context.options
    check_columns(context, MEMBER_FIELDS)
    with_profiles = names_any(options, PROFILE_FIELDS)
    directory = (await context.read(users=with_profiles)).directory
    found = list({group.id: group for group in find_groups(context, directory, options.groups)}.values())
    several = len(options.groups) > 1 or names_any(options, MEMBER_FIELDS[:2])
    fields = MEMBER_FIELDS[0 if several else 2 : None if with_profiles else -len(PROFILE_FIELDS)]
    records = [
        record for group in found for record in member_records(directory, group, directory.members(group))
    ]
    about = _about("group", found, several=several)
    report = site_report(directory, context.instance.origin, "members", fields, records, about)
    code = answer(context, report, _code_of_profiles(directory, with_profiles))
    for group in found:
        context.warn(f"{identified(group)} has {pluralize(len(group.members), 'member')}")
    return code


async def who(context: Context) -> ExitCode:
    """List the groups of one or more users."""
    check_columns(context, with_instance(context, WHO_FIELDS))
    if context.options.all_instances:
        return await answer_all(context, _groups_of_users)
    part = await _groups_of_users(context)
    code = answer(context, part.report, part.code)
    for note in part.notes:
        context.warn(note)
    return code


async def _groups_of_users(context: Context) -> Part:
    options = context.options
    with_profiles = names_any(options, PROFILE_FIELDS)
    reading = await context.read(users=with_profiles, match=options.users)
    directory = reading.directory
    found, unmatched = _known_users(context, reading)
    several = options.all_instances or len(options.users) > 1 or names_any(options, WHO_FIELDS[:2])
    fields = WHO_FIELDS[0 if several else 2 : None if with_profiles else -len(PROFILE_FIELDS)]
    records, messages = list[Record](), list[str]()
    for user in found:
        groups = directory.groups_of(user.id)
        about_user: Record = {"user_id": user.id, "user": user.name}
        if with_profiles:
            about_user |= profile_record(directory, user)
        records += [{**about_user, **record} for record in group_records(directory, groups)]
        count = pluralize(len(groups), "group") if groups else "no group"
        messages.append(f"{identified(user)} is in {count}")
    about = {"users_complete": directory.users_complete, **_about("user", found, several=several)}
    report = site_report(directory, context.instance.origin, "groups", fields, records, about)
    return Part(report, _code_of_profiles(directory, with_profiles), unmatched=unmatched, notes=messages)


def _known_users(context: Context, reading: Reading) -> tuple[list[User], list[str]]:
    """Return the users, and the texts that match none: only with several instances, that is no error."""
    if not context.options.all_instances:
        return list(dict.fromkeys(find_users(context, reading, context.options.users))), []
    found, unmatched = list[User](), list[str]()
    for text in context.options.users:
        try:
            found += find_users(context, reading, [text])
        except NoMatch as error:
            unmatched.append(f"user {quoted(text)}")
            context.warn(error.full)
    return list(dict.fromkeys(found)), unmatched


async def check(context: Context) -> ExitCode:
    """Check whether a user is a member of all given groups; the exit code is the answer.

    With several instances, the user must be a member in each of them, and each has a row for every group.
    """
    options = context.options
    check_columns(context, with_instance(context, CHECK_FIELDS))
    silent = options.quiet and not (options.format or context.is_json)  # the exit code is the answer
    if options.all_instances:
        return await answer_all(context, _membership, silent=silent)
    part = await _membership(context)
    if silent:
        context.certain = part.certain
        return part.code
    return answer(context, part.report, part.code, certain=part.certain)


async def _membership(context: Context) -> Part:
    options = context.options
    reading = await context.read(match=[options.user])
    if options.all_instances:
        return _membership_or_unknown(context, reading)
    (user,) = find_users(context, reading, [options.user])
    groups = find_groups(context, reading.directory, options.groups)
    records = [_membership_record(user, group, group.name) for group in groups]
    return _membership_part(context, reading.directory, user, records)


def _membership_or_unknown(context: Context, reading: Reading) -> Part:
    """Return the answer of one of several instances, in which the user or a group may not exist."""
    options = context.options
    user = _outcome(partial(find_users, context, reading), options.user)
    groups = {
        text: _outcome(partial(find_groups, context, reading.directory), text) for text in options.groups
    }
    records = [_membership_record(user, group, text) for text, group in groups.items()]
    part = _membership_part(context, reading.directory, user, records)
    outcomes: dict[str, User | Group | GroupstuiError] = {f"user {quoted(options.user)}": user}
    outcomes |= {f"group {quoted(text)}": group for text, group in groups.items()}
    unmatched = {name: error for name, error in outcomes.items() if isinstance(error, NoMatch)}
    for error in unmatched.values():
        context.warn(error.full)
    errors = [each for each in outcomes.values() if isinstance(each, GroupstuiError)]
    unknown = errors[0] if part.code is ExitCode.UNKNOWN else None
    return replace(part, unmatched=list(unmatched), unknown=unknown)


def _outcome(find: Callable[[Sequence[str]], list[T]], text: str) -> T | GroupstuiError:
    """Return what a text identifies, or why that is not known."""
    try:
        (found,) = find([text])
    except (MatchError, UnknownAnswer) as error:
        return error
    return found


def _membership_record(user: User | GroupstuiError, group: Group | GroupstuiError, text: str) -> Record:
    """Return whether a user is a member: not if one of both does not exist, and None if one is unknown."""
    member = None
    if isinstance(user, NoMatch) or isinstance(group, NoMatch):
        member = False
    elif isinstance(user, User) and isinstance(group, Group):
        member = user.id in group.members
    found = group if isinstance(group, Group) else None
    return {"id": found.id if found else None, "name": found.name if found else text, "member": member}


def _membership_part(
    context: Context, directory: Directory, user: User | GroupstuiError, records: Sequence[Record]
) -> Part:
    answers = [record["member"] for record in records]
    is_member = False if False in answers else None if None in answers else True
    about: Record = {"users_complete": directory.users_complete, "user": None, "member": is_member}
    if isinstance(user, User):
        about["user"] = user_record(user)
        context.warn(f"{identified(user)}, as of {utc_minute(as_of(directory))}")
    report = site_report(directory, context.instance.origin, "groups", CHECK_FIELDS, records, about)
    code = {True: ExitCode.OK, False: ExitCode.FALSE, None: ExitCode.UNKNOWN}[is_member]
    # If groups are missing, only an id is certain to be that of the right group.
    return Part(report, code, certain=bool(is_member) and all(map(is_id, context.options.groups)))


async def lookup(context: Context) -> ExitCode:
    """List the groups of many users, and the lines that match no user or several."""
    options = context.options
    if options.file == "-" and options.token_stdin:
        raise UsageError(
            "stdin cannot contain both users and the token", hint="Name a file, or use --token-file."
        )
    fields = LONG_LOOKUP_FIELDS if options.long else LOOKUP_FIELDS
    check_columns(context, fields)
    entries = _read_entries(context, options.file)
    reading = await context.read(match=entries)
    directory = reading.directory
    records, messages = list[Record](), list[str]()
    for found in _matches_of(context, reading, entries):
        if found.user is not None:
            details = _memberships(directory, found.user, long=options.long)
        elif isinstance(found.error, AmbiguousMatch):
            details = [{"status": "ambiguous", "candidates": list(map(user_record, found.error.candidates))}]
            messages.append(with_candidates(found.error))
        else:
            details = [{"status": "unmatched"}]
            suggest = len(messages) < MAX_SUGGESTING_LINES
            index = _matched_to(reading, found.searched).user_index
            messages.append(_not_found("user", found.text, index.similar(found.searched) if suggest else ()))
        records += [
            {**dict.fromkeys(fields), "text": found.text, "status": "matched", **each} for each in details
        ]
    about: Record = {"users_complete": directory.users_complete and not context.doubt}
    if context.format == "json" and options.json is None:
        # The object has a place of its own for the lines that do not match.
        about["unmatched"] = [record["text"] for record in records if record["status"] == "unmatched"]
        about["ambiguous"] = [
            {"text": record["text"], "candidates": record["candidates"]}
            for record in records
            if record["status"] == "ambiguous"
        ]
        records = [record for record in records if record["status"] == "matched"]
    kind = "memberships" if options.long else "users"
    report = site_report(directory, context.instance.origin, kind, fields, records, about)
    code = answer(context, report, ExitCode.NOT_FOUND if messages else ExitCode.OK)
    for message in messages:
        context.warn(message)
    return code


def _matches_of(context: Context, reading: Reading, entries: Sequence[str]) -> list[UserMatch]:
    """Return what the entries of a list mean; report how many of the same text were merged."""

    def match(text: str, *, exact: bool) -> UserMatch:
        exact = exact or context.options.exact
        return match_user(_matched_to(reading, text), text, exact=exact)

    found = [each for entry in entries for each in match_entry(entry, match)]
    matches = list({each.text: each for each in found}.values())
    for each in matches:
        _note_doubt(context, reading, each)
    if repeated := len(found) - len(matches):
        context.warn(f"{pluralize(repeated, 'repeated line')} merged")
    return matches


def _memberships(directory: Directory, user: User, *, long: bool) -> list[Record]:
    """Return the details of a matched user: one record, or one for each group."""
    groups = directory.indexed_groups_of(user.id)
    if not long:
        return [{**user_record(user), **user_groups_record(groups)}]
    of_groups = [{"group_id": group.id, "group": group.name} for group in groups]
    return [{**user_record(user), **of_group} for of_group in of_groups or [{}]]


# Matching


def find_groups(context: Context, directory: Directory, texts: Sequence[str]) -> list[Group]:
    """Return the groups with these names or ids.

    Raises:
        NoMatch: If there is none; the message suggests similar names.
        AmbiguousMatch: If there are several; the message lists them.
        UnknownAnswer: If there is none, but the instance did not send the names of all groups.
    """
    index, exact = directory.group_index, context.options.exact
    try:
        return _find(index, texts, lambda text: index.resolve(text, exact=exact))
    except NoMatch as error:
        if has_nameless_groups(directory) and not context.incomplete:
            raise UnknownAnswer(f"{error}; {NAMELESS}", error.hint) from None
        raise


def find_users(context: Context, reading: Reading, texts: Sequence[str]) -> list[User]:
    """Return the users with these names, ids or e-mail addresses.

    Raises:
        NoMatch: If there is none; the message suggests similar names.
        AmbiguousMatch: If there are several; the message lists them.
        UnknownAnswer: The same, if the match depends on users or addresses that were not read.
    """
    try:
        index = reading.directory.user_index
        return _find(index, texts, lambda text: _resolve_user(context, reading, text))
    except MatchError as error:
        if context.doubt and not context.incomplete:
            raise UnknownAnswer(f"{error}; {context.doubt}", error.hint) from None
        raise


def _find(index: SearchIndex[T], texts: Sequence[str], resolve: Callable[[str], T]) -> list[T]:
    found = []
    for text in texts:
        try:
            found.append(resolve(text))
        except AmbiguousMatch as error:
            hint = _quotation_hint(index, texts)
            raise AmbiguousMatch(with_candidates(error), error.candidates, hint) from None
        except NoMatch as error:
            similar = index.similar(text)
            hint = f"{_did_you_mean(similar)} {_quotation_hint(index, texts)}".strip()
            raise NoMatch(str(error), similar, hint) from None
    return found


def _quotation_hint(index: SearchIndex[T], texts: Sequence[str]) -> str:
    """Return the hint to quote names, if two of the texts are parts of one name."""
    is_one_name = any(index.search(f"{text} {following}", 1) for text, following in pairwise(texts))
    return QUOTE_NAMES if is_one_name else ""


def _resolve_user(context: Context, reading: Reading, text: str) -> User:
    """Return the user with a name, id or address; note in the context if users who were not read matter.

    If only users of the last day are unknown, a name that matches is taken to be that of a known one.
    """
    found = matched_user(context, reading, text)
    if found.user is None:
        assert found.error is not None
        raise found.error
    return found.user


def matched_user(context: Context, reading: Reading, text: str) -> UserMatch:
    """Match a text to the users; note in the context if users who were not read matter."""
    found = match_user(_matched_to(reading, text), text, exact=context.options.exact)
    _note_doubt(context, reading, found)
    return found


def _note_doubt(context: Context, reading: Reading, found: UserMatch) -> None:
    context.doubt = context.doubt or _doubt(context, reading, found)


def _doubt(context: Context, reading: Reading, found: UserMatch) -> str:
    """Return why another user may be meant; empty if that is certain."""
    if found.unread == "addresses":
        option = "offline" if context.at is None else "at"
        return (
            f"e-mail addresses are not known: {reading.reason or f'snapshots contain none; omit --{option}'}"
        )
    all_read = "@" in found.searched and reading.without_addresses is not None
    if not found.unread or not reading.unread_users or all_read:
        return ""
    certain = "" if is_id(found.searched) else "; an id (#1) gives a certain answer"
    return f"{reading.unread_users} were not considered: {reading.reason}{certain}"


def _matched_to(reading: Reading, text: str) -> Directory:
    """Return the directory whose users are matched to a text."""
    return reading.directory if "@" in text else reading.without_addresses or reading.directory


def has_nameless_groups(directory: Directory) -> bool:
    """Return whether a group may have any name, as the instance sent none."""
    return not all(group.name for group in directory.groups)


def identified(item: Group | User) -> str:
    """Return the name of a group or user with its id, safe to show, or only the id if it has no name."""
    name, id = sanitize(item.label), f"#{item.id}"
    return name if name == id else f"{name} ({id})"


def with_candidates(error: MatchError[T]) -> str:
    """Return the message of an error with a short list of what matches."""
    shown = error.candidates[:MAX_CANDIDATES]
    more = len(error.candidates) - len(shown)
    return f"{error}: {', '.join(map(identified, shown))}" + (f" and {more:,} more" if more else "")


def _not_found(kind: str, text: str, similar: Sequence[Group | User]) -> str:
    return NoMatch(f"no {kind} matches {quoted(text)}", hint=_did_you_mean(similar)).full


def _did_you_mean(similar: Sequence[Group | User]) -> str:
    return f"Did you mean {' or '.join(map(identified, similar))}?" if similar else ""


# Records


def _about(kind: str, found: Sequence[Group | User], *, several: bool) -> Record:
    """Return what was asked for as a field of the JSON object: `user`, or `users` for several."""
    records = [{"id": item.id, "name": item.name} for item in found]
    return {f"{kind}s": records} if several else {kind: records[0]}


def _code_of_profiles(directory: Directory, with_profiles: bool) -> ExitCode:
    """Return the exit code of an answer: details of users that are not available are unknown."""
    return ExitCode.UNKNOWN if with_profiles and not directory.has_profiles else ExitCode.OK


def _read_entries(context: Context, file: str) -> list[str]:
    """Return the users that a file or stdin lists, as they are written there."""
    name = "stdin" if file == "-" else shown_path(file)
    try:
        if file == "-":
            if sys.stdin.isatty():
                context.warn("reading users from the terminal, one per line; ctrl+d ends the list")
            content = sys.stdin.buffer.read(MAX_LOOKUP_BYTES + 1)
        else:
            with open(file, "rb") as stream:
                content = stream.read(MAX_LOOKUP_BYTES + 1)
        if len(content) > MAX_LOOKUP_BYTES:
            raise UsageError(f"cannot read {name}: a list of users has at most {MAX_LOOKUP_BYTES:,} bytes")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # as in UTF-16 without a byte order mark
        raise UsageError(f"cannot read {name}: it is not UTF-8", hint=NOT_UTF8)
    entries = list(split_list(text))
    if not entries:
        context.warn(f"{name} contains no users")
    return entries
