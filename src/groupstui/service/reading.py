"""Turns the JSON of an answer into what the directory keeps. Run in a thread of its own.

Everything here raises `NotUnderstood` where an answer has another shape, or is no JSON.
"""

from ..api import models
from ..directory import Group, Member, Profile
from ..directory.records import compact
from .crawl import Page

Names = dict[int, str]
"""Users by id."""


def user(body: bytes) -> Member:
    """Read whose token it is."""
    # Testmo's own client reads it flat; under `result`, as everything else is, it would be no surprise.
    found = models.PERSON.read(bytes(models.USER_ANSWER.read(body).result) or body)
    return Member(found.id, found.name)


def page(body: bytes) -> tuple[Page, Names]:
    """Read a page of groups, and the names of their members."""
    answer = models.GROUP_PAGE.read(body)
    found = Page(
        groups=tuple(map(_group, answer.groups)),
        page=answer.page,
        next_page=answer.next_page,
        last_page=answer.last_page,
        total=answer.total,
    )
    return found, models.expanded_users(answer.expands)


def group(body: bytes) -> tuple[Group, Names]:
    """Read one group, and the names of its members."""
    answer = models.GROUP_ANSWER.read(body)
    return _group(answer.result), models.expanded_users(answer.expands)


def users(body: bytes) -> tuple[list[Profile], int]:
    """Read a page of people, and how many pages there are."""
    answer = models.USER_PAGE.read(body)
    profiles = [
        Profile(
            user.id,
            user.name,
            email=models.optional_text(user.email),
            two_factor=models.flag(user.tfa_enabled),
            active=models.flag(user.is_active),
            anonymised=models.flag(user.is_forgotten),
            api_user=models.flag(user.is_api),
        )
        for user in answer.result
    ]
    return profiles, answer.last_page or 1


def _group(group: models.Group) -> Group:
    return Group(
        group.id,
        group.name,
        compact(tuple(dict.fromkeys(group.members or ()))),
        created_at=models.timestamp(group.created_at),
        created_by=models.optional_id(group.created_by),
        updated_at=models.timestamp(group.updated_at),
        updated_by=models.optional_id(group.updated_by),
    )
