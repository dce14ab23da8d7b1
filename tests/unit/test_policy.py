"""A policy is broken by what a naive computation says, and by nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from groupstui.directory.acceptance import fingerprint
from groupstui.directory.audit import CheckResult, audit, check_of
from groupstui.directory.builder import crawled_directory
from groupstui.directory.directory import Directory
from groupstui.directory.models import Group, UserProfile
from groupstui.directory.policy import (
    ACCEPTABLE,
    POLICY_CHECKS,
    GroupRule,
    Policy,
    PolicyAcceptance,
    PolicyAudit,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)

ADA, GRACE, ALAN = 1, 2, 3
NAMES = {ADA: "Ada", GRACE: "Grace", ALAN: "Alan"}


def site(
    groups: dict[str, tuple[int, ...]], *, profiles: bool = True, users: bool = True, names=NAMES
) -> Directory:
    made = [Group(number, name, members) for number, (name, members) in enumerate(groups.items(), 1)]
    details = [UserProfile(id, name, f"{name.lower()}@demo.example") for id, name in names.items()]
    return crawled_directory(
        made, names, as_of=NOON, profiles=details if profiles else [], users_complete=users
    )


def run(policy: Policy, directory: Directory, present: Directory | None = None) -> dict[str, CheckResult]:
    audited = PolicyAudit(policy, present or directory, TODAY)
    return {result.check.id: result for result in audit(directory, audited.checks)}


def broken(policy: Policy, directory: Directory) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    results = run(policy, directory)
    assert list(results) == list(POLICY_CHECKS)
    return [
        (id, finding.groups, finding.users)
        for id, result in results.items()
        for finding in result.findings
        if not result.skipped
    ]


def test_policy_that_holds_has_no_findings():
    rule = GroupRule("QA", owners=("Ada",), only=("grace@demo.example", f"#{ALAN}"))
    assert broken(Policy((rule,)), site({"QA": (ADA, GRACE, ALAN)})) == []


def test_missing_owner():
    rule = GroupRule("QA", owners=("Ada", "Grace"))
    assert broken(Policy((rule,)), site({"QA": (GRACE, ALAN)})) == [("policy-owners", (1,), (ADA,))]


def test_members_who_are_not_allowed():
    site_of_three = site({"QA": (ADA, GRACE, ALAN)})
    rule = GroupRule("#1", owners=("Ada",), only=())
    assert broken(Policy((rule,)), site_of_three) == [
        ("policy-members", (1,), (GRACE,)),
        ("policy-members", (1,), (ALAN,)),
    ]
    assert broken(Policy((GroupRule("#1", owners=("Ada",)),)), site_of_three) == []


def test_missing_and_ambiguous_groups():
    found = crawled_directory([Group(1, "QA"), Group(2, "QA")], {}, as_of=NOON)
    results = run(Policy((GroupRule("QA"), GroupRule("Dev"), GroupRule("#7"))), found)
    texts = [finding.text for finding in results["policy-groups"].findings]
    assert texts == [
        "“QA” matches 2 groups, which the policy expects",
        "no group matches “Dev”, which the policy expects",
        "no group matches “#7”, which the policy expects",
    ]


def test_a_part_of_a_name_is_not_enough():
    rule = GroupRule("Release", owners=("Ad",))
    assert [each[0] for each in broken(Policy((rule,)), site({"Release managers": ()}))] == [
        "policy-groups",
        "policy-names",
    ]


def test_every_unmatched_name_is_a_finding():
    acceptance = PolicyAcceptance("empty", date(2027, 1, 1), "r", group="Gone", user="Nobody")
    policy = Policy((GroupRule("QA", owners=("Missing",), only=("missing@demo.example",)),), (acceptance,))
    results = run(policy, site({"QA": ()}))
    texts = [finding.text for finding in results["policy-names"].findings]
    assert len(texts) == 4
    for name in ("Missing", "missing@demo.example", "Nobody", "Gone"):
        assert sum(f"“{name}”" in text for text in texts) == 1


def test_findings_without_ids_have_fingerprints_of_their_own():
    result = run(Policy((GroupRule("A"), GroupRule("B"))), site({}))["policy-groups"]
    assert len({fingerprint(result.check, finding) for finding in result.findings}) == 2


def test_unknown_users_are_not_called_missing():
    rule = GroupRule("QA", owners=("Ada",))
    results = run(Policy((rule,)), site({"QA": ()}, users=False, profiles=False))
    for id in ("policy-owners", "policy-members", "policy-names"):
        assert "users in no group" in results[id].skipped
        assert not results[id].findings
    by_address = run(
        Policy((GroupRule("QA", owners=("ada@demo.example",)),)), site({"QA": ()}, profiles=False)
    )
    assert "e-mail addresses" in by_address["policy-owners"].skipped
    by_id = run(Policy((GroupRule("QA", owners=("#1",)),)), site({"QA": (1,)}, users=False, profiles=False))
    assert not any(result.skipped for result in by_id.values())


def test_incomplete_data_misses_no_group():
    found = crawled_directory([], {}, as_of=NOON, complete=False)
    assert run(Policy((GroupRule("QA"),)), found)["policy-groups"].skipped == "the data is incomplete"


def accepted(directory: Directory, *acceptances: PolicyAcceptance) -> list[str]:
    """Return the texts of the findings of `empty` that a policy accepts."""
    audited = PolicyAudit(Policy(acceptances=acceptances), directory, TODAY)
    results = audit(directory, [check_of("empty"), *audited.checks])
    keys = audited.accepted(results)
    return [
        finding.text
        for result in results
        for finding in result.findings
        if fingerprint(result.check, finding) in keys
    ]


def test_acceptance_is_about_its_group_only():
    found = site({"QA": (), "Dev": ()})
    assert accepted(found, PolicyAcceptance("empty", date(2026, 11, 24), "r", "QA")) == ["QA has no members"]
    assert accepted(found, PolicyAcceptance("empty", date(2026, 11, 24), "r", "QA", "Ada")) == []
    assert accepted(found, PolicyAcceptance("identical", date(2026, 11, 24), "r", "QA")) == []


def test_acceptance_expires_on_its_day():
    found = site({"QA": ()})
    acceptance = PolicyAcceptance("empty", TODAY, "r", "QA")
    assert accepted(found, acceptance) == []
    (finding,) = run(Policy(acceptances=(acceptance,)), found)["policy-expired"].findings
    assert finding.text == "QA has no members; accepted until 2026-11-23 (empty)"
    assert finding.groups == (1,)


def test_expired_acceptance_of_a_solved_finding_is_no_finding():
    acceptance = PolicyAcceptance("empty", TODAY, "r", "QA")
    assert run(Policy(acceptances=(acceptance,)), site({"QA": (1,)}))["policy-expired"].findings == ()


def test_expired_acceptance_about_unknown_details_is_unknown():
    acceptance = PolicyAcceptance("inactive", TODAY, "r", "QA")
    result = run(Policy(acceptances=(acceptance,)), site({"QA": (1,)}, profiles=False))["policy-expired"]
    assert result.skipped


def test_unused_acceptances():
    found = site({"QA": (), "Dev": (1,)})
    one, other = (PolicyAcceptance("empty", date(2027, 1, 1), "r", name) for name in ("QA", "Dev"))
    audited = PolicyAudit(Policy(acceptances=(one, other)), found, TODAY)
    assert audited.unused(audit(found, [check_of("empty")])) == [other]
    assert audited.unused(audit(found, [check_of("identical")])) == []


def test_names_mean_in_an_earlier_directory_what_they_mean_now():
    earlier = site({"Testers": (ADA,)}, profiles=False, users=False)
    present = site({"QA": (ADA,)})
    rule = GroupRule("QA", owners=("ada@demo.example",), only=())
    results = run(Policy((rule,)), earlier, present)
    assert not any(result.findings or result.skipped for result in results.values())


def test_group_that_was_deleted_was_not_missing_before():
    earlier, present = site({"QA": ()}), site({})
    policy = Policy((GroupRule("QA"),))
    assert run(policy, earlier, present)["policy-groups"].findings == ()
    assert run(policy, present)["policy-groups"].findings


def test_acceptable_checks_exist():
    assert set(ACCEPTABLE) - set(POLICY_CHECKS) == {check_id for check_id in ACCEPTABLE if check_of(check_id)}


MEMBERS = st.lists(st.sampled_from([ADA, GRACE, ALAN]), unique=True).map(tuple)
USERS = st.lists(st.sampled_from([*NAMES.values(), "Nobody"]), unique=True, max_size=3).map(tuple)


@given(
    st.dictionaries(st.sampled_from("ABC"), MEMBERS, max_size=3),
    st.lists(
        st.builds(GroupRule, st.sampled_from("ABC"), USERS, st.one_of(st.none(), USERS)), max_size=4
    ).map(tuple),
)
def test_policy_agrees_with_a_naive_model(groups, rules):
    ids = {name: number for number, name in enumerate(groups, 1)}
    users = {name: id for id, name in NAMES.items()}
    expected = set()
    for rule in rules:
        for name in (*rule.owners, *(rule.only or ())):
            if name not in users:
                expected.add(("policy-names", (), ()))
        if rule.group not in groups:
            expected.add(("policy-groups", (), ()))
            continue
        members, about = groups[rule.group], (ids[rule.group],)
        for name in rule.owners:
            if name in users and users[name] not in members:
                expected.add(("policy-owners", about, (users[name],)))
        for member in members:
            if rule.only is not None and NAMES[member] not in (*rule.owners, *rule.only):
                expected.add(("policy-members", about, (member,)))
    assert set(broken(Policy(rules), site(groups))) == expected
