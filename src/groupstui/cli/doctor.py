"""Tells what may be in the way: of the terminal, the keyring, the network and the clock. No secret."""

from __future__ import annotations

import locale
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from ..credentials import TokenStore
from ..errors import HistoryUnavailable, KeyringUnavailable, SettingsError, TestmoError, UsageError
from ..exit_codes import ExitCode
from ..settings import SettingsFile, default_path
from ..text import pluralize
from ..version import __version__
from .context import Context

PACKAGES = ("textual", "rich", "httpx", "pydantic", "keyring", "truststore")
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
SKEW = 60.0
"""Seconds that two clocks may differ before it is worth a word."""


async def doctor(context: Context) -> ExitCode:
    """Print one line a fact; the exit code is that of the site's answer."""
    _say("groupstui", __version__)
    _say("python", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    for package in PACKAGES:
        _say(package, _version(package))
    _terminal(context)
    readable = _settings()
    await _keyring()
    _history(context)
    _network(context)
    code = await _site(context)
    return code if readable else ExitCode.USAGE


def _settings() -> bool:
    """Tell where the settings are; gives whether they can be read."""
    file = SettingsFile(default_path())
    try:
        file.load()
    except SettingsError as error:
        _say("settings", str(error))
        return False
    _say("settings", str(file.path))
    return True


def _terminal(context: Context) -> None:
    environ = context.environ
    streams = (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr))
    ours = [name for name, stream in streams if stream.isatty()]
    on = f"a terminal is on {', '.join(ours)}" if ours else "no stream is a terminal"
    _say("terminal", f"TERM={environ.get('TERM', 'unset')}, {on}")
    _say("colours", "NO_COLOR is set" if environ.get("NO_COLOR") else environ.get("COLORTERM") or "by TERM")
    _say("ssh", "yes" if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") else "no")
    _say("locale", f"{locale.setlocale(locale.LC_CTYPE)}, stdout writes {sys.stdout.encoding}")


async def _keyring() -> None:
    try:
        _say("keyring", await TokenStore().describe())
    except KeyringUnavailable as error:
        _say("keyring", f"{error}. {error.hint}")


def _history(context: Context) -> None:
    """Tell where readings are kept, how many there are, and how much room they take."""
    try:
        history = context.history
    except UsageError:
        return  # there is no site, which is told below
    if history is None:
        _say("history", "off: the settings say history = false")
    elif history.path is None:
        _say("history", "kept in memory")
    elif not history.exists:
        _say("history", f"nothing yet; it will be {history.path}")
    else:
        try:
            snapshots = history.snapshots()
        except HistoryUnavailable as error:
            _say("history", f"{error}. {error.hint}")
        else:
            size = history.path.stat().st_size
            kept = pluralize(len(snapshots), "snapshot")
            _say("history", history.notice or f"{kept} in {history.path}, {size / 1e6:,.1f} MB")


def _network(context: Context) -> None:
    found = [name for name in PROXIES if context.environ.get(name) or context.environ.get(name.lower())]
    shown = [
        f"{name}={_without_password(context.environ.get(name) or context.environ[name.lower()])}"
        for name in found
    ]
    _say("proxy", ", ".join(shown) or "none")
    named = [f"{name}={context.environ[name]}" for name in CERTIFICATES if context.environ.get(name)]
    _say("certificates", ", ".join(["the system's trust store", *named]))


async def _site(context: Context) -> ExitCode:
    """Return whether the site answers, whose token it is, and how far its clock is from ours."""
    try:
        instance = context.instance
    except UsageError as error:
        _say("site", str(error))
        return ExitCode.OK
    _say("site", instance.origin)
    try:
        service = await context.open()
    except TestmoError as error:
        _say("token", f"{error}. {error.hint}")
        return error.exit_code
    async with service:
        _say("token", f"from {context.token_source}")
        try:
            await service.sign_in()
        except TestmoError as error:
            _say("answer", f"{error}. {error.hint}")
            return error.exit_code
        _say("answer", "the site answers, and the token is a site admin's")
        _say("clock", _skew(service.server_time))
    return ExitCode.OK


def _skew(server_time: datetime | None) -> str:
    if server_time is None:
        return "the site does not tell its time"
    seconds = (datetime.now(UTC) - server_time).total_seconds()
    if abs(seconds) < SKEW:
        return "agrees with the site's"
    return (
        f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the site's: set this machine's clock"
    )


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return address.replace(f"{parts.username}:{parts.password}@", "***@") if parts.password else address


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _say(what: str, text: str) -> None:
    print(f"{what + ':':<14}{text}")
