"""The number of requests, and retries."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from groupstui.demo.seed import make_site

from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import RunningSite, SiteServer

PAGES = 3
"""Pages of the demo site, with a hundred groups each."""

USER_PAGES = 9
"""Pages of its users."""

LOOKUPS = [["groups"], ["groups", "qa"], ["members", "QA"]]

USER_LOOKUPS = [
    ["who", "ada lovelace"],
    ["check", "ada lovelace", "QA", "Night shift"],
    ["lookup", "-"],
]


@pytest.mark.parametrize("command", LOOKUPS, ids=lambda command: command[0])
def test_lookup_sends_one_request_a_page(cli, demo, command):
    cli(*command)
    assert len(demo.log.paths) == PAGES + 1
    assert all(path.startswith("/api/v1/groups?page=") for path in demo.log.paths)


@pytest.mark.parametrize("command", USER_LOOKUPS, ids=lambda command: command[0])
def test_lookup_of_users_also_sends_one_request_a_page_of_users(cli, demo, command):
    cli(*command, stdin="ada lovelace\ngrace hopper\nalan turing\n")
    paths = [path.partition("?")[0] for path in demo.log.paths]
    assert paths.count("/api/v1/groups") == PAGES + 1
    assert paths.count("/api/v1/users") == USER_PAGES
    assert len(paths) == PAGES + 1 + USER_PAGES


def test_first_pages_of_groups_and_users_are_requested_together(slow_site, cli, environ):
    environ["TESTMO_INSTANCE"] = slow_site.url
    in_flight = list[int]()
    slow_site.log.call_after(2, lambda: in_flight.append(slow_site.log.in_flight))
    cli("who", "ada lovelace")
    first, second = (path.partition("?")[0] for path in slow_site.log.paths[:2])
    assert (first, second, in_flight) == ("/api/v1/groups", "/api/v1/users", [1])


@pytest.mark.parametrize("what", ["groups", "memberships", "matrix"])
def test_export_sends_one_request_a_page(cli, demo, tmp_path, what):
    cli("export", what, "-o", str(tmp_path / "x.csv"))
    assert len(demo.log.paths) == PAGES + 1


def test_export_users_requests_users(cli, demo, tmp_path):
    cli("export", "users", "-o", str(tmp_path / "x.csv"))
    users = [path for path in demo.log.paths if path.startswith("/api/v1/users")]
    assert len(users) == 9
    assert len(demo.log.paths) == PAGES + 1 + len(users)


@pytest.fixture
def slow_site() -> Iterator[RunningSite]:
    """A site of many pages with slow answers, so that requests overlap."""
    app = SiteApp(make_site(groups=1_000), token=TOKEN, latency=0.05)
    with SiteServer(app) as server:
        yield RunningSite(server.url, app.site, app.faults, app.log)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_concurrency_limit(slow_site, cli, environ, most):
    environ["TESTMO_INSTANCE"] = slow_site.url
    assert cli("groups", "--concurrency", str(most)).code == 0
    assert slow_site.log.most_in_flight == most


def test_429_during_crawl_is_retried(cli, demo):
    expected = cli("who", "ada lovelace").out
    demo.log.clear()
    demo.faults.next("429", "429", after=2)
    result = cli("who", "ada lovelace")
    assert (result.code, result.out) == (0, expected)
    assert len(demo.log.paths) <= PAGES + 1 + USER_PAGES + 2


@pytest.mark.parametrize(
    "command", [["who", "ada lovelace"], ["auth", "status"], ["doctor"], ["browse", "--plain"]], ids=" ".join
)
def test_429_is_reported_in_one_line_without_a_terminal(cli, demo, command):
    demo.faults.next("429")
    result = cli(*command)
    assert result.code == 0
    assert result.err.count("rate limited by the instance (429); retrying at ") == 1
    demo.faults.next("429")
    assert "429" not in cli(*command, "-q").err


def test_edits_during_crawl_are_seen_or_incomplete(cli, demo):
    site = demo.site

    def edit() -> None:
        site.delete_group(1)
        site.add_group("Newcomers", [1])
        site.rename_group(2, "Release captains")

    for after in range(1, PAGES + 1):
        demo.log.clear()
        demo.log.call_after(after, edit)
        result = cli("groups", "--format", "json")
        answer = json.loads(result.out)
        names = {group["id"]: group["name"] for group in answer["groups"]}
        truth = {group.id: group.name for group in site.groups.values()}
        assert names == truth or not answer["complete"]
        fresh = make_site()
        site.groups.clear()
        site.groups.update(fresh.groups)
