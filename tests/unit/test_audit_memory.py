"""What is remembered of audits: accepted findings, and the findings of the last audit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupstui.directory.acceptance import Acceptance, fingerprint
from groupstui.directory.audit import CHECKS, audit
from groupstui.directory.builder import crawled_directory
from groupstui.directory.models import Group, UserProfile
from groupstui.history import History
from groupstui.service.audit_memory import AuditMemory

ORIGIN = "https://acme.testmo.net"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONE, OTHER = "0f" * 16, "a0" * 16


@pytest.fixture
def history(tmp_path):
    return History(ORIGIN, tmp_path)


# Fingerprints


def fingerprints(names: str = "", *, joined: int = 0) -> dict[str, set[str]]:
    """Return the fingerprints of a site by check; `names` are added to all names."""
    five = (1, 2, 3, 4, 5, *[6] * joined)
    members = {1: (), 2: (1,), 3: five, 4: five, 5: (*five, 7), 6: (2, 8)}
    groups = [Group(id, f"Colour team{names}{'s' * (id == 6)}", inside) for id, inside in members.items()]
    profiles = [
        UserProfile(1, f"A{names}", None, two_factor=False, active=True, anonymised=False, api_user=False),
        UserProfile(2, f"B{names}", None, two_factor=True, active=True, anonymised=False, api_user=False),
        UserProfile(3, f"C{names}", None, two_factor=True, active=True, anonymised=True, api_user=False),
        UserProfile(4, f"D{names}", None, two_factor=True, active=True, anonymised=False, api_user=True),
        UserProfile(8, f"E{names}", None, two_factor=True, active=False, anonymised=False, api_user=False),
        UserProfile(9, f"F{names}", None, two_factor=True, active=True, anonymised=False, api_user=False),
    ]
    directory = crawled_directory(groups, {}, profiles=profiles, as_of=NOON)
    return {
        result.check.id: {fingerprint(result.check, finding) for finding in result.findings}
        for result in audit(directory)
    }


def test_renaming_changes_no_fingerprint():
    found = fingerprints()
    assert all(found.values()), "every check has a finding"
    assert found == fingerprints(" renamed")
    assert len(set().union(*found.values())) == sum(map(len, found.values()))


def test_other_members_change_the_fingerprints_of_what_groups_share():
    before, after = fingerprints(), fingerprints(joined=1)
    for check in ("identical", "near-identical"):
        assert not before[check] & after[check]
    assert before["empty"] == after["empty"]


# The store


def test_acceptances_are_kept_until_withdrawn(history):
    acceptance = Acceptance("“on purpose”\n", NOON + timedelta(milliseconds=1))
    assert history.acceptances() == {}
    assert not history.exists
    history.accept([ONE, OTHER], Acceptance("first", NOON))
    history.accept([OTHER], acceptance)
    assert history.acceptances() == {ONE: Acceptance("first", NOON), OTHER: acceptance}
    history.withdraw([ONE])
    assert history.acceptances() == {OTHER: acceptance}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_acceptances_at_any_time_are_those_of_a_naive_model(data):
    history = History(ORIGIN, None)
    accepted: dict[str, Acceptance] = {}
    states = [dict(accepted)]
    for minute in range(data.draw(st.integers(0, 8))):
        time = NOON + timedelta(minutes=minute)
        keys = data.draw(st.lists(st.sampled_from([ONE, OTHER]), unique=True))
        if data.draw(st.booleans()):
            accepted |= dict.fromkeys(keys, Acceptance(f"reason {minute}", time))
            history.accept(keys, Acceptance(f"reason {minute}", time))
        else:
            accepted = {key: acceptance for key, acceptance in accepted.items() if key not in keys}
            history.withdraw(keys, time)
        states.append(dict(accepted))
    for number, expected in enumerate(states):
        at_once = NOON + timedelta(minutes=number - 1)
        assert (
            history.acceptances(at_once) == history.acceptances(at_once + timedelta(seconds=59)) == expected
        )
    assert history.acceptances() == states[-1]


def test_old_snapshots_are_deleted_with_what_was_withdrawn_before(history):
    history.accept([ONE], Acceptance("first", NOON))
    history.withdraw([ONE], NOON + timedelta(days=2))
    then = NOON + timedelta(days=1)
    history.prune(then, then)
    assert list(history.acceptances(then)) == [ONE]
    history.prune(then + timedelta(days=3))
    assert history.acceptances(then) == {}


def test_checks_that_were_not_run_stay_in_the_last_audit(history):
    history.save_audit({"empty": frozenset({ONE}), "inactive": frozenset()})
    history.save_audit({"empty": frozenset({ONE, OTHER})})
    assert history.last_audit() == {"empty": {ONE, OTHER}, "inactive": set()}


def test_files_of_earlier_versions_have_no_acceptances(history):
    history.save(crawled_directory([Group(1, "QA")], {}, as_of=NOON))
    assert (history.acceptances(), history.last_audit()) == ({}, {})
    history.accept([ONE], Acceptance("", NOON))
    assert history.latest().group(1).name == "QA"


def test_no_name_is_stored(history):
    site = crawled_directory([Group(1, "Zanzibar"), Group(2, "Zanzibar")], {}, as_of=NOON)
    found = {
        result.check.id: frozenset(fingerprint(result.check, finding) for finding in result.findings)
        for result in audit(site)
    }
    history.save_audit(found)
    history.accept(set().union(*found.values()), Acceptance("fine", NOON))
    assert b"Zanzibar" not in history.path.read_bytes()


@pytest.mark.parametrize("value", ["'text'", "1e300", "9223372036854775807"])
def test_invalid_acceptances_are_damage(history, value):
    history.accept([ONE], Acceptance("", NOON))
    with closing(sqlite3.connect(history.path)) as db:
        db.execute(f"UPDATE accepted_finding SET accepted_at = {value}")
        db.commit()
    assert history.acceptances() == {}
    assert "damaged" in history.notice


# New findings


async def memory(history: History | None, clock) -> AuditMemory:
    made = AuditMemory(history, clock)
    await made.load()
    return made


async def test_findings_are_new_until_the_next_run(history, clock):
    first = await memory(history, clock)
    assert not first.is_new("empty", ONE)
    await first.remember({"empty": frozenset({ONE})})
    assert not first.is_new("empty", ONE)
    await first.remember({"empty": frozenset({ONE, OTHER})})
    assert first.is_new("empty", OTHER), "it has appeared in this run"
    second = await memory(history, clock)
    assert not second.is_new("empty", OTHER)


async def test_findings_of_a_check_that_ran_for_the_first_time_are_not_new(history, clock):
    await (await memory(history, clock)).remember({"empty": frozenset()})
    second = await memory(history, clock)
    await second.remember({"empty": frozenset({ONE}), "inactive": frozenset({OTHER})})
    assert second.is_new("empty", ONE)
    assert not second.is_new("inactive", OTHER)


async def test_acceptance_is_stored_with_the_date(history, clock):
    assert await (await memory(history, clock)).accept([ONE], "fine") == ""
    assert (await memory(history, clock)).accepted == {ONE: Acceptance("fine", clock.now())}


@pytest.mark.parametrize("kind", ["none", "in memory"])
async def test_without_a_file_acceptance_is_for_this_run(kind, clock):
    made = await memory(None if kind == "none" else History(ORIGIN, None), clock)
    assert await made.accept([ONE, OTHER], "fine")
    await made.withdraw([OTHER])
    await made.load()
    assert made.accepted == {ONE: Acceptance("fine", clock.now())}


async def test_locked_history_keeps_acceptances_for_this_run(history, clock):
    made = await memory(history, clock)
    await made.accept([OTHER], "stored")
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        assert "locked" in await made.accept([ONE], "fine")
        assert "locked" in await made.withdraw([OTHER])
        await made.load()
        assert list(made.accepted) == [ONE]
    assert list(history.acceptances()) == [OTHER]
    assert await made.accept([ONE], "now it works") == ""
    assert list((await memory(history, clock)).accepted) == [OTHER, ONE]


def test_every_check_has_a_severity():
    assert {check.severity for check in CHECKS} == {"high", "medium", "low"}
