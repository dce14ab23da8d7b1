"""The app: chooses the screen, holds the theme and the settings, closes the service."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.constants import DEFAULT_THEME
from textual.driver import Driver
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from .credentials import TokenStore
from .errors import InvalidInstance, KeyringUnavailable, SettingsError, TestmoError, Unauthorized
from .screens.base import BaseScreen
from .screens.browser import BrowserScreen
from .screens.commands import commands_of
from .screens.messages import ChooseSite, PageSizeChosen, SignInAgain, SignOut
from .screens.site import Place
from .screens.stylesheets import stylesheet
from .service.service import GroupsService, ServiceFactory, TokenSource
from .settings import Settings, SettingsFile
from .terminal.ascii_filter import AsciiFilter
from .terminal.clipboard import clipboard_driver
from .terminal.diff_renderer import DiffRenderer
from .terminal.display import DisplayOptions
from .terminal.type_ahead import TypeAhead
from .testmo.instance import Instance
from .token import Token
from .widgets.notice_bar import Notice

if TYPE_CHECKING:
    from .history import History
    from .screens.login import SignedIn

KEY_NAMES = {"enter": "enter", "backspace": "backspace", "delete": "del", "shift+tab": "shift+tab"} | {
    f"ctrl+{letter}": f"ctrl+{letter}" for letter in "pqt"
}

READABLE_IN_16 = ("ansi-dark", "ansi-light")
"""Themes of the terminal's own 16 colours, the first of them readable on any background."""

BUG = 3
"""The exit code after a crash."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A site and a token that were given from outside: nothing is asked, and nothing is kept."""

    instance: Instance
    token: TokenSource


