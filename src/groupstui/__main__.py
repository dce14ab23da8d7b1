"""Starts the app. The only place that exits."""

import os
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, NoReturn

from . import cli

if TYPE_CHECKING:
    from .app import GroupsApp

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
    options = cli.parse(arguments, environ)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return _refuse("groupstui draws on a terminal, and this is none")
    for variable in TOOLKIT_VARIABLES:
        environ.pop(variable, None)
    return _browse(options, environ)


def _browse(options: cli.Options, environ: MutableMapping[str, str]) -> int:
    from .app import Access, make_app
    from .credentials import BadToken, token_from_environment
    from .settings import SettingsError, SettingsFile, default_path

    if options.demo:
        app = _demo_app()
    else:
        try:
            token = token_from_environment(environ)
            if token is not None and options.instance is None:
                # A token must not travel to a site that it was not meant for.
                return _refuse("TESTMO_TOKEN is set: name its site with --instance or TESTMO_INSTANCE")
            access = Access(options.instance, token) if token and options.instance else None
            app = make_app(
                settings_file=SettingsFile(default_path()), access=access, instance=options.instance
            )
        except (BadToken, SettingsError) as error:
            return _refuse(str(error))
    app.run()
    return app.return_code or 0


def _demo_app() -> "GroupsApp":
    """Give the app on the embedded demo site: in this process, with no port, no login and no keyring."""
    import httpx
    from pydantic import SecretStr

    from .api.instance import Instance
    from .app import Access, make_app
    from .demo import DEMO_TOKEN, create_app, make_site
    from .service import GroupsService

    transport = httpx.ASGITransport(create_app(make_site(), token=DEMO_TOKEN))
    return make_app(
        access=Access(Instance("https://demo.testmo.net"), SecretStr(DEMO_TOKEN)),
        connect=lambda instance, token: GroupsService(instance, token, transport=transport),
    )


def _refuse(why: str) -> int:
    print(f"groupstui: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
