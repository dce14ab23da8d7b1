"""Starts the app, or answers a command. The only place that exits."""

import argparse
import os
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, NoReturn

from . import cli

if TYPE_CHECKING:
    from .app import GroupsApp
    from .cli.session import Demo

TOOLKIT_VARIABLES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""They make Textual log keys, a token's among them, to readable files, or load other code."""


def main() -> NoReturn:
    """Run the program and exit with its code."""
    sys.exit(run(sys.argv[1:], os.environ))


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
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return cli.complain(
            "the app draws on a terminal, and this is none; see 'groupstui --help' for commands"
        )
    for variable in TOOLKIT_VARIABLES:
        environ.pop(variable, None)
    return _logged(options, environ) if options.debug else _browse(options, environ)


def _logged(options: argparse.Namespace, environ: MutableMapping[str, str]) -> int:
    from .logs import to_file

    try:
        log = to_file()
    except OSError as error:
        return cli.complain(f"no log can be written: {error.strerror}: {error.filename}")
    code = _browse(options, environ)
    print(f"groupstui: the log is in {log}", file=sys.stderr)
    return code


def _browse(options: argparse.Namespace, environ: MutableMapping[str, str]) -> int:
    from .api.instance import BadInstance, Instance
    from .app import Access, make_app
    from .credentials import BadToken, token_from_environment
    from .settings import SettingsError, SettingsFile, default_path

    if options.demo:
        app = _demo_app(options.name or "")
    else:
        text = options.instance or environ.get("TESTMO_INSTANCE", "").strip()
        try:
            file = SettingsFile(default_path())
            instance = Instance.parse(file.load().origin_of(text) or text) if text else None
            token = token_from_environment(environ)
            if token is not None and instance is None:
                # A token must not travel to a site that it was not meant for.
                return cli.complain("TESTMO_TOKEN is set: name its site with --instance or TESTMO_INSTANCE")
            access = Access(instance, token) if token and instance else None
            app = make_app(settings_file=file, access=access, instance=instance, start_at=options.name or "")
        except BadInstance as error:
            return cli.complain(f"“{text}” names no site: {error}")
        except (BadToken, SettingsError) as error:
            return cli.complain(str(error))
    app.run()
    return app.return_code or 0


def _demo() -> "Demo":
    """Give the embedded demo site: in this process, with no port, no login and no keyring."""
    import httpx

    from .cli.session import Demo
    from .demo import DEMO_TOKEN, create_app, make_site

    return Demo(DEMO_TOKEN, httpx.ASGITransport(create_app(make_site(), token=DEMO_TOKEN)))


def _demo_app(start_at: str) -> "GroupsApp":
    from pydantic import SecretStr

    from .app import Access, make_app
    from .cli.session import DEMO_INSTANCE
    from .service import GroupsService

    demo = _demo()
    return make_app(
        access=Access(DEMO_INSTANCE, SecretStr(demo.token)),
        connect=lambda instance, token: GroupsService(instance, token, transport=demo.transport),
        start_at=start_at,
    )


if __name__ == "__main__":
    main()
