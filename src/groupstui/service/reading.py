"""Turns the JSON of an answer into what the directory keeps. Imported and run in a thread of its own.

Everything here raises `InvalidPayload` where an answer has another shape, or is no JSON.
"""

from __future__ import annotations

from typing import Any

from ..directory.directory import Group, User, UserProfile
from ..directory.models import compact
from ..testmo import models
from .crawl import Page

Names = dict[int, str]
"""Users by id."""


def user(body: bytes) -> User:
    """Read whose token it is."""
    found = models.UserAnswer.read(body).user
    return User(found.id, found.name)


def page(body: bytes) -> tuple[Page, Names]:
    """Read a page of groups, and the names of their members."""
    answer = models.GroupPage.read(body)
    found = Page(
        groups=tuple(map(_group, answer.result)),
        page=answer.page,
        next_page=answer.next_page,
        last_page=answer.last_page,
        total=answer.total,
    )
    return found, _names(answer.expands)


def group(body: bytes) -> tuple[Group, Names]:
    """Read one group, and the names of its members."""
    answer = models.GroupAnswer.read(body)
    return _group(answer.result), _names(answer.expands)


def users(body: bytes) -> tuple[list[UserProfile], int]:
    """Read a page of users, and how many pages there are."""
    answer = models.UserPage.read(body)
    profiles = [
        UserProfile(
            user.id,
            user.name,
            email=user.email,
            two_factor=user.tfa_enabled,
            active=user.is_active,
            anonymised=user.is_forgotten,
            api_user=user.is_api,
        )
        for user in answer.result
    ]
    return profiles, answer.last_page or 1


def _names(expands: models.Expands | list[Any] | None) -> Names:
    users = expands.users if isinstance(expands, models.Expands) else None
    return {user["id"]: user["name"] for user in users or ()}


def _group(group: models.Group) -> Group:
    return Group(
        group.id,
        group.name,
        compact(_each_once(group.members or [])),
        created_at=group.created_at,
        created_by=group.created_by,
        updated_at=group.updated_at,
        updated_by=group.updated_by,
    )


def _each_once(ids: list[int]) -> list[int]:
    """Return every id once, in the order in which they came; to find out that none is repeated is quick."""
    return ids if len(set(ids)) == len(ids) else list(dict.fromkeys(ids))
