"""The demo site as it was a week ago, so that `changes` has something to show."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from .names import NEWEST
from .site import Group, Site

FORMER_NAMES = {"Release managers": "Releases", "Former pilots": "Pilots"}
"""Names of groups a week ago, by their name of today."""

FORMER_USERS = {12: "Karen Jones"}
"""Names of users a week ago, by id."""

JOINED = {"QA": (5,), "Release managers": (1, 3), "Payments – EMEA": (2, 7, 28)}
"""Ids of users who joined within the week, by the name of the group."""

LEFT = {"QA": (18, 30), "Night shift": (1,), "Launch crew": (2,), "Incident response": (19, 21)}
"""Ids of users who left within the week, by the name of the group."""

DELETED_GROUP = "Summer interns"
DELETED_MEMBERS = (19, 26, 29, 32)


def week_ago(site: Site) -> Site:
    """Return a copy of the site without the edits of the last week; skip groups and users that it lacks."""
    past = site.copy()
    ids = {group.name: group.id for group in site.groups.values()}
    for user_id in FORMER_USERS.keys() & past.users.keys():
        past.rename_user(user_id, FORMER_USERS[user_id])
    for name in JOINED.keys() & ids.keys():
        for user_id in JOINED[name]:
            if user_id in past.groups[ids[name]].members:
                past.remove_member(ids[name], user_id)
    for name in LEFT.keys() & ids.keys():
        for user_id in LEFT[name]:
            if user_id in past.users and user_id not in past.groups[ids[name]].members:
                past.add_member(ids[name], user_id)
    for name in FORMER_NAMES.keys() & ids.keys():
        past.rename_group(ids[name], FORMER_NAMES[name])
    if NEWEST.name in ids:
        past.delete_group(ids[NEWEST.name])
        unused = next(id for id in count(1) if id not in site.groups)
        members = tuple(user_id for user_id in DELETED_MEMBERS if user_id in site.users)
        past.groups[unused] = Group(unused, DELETED_GROUP, members)
        past.groups = dict(sorted(past.groups.items()))
    for group_id in past.groups.keys() & site.groups.keys():  # the edits have set the times of today
        now = site.groups[group_id]
        then = replace(past.groups[group_id], updated_at=now.updated_at, updated_by=now.updated_by)
        past.groups[group_id] = then
    return past
