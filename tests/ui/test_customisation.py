"""Keys, themes and unknown settings of the user, in the app."""

from __future__ import annotations

import pytest

from groupstui.app import Credentials, GroupsApp, all_bindings
from groupstui.settings import SettingsFile
from groupstui.token import Token
from groupstui.widgets.keymap import is_key, valid_keymap
from groupstui.widgets.table import FilterableTable, Table

from ..support.pilot import connector, drawn, press, settled, until

SHARED = (GroupsApp, Table, FilterableTable)
IDS = sorted({str(binding.id) for bindings in all_bindings().values() for binding in bindings})


@pytest.fixture
def make(demo, clock, settings_path):
    """Create the app with a text as settings."""

    def make(text: str) -> GroupsApp:
        settings_path.parent.mkdir(parents=True, exist_ok=True)
        settings_path.write_text(text, encoding="utf-8")
        return GroupsApp(
            settings_file=SettingsFile(settings_path),
            connect=connector(clock),
            access=Credentials(demo.instance, Token.parse(demo.token)),
        )

    return make


async def test_footer_help_and_palette_show_the_new_keys(make):
    app = make('[keys]\n"page.next" = ["f6", "]"]\n"analyse.audit" = "f9"\n"table.sort" = "f4"\n')
    async with app.run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        assert "f9 audit" in drawn(pilot, "KeyFooter")
        await press(pilot, "n")
        assert "page 1 of" in drawn(pilot)
        await press(pilot, "f6")
        await settled(pilot)
        assert "page 2 of" in drawn(pilot)
        await press(pilot, "right_square_bracket")
        await settled(pilot)
        assert "page 3 of" in drawn(pilot)
        await press(pilot, "question_mark")
        assert any("f6" in line and "Next page" in line for line in drawn(pilot).splitlines())
        await press(pilot, "escape", "colon", *"next")
        await until(pilot, lambda: "f6" in drawn(pilot))


async def test_keys_of_dialogs_can_be_rebound(make):
    async with make('[keys]\n"dialog.close" = "f8"\n').run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        assert len(pilot.app.screen_stack) == 3
        await press(pilot, "f8")
        assert len(pilot.app.screen_stack) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[keys]\n"page.nxt" = "f6"', "“page.nxt” is not an action (similar: page.next)"),
        ('[keys]\n"page.next" = "f66"', "“f66” of page.next is not a key"),
        ('[keys]\n"page.next" = "a"', "“a” is the key of page.next and analyse.audit"),
        ("colour = 3", "“colour” is not a setting"),
    ],
)
async def test_app_starts_with_a_notice_about_wrong_settings(make, text, problem):
    async with make(text).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: problem in " ".join(drawn(pilot).split()))
        await settled(pilot)
        assert "QA" in drawn(pilot)


@pytest.mark.parametrize("id", IDS)
def test_every_action_can_be_rebound(id):
    assert valid_keymap({id: "f24"}, all_bindings(), SHARED) == ({id: "f24"}, [])


def test_conflicts_are_those_of_one_place():
    def problems(**keys: str) -> list[str]:
        return valid_keymap({id.replace("__", "."): key for id, key in keys.items()}, all_bindings(), SHARED)[
            1
        ]

    assert problems(page__next="p", page__previous="n") == []  # exchanged
    assert problems(audit__next="f9", changes__next="f9") == []  # in different dialogs
    assert problems(page__next="j") == ["“j” is the key of move.down and page.next"]  # in the list
    assert problems(audit__next="/") == ["“slash” is the key of table.filter and audit.next"]
    assert len(problems(page__next="f9", view__zoom="f9")) == 1
    assert problems(view__zoom="ctrl+l") == ["“ctrl+l” is the key of app.redraw and view.zoom"]


def test_default_keys_have_valid_names():
    assert all(is_key(binding.key) for bindings in all_bindings().values() for binding in bindings)


def write_theme(settings_path, name: str, text: str) -> None:
    folder = settings_path.parent / "themes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


async def test_theme_of_the_user_is_used_and_listed(make, settings_path):
    write_theme(settings_path, "night", 'primary = "#123456"\nbackground = "#010203"\ndark = true\n')
    async with make('theme = "night"').run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert pilot.app.theme == "night"
        assert pilot.app.get_css_variables()["background"] == "#010203"
        await press(pilot, "colon", *"theme night")
        await until(pilot, lambda: "Theme: night" in drawn(pilot))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("broken", "primary = ", "themes/broken.toml: not valid TOML"),
        ("none", "dark = true", "themes/none.toml: primary: Field required"),
        ("typo", 'primary = "red"\nsecondery = "red"', "themes/typo.toml: secondery: Extra inputs"),
        ("number", "primary = 3", "themes/number.toml: primary: Input should be a valid string"),
        ("color", 'primary = "nosuch"', "theme color: "),
        ("nord", 'primary = "red"', "there is already a theme nord"),
    ],
)
async def test_app_starts_with_a_notice_about_a_wrong_theme(make, settings_path, name, text, problem):
    write_theme(settings_path, name, text)
    async with make(f'theme = "{name}"').run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: problem in " ".join(drawn(pilot).split()))
        await settled(pilot)
        assert "QA" in drawn(pilot)
