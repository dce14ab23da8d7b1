"""Notices: when they appear, what they say, and when they disappear."""

from __future__ import annotations

import pytest

from groupstui.app import GroupsApp
from groupstui.dialogs.base import BaseScreen
from groupstui.settings import SettingsFile

from ..support.pilot import browser_app, drawn, press, settled, type_text, until, words

NO_MARK = "No group is marked. space marks one; c compares it with this group."


@pytest.fixture
async def pilot(demo, clock):
    """The app after the crawl."""
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


@pytest.fixture
def short(monkeypatch):
    """Let notices that pass do so at once."""
    monkeypatch.setattr(BaseScreen, "NOTICE_SECONDS", 0.01)


def footer(pilot) -> str:
    return words(pilot, "KeyFooter")


async def test_notice_disappears_with_the_next_key(pilot):
    await press(pilot, "c")
    assert NO_MARK in words(pilot)
    await press(pilot, "j")
    assert "No group is marked" not in words(pilot)


async def test_escape_removes_a_passing_notice_and_goes_back(pilot):
    await press(pilot, "2", "c", "escape")
    assert "No group is marked" not in words(pilot)
    assert pilot.app.screen.member is None


async def test_escape_removes_a_lasting_notice_first(pilot, demo):
    demo.faults.always("500")
    await press(pilot, "2", "r", "escape")
    assert "500" not in words(pilot, "NoticeBar")
    assert pilot.app.screen.member is not None


async def test_notice_disappears_after_a_while(short, pilot):
    await pilot.press("c")
    await until(pilot, lambda: "No group is marked" not in words(pilot))


async def test_error_stays_until_a_request_succeeds(pilot, demo):
    demo.faults.always("500")
    await press(pilot, "r", "j", "c")
    assert "No group is marked" in words(pilot)
    await press(pilot, "j")
    assert "Server Error" in words(pilot)
    demo.faults.clear()
    await press(pilot, "r")
    assert "Server Error" not in words(pilot)


async def test_error_stays_for_more_than_a_while(short, pilot, demo):
    demo.faults.always("500")
    await press(pilot, "r", "c")
    await until(pilot, lambda: "No group is marked" not in words(pilot))
    assert "Server Error" in words(pilot)


async def test_escape_dismisses_an_error(pilot, demo):
    demo.faults.always("500")
    await press(pilot, "r")
    assert "Server Error" in words(pilot)
    await press(pilot, "escape")
    assert "Server Error" not in words(pilot)


async def test_notice_takes_one_line_and_keeps_its_hint(pilot, site):
    site.rename_group(1, "A long name that does not fit, " * 3)
    await press(pilot, "r", "y")
    bar = pilot.app.screen.query_one("NoticeBar")
    assert bar.region.height == 1
    assert "Copied “A" in words(pilot)
    assert "” to the terminal's clipboard. P prints it." in words(pilot)


async def test_notice_keeps_the_name_of_a_written_file(pilot, tmp_path, monkeypatch):
    folder = tmp_path / "a-long-name-of-a-folder" / "in-a-long-name-of-a-folder"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    await press(pilot, "e", "enter")
    (file,) = folder.iterdir()
    assert f"/{file.name}." in words(pilot)
    assert "Wrote /" in words(pilot)


async def test_tiny_window_shows_no_notice(pilot):
    await press(pilot, "c")
    await pilot.resize_terminal(38, 10)
    await settled(pilot)
    assert words(pilot) == "groupstui needs 40 columns and 12 lines: enlarge the window."


async def test_reload_reports_the_changes_of_a_page(pilot, site):
    await press(pilot, "r")
    assert "Page 1 was reloaded: no changes." in words(pilot)
    site.remove_member(1, 1)
    site.rename_group(2, "Renamed")
    await press(pilot, "r")
    assert "Page 1 was reloaded: 1 left, 1 group renamed." in words(pilot)


async def test_reload_reports_the_changes_of_a_group(pilot, site):
    await press(pilot, "2", "r")
    assert "“QA” was reloaded: no changes." in words(pilot)
    site.remove_member(1, 1)
    await press(pilot, "r")
    assert "“QA” was reloaded: 1 left." in words(pilot)


async def test_stopped_crawl_says_what_can_be_searched(pilot, demo):
    demo.faults.always("slow")
    await pilot.press("R")
    await until(pilot, lambda: pilot.app.screen.activity != "")
    await pilot.press("x", "x")
    await settled(pilot)
    assert "Stopped: groups as of Mon 14:02:11. Press R to reload" in words(pilot)
    await press(pilot, "/", "2", "1", "6")
    assert "1 of 230 groups" in words(pilot)


