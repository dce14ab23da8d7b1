from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupstui
from groupstui.errors import SettingsError
from groupstui.set_operation import Operation
from groupstui.settings import (
    GROUP_COLUMNS,
    PAGE_SIZES,
    ListView,
    SavedList,
    Settings,
    SettingsFile,
    Site,
    default_path,
)
from groupstui.settings.cache import SettingsCache

ACME = "https://acme.testmo.net"
OTHER = "https://other.testmo.net"

EDITED_BY_HAND = """\
# My settings.
theme   =   "nord"   # easy on the eyes

current = "https://acme.testmo.net"

[sites]  # ours
# The real one.
acme = 'https://acme.testmo.net'   # since 2024
other = "https://other.testmo.net"
"""


@pytest.fixture
def file(tmp_path):
    return SettingsFile(tmp_path / "groupstui" / "settings.toml")


@pytest.fixture
def written(file):
    """Write a text as the settings file."""

    def write(text):
        file.path.parent.mkdir(exist_ok=True)
        file.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def why_load_fails(file):
    with pytest.raises(SettingsError) as caught:
        file.load()
    return str(caught.value).removeprefix(str(file.path))


@contextmanager
def no_room_for_files():
    """Make every write to a file fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
origins = st.from_regex(r"https://[a-z0-9]{1,9}\.testmo\.net(:[1-9][0-9]{0,3})?", fullmatch=True)


@st.composite
def saved_lists(draw):
    """Draw saved lists, at most one of each instance and name."""
    lists = {}
    for instance, name in draw(st.sets(st.tuples(origins, names), max_size=4)):
        groups = tuple(draw(st.lists(st.integers(1, 99), min_size=2, max_size=6, unique=True)))
        show = draw(st.sampled_from(get_args(Operation)))
        only = (
            tuple(draw(st.lists(st.sampled_from(groups), min_size=1, unique=True))) if show == "only" else ()
        )
        lists[instance, name] = SavedList(name, instance, groups, show, tuple(only))
    return tuple(lists[key] for key in sorted(lists))


@st.composite
def any_settings(draw):
    sites = draw(st.dictionaries(names, origins, max_size=5).filter(lambda d: len(set(d.values())) == len(d)))
    return Settings(
        theme=draw(st.none() | names),
        page_size=draw(st.sampled_from(("auto", *PAGE_SIZES))),
        columns=draw(st.sampled_from(((("name",)), GROUP_COLUMNS, GROUP_COLUMNS[1:4]))),
        sort=draw(st.sampled_from((None, "name", "-members"))),
        current=draw(st.none() | origins),
        recent=tuple(draw(st.lists(origins, max_size=3))),
        sites=tuple(Site(name, instance) for name, instance in sorted(sites.items())),
        lists=draw(saved_lists()),
    )


# The record


def test_default_settings():
    assert Settings() == Settings(theme=None, page_size="auto", current=None, history_days=400, sites=())


def test_remembered_instance_is_current_and_named_after_its_host():
    assert Settings().remember(ACME) == Settings(current=ACME, sites=(Site("acme.testmo.net", ACME),))


def test_known_instance_keeps_its_name():
    known = Settings(sites=(Site("acme", ACME),)).remember(OTHER)
    assert known.remember(ACME) == Settings(current=ACME, recent=(OTHER,), sites=known.sites)


def test_new_instance_gets_a_free_name():
    known = Settings(sites=(Site("acme.testmo.net", OTHER),)).remember(ACME)
    assert known.sites == (Site("acme.testmo.net", OTHER), Site(ACME, ACME))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("work", "work (acme.testmo.net)"),
        ("acme.testmo.net", "acme.testmo.net"),
        (ACME, "acme.testmo.net"),
    ],
)
def test_label_has_the_name_that_the_user_gave(name, label):
    known = Settings(sites=(Site(name, ACME),))
    assert known.label_of(ACME) == label
    assert known.label_of(OTHER) == "other.testmo.net"


def test_instances_are_sorted_by_name():
    known = Settings().remember(OTHER).remember(ACME)
    assert [site.name for site in known.sites] == ["acme.testmo.net", "other.testmo.net"]


def test_forgotten_instance_is_no_longer_current():
    assert Settings().remember(ACME).forget(ACME) == Settings()


def test_forgetting_another_instance_keeps_the_current_one():
    known = Settings().remember(OTHER).remember(ACME)
    assert known.forget(OTHER) == Settings().remember(ACME)


THIRD = "https://third.testmo.net"


def test_instances_are_known_by_recency():
    known = Settings().remember(ACME).remember(THIRD).remember(OTHER).remember(ACME)
    assert known.by_recency == (ACME, OTHER, THIRD)
    assert known.last_used == ACME


def test_instance_used_before_becomes_current_instead_of_a_forgotten_one():
    known = Settings().remember(ACME).remember(THIRD).remember(OTHER)
    assert known.forget(OTHER) == Settings().remember(ACME).remember(THIRD)
    assert known.forget(OTHER, successor=ACME).by_recency == (ACME, THIRD)


def test_instance_is_opened_without_a_current_one():
    sites = (Site("acme", ACME), Site("other", OTHER))
    assert Settings(sites=sites).last_used == ACME
    assert Settings(sites=sites, recent=(THIRD, OTHER)).last_used == OTHER
    assert Settings().last_used is None


def test_forgetting_an_unknown_instance_changes_nothing():
    assert Settings().forget(ACME) == Settings()


def test_theme_and_page_size_can_be_changed():
    assert Settings().with_theme("nord").with_view(ListView(50, ("name",), "-name", "local")) == Settings(
        theme="nord", page_size=50, columns=("name",), sort="-name"
    )


# The file


def test_missing_file_means_defaults(file):
    assert file.load() == Settings()


def test_saved_settings_are_loaded(file):
    saved = Settings().remember(ACME).with_theme("nord").with_view(ListView(25, GROUP_COLUMNS, None, "local"))
    file.save(saved)
    assert file.load() == saved


@settings(deadline=None)  # a busy disk is slow to confirm
@given(before=any_settings(), after=any_settings())
def test_any_settings_are_saved_over_any_others(tmp_path_factory, before, after):
    file = SettingsFile(tmp_path_factory.mktemp("settings") / "settings.toml")
    file.save(before)
    assert file.load() == before
    file.save(after)
    assert file.load() == after


# Cache


@pytest.fixture
def cache(tmp_path):
    return SettingsCache(tmp_path / "cache" / "settings.json")


@given(settings=any_settings())
def test_cache_returns_what_was_validated(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("settings")
    cache = SettingsCache(folder / "settings.json")
    file = SettingsFile(folder / "settings.toml", cache)
    file.save(settings)
    known = file.load()
    assert (known, cache.load(file.text()) or Settings()) == (settings, settings)


def test_cache_is_that_of_one_text(cache):
    cache.save("history = false", Settings(history=False))
    assert cache.load("history = false") == Settings(history=False)
    assert cache.load("history = true") is None


def test_cache_is_private_and_has_only_settings(file, cache):
    file.path.parent.mkdir(parents=True)
    file.path.write_text('history = false\ntoken = "abcdef"\n')
    SettingsFile(file.path, cache).load()
    assert stat.S_IMODE(cache.path.stat().st_mode) == 0o600
    assert "abcdef" not in cache.path.read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"text": 1}', '{"settings": {}, "text": "DIGEST"}'])
def test_damaged_cache_is_replaced(file, cache, content):
    cache.save("history = false", Settings(history=False))
    digest = json.loads(cache.path.read_text())["text"]
    cache.path.write_text(content.replace("DIGEST", digest))
    file.path.parent.mkdir(parents=True)
    file.path.write_text("history = false")
    assert SettingsFile(file.path, cache).load() == Settings(history=False)
    assert cache.load("history = false") == Settings(history=False)


def test_cache_that_cannot_be_written_is_ignored(file, tmp_path):
    (tmp_path / "file").write_text("")
    file.path.parent.mkdir(parents=True)
    file.path.write_text("history = false")
    cache = SettingsCache(tmp_path / "file" / "settings.json")
    assert SettingsFile(file.path, cache).load() == Settings(history=False)


def test_file_is_private(file):
    file.save(Settings().remember(ACME))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_readable_file_becomes_private(written):
    file = written(EDITED_BY_HAND)
    file.path.chmod(0o644)
    file.save(file.load().with_theme("gruvbox"))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_documented_example_is_valid(written):
    import groupstui.settings

    _, example = groupstui.settings.__doc__.split("\n\n", 1)
    known = written(example).load()
    assert (known.theme, known.page_size, known.current, len(known.sites)) == ("nord", "auto", ACME, 2)


def test_default_path_follows_xdg_config_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    assert default_path().is_relative_to(tmp_path)
    assert default_path().parts[-2:] == ("groupstui", "settings.toml")


def test_missing_file_needs_no_pydantic_or_tomlkit(tmp_path):
    program = (
        "import sys; from groupstui.settings import SettingsFile, default_path;"
        "SettingsFile(default_path()).load();"
        "print({'pydantic', 'tomlkit', 'keyring', 'textual'} & sys.modules.keys())"
    )
    environment = {"PYTHONPATH": str(Path(groupstui.__file__).parents[1]), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_edited_file_keeps_comments_order_and_spacing(written):
    file = written(EDITED_BY_HAND)
    file.save(file.load().with_theme("gruvbox").remember(OTHER))
    expected = EDITED_BY_HAND.replace('"nord"', '"gruvbox"').replace(
        f'current = "{ACME}"', f'current = "{OTHER}"\nrecent = ["{ACME}"]'
    )
    assert file.path.read_text() == expected


def test_forgotten_instance_loses_only_its_line(written):
    file = written(EDITED_BY_HAND)
    file.save(file.load().forget(OTHER))
    assert file.path.read_text() == EDITED_BY_HAND.replace(f'other = "{OTHER}"\n', "")


def test_last_instance_leaves_no_empty_list(file):
    file.save(Settings().remember(ACME).remember(OTHER))
    file.update(lambda settings: settings.forget(OTHER))
    assert "recent" not in file.path.read_text()
    assert file.load() == Settings().remember(ACME)


def test_saved_lists_have_a_line_each(written):
    file = written(EDITED_BY_HAND)
    one = SavedList("QA only", ACME, (1, 2), "only", (1,))
    for saved in (one, SavedList("both", ACME, (2, 3), "all"), SavedList("both", OTHER, (4, 5), "any")):
        file.update(lambda settings, saved=saved: settings.with_list(saved))
    text = file.path.read_text()
    assert text.startswith(EDITED_BY_HAND.rstrip())
    assert f'[lists."{ACME}"]\n"QA only" = {{groups = [1, 2], show = "only", only = [1]}}\n' in text
    assert [saved.name for saved in file.load().lists_of(ACME)] == ["QA only", "both"]
    file.update(lambda settings: settings.with_list(replace(one, groups=(1, 3))))
    assert file.load().lists_of(ACME)[0].groups == (1, 3)
    assert len(file.load().lists) == 3
    file.update(lambda settings: settings.without_list(one))
    assert [(saved.name, saved.instance) for saved in file.load().lists] == [("both", ACME), ("both", OTHER)]


def test_new_key_is_written_above_tables(written):
    file = written(f'[sites]\nacme = "{ACME}"\n')
    file.save(file.load().with_theme("nord"))
    assert file.load() == Settings(theme="nord", sites=(Site("acme", ACME),))


def test_unchanged_settings_do_not_touch_the_file(written):
    file = written(EDITED_BY_HAND)
    before = file.path.stat()
    file.save(file.load())
    after = file.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_edited_file_keeps_line_ends(written):
    file = written('theme = "nord"\r\n# mine\r\n')
    file.save(file.load().with_theme("gruvbox"))
    assert file.path.read_bytes() == b'theme = "gruvbox"\r\n# mine\r\n'


def test_edited_file_stays_a_link(file, tmp_path):
    kept = tmp_path / "dotfiles.toml"
    kept.write_text(EDITED_BY_HAND)
    file.path.parent.mkdir()
    file.path.symlink_to(kept)
    file.save(file.load().with_theme("gruvbox"))
    assert file.path.is_symlink()
    assert SettingsFile(kept).load().theme == "gruvbox"


@pytest.mark.parametrize(
    "text",
    [
        f'sites = {{ acme = "{ACME}" }}\n',
        f'sites.acme = "{ACME}"\ntheme = "nord"\n',
        f'theme = "nord"\n[sites]\nacme = "{ACME}"\n\n\n# the end',
    ],
)
def test_any_layout_can_be_edited(written, text):
    file = written(text)
    changed = (
        file.load()
        .remember(OTHER)
        .with_theme("gruvbox")
        .with_view(ListView(100, GROUP_COLUMNS, None, "local"))
    )
    file.save(changed)
    assert file.load() == changed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("\n\npage_size = 16", ", line 3: page_size must be 'auto' or one of 15, 25, 50, 100"),
        ('page_size = "a"', ", line 1: page_size must be 'auto' or one of 15, 25, 50, 100"),
        ("theme = 3", ", line 1: theme must be the name of a theme"),
        ('theme = ""', ", line 1: theme must be the name of a theme"),
        ("[keys]\nx = 3", ", line 1: keys must be a table of actions, such as page.next"),
        ('[keys]\n"page.next" = []', ", line 1: keys must be a table of actions, such as page.next"),
        ('recent = ["s3cret"]', ", line 1: recent must be a list of addresses of instances"),
        (f'recent = "{ACME}"', ", line 1: recent must be a list of addresses of instances"),
        ("sites = 3", ", line 1: sites must be a table of readable names and addresses"),
        ('[sites]\n"my site" = "s3cret"', f", line 2: my site must be an address such as {ACME}"),
        (
            f'[sites]\nb = "{ACME}"\n\na = "{ACME}"\n',
            ", line 4: a has the same address as another instance",
        ),
        *(
            (f'[lists."{ACME}"]\nx = {{ {value} }}', ", line 1: lists must be a table of instances, and ")
            for value in (
                *("", "groups = [1]", "groups = [1, 1]", "groups = [0, 1]", "groups = [1, 2, 3, 4, 5, 6, 7]"),
                *('groups = [1, 2], show = "x"', 'groups = [1, 2], show = "only"'),
                *("groups = [1, 2], only = [1]", 'groups = [1, 2], show = "only", only = [3]'),
            )
        ),
        ("page_size = true", ", line 1: page_size must be 'auto' or one of 15, 25, 50, 100"),
        ("history = 1", ", line 1: history must be true or false"),
        ("history_days = 0", ", line 1: history_days must be a number of days from 1 to 36500"),
        ("history_days = true", ", line 1: history_days must be a number of days from 1 to 36500"),
        ('theme = "\\u001b[2J"', ", line 1: theme must be the name of a theme"),
        ('current = "https://s3cret:pw@a.b"', f", line 1: current must be an address such as {ACME}"),
        (f'current = "{ACME}/s3cret"', f", line 1: current must be an address such as {ACME}"),
        ('current = "ftp://s3cret"', f", line 1: current must be an address such as {ACME}"),
        ("sites.acme = 3", f": acme must be an address such as {ACME}"),
        ('columns = ["id"]', ", line 1: columns must be a list of some of"),
        ('columns = ["name", "x"]', ", line 1: columns must be a list of some of"),
        ('sort = "x"', ", line 1: sort must be one of"),
        ("theme = 1\npage_size = 1", ", line 1: theme must be the name of a theme"),
        ('current = "s3cret"', f", line 1: current must be an address such as {ACME}"),
        ('[sites]\n"\\u001b" = ""', ", line 1: sites must be a table of readable names and addresses"),
        ("# mine\ntheme nord", ", line 2: the file is not valid TOML: "),
        ("x = [", ", line 1: the file is not valid TOML: "),
        (b'theme = "nord"\n# \xff\n', ", line 2: the file is not valid UTF-8"),
    ],
)
def test_invalid_file_is_reported_by_line_and_key(written, text, complaint):
    message = why_load_fails(written(text))
    assert message.startswith(complaint)
    assert "s3cret" not in message


def test_invalid_file_is_never_overwritten(written):
    file = written("page_size = 16 # oops\n")
    with pytest.raises(SettingsError, match="page_size"):
        file.save(Settings(theme="nord"))
    assert file.path.read_text() == "page_size = 16 # oops\n"


def test_folder_in_place_of_the_file_is_an_error(file):
    file.path.mkdir(parents=True)
    assert why_load_fails(file) == ": the settings cannot be read: Is a directory"
    with pytest.raises(SettingsError, match="cannot be read"):
        file.save(Settings(theme="nord"))


def test_failed_save_leaves_only_the_old_file(written):
    file = written(EDITED_BY_HAND)
    with no_room_for_files(), pytest.raises(SettingsError, match="cannot be saved: File too large"):
        file.save(file.load().with_theme("gruvbox"))
    assert file.path.read_text() == EDITED_BY_HAND
    assert list(file.path.parent.iterdir()) == [file.path]


def test_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "groupstui").touch()
    file = SettingsFile(tmp_path / "groupstui" / "settings.toml")
    assert why_load_fails(file) == ": the settings cannot be read: Not a directory"


UNUSUAL = {
    "brackets": "theme = " + "[" * 5_000,
    "tables": "[sites." + ".".join("a" * 5_000) + "]",
    "digits": f"page_size = {'1' * 5_000}",
    "large": "#" * 2_000_000,
}


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_file_is_reported_and_not_overwritten(written, text):
    file = written(text)
    for use in (file.load, lambda: file.save(Settings(theme="nord"))):
        with pytest.raises(SettingsError, match=str(file.path)):
            use()
    assert file.path.read_text() == text


def test_byte_order_mark_is_ignored(file):
    file.path.parent.mkdir()
    file.path.write_bytes(b"\xef\xbb\xbftheme = 'nord'\n")
    assert file.load().theme == "nord"
    file.save(file.load().with_view(ListView(25, GROUP_COLUMNS, None, "local")))
    assert (file.load().theme, file.load().page_size) == ("nord", 25)


def test_pipe_and_endless_device_do_not_block(file):
    file.path.parent.mkdir()
    os.mkfifo(file.path)
    assert file.load() == Settings()
    file.path.unlink()
    file.path.symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match="larger than"):
        file.load()


SIGNING_IN = """
import sys
from pathlib import Path
from groupstui.settings import SettingsFile
file = SettingsFile(Path(sys.argv[1]))
for number in range(10):
    file.update(lambda settings: settings.remember(f"https://{sys.argv[2]}{number}.testmo.net"))
