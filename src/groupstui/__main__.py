"""Starts the app, or answers a command. The only place that exits."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from .cli import main as cli
from .errors import Offline
from .terminal.stdio import print_error, replace_closed_streams
from .token import Token

if TYPE_CHECKING:
    import httpx

    from .app import GroupsApp
    from .cli.demo_site import Demo
    from .credentials import TokenStore
    from .demo.site import Site
    from .directory.directory import Directory
    from .history import History
    from .settings import Settings
    from .terminal.display import DisplayOptions
    from .testmo.instance import Instance

TOOLKIT_VARIABLES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""They make Textual log keys, a token's among them, to readable files, or load other code."""

DEMO_TOKEN = "demo"
"""What opens the embedded demo site. Nobody has to type it."""

TURN = 0.001
"""Seconds after which a thread that reads an answer lets the keys have their turn."""

STARTED = 2.0
"""Seconds after which everything that the first screen needs is surely loaded."""

SAVING = 2.0
"""Seconds that the end of the program waits for a keyring that has not answered yet."""


def main() -> NoReturn:
    """Run the program and exit with its code."""
    sys.setswitchinterval(TURN)
    gc.disable()  # while it starts, nothing becomes garbage; a command is over before that matters
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # its command line: not for --demo
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # other programs' plugins: not in here
    replace_closed_streams()
    try:
        code = run(sys.argv[1:], os.environ)
    except SystemExit as end:  # of argparse
        code = end.code if isinstance(end.code, int) else 1
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass  # whoever reads has seen enough
    except OSError as error:  # a full disk, or a terminal that has gone
        if not code:
            print_error(f"not all could be written: {error.strerror}")
            code = cli.ExitCode.UNKNOWN
    # To take the interpreter apart, as `sys.exit` does, takes longer than many a look-up.
    os._exit(code)


def run(arguments: list[str], environ: MutableMapping[str, str]) -> int:
    """Run the program.

    Args:
        arguments: The command line, without the program's name.
        environ: The environment; variables that would give keys away are dropped from it.

    Returns:
        The exit code.
    """
    options = cli.parse(arguments)
    if cli.is_command(arguments):
        return cli.run(options, environ, _demo() if getattr(options, "demo", False) else None)
    if (why := _unfit(environ)) is not None:
        return cli.complain(
            f"{why}; 'groupstui browse --plain' and other commands need no drawing: see --help"
        )
    for variable in TOOLKIT_VARIABLES:
        environ.pop(variable, None)
    return _logged(options, environ) if options.debug else _browse(options, environ)


def _unfit(environ: Mapping[str, str]) -> str | None:
    from .terminal.display import unsupported_reason

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return "the app draws on a terminal, and this is none"
    return unsupported_reason(environ, sys.stderr.encoding)


