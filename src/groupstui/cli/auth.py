"""Signs in and out from the shell, and tells who is signed in."""

import getpass
import sys
from collections.abc import Callable

from ..api.errors import AdminRequired, SignInRequired
from ..credentials import BadToken, KeyringUnavailable, TokenStore, check_token
from ..history import History, default_folder
from ..service import GroupsService
from ..settings import Settings, SettingsError, SettingsFile, default_path
from ..text import clean
from .exits import Exit
from .session import Session, UsageError


async def auth(session: Session) -> Exit:
    """Carry out `auth login`, `auth logout` or `auth status`."""
    if session.options.purge and session.options.action != "logout":
        raise UsageError("--purge goes with auth logout")
    actions = {"login": _login, "logout": _logout, "status": _status}
    return await actions[session.options.action](session)


async def _login(session: Session) -> Exit:
    """Try a token, and keep it in the keyring where it works."""
    options, instance = session.options, session.instance
    if not (options.token_stdin or options.token_file or sys.stdin.isatty()):
        raise UsageError("no terminal to ask for the token: add --token-stdin or --token-file")
    if options.token_stdin or options.token_file:
        token = await session.token()
    else:
        print(f"Make a token at {instance.api_access_page}", file=sys.stderr)
        try:
            token = check_token(getpass.getpass(f"Token for {instance.name}: "))
        except BadToken as error:
            raise UsageError(str(error)) from None
    async with GroupsService(instance, token, timeout=options.timeout) as service:
        user = await service.sign_in()
    try:
        await TokenStore().save(instance.origin, token)
    except KeyringUnavailable as error:
        raise SignInRequired(f"the token works but was not kept: {error}", advice=error.advice) from None
    _change_settings(lambda settings: settings.remember(instance.origin))
    session.warn(f"signed in to {instance.origin} as {clean(user.name)}; the token is in the keyring")
    return Exit.OK


async def _logout(session: Session) -> Exit:
    """Delete the token and forget the site; its history, too, where that is wanted, token or not."""
    origin = session.instance.origin
    if session.options.purge:
        purged = History(origin, default_folder()).purge()
        session.warn("its history is deleted" if purged else "there was no history of it")
    try:
        had = await TokenStore().delete(origin)
    except KeyringUnavailable as error:
        raise SignInRequired(
            f"if the keyring holds a token, it is still there: {error}",
            advice="Sign out where the keyring can be used, or revoke the token in Testmo.",
        ) from None
    _change_settings(lambda settings: settings.forget(origin))
    session.warn(f"signed out of {origin}" if had else f"the keyring held no token for {origin}")
    return Exit.OK


async def _status(session: Session) -> Exit:
    """Tell the site, who it is, where the token comes from, and whether it is an admin's; never the token."""
    async with await session.open() as service:
        user = await service.who_am_i()
        try:
            await service.groups_page(1, 15)
            admin = True
        except AdminRequired:
            admin = False
    print(f"instance: {session.instance.origin}")
    print(f"user: {clean(user.name)} #{user.id}")
    print(f"token from: {session.token_source}")
    print(f"site admin: {'yes' if admin else 'no: groups can only be read with a site admin’s token'}")
    return Exit.OK if admin else Exit.ADMIN


def _change_settings(change: Callable[[Settings], Settings]) -> None:
    file = SettingsFile(default_path())
    try:
        file.save(change(file.load()))
    except SettingsError as error:
        raise UsageError(str(error)) from None
