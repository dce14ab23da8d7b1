"""The data of the demo site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata

import pytest

from groupstui.demo.last_week import DELETED_GROUP, FORMER_NAMES, FORMER_USERS, JOINED, LEFT, week_ago
from groupstui.demo.names import DIFFICULT, NEWEST
from groupstui.demo.seed import make_site
from groupstui.demo.site import Group, Site, User

STAMP = re.compile(r"202[1-6]-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def by_name(site: Site) -> dict[str, Group]:
    return {group.name: group for group in site.groups.values()}


def test_default_site_has_230_groups_and_900_users(site: Site) -> None:
    assert len(site.groups) == 230
    assert len(site.users) == 900


def test_seed_determines_the_site(site: Site) -> None:
    assert make_site() == site
    assert make_site(seed=2) != site


def test_site_does_not_depend_on_hash_seed() -> None:
    script = "from groupstui.demo.seed import make_site; print(ascii(make_site()))"
    sites = {
        subprocess.check_output([sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    }
    assert len(sites) == 1


def test_ids_increase_with_gaps(site: Site) -> None:
    ids = list(site.groups)
    assert ids == sorted(ids)
    assert ids[-1] > len(ids)
    assert [group.id for group in site.groups.values()] == ids


def test_first_group_is_qa_and_first_user_ada(site: Site) -> None:
    assert site.groups[1].name == "QA"
    assert sorted(site.groups[1].members) == [1, 2, 3, 4, 5]
    assert site.users[1].name == "Ada Lovelace"
    assert site.users[2].name == "Grace Hopper"


def test_first_groups_have_ordinary_names(site: Site) -> None:
    for group in list(site.groups.values())[:50]:
        assert re.fullmatch(r"[\w &–-]{2,40}", group.name)
        assert {unicodedata.bidirectional(letter) for letter in group.name}.isdisjoint({"R", "AL"})


def test_first_groups_have_members_of_all_kinds_with_readable_names(site: Site) -> None:
    small = [group for group in list(site.groups.values())[:15] if len(group.members) < 200]
    users = [site.users[id] for group in small for id in group.members if id in site.users]
    scripts = {unicodedata.name(letter).split()[0] for user in users for letter in user.name}
    assert {"LATIN", "GREEK", "CYRILLIC"} <= scripts
    assert scripts.isdisjoint({"ARABIC", "HEBREW", "THAI", "DEVANAGARI"})
    members = [site.users[id] for id in by_name(site)["Release managers"].members]
    for flag in ("tfa_enabled", "is_active", "is_forgotten", "is_api"):
        assert {getattr(user, flag) for user in members} == {True, False}


def test_site_has_difficult_groups(site: Site) -> None:
    groups = by_name(site)
    assert groups["Contractors 2027"].members == ()
    assert len(set(groups["Everyone"].members)) == 500
    assert len(set(groups["Former pilots"].members) - site.users.keys()) == 3
    assert len(groups["Night shift"].members) == len(set(groups["Night shift"].members)) + 1
    assert groups["team [dev]"].created_at == "2026-07-29 15:52:59.210008"
    assert groups["team [dev]"].updated_at is None
    assert groups.keys() >= {team.name for team in DIFFICULT}
    assert any(name.startswith("=") for name in groups)
    assert any(len(name) > 150 for name in groups)


def test_other_groups_have_distinct_known_members(site: Site) -> None:
    for group in site.groups.values():
        assert len(group.members) == len(set(group.members)) or group.name == "Night shift"
        assert site.users.keys() >= set(group.members) or group.name == "Former pilots"


def test_most_groups_are_small(site: Site) -> None:
    sizes = sorted(len(group.members) for group in site.groups.values())
    assert sizes[len(sizes) // 2] < 50
    assert sizes[-3] > 200
    assert sizes[-1] == 500


def test_updates_follow_creations(site: Site) -> None:
    records: list[Group | User] = [*site.groups.values(), *site.users.values()]
    for record in records:
        assert record.created_at is not None
        if record.updated_at is None:
            assert record.updated_by is None
        else:
            assert STAMP.fullmatch(record.created_at)
            assert STAMP.fullmatch(record.updated_at)
            assert record.created_at <= record.updated_at < "2026-10"
    assert {group.updated_at is None for group in site.groups.values()} == {True, False}


def test_names_use_many_scripts(site: Site) -> None:
    scripts = {unicodedata.name(letter).split()[0] for user in site.users.values() for letter in user.name}
    assert scripts > {
        *("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "HANGUL", "DEVANAGARI", "THAI")
    }


def test_users_have_distinct_emails_and_all_flags(site: Site) -> None:
    users = site.users.values()
    assert len({user.email for user in users}) == len(users)
    assert all(re.fullmatch(r"[a-z.0-9]+@demo\.example", user.email) for user in users)
    for flag in ("tfa_enabled", "is_active", "is_forgotten", "is_api"):
        assert {getattr(user, flag) for user in users} == {True, False}
    assert not any(user.is_active for user in users if user.is_forgotten)


@pytest.mark.parametrize(
    ("groups", "users", "members_max"), [(0, 0, 0), (1, 1, 0), (3, 2, 500), (30, 2, 1), (20_000, 5, 3)]
)
def test_make_site_accepts_any_size(groups: int, users: int, members_max: int) -> None:
    site = make_site(groups, users, members_max)
    assert len(site.groups) == groups
    assert len(site.users) == users
    assert len({group.name for group in site.groups.values()}) == groups
    assert all(len(set(group.members)) <= min(users, members_max) for group in site.groups.values())


def test_groups_can_be_edited(site: Site) -> None:
    last = max(site.groups)
    added = site.add_group("Newcomers", [1, 2])
    assert added == site.groups[last + 1]
    assert site.rename_group(added.id, "Regulars").updated_by == 1
    assert site.groups[added.id].name == "Regulars"
    site.delete_group(added.id)
    assert added.id not in site.groups
    assert site.add_group("Others").id == last + 2


def test_members_can_be_edited(site: Site) -> None:
    before = site.groups[1]
    site.add_member(1, 60)
    site.remove_member(1, 2)
    assert set(site.groups[1].members) == {1, 3, 4, 5, 60}
    assert site.groups[1].updated_at is not None
    assert set(before.members) == {1, 2, 3, 4, 5}


def test_users_can_be_edited(site: Site) -> None:
    added = site.add_user("Joan Clarke")
    assert added.id == max(site.users)
    assert site.rename_user(added.id, "Joan Murray").name == "Joan Murray"
    site.add_member(1, added.id)
    site.delete_user(added.id)
    assert added.id in site.groups[1].members
    assert site.add_user("Mavis Batey").id == added.id + 1


def test_edit_of_unknown_id_raises(site: Site) -> None:
    for edit in (site.delete_group, site.delete_user):
        with pytest.raises(KeyError):
            edit(10**6)
    for change in (site.add_member, site.remove_member):
        with pytest.raises(KeyError):
            change(1, 10**6)


def test_groups_of_returns_group_ids(site: Site) -> None:
    found = site.groups_of([1, 900, 17])
    for user_id, group_ids in found.items():
        assert group_ids == [group.id for group in site.groups.values() if user_id in group.members]


def test_week_ago_has_changes_of_every_kind(site: Site) -> None:
    past = week_ago(site)
    now, then = by_name(site), by_name(past)
    assert now.keys() - then.keys() == {NEWEST.name, *FORMER_NAMES}
    assert then.keys() - now.keys() == {DELETED_GROUP, *FORMER_NAMES.values()}
    for name in JOINED.keys() | LEFT.keys():
        before, after = set(past.groups[now[name].id].members), set(now[name].members)
        assert (after - before, before - after) == (set(JOINED.get(name, ())), set(LEFT.get(name, ())))
    assert {
        id: user.name for id, user in past.users.items() if user.name != site.users[id].name
    } == FORMER_USERS
    assert list(past.groups) == sorted(past.groups)


def test_week_ago_skips_what_a_site_lacks() -> None:
    assert week_ago(Site()) == Site()
    week_ago(make_site(groups=40, users=3))
