"""Signs in and out from the shell, and tells who is signed in."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable

from ..credentials import TokenStore
from ..errors import Forbidden, InvalidToken, KeyringUnavailable, SettingsError, Unauthorized, UsageError
from ..exit_codes import ExitCode
from ..history import History, default_folder
from ..service.service import GroupsService
from ..settings import Settings, SettingsFile, default_path
from ..text import sanitize
from ..token import Token
from .context import Context


async def auth(context: Context) -> ExitCode:
    """Carry out `auth login`, `auth logout` or `auth status`."""
    if context.options.purge and context.options.action != "logout":
        raise UsageError("--purge goes with auth logout")
    actions = {"login": _login, "logout": _logout, "status": _status}
    return await actions[context.options.action](context)


async def _login(context: Context) -> ExitCode:
    """Try a token, and keep it in the keyring where it works."""
    options, instance = context.options, context.instance
    if not (options.token_stdin or options.token_file or sys.stdin.isatty()):
        raise UsageError("no terminal to ask for the token: add --token-stdin or --token-file")
    if options.token_stdin or options.token_file:
        token = await context.token()
    else:
        print(f"Make a token at {instance.api_access_page}", file=sys.stderr)
        try:
            token = Token.parse(getpass.getpass(f"Token for {instance.name}: "))
        except InvalidToken as error:
            raise UsageError(str(error)) from None
    async with GroupsService(instance, token, timeout=options.timeout) as service:
        user = await service.sign_in()
    try:
        await TokenStore().save(instance.origin, token)
    except KeyringUnavailable as error:
        raise Unauthorized(f"the token works but was not kept: {error}", hint=error.hint) from None
    _change_settings(lambda settings: settings.remember(instance.origin))
    context.warn(f"signed in to {instance.origin} as {sanitize(user.name)}; the token is in the keyring")
    return ExitCode.OK


async def _logout(context: Context) -> ExitCode:
    """Delete the token and forget the site; its history, too, where that is wanted, token or not."""
    origin = context.instance.origin
    if context.options.purge:
        purged = History(origin, default_folder()).purge()
        context.warn("its history is deleted" if purged else "there was no history of it")
    try:
        had = await TokenStore().delete(origin)
    except KeyringUnavailable as error:
        raise Unauthorized(
            f"if the keyring holds a token, it is still there: {error}",
            hint="Sign out where the keyring can be used, or revoke the token in Testmo.",
        ) from None
    _change_settings(lambda settings: settings.forget(origin))
    context.warn(f"signed out of {origin}" if had else f"the keyring held no token for {origin}")
    return ExitCode.OK


async def _status(context: Context) -> ExitCode:
    """Tell the site, who it is, where the token comes from, and whether it is an admin's; never the token."""
    async with await context.open() as service:
        user = await service.who_am_i()
        try:
            await service.groups_page(1, 15)
            admin = True
        except Forbidden:
            admin = False
    print(f"instance: {context.instance.origin}")
    print(f"user: {sanitize(user.name)} #{user.id}")
    print(f"token from: {context.token_source}")
    print(f"site admin: {'yes' if admin else 'no: groups can only be read with a site admin’s token'}")
    return ExitCode.OK if admin else ExitCode.NOT_ADMIN


def _change_settings(change: Callable[[Settings], Settings]) -> None:
    file = SettingsFile(default_path())
    try:
        file.save(change(file.load()))
    except SettingsError as error:
        raise UsageError(str(error)) from None
