"""The demo site as it was a week ago, so that `changes` has something to show."""

from __future__ import annotations

from .site import Site

NEW_GROUP = "Onboarding reviewers"
"""A group created within the week."""

FORMER_NAMES = {2: "Releases", 11: "Pilots"}
"""Names of a week ago, by group id."""

JOINED = {1: (5,), 2: (1, 3), 28: (), 43: (1, 2, 4)}
"""Ids of users who joined within the week, by group id."""

LEFT = {1: (17, 30), 28: (1,), 36: (2,)}
"""Ids of users who left within the week, by group id."""


def week_ago(site: Site) -> Site:
    """Return a copy of the site without the edits of the last week; ids that it lacks are skipped."""
    past = site.copy()
    for group in site.groups.values():
        if group.name == NEW_GROUP:
            past.delete_group(group.id)
    for group_id, name in FORMER_NAMES.items():
        if group_id in past.groups:
            past.rename_group(group_id, name)
    for group_id, users in JOINED.items():
        for user_id in users:
            if group_id in past.groups and user_id in past.groups[group_id].members:
                past.remove_member(group_id, user_id)
    for group_id, users in LEFT.items():
        for user_id in users:
            if group_id in past.groups and user_id in past.users:
                past.add_member(group_id, user_id)
    return past