async def test_stopped_first_page_says_how_to_go_on(demo, clock, history):
    demo.faults.always("hang")
    app = browser_app(demo.url, demo.token, clock, history=history)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loading page 1…" in drawn(pilot))
        await press(pilot, "x", "down", "up")
        assert "Stopped: nothing was loaded. Press r to try again." in words(pilot)
        assert "loading" not in drawn(pilot)
        assert footer(pilot).startswith("/ filter : go to a audit d changes i instances")
        assert "r reload" in footer(pilot)
        await press(pilot, "a")
        assert "An audit needs all groups: no groups loaded." in words(pilot)
        assert footer(pilot) == "/ filter esc close ? help"
        await press(pilot, "escape", "d")
        assert "There is no history yet" in words(pilot)
        await press(pilot, "escape", ":")
        assert "no groups loaded" in drawn(pilot)
        await press(pilot, "escape")
        demo.faults.clear()
        await press(pilot, "r")
        assert "1 QA" in drawn(pilot)
        assert footer(pilot).startswith("enter open / filter : go to space mark")


async def test_escape_on_a_message_does_not_stop_loading(demo, clock, history):
    demo.faults.always("hang")
    app = browser_app(demo.url, demo.token, clock, history=history)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loading page 1…" in drawn(pilot))
        await pilot.press("c")
        await until(pilot, lambda: "No group is marked" in drawn(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "No group is marked" not in drawn(pilot))
        assert "loading page 1…" in drawn(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped: nothing was loaded." in words(pilot))


async def test_stopped_first_crawl_says_what_can_be_searched(demo, clock):
    demo.faults.always("slow", after=1)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: getattr(pilot.app.screen, "progress", ""))
        await pilot.press("x")
        await settled(pilot)
        assert "Stopped: only the loaded pages can be searched." in words(pilot)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("p", "This is the first page."),
        ("u", "u shows the groups of a member"),
        ("x", "Nothing is being loaded."),
    ],
)
async def test_key_that_can_do_nothing_says_why(pilot, keys, reason):
    await press(pilot, keys)
    assert reason in words(pilot)


async def test_second_ctrl_c_quits(pilot):
    await press(pilot, "ctrl+c")
    assert "Press ctrl+c again to quit." in words(pilot)
    assert pilot.app.return_code is None
    await pilot.press("ctrl+c")
    assert pilot.app.return_code == 0


async def test_late_ctrl_c_does_not_quit(pilot, monkeypatch):
    monkeypatch.setattr(GroupsApp, "QUIT_SECONDS", 0.01)
    await press(pilot, "ctrl+c")
    await until(pilot, lambda: not pilot.app._interrupted)
    await press(pilot, "ctrl+c")
    assert pilot.app.return_code is None


# Every kind of notice has an end


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """Run the app in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def command(pilot, text: str) -> None:
    await press(pilot, "colon")
    await type_text(pilot, text)
    await press(pilot, "enter")


async def test_refused_review_ends_with_the_next_key_only(short, pilot, in_folder):
    (in_folder / "mine").mkdir()
    await command(pilot, "review mine")
    await pilot.pause(0.05)
    assert "mine exists. :review PATH names another folder." in words(pilot, "NoticeBar")
    await press(pilot, "j")
    assert words(pilot, "NoticeBar").startswith("groups ›")


async def test_incomplete_data_is_said_until_a_crawl_is_complete(short, pilot, demo):
    demo.faults.always("wrong-total", after=1)
    await press(pilot, "R", "j")
    assert "Some groups may be missing" in words(pilot, "NoticeBar")
    demo.faults.clear()
    await press(pilot, "R")
    await until(pilot, lambda: words(pilot, "NoticeBar").startswith("groups ›"))


async def test_failed_crawl_is_said_until_a_crawl_is_complete(short, demo, clock):
    demo.faults.always("500", after=1)
    async with browser_app(demo.url, demo.token, clock).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Only the loaded pages can be searched" in words(pilot, "NoticeBar")
        demo.faults.clear()
        await press(pilot, "c", "j")
        assert "Only the loaded pages can be searched" in words(pilot, "NoticeBar")
        await press(pilot, "R")
        await until(pilot, lambda: words(pilot, "NoticeBar").startswith("groups ›"))


async def test_warning_outlasts_an_answer_and_ends_after_a_longer_while(
    short, demo, clock, settings_path, monkeypatch
):
    settings_path.write_text("page_sise = 50\n")
    settings_file = SettingsFile(settings_path)
    app = browser_app(demo.url, demo.token, clock, settings=settings_file.load(), settings_file=settings_file)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "page_sise" in words(pilot, "NoticeBar")
        await press(pilot, "c")
        await until(pilot, lambda: "page_sise" in words(pilot, "NoticeBar"))
        monkeypatch.setattr(BaseScreen, "WARNING_SECONDS", 0.01)
        await press(pilot, "c")
        await until(pilot, lambda: words(pilot, "NoticeBar").startswith("groups ›"))
