"""Turns the JSON of an answer into what the directory keeps.

Imported, and run, in a thread of its own: the checking of answers takes longer to load than a site takes to
give its first answer.

Everything here raises pydantic's `ValidationError` where an answer has another shape, or is no JSON.
"""

from ..api.models import CurrentUser, Group, GroupAnswer, GroupPage, Person, UserPage
from ..api.pieces import LARGE, Lists, read_in_pieces
from ..directory import Group as KnownGroup
from ..directory import Profile
from ..directory.records import compact
from .crawl import Page

Names = dict[int, str]
"""Users by id."""


def user(body: bytes) -> CurrentUser:
    """Read whose token it is."""
    return CurrentUser.model_validate_json(body)


def page(body: bytes) -> tuple[Page, Names]:
    """Read a page of groups, and the names of their members."""
    return page_in_pieces(body) if len(body) >= LARGE else page_at_once(body)


def page_at_once(body: bytes) -> tuple[Page, Names]:
    """Read a page of groups in one go; nothing else gets its turn meanwhile."""
    return _page(GroupPage.model_validate_json(body))


def page_in_pieces(body: bytes) -> tuple[Page, Names]:
    """Read a large page of groups so that other threads get their turn."""
    try:
        found = read_in_pieces(body, GROUP_LISTS)
        groups, expands = found.pop("result"), found.pop("expands", None)
        names = dict(expands.pop("users", None) or ()) if expands else {}
        empty, _ = _page(GroupPage.model_validate({**found, "result": (), "expands": expands}))
        return empty._replace(groups=tuple(_known(groups))), names
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return page_at_once(body)  # which says what is wrong, and where


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
    found = Page(
        groups=tuple(map(_group, answer.result)),
        page=answer.page,
        next_page=answer.next_page,
        last_page=answer.last_page,
        total=answer.total,
    )
    return found, _names(answer)


def group(body: bytes) -> tuple[KnownGroup, Names]:
    """Read one group."""
    answer = GroupAnswer.model_validate_json(body)
    return _group(answer.result), _names(answer)


def _names(answer: GroupPage | GroupAnswer) -> Names:
    return {user.id: user.name for user in answer.expands.users}


def users(body: bytes) -> tuple[list[Profile], int]:
    """Read a page of people, and how many pages there are."""
    answer = UserPage.model_validate_json(body)
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
