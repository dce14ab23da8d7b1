"""Asks for each thing that the API has, and gives it as the directory keeps it.

Imported when the first thing is asked for: HTTP and the checking of answers take longer to load than the
first screen takes to be drawn.
"""

from dataclasses import replace

from ..api.client import Client
from ..api.models import CurrentUser, Group, GroupAnswer, GroupPage, Person, UserPage
from ..api.pieces import Lists, read_in_pieces
from ..directory import Group as KnownGroup
from ..directory import Profile
from ..directory.records import compact
from .crawl import Page

Names = dict[int, str]
"""Users by id."""


class Answers:
    """What one site answers."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def user(self) -> CurrentUser:
        """Ask whose token it is."""
        return await self.client.get("user", CurrentUser, made=lambda user: user)

    async def groups(self, page: int, per_page: int) -> tuple[Page, Names]:
        """Ask for one page of groups and the names of their members."""
        query: dict[str, str | int] = {"page": page, "per_page": per_page, "expands": "users"}
        return await self.client.get("groups", GroupPage, query, made=_page, large=page_in_pieces)

    async def group(self, group_id: int) -> tuple[KnownGroup, Names]:
        """Ask for one group and the names of its members."""
        query: dict[str, str | int] = {"expands": "users"}
        return await self.client.get(f"groups/{group_id}", GroupAnswer, query, made=_group_and_names)

    async def users(self, page: int, per_page: int) -> tuple[list[Profile], int]:
        """Ask for one page of people, and give how many pages there are."""
        query: dict[str, str | int] = {"page": page, "per_page": per_page}
        return await self.client.get("users", UserPage, query, made=_profiles)


def page_in_pieces(body: bytes) -> tuple[Page, Names]:
    """Read a large page of groups so that other threads get their turn.

    Raises:
        ValidationError: If it has another shape, or is no JSON.
    """
    try:
        found = read_in_pieces(body, GROUP_LISTS)
        groups, expands = found.pop("result"), found.pop("expands", None)
        names = dict(expands.pop("users", None) or ()) if expands else {}
        empty, _ = _page(GroupPage.model_validate({**found, "result": (), "expands": expands}))
        return replace(empty, groups=tuple(_known(groups))), names
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return _page(GroupPage.model_validate_json(body))  # which says what is wrong, and where


def _known(groups: object) -> list[KnownGroup]:
    """Let nothing through but what was read in pieces."""
    if isinstance(groups, list):
        return groups
    raise TypeError("no list of groups")


def _group_of(value: object) -> KnownGroup:
    return _group(Group.model_validate(value))


def _name_of(value: object) -> tuple[int, str]:
    user = Person.model_validate(value)
    return user.id, user.name


GROUP_LISTS: Lists = {"result": _group_of, "expands": {"users": _name_of}}


def _page(answer: GroupPage) -> tuple[Page, Names]:
    page = Page(
        groups=tuple(map(_group, answer.result)),
        page=answer.page,
        next_page=answer.next_page,
        last_page=answer.last_page,
        total=answer.total,
    )
    return page, _names(answer)


def _group_and_names(answer: GroupAnswer) -> tuple[KnownGroup, Names]:
    return _group(answer.result), _names(answer)


def _names(answer: GroupPage | GroupAnswer) -> Names:
    return {user.id: user.name for user in answer.expands.users}


def _profiles(answer: UserPage) -> tuple[list[Profile], int]:
    profiles = [
        Profile(
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


def _group(group: Group) -> KnownGroup:
    return KnownGroup(
        group.id,
        group.name,
        compact(group.members),
        created_at=group.created_at,
        created_by=group.created_by,
        updated_at=group.updated_at,
        updated_by=group.updated_by,
    )
