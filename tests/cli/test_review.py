"""Writing a review of access from the shell."""

from __future__ import annotations

import subprocess


def test_a_review_is_alike_in_two_runs_and_its_sums_hold(cli, demo, tmp_path):
    for name in ("one", "two"):
        outcome = cli("export", "review", "-o", str(tmp_path / name))
        assert outcome.code == 0
    assert "wrote 462 files to " in outcome.err
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "one", check=True)
    subprocess.run(["diff", "-r", tmp_path / "one", tmp_path / "two"], check=True)
    demo.site.add_member(1, 30)
    cli("export", "review", "-o", str(tmp_path / "three"))
    differ = subprocess.run(["diff", "-rq", "one", "three"], cwd=tmp_path, capture_output=True, text=True)
    assert sorted(line.split()[1].partition("/")[2] for line in differ.stdout.splitlines()) == [
        "SHA256SUMS",
        "groups/00001-qa.csv",
        "groups/00001-qa.md",
        "index.md",
    ]


def test_a_review_is_never_written_over_another_unasked(cli, tmp_path):
    (tmp_path / "review").mkdir()
    outcome = cli("export", "review", "-o", str(tmp_path / "review"))
    assert outcome.code == 2
    assert "Add --force to replace it" in outcome.err
    assert cli("export", "review", "-o", str(tmp_path / "review"), "--force").code == 0


def test_a_review_of_an_incomplete_reading_is_uncertain(cli, demo, tmp_path):
    demo.faults.always("wrong-total")
    assert cli("export", "review", "-o", str(tmp_path / "review")).code == 3


def test_a_review_has_files_of_its_own(cli, tmp_path):
    assert cli("export", "review", "-o", str(tmp_path / "review"), "--format", "json").code == 2
