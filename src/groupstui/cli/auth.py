"""Sign in and out, and show the signed-in user."""

from __future__ import annotations

import getpass
import sys

from ..credentials import TokenStore
from ..errors import Forbidden, HistoryUnavailable, KeyringUnavailable, Unauthorized, UsageError
from ..exit_codes import ExitCode
from ..history import History, default_folder
from ..text import sanitize
from ..token import Token
from .context import Context


async def auth(context: Context) -> ExitCode:
    """Run `auth login`, `auth logout` or `auth status`."""
    for option in ("purge", "yes"):
        if getattr(context.options, option) and context.options.action != "logout":
            raise UsageError(f"--{option} needs auth logout")
    if context.demo is not None:
        raise UsageError("--demo needs no token: it cannot be used with auth")
    actions = {"login": _login, "logout": _logout, "status": _status}
    return await actions[context.options.action](context)


async def _login(context: Context) -> ExitCode:
    """Validate a token and save it in the keyring."""
    instance, tokens = context.instance, TokenStore()
    if (token := context.given_token()) is not None:
        pass
    elif sys.stdin.isatty():
        try:
            await tokens.describe()  # before a token is typed in vain
        except KeyringUnavailable as error:
            raise Unauthorized(f"a token cannot be saved: {error}", hint=error.hint) from None
        print(f"Create a token at {instance.api_access_page}", file=sys.stderr)
        try:
            token = Token.parse(getpass.getpass(f"Token for {instance.name}: "))
        except EOFError:  # ctrl+d
            raise UsageError("no token was typed") from None
    else:
        raise UsageError("there is no terminal to ask for the token: add --token-stdin or --token-file")
    async with context.connect(instance, token) as service, context.progress(service):
        user = await service.sign_in()
    try:
        await tokens.save(instance.origin, token)
    except KeyringUnavailable as error:
        raise Unauthorized(f"the token is valid, but was not saved: {error}", hint=error.hint) from None
    context.settings_file.update(lambda settings: settings.remember(instance.origin))
    context.warn(f"signed in to {instance.origin} as {sanitize(user.name)}; the token is in the keyring")
    return ExitCode.OK


async def _logout(context: Context) -> ExitCode:
    """Delete the token and forget the instance; with `--purge`, delete its history, too.

    Without a keyring, `--purge` fails only if the instance is in the settings: signing in may have stored a
    token then.
    """
    origin = context.instance.origin
    what = "the token and the history" if context.options.purge else "the token"
    if not context.confirmed(f"Delete {what} of {origin}?"):
        return ExitCode.FALSE
    not_purged: HistoryUnavailable | None = None
    if context.options.purge:
        try:
            purged = History(origin, default_folder()).purge()
            context.warn(f"deleted the history of {origin}" if purged else f"there is no history of {origin}")
        except HistoryUnavailable as error:
            not_purged = error  # the token must be deleted in any case
    try:
        deleted = await TokenStore().delete(origin)
        context.warn(f"signed out of {origin}" if deleted else f"the keyring contained no token for {origin}")
    except KeyringUnavailable as error:
        if not context.options.purge or origin in context.settings.by_recency:
            if not_purged is not None:
                context.warn(not_purged.full, always=True)
            raise Unauthorized(
                f"the token was not deleted from the keyring: {error}",
                hint="Sign out again when the keyring is available, or revoke the token in Testmo.",
            ) from None
        context.warn(f"not signed in to {origin}, so no token was looked for: {error}", always=True)
    context.settings_file.update(lambda settings: settings.forget(origin))
    if not_purged is not None:
        raise not_purged
    return ExitCode.OK


async def _status(context: Context) -> ExitCode:
    """Show the instance, the user, and where the token comes from; never the token."""
    async with await context.open() as service, context.progress(service):
        user = await service.current_user()
        try:
            await service.groups_page(1, 15)
            admin = True
        except Forbidden:
            admin = False
    print(f"instance: {context.instance.origin}")
    print(f"user: {sanitize(user.name)} #{user.id}")
    print(f"token from: {context.token_source}")
    print(f"site admin: {'yes' if admin else 'no; only the token of a site admin can read groups'}")
    return ExitCode.OK if admin else ExitCode.NOT_ADMIN
