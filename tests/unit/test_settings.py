from __future__ import annotations

import resource
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupstui
from groupstui.errors import SettingsError
from groupstui.settings import PAGE_SIZES, BadValue, Settings, SettingsFile, Site, default_path

ACME = "https://acme.testmo.net"
OTHER = "https://other.testmo.net"

EDITED_BY_HAND = """\
# What I like.
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
    """Let every write to a file fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
origins = st.from_regex(r"https://[a-z0-9]{1,9}\.testmo\.net(:[1-9][0-9]{0,3})?", fullmatch=True)


@st.composite
def any_settings(draw):
    sites = draw(st.dictionaries(names, origins, max_size=5).filter(lambda d: len(set(d.values())) == len(d)))
    return Settings(
        theme=draw(st.none() | names),
        page_size=draw(st.sampled_from(PAGE_SIZES)),
        current=draw(st.none() | origins),
        sites=tuple(Site(name, instance) for name, instance in sites.items()),
    )


def test_settings_have_fifteen_rows_and_no_site_at_first():
    assert Settings() == Settings(theme=None, page_size=15, current=None, sites=())


def test_settings_remember_a_site_as_the_current_one_under_its_host():
    assert Settings().remember(ACME) == Settings(current=ACME, sites=(Site("acme.testmo.net", ACME),))


def test_settings_remember_a_site_once_and_keep_its_name():
    known = Settings().remember(ACME, "acme").remember(OTHER)
    assert known.remember(ACME) == Settings(current=ACME, sites=known.sites)


def test_settings_give_a_known_site_another_name():
    assert Settings().remember(ACME, "old").remember(ACME, "new").sites == (Site("new", ACME),)


def test_settings_refuse_a_name_that_another_site_has():
    with pytest.raises(BadValue, match="acme is already the name of another site"):
        Settings().remember(ACME, "acme").remember(OTHER, "acme")


def test_settings_list_sites_by_name():
    known = Settings().remember(OTHER, "b").remember(ACME, "a")
    assert [site.name for site in known.sites] == ["a", "b"]


def test_settings_forget_a_site_and_that_it_was_current():
    assert Settings().remember(ACME).forget(ACME) == Settings()


def test_settings_forget_another_site_than_the_current_one():
    known = Settings().remember(OTHER).remember(ACME)
    assert known.forget(OTHER) == Settings().remember(ACME)


def test_settings_forget_a_site_that_is_not_there():
    assert Settings().forget(ACME) == Settings()


def test_settings_change_theme_and_page_size():
    assert Settings().with_theme("nord").with_page_size(50) == Settings(theme="nord", page_size=50)


@pytest.mark.parametrize("size", [16, 0, -15, True, 15.0, "15"])
def test_settings_refuse_a_page_size_that_the_api_does_not_know(size):
    with pytest.raises(BadValue, match="page_size must be one of 15, 25, 50, 100"):
        Settings(page_size=size)


