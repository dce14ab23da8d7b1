"""The commands config and doctor, and instances in the settings."""

from __future__ import annotations

import os

import pytest


def test_config_shows_all_settings(cli):
    assert "history = true\nhistory_days = 400\n" in cli("config", "show").out


def test_doctor_prints_no_secrets(cli, demo, environ):
    environ["HTTPS_PROXY"] = "http://me:pa55@proxy.example:3128"
    result = cli("doctor")
    assert result.code == 0
    for fact in ("groupstui:", "python:", "terminal:", "keyring:", "proxy:", "certificates:", "clock:"):
        assert fact in result.out
    assert "the instance answers, and the token belongs to a site admin" in result.out
    assert "agrees with that of the instance" in result.out
    assert demo.token not in result.out
    assert "pa55" not in result.out


@pytest.mark.parametrize(("address", "code"), [("https:/acme", 2), ("", 0)])
def test_doctor_exits_with_2_for_an_invalid_instance(cli, environ, address, code):
    environ["TESTMO_INSTANCE"] = address
    result = cli("doctor")
    assert result.code == code
    assert "instance:     " in result.out


def test_instance_by_name_from_settings(cli, demo, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'[sites]\nwork = "{demo.url}"\n')
    del environ["TESTMO_INSTANCE"]
    assert cli("groups", "--instance", "work").code == 0
    assert "work" in cli("config", "show").out


def test_invalid_settings_report_line(cli, environ):
    path = cli("config", "path").out.strip()
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write('theme = "nord"\npage_size = 7\n')
    result = cli("groups")
    assert result.code == 2
    assert "line 2" in result.err
    assert "page_size" in result.err


@pytest.mark.parametrize(
    "address", ["me:pa55@proxy.example:3128", "http://me:pa55@[", "http://me:p@pa55@proxy.example", "pa55@x"]
)
def test_doctor_hides_the_password_of_any_proxy(cli, environ, address):
    environ["HTTPS_PROXY"] = address
    result = cli("doctor")
    assert "pa55" not in result.out + result.err
    assert "internal error" not in result.err
