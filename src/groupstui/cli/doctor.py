"""Check the environment: terminal, keyring, history, network, instance and clock."""

from __future__ import annotations

import locale
import platform
import sys
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from ..credentials import TokenStore
from ..diagnostics import redact
from ..errors import (
    GroupstuiError,
    HistoryUnavailable,
    KeyringUnavailable,
    SettingsError,
    UsageError,
    shown_path,
)
from ..exit_codes import ExitCode
from ..redaction import host_without_tokens, without_tokens
from ..testmo.http_options import environment_proxies, environment_variable, proxy_without_credentials
from ..text import pluralize
from ..version import __version__
from .context import NO_INSTANCE, Context

PACKAGES = ("textual", "rich", "httpx", "pydantic", "keyring", "truststore")
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")

MAX_SKEW_S = 60.0
"""Difference of two clocks that is not worth a warning."""


async def doctor(context: Context) -> ExitCode:
    """Print one line for each fact; the exit code is that of a request to the instance."""
    _print("groupstui", __version__)
    _print("python", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    for package in PACKAGES:
        _print(package, _version(package))
    _terminal(context)
    settings_code = _settings(context)
    await _keyring()
    _history(context)
    _network(context)
    return await _instance(context) if settings_code is ExitCode.OK else settings_code


def _settings(context: Context) -> ExitCode:
    try:
        _ = context.settings
    except SettingsError as error:
        _print("settings", error.full)
        return error.exit_code
    _print("settings", str(context.settings_file.path))
    return ExitCode.OK


def _terminal(context: Context) -> None:
    environ = context.environ
    streams = (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr))
    terminals = ", ".join(name for name, stream in streams if stream.isatty())
    _print("terminal", f"TERM={without_tokens(environ.get('TERM', 'unset'))}, on: {terminals or 'no stream'}")
    colors = environ.get("COLORTERM") or "according to TERM"
    _print("colors", "NO_COLOR is set" if environ.get("NO_COLOR") else without_tokens(colors))
    _print("ssh", "yes" if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") else "no")
    _print("locale", f"{locale.setlocale(locale.LC_CTYPE)}, stdout encoding {sys.stdout.encoding}")


async def _keyring() -> None:
    try:
        _print("keyring", await TokenStore().describe())
    except KeyringUnavailable as error:
        _print("keyring", error.full)


def _history(context: Context) -> None:
    try:
        history = context.history
    except UsageError:
        return  # there is no instance; see `_instance`
    except SettingsError:
        return  # see `_settings`
    if history is None:
        _print("history", "off: the settings contain history = false")
    elif history.path is None:
        _print("history", "in memory")
    else:
        try:
            snapshots = history.snapshots()
        except HistoryUnavailable as error:
            _print("history", error.full)
            return
        if snapshots:
            size = history.path.stat().st_size / 1e6
            _print("history", f"{pluralize(len(snapshots), 'snapshot')} in {history.path}, {size:,.1f} MB")
        else:
            _print("history", history.notice or f"{history.missing}; the file will be {history.path}")


def _network(context: Context) -> None:
    environ = context.environ
    proxies = environment_proxies(environ)
    if address := environ.get("GROUPSTUI_PROXY"):
        proxies = {"GROUPSTUI_PROXY": address, **proxies}
    found = [f"{name}={proxy_without_credentials(address)}" for name, address in proxies.items()]
    if no_proxy := environment_variable(environ, "NO_PROXY"):
        found.append(f"NO_PROXY={','.join(map(host_without_tokens, no_proxy.split(',')))}")
    _print("proxy", ", ".join(found) or "none")
    certificates = [
        f"{name}={shown_path(environ[name])}" for name in CERTIFICATE_VARIABLES if environ.get(name)
    ]
    _print("certificates", ", ".join(["the system's trust store", *certificates]))


async def _instance(context: Context) -> ExitCode:
    """Check whether the instance answers, whether the token is valid, and how the clocks differ."""
    try:
        instance = context.find_instance()
    except UsageError as error:
        _print("instance", error.full)
        return error.exit_code
    _print("instance", NO_INSTANCE if instance is None else instance.origin)
    if instance is None:
        return ExitCode.OK
    try:
        service = await context.open()
    except GroupstuiError as error:
        _print("token", error.full)
        return error.exit_code
    async with service, context.progress(service):
        _print("token", f"from {context.token_source}")
        try:
            await service.sign_in()
        except GroupstuiError as error:
            _print("answer", error.full)
            return error.exit_code
        _print("answer", "the instance answers, and the token belongs to a site admin")
        _print("clock", _skew(context.clock.now(), service.server_time))
    return ExitCode.OK


def _skew(now: datetime, server_time: datetime | None) -> str:
    if server_time is None:
        return "the instance does not report its time"
    seconds = (now - server_time).total_seconds()
    if abs(seconds) < MAX_SKEW_S:
        return "agrees with that of the instance"
    direction = "ahead of" if seconds > 0 else "behind"
    return f"{abs(seconds):.0f} s {direction} that of the instance: set the clock of this machine"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _print(label: str, text: str) -> None:
    print(f"{label + ':':<14}{redact(text)}")