@pytest.mark.parametrize("address", ["acme", "ftp://a", f"{ACME}/x", "https://me:pw@a.b", "https://\x1b", 3])
def test_settings_refuse_what_is_no_origin(address):
    with pytest.raises(BadValue, match="must be an address"):
        Site("acme", address)
    with pytest.raises(BadValue, match="current must be an address"):
        Settings(current=address)


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[2J", "a\nb", 3])
def test_settings_refuse_a_name_that_can_not_be_read(name):
    with pytest.raises(BadValue, match="names that can be read"):
        Site(name, ACME)


def test_a_file_that_is_missing_stands_for_the_defaults(file):
    assert file.load() == Settings()


def test_a_file_gives_back_what_was_saved(file):
    saved = Settings().remember(ACME, "acme").with_theme("nord").with_page_size(25)
    file.save(saved)
    assert file.load() == saved


@settings(deadline=None)  # a busy disk is slow to confirm
@given(before=any_settings(), after=any_settings())
def test_a_file_gives_back_whatever_was_saved_over_whatever(tmp_path_factory, before, after):
    file = SettingsFile(tmp_path_factory.mktemp("settings") / "settings.toml")
    file.save(before)
    assert file.load() == before
    file.save(after)
    assert file.load() == after


def test_a_file_is_for_its_owner_only(file):
    file.save(Settings().remember(ACME))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_a_file_is_for_its_owner_only_even_if_it_was_not_before(written):
    file = written(EDITED_BY_HAND)
    file.path.chmod(0o644)
    file.save(file.load().with_theme("gruvbox"))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_file_is_read_by_the_names_in_the_documentation(written):
    import groupstui.settings

    _, example = groupstui.settings.__doc__.split("\n\n", 1)
    known = written(example).load()
    assert (known.theme, known.page_size, known.current, len(known.sites)) == ("nord", 25, ACME, 2)


def test_a_file_lives_where_the_system_keeps_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    assert default_path().is_relative_to(tmp_path)
    assert default_path().parts[-2:] == ("groupstui", "settings.toml")


def test_a_file_is_read_without_waiting_for_big_libraries(tmp_path):
    program = (
        "import sys; from groupstui.settings import SettingsFile, default_path;"
        "SettingsFile(default_path()).load();"
        "print({'msgspec', 'tomlkit', 'keyring', 'textual'} & sys.modules.keys())"
    )
    environment = {"PYTHONPATH": str(Path(groupstui.__file__).parents[1]), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_an_edited_file_keeps_comments_order_and_spacing(written):
    file = written(EDITED_BY_HAND)
    file.save(file.load().with_theme("gruvbox").remember(OTHER))
    expected = EDITED_BY_HAND.replace('"nord"', '"gruvbox"').replace(
        'current = "https://acme', 'current = "https://other'
    )
    assert file.path.read_text() == expected


def test_an_edited_file_loses_only_the_line_of_a_site_that_is_forgotten(written):
    file = written(EDITED_BY_HAND)
    file.save(file.load().forget(OTHER))
    assert file.path.read_text() == EDITED_BY_HAND.replace(f'other = "{OTHER}"\n', "")


def test_an_edited_file_gets_a_new_setting_above_its_tables(written):
    file = written(f'[sites]\nacme = "{ACME}"\n')
    file.save(file.load().with_theme("nord"))
    assert file.load() == Settings(theme="nord", sites=(Site("acme", ACME),))


def test_an_edited_file_is_not_touched_where_nothing_changed(written):
    file = written(EDITED_BY_HAND)
    before = file.path.stat()
    file.save(file.load())
    after = file.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_an_edited_file_keeps_the_line_ends_of_another_system(written):
    file = written('theme = "nord"\r\n# mine\r\n')
    file.save(file.load().with_theme("gruvbox"))
    assert file.path.read_bytes() == b'theme = "gruvbox"\r\n# mine\r\n'


def test_an_edited_file_stays_a_link_to_where_it_is_kept(file, tmp_path):
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
def test_an_edited_file_may_be_laid_out_in_any_way(written, text):
    file = written(text)
    changed = file.load().remember(OTHER, "other").with_theme("gruvbox").with_page_size(100)
    file.save(changed)
    assert file.load() == changed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("\n\npage_size = 16", ", line 3: page_size must be one of 15, 25, 50, 100"),
        ('page_size = "a"', ", line 1: page_size must be one of 15, 25, 50, 100"),
        ("theme = 3", ", line 1: theme must be the name of a theme"),
        ('theme = ""', ", line 1: theme must be the name of a theme"),
        ('# token\n token="s3cret"', ", line 2: token is not a setting"),
        ('[server]\nurl = "s3cret"', ", line 1: server is not a setting"),
        ("sites = 3", ", line 1: sites must be a table of names and addresses"),
        ('[sites]\n"my site" = "s3cret"', f", line 2: my site must be an address such as {ACME}"),
        (
            f'[sites]\nb = "{ACME}"\n\na = "{ACME}"\n',
            ", line 4: a has the same address as another site",
        ),
        ('current = "s3cret"', f", line 1: current must be an address such as {ACME}"),
        ('[sites]\n"\\u001b" = ""', ", line 1: sites must have names that can be read"),
        ("# mine\ntheme nord", ", line 2: this is no valid TOML: "),
        ("x = [", ": this is no valid TOML: "),
        (b'theme = "nord"\n# \xff\n', ", line 2: the text is not in UTF-8"),
    ],
)
def test_a_broken_file_says_where_and_which_key_but_never_the_value(written, text, complaint):
    message = why_load_fails(written(text))
    assert message.startswith(complaint)
    assert "s3cret" not in message


def test_a_broken_file_is_never_overwritten(written):
    file = written("page_size = 16 # oops\n")
    with pytest.raises(SettingsError, match="page_size"):
        file.save(Settings(theme="nord"))
    assert file.path.read_text() == "page_size = 16 # oops\n"


def test_a_broken_file_may_be_a_folder(file):
    file.path.mkdir(parents=True)
    assert why_load_fails(file) == ": the settings can't be read: Is a directory"
    with pytest.raises(SettingsError, match="can't be read"):
        file.save(Settings(theme="nord"))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(written):
    file = written(EDITED_BY_HAND)
    with no_room_for_files(), pytest.raises(SettingsError, match="can't be saved: File too large"):
        file.save(file.load().with_theme("gruvbox"))
    assert file.path.read_text() == EDITED_BY_HAND
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_folder_that_is_a_file_is_no_place_for_settings(tmp_path):
    (tmp_path / "groupstui").touch()
    file = SettingsFile(tmp_path / "groupstui" / "settings.toml")
    assert why_load_fails(file) == ": the settings can't be read: Not a directory"