"""


def test_programs_that_change_the_settings_at_once_lose_nothing(file):
    command = [sys.executable, "-c", SIGNING_IN, str(file.path)]
    environment = os.environ | {"PYTHONPATH": str(Path(groupstui.__file__).parents[1])}
    programs = [subprocess.Popen([*command, name], env=environment) for name in ("a", "b", "c")]
    assert [program.wait(60) for program in programs] == [0, 0, 0]
    assert len(file.load().sites) == 30
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]


def test_folder_is_private_whatever_the_umask(tmp_path):
    file = SettingsFile(tmp_path / "a" / "b" / "settings.toml")
    before = os.umask(0)
    try:
        file.save(Settings(theme="nord"))
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file.path.parent, file.path.parents[1])] == [
        0o700
    ] * 2


def test_unknown_keys_are_kept(written):
    """A newer version may have written them."""
    text = 'future = "s3cret"\nhistory = false\n\n[server]\nurl = "https://x"  # new\n'
    file = written(text)
    assert file.load().unknown == ("future", "server")
    file.update(lambda settings: settings.with_theme("nord"))
    assert file.load() == Settings(theme="nord", history=False, unknown=("future", "server"))
    assert all(line in file.path.read_text() for line in text.splitlines())


def test_unknown_tables_that_are_nested_deeply_are_not_damaged(written):
    file = written(text := "[" + ".".join("a" * 5_000) + "]")
    with suppress(SettingsError):
        file.update(lambda settings: settings.with_theme("nord"))
    assert text in file.path.read_text()


def test_keys_are_texts_or_lists(written):
    file = written('[keys]\n"page.next" = "f6"\n"view.zoom" = ["f7", "ctrl+o"]\n')
    assert file.load().keys == (("page.next", "f6"), ("view.zoom", "f7,ctrl+o"))
    file.update(lambda settings: settings.remember(ACME))
    assert '"view.zoom" = ["f7", "ctrl+o"]' in file.path.read_text()