def _logged(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from .diagnostics import log_to_file

    try:
        log = log_to_file()
    except OSError as error:
        return cli.complain(f"no log can be written: {error.strerror}: {error.filename}")
    code = _browse(options, environ)
    print_error(f"the log is in {log}")
    return code


def _browse(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Open the app, and give the exit code once it has ended."""
    import asyncio

    from .credentials import TokenStore
    from .terminal.display import detect_display

    looks = detect_display(
        environ,
        sys.stderr.encoding,
        ascii_only=options.ascii,
        animations=options.animations,
        mouse=options.mouse,
    )
    tokens = TokenStore()
    app = _demo_app(options, looks) if options.demo else _app(options, environ, looks, tokens)
    if isinstance(app, cli.ExitCode):
        return app
    asyncio.run(_shown(app, mouse=looks.mouse))
    tokens.finish(SAVING)
    return app.return_code or 0


async def _shown(app: GroupsApp, *, mouse: bool) -> None:
    import asyncio

    from .terminal.shutdown import exit_on_signals

    loop = asyncio.get_running_loop()

    def end(code: int) -> None:
        loop.call_soon_threadsafe(lambda: app.exit(return_code=code))

    loop.call_later(STARTED, _collect_garbage)
    with exit_on_signals(end):
        await app.run_async(mouse=mouse)


def _collect_garbage() -> None:
    """Begin to look for garbage, but not among what was loaded for good."""
    gc.freeze()
    gc.enable()


def _app(
    options: argparse.Namespace, environ: Mapping[str, str], looks: DisplayOptions, tokens: TokenStore
) -> GroupsApp | cli.ExitCode:
    """Make the app for a real site, or say what is wrong with the way it was called."""
    from .app import Credentials, make_app
    from .credentials import token_from_environment
    from .errors import InvalidInstance, InvalidToken, SettingsError
    from .history import history_of
    from .service.service import GroupsService
    from .settings import SettingsFile, default_path
    from .testmo.instance import Instance
    from .testmo.network import Network

    text = options.instance or environ.get("TESTMO_INSTANCE", "").strip()
    try:
        file = SettingsFile(default_path())
        settings = file.load()
        text = settings.origin_of(text) or text or (settings.current or "" if options.offline else "")
        instance = Instance.parse(text) if text else None
        token = _no_token if options.offline else token_from_environment(environ)
        if options.offline and (why := _unknown_offline(instance, settings)):
            return cli.complain(why)
        if token is not None and instance is None:
            # A token must not travel to a site that it was not meant for.
            return cli.complain("TESTMO_TOKEN is set: name its site with --instance or TESTMO_INSTANCE")
        access = Credentials(instance, token) if token and instance else None
        network = Network(options.proxy, options.ca_bundle)
        return make_app(
            settings_file=file,
            tokens=tokens,
            connect=lambda instance, token: GroupsService(
                instance,
                token,
                network=network,
                history=history_of(instance.origin, settings),
                offline=options.offline,
            ),
            history=lambda origin: history_of(origin, settings),
            access=access,
            instance=instance,
            start_at=options.name or "",
            looks=looks,
        )
    except InvalidInstance as error:
        return cli.complain(f"“{text}” names no site: {error}")
    except (InvalidToken, SettingsError) as error:
        return cli.complain(str(error))


async def _no_token() -> Token:
    raise Offline("offline: the site is not asked")


def _unknown_offline(instance: Instance | None, settings: Settings) -> str:
    """Say why a site can't be seen without asking it; nothing where it can."""
    from .history import history_of

    if instance is None:
        return "no site: name one with --instance"
    history = history_of(instance.origin, settings)
    if history is None:
        return "nothing is kept: the settings say history = false"
    return "" if history.exists else f"nothing is known of {instance.name} yet: run it once without --offline"


def _demo() -> Demo:
    """Return the embedded demo site: in this process, with no port, no login and no keyring."""
    from functools import cache

    from .cli.demo_site import DEMO_INSTANCE, Demo
    from .history import History

    history = History(DEMO_INSTANCE.origin, None)
    site = cache(lambda: _demo_site(history))
    return Demo(Token.parse(DEMO_TOKEN), lambda: _demo_transport(site()), history, begin=site)


def _demo_site(history: History) -> Site:
    """Make the demo site, and its past."""
    from .demo import make_site, week_ago

    site = make_site()
    history.save(_reading(week_ago(site), datetime.now(UTC) - timedelta(days=7, minutes=1)))
    return site


def _demo_transport(site: Site) -> httpx.AsyncBaseTransport:
    """Return what carries requests to the demo site."""
    import httpx

    from .demo import create_app

    return httpx.ASGITransport(create_app(site, token=DEMO_TOKEN))


def _reading(site: Site, as_of: datetime) -> Directory:
    """Return what a complete reading of a demo site brings."""
    from .directory.directory import Directory, Group

    directory = Directory()
    directory.add((), {user.id: user.name for user in site.users.values()})
    groups = [Group(group.id, group.name, group.members) for group in site.groups.values()]
    directory.settle(groups, complete=True, as_of=as_of)
    return directory


def _demo_app(options: argparse.Namespace, looks: DisplayOptions) -> GroupsApp:
    from .app import Credentials, make_app
    from .cli.demo_site import DEMO_INSTANCE
    from .service.service import GroupsService

    demo = _demo()
    return make_app(
        access=Credentials(DEMO_INSTANCE, demo.token),
        connect=lambda instance, token: GroupsService(
            instance, token, transport=demo.transport, history=demo.history
        ),
        start_at=options.name or "",
        looks=looks,
    )


if __name__ == "__main__":
    main()
