"""The same question, live and from the snapshot of the same crawl: the same answer in every format."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from groupstui.demo.seed import make_site
from groupstui.output_format import FORMATS

QUESTIONS = [
    ["groups"],
    ["groups", "team"],
    ["groups", "--sort=-updated_at", "--limit", "9"],
    ["members", "QA"],
    ["members", "#3", "#2"],
    ["who", "#1"],
    ["who", "only in users"],
    ["who", "no such user"],
    ["check", "#1", "QA", "#2"],
    ["lookup", "-"],
    ["lookup", "-", "--long"],
    ["compare", "#1", "#2", "#3"],
    ["audit", "empty", "single-member", "identical", "near-identical", "similar-names"],
    *(["export", what, "-o", "-"] for what in ("groups", "memberships", "matrix")),
    ["export", "users", "-o", "-", "--columns", "id,name,groups"],  # snapshots contain no details of users
]

LINES = "ada lovelace\nonly in users\n#2\nnobody\nAda\n"


@pytest.fixture
def site():
    """A small site with users who left, users in no group, and odd times and orders."""
    site = make_site(groups=30, users=60, members_max=20)
    groups = list(site.groups.values())
    site.groups = {group.id: group for group in reversed(groups)}
    site.groups[2] = replace(site.groups[2], created_at="0001-01-01T00:00:00+23:59", updated_at="in a way")
    site.groups[3] = replace(
        site.groups[3], created_at="9999-12-31T23:59:59Z", updated_at="0001-01-01T00:00:00Z"
    )
    site.add_user("Only In Users")
    left = site.add_user("Left Already")
    site.add_group("Team", (1, 2, left.id, site.add_user("").id))
    site.add_user("")
    site.add_group("Team", (2, 3))
    site.delete_user(left.id)
    return site


@pytest.mark.parametrize("format", [None, *FORMATS])
@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_live_and_from_the_snapshot(cli, question, format):
    option = [] if format is None else ["--format", format]
    cli("groups", "-q")  # an older snapshot, without the users
    live = cli(*question, *option, "-q", stdin=LINES)
    for source in (["--max-age", "1h"], ["--offline"]):
        known = cli(*question, *option, *source, "-q", stdin=LINES)
        assert known.out == live.out
        assert known.code == live.code


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_answers_do_not_depend_on_what_else_was_read(cli, question):
    """A snapshot with the users in no group, and e-mail addresses read before, change no other answer."""
    live = cli(*question, "--format", "csv", "-q", stdin=LINES)
    cli("who", "#1", "-q")
    known = cli(*question, "--format", "csv", "--offline", "-q", stdin=LINES)
    assert (known.code, known.out) == (live.code, live.out)


@pytest.mark.parametrize("question", [["who"], ["check"], ["lookup", "-"]], ids=" ".join)
def test_recent_snapshot_is_not_used_without_the_user_of_an_id(cli, site, question):
    user = next(user for user in site.users.values() if user.name == "Only In Users")
    texts = {"who": [f"#{user.id}"], "check": [f"#{user.id}", "QA"]}.get(question[0], [])
    cli("groups", "-q")  # the snapshot
    known = cli(*question, *texts, "--max-age", "1h", "-q", stdin=f"#{user.id}")
    live = cli(*question, *texts, "-q", stdin=f"#{user.id}")
    assert (known.code, known.out) == (live.code, live.out)


def test_user_without_a_name_has_none_in_any_answer(cli, site):
    nameless = [user.id for user in site.users.values() if not user.name]
    for option in ([], ["--offline"]):
        exported = json.loads(cli("export", "users", "-o", "-", "--format", "json", *option).out)
        assert exported["users_complete"]
        assert [user["name"] for user in exported["users"] if user["id"] in nameless] == [None, None]
        for user_id in nameless:
            who = json.loads(cli("who", f"#{user_id}", "--format", "json", *option).out)
            assert who["user"] == {"id": user_id, "name": None}
