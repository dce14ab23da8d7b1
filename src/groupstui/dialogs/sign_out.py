"""Sign-out from an instance: the question, and the deletion of its token and its history."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..credentials import TokenStore
from ..errors import HistoryUnavailable, KeyringUnavailable
from ..history import History
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice
from .base import Dialog


class SignOutDialog(Dialog[bool]):
    """Asks whether to sign out; the result is whether to delete the history, too, or None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "sign_out", "dialog.yes", "Sign out", hint="yes"),
        bind("n", "decline", "dialog.no", "Stay signed in", hint="no"),
        bind("m", "delete_history", "dialog.more", "Sign out, delete the history", hint="delete history too"),
    ]

    def __init__(self, origin: str, *, token_source: str, has_history: bool) -> None:
        """Create the dialog.

        Args:
            origin: The address of the instance.
            token_source: Where a token comes from that is not to be deleted; empty if it is in the keyring.
            has_history: Whether there is a history that can be deleted.
        """
        super().__init__()
        self._origin = origin
        self._token_source = token_source
        self._has_history = has_history

    def compose(self) -> ComposeResult:
        if self._token_source:
            question = f"Leave {self._origin}? Its token is from {self._token_source} and is not deleted."
        else:
            question = (
                f"Delete the token of {self._origin} from the keyring? "
                "Testmo shows a token only once: to sign in again, create a new one."
            )
        with Vertical(classes="dialog") as box:
            box.border_title = "Sign out"
            yield Static(question, markup=False)
            if self._has_history:
                yield Static(
                    "Its history stays on this machine. Press m to delete it, too.", id="more", markup=False
                )
            yield KeyFooter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._has_history if action == "delete_history" else True

    def action_sign_out(self) -> None:
        self.dismiss(False)

    def action_decline(self) -> None:
        self.dismiss(None)

    def action_delete_history(self) -> None:
        self.dismiss(True)


async def delete_token(origin: str, tokens: TokenStore) -> Notice:
    """Delete the token of an instance from the keyring; return what happened."""
    try:
        was_there = await tokens.delete(origin)
    except KeyringUnavailable as error:
        return Notice(f"The token may still be in the keyring: {error}", error.hint, "error")
    deleted = "its token is deleted" if was_there else "the keyring held no token"
    return Notice(f"Signed out of {origin}; {deleted}")


async def delete_history(history: History, notice: Notice) -> Notice:
    """Delete the history of an instance; return the notice with what happened added to its hint."""
    try:
        await asyncio.to_thread(history.purge)
    except HistoryUnavailable as error:
        return replace(notice, hint=f"{notice.hint} But {error}.".lstrip(), kind="error")
    return replace(notice, hint=f"{notice.hint} Its history is deleted.".lstrip())
