"""Open the app."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from .. import event_loop
from ..credentials import TokenStore
from ..diagnostics import log_to_file
from ..errors import Offline, UsageError, quoted
from ..history import history_of
from ..redaction import without_tokens
from ..terminal.display import DisplayOptions, detect_display, unsupported_reason
from ..terminal.shutdown import exit_on_signals
from ..terminal.stdio import print_error
from ..token import Token
from . import collection
from .context import Context

if TYPE_CHECKING:
    from ..app import GroupsApp

KEYRING_GRACE_S = 0.5
"""How long the exit waits for a keyring that is still saving a token."""

NO_COMMAND_HINT = "On a terminal, “groupstui browse NAME” opens a group or user; see groupstui --help."

NO_TERMINAL_HINT = "Use a command such as “groupstui browse --plain” instead; see --help."


def launch(context: Context) -> int:
    """Open the app, and return the exit code when it is closed.

    Raises:
        UsageError: If there is no suitable terminal, or if options cannot be combined.
    """
    options = context.options
    if options.name and not (options.has_command or (sys.stdin.isatty() and sys.stdout.isatty())):
        raise UsageError(f"{quoted(options.name)} is not a command", hint=NO_COMMAND_HINT)
    for name in ("max_age", "fresh", "at", "token_stdin"):
        if getattr(options, name):
            hint = "In the app, :at shows the instance as it was." if name == "at" else None
            raise UsageError(f"--{name.replace('_', '-')} needs --plain", hint)
    display = _display(context)
    _prepare_textual(context.environ)
    if options.no_color:
        context.environ["NO_COLOR"] = "1"  # read by Textual
    log = _start_log() if options.debug else None
    tokens = TokenStore()
    app = _make_app(context, tokens, display)
    event_loop.run(_run(app, mouse=display.mouse))
    tokens.finish(KEYRING_GRACE_S)
    if log is not None:
        print_error(f"the log is in {log}")
    return app.return_code or 0


def _prepare_textual(environ: MutableMapping[str, str]) -> None:
    """Keep Textual from what its environment could make it do; it reads that when it is imported.

    Its own variables can write the screen or the keys, a shown token included, to readable files, and press
    keys. `COLUMNS` and `LINES`, if exported, would fix the size of the screen. So would a stdout that is not
    the terminal, because Python takes the size from that.
    """
    for name in [*environ]:
        if name.startswith("TEXTUAL") or name in ("COLUMNS", "LINES"):
            del environ[name]
    if not sys.stdout.isatty():
        sys.__stdout__ = sys.__stderr__  # type: ignore[misc]


def _display(context: Context) -> DisplayOptions:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("stdin and stderr must be a terminal", hint=NO_TERMINAL_HINT)
    encoding = sys.stderr.encoding
    if (reason := unsupported_reason(context.environ, encoding)) is not None:
        raise UsageError(without_tokens(reason), hint=NO_TERMINAL_HINT)
    options = context.options
    return detect_display(
        context.environ,
        encoding,
        ascii_only=options.ascii,
        animations=options.animations,
        mouse=options.mouse,
    )


def _start_log() -> str:
    try:
        return str(log_to_file())
    except OSError as error:
        raise UsageError(f"cannot write the log {error.filename}: {error.strerror}") from None


def _make_app(context: Context, tokens: TokenStore, display: DisplayOptions) -> GroupsApp:
    # Lazy boundary: commands do not need Textual.
    from ..app import Credentials, GroupsApp

    options = context.options
    start_at = options.name or ""
    if (demo := context.demo) is not None:
        return GroupsApp(
            access=Credentials(demo.instance, demo.token, "--demo"),
            connect=context.connect,
            start_at=start_at,
            display=display,
        )
    settings = context.settings
    instance = context.offline_instance() if options.offline else context.named_instance()
    token = _no_token if options.offline else context.given_token()
    source = "--offline" if options.offline else context.token_source
    return GroupsApp(
        settings_file=context.settings_file,
        tokens=tokens,
        connect=context.connect,
        history=lambda origin: history_of(origin, settings),
        access=Credentials(instance, token, source) if token and instance else None,
        instance=instance,
        start_at=start_at,
        display=display,
    )


async def _no_token() -> Token:
    raise Offline("--offline: no requests are sent")


async def _run(app: GroupsApp, *, mouse: bool) -> None:
    loop = asyncio.get_running_loop()

    def exit_app(code: int) -> None:
        loop.call_soon_threadsafe(lambda: app.exit(return_code=code))

    collection.resume_later(loop)
    with exit_on_signals(exit_app):
        await app.run_async(mouse=mouse)