class GroupsApp(TypeAhead, DiffRenderer, inherit_bindings=False):
    """Browses the groups of Testmo sites."""

    TITLE = "groupstui"
    ENABLE_COMMAND_PALETTE = False  # the project's own is quiet on a slow link
    # The browser's styles are loaded here: those of a screen have all of them parsed once more.
    CSS_PATH: ClassVar[Any] = [stylesheet(f"{name}.tcss") for name in ("app", "browser", "dialogs")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "say_how_to_quit", show=False, system=True),
        Binding("ctrl+q", "quit", show=False, system=True),  # for the time before the first screen
        # With priority, so that they work in dialogs, too.
        Binding("ctrl+l", "draw_again", show=False, system=True, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, system=True, priority=True),
    ]

    def __init__(
        self,
        *,
        settings: Settings,
        settings_file: SettingsFile | None,
        tokens: TokenStore,
        connect: ServiceFactory,
        history: Callable[[str], History | None],
        access: Credentials | None,
        instance: Instance | None,
        start_at: str,
        looks: DisplayOptions,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._settings_file = settings_file
        self._tokens = tokens
        self._connect = connect
        self._history = history
        self._access = access
        self._instance = instance
        self._start_at = start_at
        self._service: GroupsService | None = None
        self._own_filters: list[LineFilter] = [NoColor()] if self.no_color else []
        if looks.ascii_only:
            self._own_filters.append(AsciiFilter())
        if not looks.animations:
            self.animation_level = "none"
        if (theme := self._readable(settings.theme)) != DEFAULT_THEME:
            self.theme = theme  # to set it, even to what it is, has every style parsed once more

    def _readable(self, theme: str | None) -> str:
        """Return the theme that was chosen, or one that can be read where there are just 16 colours."""
        if self.console.color_system == "standard":
            return theme if theme in READABLE_IN_16 else READABLE_IN_16[0]
        return theme if theme is not None and theme in self.available_themes else DEFAULT_THEME

    def get_line_filters(self) -> list[LineFilter]:
        """Return what every line goes through before it is drawn."""
        return [*super().get_line_filters(), *self._own_filters]

    def get_driver_class(self) -> type[Driver]:
        """Return a driver whose clipboard works in tmux and screen, too."""
        return clipboard_driver(super().get_driver_class(), os.environ)

    def get_default_screen(self) -> Screen[Any]:
        """Begin with the groups, where nothing has to be asked before: to replace a screen takes time."""
        instance = self._first_instance()
        token = None if instance is None else self._token_at_once(instance)
        if instance is None or token is None:
            return super().get_default_screen()
        try:
            self._service = self._connect(instance, token)
        except TestmoError:
            return super().get_default_screen()  # to say it on the screen that comes next
        screen = self._browser(self._service)
        screen._push_result_callback(self, None)  # `switch_screen` takes away what `push_screen` has given
        return screen

    def compose(self) -> ComposeResult:
        """Say what is waited for, should the keyring take its time."""
        if self._service is None:
            yield Static("Reading the token from the keyring…", id="waiting")

    def on_mount(self) -> None:
        """Go to the first screen that makes sense, if that is not there already."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.app_resume_signal.subscribe(self, lambda _: self.action_draw_again())  # after `fg`
        if self._service is not None:
            self._browsing(self._service)
        elif (instance := self._first_instance()) is not None:
            self._resume(instance)
        else:
            self._ask_to_sign_in(self._settings.current or "")

    async def on_unmount(self) -> None:
        """Close the connections."""
        if self._service is not None:
            await self._service.close()

    def _fatal_error(self) -> None:
        """End after a bug; Textual's own report would show local variables, and a token may be among them."""
        from .diagnostics import crash_notice

        self._return_code = BUG
        if not self._exit_renderables and (error := self._exception) is not None:
            notice = crash_notice(error.error if isinstance(error, WorkerFailed) else error)
            # The terminal wraps the line by itself, so that the path in it can be selected.
            self._exit_renderables.append(Text(f"groupstui: {notice}", overflow="ignore", no_wrap=True))
        self._close_messages_no_wait()

    # From one screen to another

    def _resume_at(self, origin: str) -> None:
        """Open a site that the settings name; they can be edited by hand, so it may be anything."""
        try:
            self._resume(Instance.parse(origin))
        except InvalidInstance:
            self._ask_to_sign_in(origin)

    def _first_instance(self) -> Instance | None:
        """Return the site to begin with, if one is named: here, or by the settings."""
        if self._access is not None:
            return self._access.instance
        if self._instance is not None:
            return self._instance
        try:
            return Instance.parse(self._settings.current or "")
        except InvalidInstance:
            return None

    def _resume(self, instance: Instance) -> None:
        """Go to a site that was signed in to before."""
        token = self._token_at_once(instance)
        if token is None:
            self._wait_for_token(instance)
        else:
            self._open(instance, token)

    def _token_at_once(self, instance: Instance) -> TokenSource | None:
        """Return the given token, or a callable that asks the keyring while the history is on the screen.

        None where there is neither.
        """
        if (token := self._given(instance.origin)) is not None:
            return token
        history = self._history(instance.origin)
        return None if history is None or not history.exists else lambda: self._kept_token(instance)

    async def _kept_token(self, instance: Instance) -> Token:
        """Return the token that the keyring has; the groups may be on the screen by then."""
        try:
            token = await self._tokens.load(instance.origin)
        except KeyringUnavailable as error:
            raise Unauthorized(str(error), hint=error.hint) from None
        if token is None:
            raise Unauthorized(f"the keyring has no token for {instance.name}", hint="")
        return token

    @work(name="read the keyring", group="site", exclusive=True)
    async def _wait_for_token(self, instance: Instance) -> None:
        """Open the site, if the keyring still has its token."""
        notice = token = None
        try:
            token = await self._tokens.load(instance.origin)
        except KeyringUnavailable as error:
            notice = Notice(str(error), error.hint, "error")
        if token is None:
            self._ask_to_sign_in(
                instance.name if instance.origin.startswith("https") else instance.origin, notice
            )
        else:
            self._open(instance, token)

    def _given(self, origin: str) -> TokenSource | None:
        """Return the token that came from outside, if this is its site: the keyring is not asked for it."""
        access = self._access
        return access.token if access is not None and access.instance.origin == origin else None

    def _open(self, instance: Instance, token: TokenSource) -> None:
        """Browse a site; say why where not even a connection can be set up, as with a bad proxy variable."""
        try:
            service = self._connect(instance, token)
        except TestmoError as error:
            self._ask_to_sign_in(instance.origin, Notice(str(error), error.hint, "error"))
        else:
            self._browse(service)

    def _ask_to_sign_in(self, site: str = "", notice: Notice | None = None) -> None:
        from .screens.login import LoginScreen

        self.push_screen(LoginScreen(self._connect, site=site, notice=notice), self._signed_in)
        self.accept_keys()

    def _signed_in(self, result: SignedIn | None) -> None:
        if result is None:
            return
        origin = result.service.instance.origin
        if self._given(origin):
            self._access = None  # what was typed takes the place of what was given
        self._browse(result.service)
        self._save_token(origin, result.token)

    @work(name="write the keyring", group="keyring")
    async def _save_token(self, origin: str, token: Token) -> None:
        try:
            await self._tokens.save(origin, token)
        except KeyringUnavailable as error:
            self._say(Notice(f"the token is kept for this run only: {error}", error.hint))

    def _browse(self, service: GroupsService) -> None:
        """Show a site in place of the one on the screen."""
        self.run_worker(self._replace(service), name="change site", group="replace", exclusive=True)

    async def _replace(self, service: GroupsService) -> None:
        old, self._service = self._service, service
        before = self.screen if isinstance(self.screen, BrowserScreen) else None
        stays = before is not None and before.service.instance == service.instance
        screen = self._browser(service, before.place if before is not None and stays else None)
        if before is not None:
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)
        if old is not None:
            await old.close()
        self._browsing(service)

    def _browser(self, service: GroupsService, place: Place | None = None) -> BrowserScreen:
        start_at, self._start_at = self._start_at, ""
        return BrowserScreen(service, per_page=self._settings.page_size, place=place, start_at=start_at)

    def _browsing(self, service: GroupsService) -> None:
        self.accept_keys()
        if not self._given(origin := service.instance.origin):
            self._remember(lambda settings: settings.remember(origin))

    def _say(self, notice: Notice) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.notice = notice

    # Sites

    @on(ChooseSite)
    @work(name="choose a site", group="dialog", exclusive=True)
    async def _choose_site(self) -> None:
        from .dialogs.sites import SitesDialog

        current = "" if self._service is None else self._service.instance.origin
        choice = await self.push_screen_wait(
            SitesDialog([site.instance for site in self._settings.sites], current)
        )
        match choice:
            case None:
                return
            case _ if choice.action == "add":
                self._ask_to_sign_in()
            case _ if choice.action == "sign out":
                await self._ask_to_sign_out(choice.origin)
            case _ if choice.origin != current:
                self._resume_at(choice.origin)

    @on(SignInAgain)
    def _sign_in_again(self) -> None:
        if self._service is not None:
            self._ask_to_sign_in(self._service.instance.origin)

    @on(SignOut)
    @work(name="ask to sign out", group="dialog", exclusive=True)
    async def _sign_out_here(self) -> None:
        if self._service is not None:
            await self._ask_to_sign_out(self._service.instance.origin)

    async def _ask_to_sign_out(self, origin: str) -> None:
        if self._given(origin):
            question = f"Leave {origin}? Its token came from TESTMO_TOKEN or --demo: it is not deleted."
        else:
            question = (
                f"Delete the token of {origin} from the keyring? "
                "Testmo shows a token only once: to come back, make a new one."
            )
        from .dialogs.confirm import Answer, ConfirmDialog

        history = self._history(origin)
        more = ""
        if history is not None and history.exists:
            more = "What was read of it stays in the history on this machine; m deletes that as well."
        answer = await self.push_screen_wait(ConfirmDialog("Sign out", question, more))
        if answer is not None:
            self._sign_out(origin, history if answer is Answer.MORE else None)

    @work(name="sign out", group="keyring")
    async def _sign_out(self, origin: str, history: History | None) -> None:
        notice = await self._delete_token(origin)
        here = self._service is not None and self._service.instance.origin == origin
        if here and self._service is not None:
            await self._service.close()
            self._service = None
        if history is not None:
            notice = await self._purge(history, notice)
        if here:
            while len(self.screen_stack) > 1:  # dialogs may have been opened while the keyring was asked
                await self.pop_screen()
            if isinstance(self.screen, BrowserScreen):
                await self.switch_screen(Screen())
            self._ask_to_sign_in(notice=notice)
        else:
            self._say(notice)

    async def _purge(self, history: History, notice: Notice) -> Notice:
        """Delete what is kept of a site, and add that to what there is to say."""
        from .errors import HistoryUnavailable

        try:
            await asyncio.to_thread(history.purge)
        except HistoryUnavailable as error:
            return replace(notice, hint=f"{notice.hint} But {error}.".lstrip(), kind="error")
        return replace(notice, hint=f"{notice.hint} Its history is deleted.".lstrip())

    async def _delete_token(self, origin: str) -> Notice:
        """Delete the token where it is kept, and give what to say of it."""
        if self._given(origin):
            self._access = None
            return Notice(f"left {origin}; no token was deleted")
        self._say(Notice(f"deleting the token of {origin}…"))
        notice = Notice(f"signed out of {origin}; its token is deleted")
        try:
            if not await self._tokens.delete(origin):
                notice = Notice(f"signed out of {origin}; the keyring held no token")
        except KeyringUnavailable as error:
            notice = Notice(f"the token may still be in the keyring: {error}", error.hint, "error")
        self._remember(lambda settings: settings.forget(origin))
        return notice

    # Settings

    @on(PageSizeChosen)
    def _page_size_chosen(self, event: PageSizeChosen) -> None:
        self._remember(lambda settings: settings.with_page_size(event.per_page))

    def _theme_changed(self, theme: object) -> None:
        self._remember(lambda settings: settings.with_theme(self.theme))

    def _remember(self, change: Callable[[Settings], Settings]) -> None:
        """Change the settings, here and in their file; what another run has written there stays."""
        self._settings = change(self._settings)
        if self._settings_file is not None:
            try:
                self._settings_file.save(change(self._settings_file.load()))
            except SettingsError as error:
                self._say(Notice(str(error)))

    def action_set_theme(self, name: str) -> None:
        """Draw in other colours, in this run and the next."""
        self.theme = name

    # Help

    def get_key_display(self, binding: Binding) -> str:
        """Name a key in the words that are printed on it: not every terminal's font has the signs."""
        return KEY_NAMES.get(binding.key) or super().get_key_display(binding)

    def action_say_how_to_quit(self) -> None:
        """Answer the key that ends other programs: here it might cost a token that was just typed."""
        self._say(Notice("ctrl+q quits"))

    def action_help(self) -> None:
        """Show what the keys do on the screen below."""
        from .dialogs.help import HelpDialog

        self.push_screen(HelpDialog(commands_of(self.screen)))


def make_app(
    *,
    settings_file: SettingsFile | None = None,
    tokens: TokenStore | None = None,
    connect: ServiceFactory = GroupsService,
    history: Callable[[str], History | None] = lambda origin: None,
    access: Credentials | None = None,
    instance: Instance | None = None,
    start_at: str = "",
    looks: DisplayOptions | None = None,
) -> GroupsApp:
    """Make the app: the one factory for the program, the tests and the pictures.

    Args:
        settings_file: Where settings are kept between runs; None keeps them for this run.
        tokens: Where tokens are kept; None means the system's keyring.
        connect: Makes the service for a site and a token.
        history: Gives what is kept of a site, by its origin; None where nothing is to be kept.
        access: A site and a token to use without asking; neither is kept.
        instance: The site to sign in to, in place of the last one.
        start_at: The name of a group or a user to go to first.
        looks: How to draw.

    Raises:
        SettingsError: If the settings can't be read.
    """
    return GroupsApp(
        settings=Settings() if settings_file is None else settings_file.load(),
        settings_file=settings_file,
        tokens=tokens or TokenStore(),
        connect=connect,
        history=history,
        access=access,
        instance=instance,
        start_at=start_at,
        looks=looks or DisplayOptions(),
    )
