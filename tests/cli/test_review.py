"""Compare access reviews."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site


@pytest.fixture
def site() -> Site:
    """A site with few users, as the commands read all of it."""
    return make_site(groups=30, users=60, members_max=20)


@pytest.fixture
def pack(cli, demo, tmp_path):
    """Write a review of the site as it is, and return its path."""

    def write(name: str) -> str:
        assert cli("export", "review", "-o", str(tmp_path / name), "-q").code == 0
        return str(tmp_path / name)

    return write


def test_equal_reviews_have_no_changes(cli, demo, pack):
    old, new = pack("old"), pack("new")
    before = len(demo.log.paths)
    result = cli("review", "diff", old, new, "--exit-code")
    assert (result.code, result.out) == (0, "")
    assert "0 changes from " in result.err
    assert len(demo.log.paths) == before


def test_changes_between_reviews(cli, demo, pack):
    old = pack("old")
    demo.site.add_member(1, 40)
    demo.site.remove_member(1, 2)
    demo.site.rename_group(2, "Releasers")
    demo.site.add_group("Brand new", [])
    demo.site.delete_group(next(id for id, group in demo.site.groups.items() if not group.members))
    new = pack("new")
    result = cli("review", "diff", old, new, "--columns", "change,group,user,before,check,finding", "-q")
    assert result.code == 0
    lines = [line.split("\t") for line in result.out.splitlines()]
    changes = {line[0]: line for line in lines}
    assert changes["left"][1:3] == ["QA", "Grace Hopper"]
    assert changes["joined"][1] == "QA"
    assert changes["group renamed"][1:4] == ["Releasers", "", "Release managers"]
    assert changes["group created"][1] == "Brand new"
    assert changes["group deleted"][1] == "Contractors 2027"
    assert ["finding new", "", "", "", "empty", "Brand new has no members"] in lines
    assert ["finding solved", "", "", "", "empty", "Contractors 2027 has no members"] in lines
    assert cli("review", "diff", old, new, "--exit-code", "-q").code == 1


def differences(cli, old: str, new: str) -> list[dict[str, Any]]:
    return json.loads(cli("review", "diff", old, new, "--format", "json", "-q").out)["changes"]


def test_finding_about_the_same_is_neither_new_nor_solved(cli, demo, pack):
    demo.site.add_group("Pair one", range(10, 40))
    demo.site.add_group("Pair two", range(10, 39))
    for name in ("Twin one", "Twin two"):
        demo.site.add_group(name, [41, 42])
    demo.site.add_group("Alone", [43])
    old = pack("old")
    ids = {group.name: group.id for group in demo.site.groups.values()}
    for user in list(demo.site.users):
        for group in ("Pair one", "Pair two"):
            demo.site.add_member(ids[group], user)
    demo.site.remove_member(ids["Pair two"], 10)
    demo.site.add_member(ids["Twin one"], 50)
    demo.site.add_member(ids["Twin two"], 50)
    demo.site.remove_member(ids["Alone"], 43)
    demo.site.add_member(ids["Alone"], 44)
    changes = differences(cli, old, pack("new"))
    found = {(each["change"], each["check"]) for each in changes if each["check"]}
    was_solved = {check for change, check in found if change == "finding solved"}
    assert was_solved <= {"no-group"}
    texts = [each["finding"] for each in changes if each["check"] in ("near-identical", "identical")]
    assert not [text for text in texts if "Pair one and Pair two" in text or "Twin one and Twin two" in text]
    assert {"joined", "left"} <= {each["change"] for each in changes}


def test_findings_have_the_ids_of_groups_and_users(cli, demo, pack):
    old = pack("old")
    alone = demo.site.add_group("Alone", [43]).id
    twins = [demo.site.add_group(name, [41, 42]).id for name in ("Twin one", "Twin two")]
    found = {each["check"]: each for each in differences(cli, old, pack("new")) if each["check"]}
    names = ("group_id", "user_id", "group_ids", "user_ids")
    assert [found["single-member"][name] for name in names] == [alone, 43, [alone], [43]]
    assert [found["identical"][name] for name in names] == [None, None, twins, []]


def test_json_has_both_times(cli, demo, pack):
    old = pack("old")
    demo.site.add_group("Brand new", [])
    new = pack("new")
    found = json.loads(cli("review", "diff", old, new, "--format", "json").out)
    times = [json.loads(Path(each, "review.json").read_text("utf-8"))["as_of"] for each in (old, new)]
    assert [found["since"], found["as_of"]] == times
    assert found["instance"] == demo.url
    assert found["complete"] is True


def test_order_of_reviews_is_checked(cli, pack):
    old, new = pack("old"), pack("new")
    data = json.loads(Path(old, "review.json").read_text("utf-8"))
    replace_data(Path(old), {**data, "as_of": "2999-01-01T00:00:00Z"})
    assert "the first review is the later one" in cli("review", "diff", old, new).err


def replace_data(folder: Path, data: object) -> None:
    """Replace the data of a review and its sum."""
    text = json.dumps(data)
    (folder / "review.json").write_text(text, encoding="utf-8")
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    sum = hashlib.sha256(text.encode()).hexdigest()
    kept = [line for line in lines if not line.endswith("  review.json")]
    (folder / "SHA256SUMS").write_text("\n".join([*kept, f"{sum}  review.json"]) + "\n")


DAMAGE = {
    "modified data": lambda folder: (folder / "review.json").write_text("{}"),
    "modified list": lambda folder: (folder / "groups" / "00001-qa.csv").write_text("user_id\n"),
    "missing file": lambda folder: (folder / "groups" / "00001-qa.md").unlink(),
    "another file": lambda folder: (folder / "notes.txt").write_text("x"),
    "modified sums": lambda folder: (folder / "SHA256SUMS").write_text("0  review.json\n"),
    "wrong data": lambda folder: replace_data(folder, {"schema": "groupstui-review/2", "groups": 1}),
    "no object": lambda folder: replace_data(folder, []),
    "other version": lambda folder: replace_data(folder, {"schema": "groupstui-review/9"}),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_review_is_an_error(cli, pack, damage):
    old, new = pack("old"), pack("new")
    for folder in (old, new):
        damage(Path(folder))
        result = cli("review", "diff", old, new)
        assert (result.code, result.out) == (3, "")
        assert "was modified or is damaged" in result.err or "another version" in result.err


def test_what_is_no_review_is_a_usage_error(cli, pack, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (str(tmp_path / "missing"), str(tmp_path / "empty"), "a\0b"):
        result = cli("review", "diff", pack(f"new{len(folder)}"), folder)
        assert (result.code, result.out) == (2, "")


def test_reviews_of_different_instances_are_not_compared(cli, pack):
    old, new = pack("old"), pack("new")
    data = json.loads(Path(old, "review.json").read_text("utf-8"))
    replace_data(Path(old), {**data, "instance": "https://other.testmo.net"})
    result = cli("review", "diff", old, new)
    assert result.code == 2
    assert "different instances" in result.err


def test_incomplete_review_exits_3(cli, demo, pack, tmp_path):
    old = pack("old")
    demo.faults.always("wrong-total")
    new = str(tmp_path / "new")
    assert cli("export", "review", "-o", new).code == 3
    result = cli("review", "diff", old, new, "--exit-code")
    assert result.code == 3
    assert "a review is incomplete" in result.err


@pytest.fixture
def without_details(cli, tmp_path):
    """Write a review of the last snapshot, which has no details of users, and return its path."""

    def write(name: str) -> str:
        assert cli("export", "review", "--offline", "-o", str(tmp_path / name), "-q").code == 3
        return str(tmp_path / name)

    return write


@pytest.mark.parametrize("missing", [{"old"}, {"new"}, {"old", "new"}])
def test_checks_that_were_not_run_for_both_reviews_are_unknown(cli, pack, without_details, missing):
    pack("of today")
    old, new = ((without_details if name in missing else pack)(name) for name in ("old", "new"))
    result = cli("review", "diff", old, new, "--exit-code", "-q")
    assert (result.code, result.out) == (3, "")
    message = "not compared, as not both reviews contain them: anonymised, api-users, inactive, "
    assert message in result.err
    assert cli("review", "diff", old, new, "-q").code == 3
    found = json.loads(cli("review", "diff", old, new, "--format", "json").out)
    assert {"inactive", "no-two-factor"} < set(found["not_compared"])


def test_known_difference_outweighs_what_was_not_compared(cli, demo, pack, without_details):
    old = pack("old")
    demo.site.add_group("Brand new", [])
    pack("of today")
    new = without_details("new")
    assert cli("review", "diff", old, new, "--exit-code", "-q").code == 1
    assert cli("review", "diff", old, new, "-q").code == 3
