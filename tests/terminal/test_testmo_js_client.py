"""Testmo's own JavaScript client reads the demo site: the demo answers as Testmo does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site

from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

pytestmark = pytest.mark.real

PACKAGE = "@testmo/testmo-api@2.4.0"
SCRIPT = Path(__file__).parent / "js" / "read_site.js"


def skip(reason: str) -> None:
    """Skip a test if the machine lacks something; fail in CI, which has everything."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the client once a session, and return the folder in which node finds it."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp("npm")
    install = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
        "--prefix",
        str(folder),
        PACKAGE,
    ]
    try:
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=180)
    except subprocess.CalledProcessError as error:
        first_line, _, _ = error.stderr.strip().partition("\n")
        skip(f"npm cannot install {PACKAGE}: {first_line}")
    except subprocess.TimeoutExpired:
        skip(f"npm takes too long to install {PACKAGE}")
    return folder / "node_modules"


@pytest.fixture(scope="session")
def site() -> Site:
    return make_site(60)


@pytest.fixture(scope="session")
def read(modules: Path, site: Site) -> dict[str, Any]:
    """Return what the client read: the user, all pages of groups, and group 1."""
    with SiteServer(SiteApp(site, token=TOKEN)) as server:
        done = subprocess.run(
            ["node", str(SCRIPT), server.url, TOKEN, "1"],
            env={**os.environ, "NODE_PATH": str(modules), "TZ": "UTC"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def as_node_prints(stamp: str | None) -> str | None:
    """Return a time as JavaScript's Date prints it in UTC, the time zone of node in these tests."""
    if stamp is None:
        return None
    return datetime.fromisoformat(stamp).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def test_js_client_reads_current_user(read: dict[str, Any], site: Site) -> None:
    ada = site.users[1]
    assert read["user"] == {
        "id": 1,
        "name": "Ada Lovelace",
        "timezone": ada.timezone,
        "date_format": ada.date_format,
        "time_format": ada.time_format,
    }


def test_js_client_reads_all_pages(read: dict[str, Any], site: Site) -> None:
    assert [page["page"] for page in read["pages"]] == [1, 2, 3]
    assert {(page["last_page"], page["per_page"], page["total"]) for page in read["pages"]} == {(3, 25, 60)}
    assert [group["id"] for page in read["pages"] for group in page["result"]] == list(site.groups)


def test_js_client_reads_all_fields_of_groups(read: dict[str, Any], site: Site) -> None:
    for page in read["pages"]:
        for group in page["result"]:
            expected = site.groups[group["id"]]
            assert group == {
                **expected.as_json(),
                "members": list(expected.members),
                "created_at": as_node_prints(expected.created_at),
                "updated_at": as_node_prints(expected.updated_at),
            }


def test_js_client_reads_names_of_members(read: dict[str, Any], site: Site) -> None:
    for page in read["pages"]:
        names = {user["id"]: user["name"] for user in page["expands"]["users"]}
        members = {member for group in page["result"] for member in group["members"]}
        assert names == {user_id: site.users[user_id].name for user_id in names}
        assert names.keys() >= members & site.users.keys()


def test_js_client_reads_one_group(read: dict[str, Any], site: Site) -> None:
    assert read["group"]["result"] == read["pages"][0]["result"][0]
    assert {user["id"] for user in read["group"]["expands"]["users"]} >= set(site.groups[1].members)
