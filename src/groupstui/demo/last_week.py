"""The demo site as it was a week ago, so that there is something to see of what changed."""

from __future__ import annotations

from .site import Site

NEWCOMER = "Onboarding reviewers"
"""A group that was not there yet."""

NAMES_THEN = {2: "Releases", 11: "Pilots"}
"""What some groups were called, by their ids."""

JOINED_SINCE = {1: (5,), 2: (1, 3), 28: (), 43: (1, 2, 4)}
"""Who was not in some groups yet, by the groups' ids."""

GONE_SINCE = {1: (17, 30), 28: (1,), 36: (2,)}
"""Who was in some groups then, but is no longer."""


def week_ago(site: Site) -> Site:
    """Return the site before the edits of the last week; a site without these groups is as it was."""
    past = site.copy()
    for group in site.groups.values():
        if group.name == NEWCOMER:
            past.delete_group(group.id)
    for group_id, name in NAMES_THEN.items():
        if group_id in past.groups:
            past.rename_group(group_id, name)
    for group_id, users in JOINED_SINCE.items():
        for user_id in users:
            if group_id in past.groups and user_id in past.groups[group_id].members:
                past.remove_member(group_id, user_id)
    for group_id, users in GONE_SINCE.items():
        for user_id in users:
            if group_id in past.groups and user_id in past.users:
                past.add_member(group_id, user_id)
    return past
