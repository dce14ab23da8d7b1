"""The app: its screens, the theme, and which instance is open with which token."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import ColorParseError
from textual.constants import DEFAULT_THEME
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Key, Paste
from textual.filter import LineFilter, NoColor
from textual.theme import Theme
from textual.widgets import Static

from . import dialogs
from .credentials import TokenStore
from .diagnostics import crash_notice
from .dialogs.base import BaseScreen, ListDeleted, ListSaved
from .errors import InvalidInstance, KeyringUnavailable, SettingsError, TestmoError, Unauthorized, quoted
from .exit_codes import ExitCode
from .history import History
from .screens.browser import BrowserScreen
from .screens.login import LoginScreen, SignedIn
from .service.service import GroupsService, ServiceFactory, TokenSource
from .settings import Settings, SettingsFile
from .terminal.ascii_filter import AsciiFilter
from .terminal.clipboard import ClipboardApp, clipboard_driver
from .terminal.diff_renderer import DiffRenderer
from .terminal.display import DisplayOptions
from .terminal.keyboard import decode_keyboard
from .terminal.type_ahead import TypeAhead
from .testmo.instance import Instance
from .text import sanitize
from .token import Token
from .version import __version__
from .widgets.colors import readable_variables
from .widgets.commands import PaletteCommand, bind, commands_of
from .widgets.keymap import bindings_by_class, valid_keymap
from .widgets.notice_bar import Notice, NoticeKind
from .widgets.table import FilterableTable, Table

if TYPE_CHECKING:  # dialogs are imported when they are first used
    from .dialogs.instances import InstanceChoice

HistoryFactory = Callable[[str], History | None]
"""Returns the history of an instance by its address; None if none is kept."""

PACKAGE = Path(__file__).parent
STYLES = PACKAGE / "styles" if (PACKAGE / "styles").is_dir() else PACKAGE.parents[1] / "styles"
"""The folder of the stylesheets: in a wheel inside the package, in a checkout beside `src`."""

PLAIN_KEYS = {"enter", "backspace", "delete", "shift+tab"}
"""Keys that Textual displays as symbols, which many terminal fonts lack."""

THEMES_OF_16_COLORS = ("ansi-dark", "ansi-light")
"""Themes in the terminal's own 16 colors; the first is readable on any background."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An instance and its token from outside; neither is stored."""

    instance: Instance
    token: TokenSource
    source: str = "TESTMO_TOKEN"
    """Where the token comes from, in words."""


def all_bindings() -> dict[type[DOMNode], list[Binding]]:
    """Return the bindings of all classes, including those of dialogs that were not used yet."""
    for module in iter_modules(dialogs.__path__):
        getattr(dialogs, module.name)  # imports it
    return bindings_by_class(__package__)


class GroupsApp(TypeAhead, ClipboardApp, DiffRenderer, inherit_bindings=False):
    """Browses the groups of Testmo instances."""

    TITLE = "groupstui"
    QUIT_SECONDS: ClassVar[float] = 2
    """The time in which a second ctrl+c quits."""

    ENABLE_COMMAND_PALETTE = False  # `PaletteDialog` takes its place
    CSS_PATH: ClassVar[Any] = [STYLES / f"{name}.tcss" for name in ("app", "browser", "dialogs", "login")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, system=True),
        Binding("ctrl+q", "quit", show=False, system=True),
        Binding("q", "quit_waiting", show=False, system=True),
        # These have priority, so that they also work in dialogs.
        bind(
            "ctrl+l",
            "draw_again",
            "app.redraw",
            "Draw the screen again",
            "redraw, clear screen",
            priority=True,
        ),
        bind(
            "ctrl+z",
            "suspend_process",
            "app.suspend",
            "Suspend groupstui; fg resumes it",
            "suspend, bg",
            priority=True,
        ),
    ]

    PALETTE_COMMANDS: ClassVar[tuple[PaletteCommand, ...]] = (
        PaletteCommand("app.version", "Show the version", "version", "version, about"),
        PaletteCommand(
            "app.theme",
            "Theme: NAME",
            "set_theme",
            "theme, color",
            argument="NAME",
            values=lambda app: sorted(
                app.available_themes, key=lambda name: (name.startswith("ansi-"), name)
            ),
            current=lambda app: app.theme,
        ),
    )

    def __init__(
        self,
        *,
        settings_file: SettingsFile | None = None,
        settings: Settings | None = None,
        tokens: TokenStore | None = None,
        connect: ServiceFactory = GroupsService,
        history: HistoryFactory = lambda origin: None,
        access: Credentials | None = None,
        instance: Instance | None = None,
        start_at: str = "",
        display: DisplayOptions | None = None,
    ) -> None:
        """Create the app, for the program, the tests and the pictures.

        Args:
            settings_file: Where settings are stored; None keeps them for this run only.
            settings: The settings to start with if there is no file.
            tokens: Where tokens are stored; by default in the keyring of the system.
            connect: Creates the service for an instance and a token.
            history: Returns the history of an instance by its address; None if none is kept.
            access: An instance and its token from outside; neither is stored.
            instance: The instance to open instead of the last one.
            start_at: The name or id of a group or a user to go to first.
            display: What the terminal can display.

        Raises:
            SettingsError: If the settings cannot be read.
        """
        super().__init__()
        self._settings_file = settings_file
        self._settings = settings or Settings() if settings_file is None else settings_file.load()
        self._tokens = tokens or TokenStore()
        self._connect = connect
        self._history = history
        self._access = access
        self._instance = instance
        self._start_at = start_at
        self._service: GroupsService | None = None
        self._crashed = False
        self._interrupted = False
        """Whether ctrl+c was pressed a moment ago."""
        self._filters: list[LineFilter] = [NoColor()] if self.no_color else []
        display = display or DisplayOptions()
        if display.ascii_only:
            self._filters.append(AsciiFilter())
        if not display.animations:
            self.animation_level = "none"
        self._problems = [f"{quoted(key)} is not a setting" for key in self._settings.unknown]
        """What in the settings cannot be used, until that is reported."""
        if settings_file is not None:
            self._register_themes(*settings_file.themes())
        if (theme := self._readable_theme(self._settings.theme)) != self.theme:
            self.theme = theme  # not otherwise, because an assignment parses every style again

    def _register_themes(self, themes: Iterable[dict[str, Any]], problems: Iterable[str]) -> None:
        """Make the themes of the user available, except those of a built-in name or with invalid colors."""
        self._problems += problems
        for values in themes:
            name = values["name"]
            if name in self.available_themes:
                self._problems.append(f"there is already a theme {name}")
                continue
            theme = Theme(**values)
            try:
                theme.to_color_system().generate()
            except ColorParseError as error:
                self._problems.append(f"theme {name}: {sanitize(str(error))}")
            else:
                self.register_theme(theme)

    def _set_keys(self) -> None:
        """Rebind the actions for which the settings have other keys."""
        if keys := dict(self._settings.keys):
            shared = (GroupsApp, Table, FilterableTable)
            keymap, problems = valid_keymap(keys, all_bindings(), shared)
            self._problems += problems
            self.set_keymap(keymap)

    def _report_problems(self) -> None:
        if self._problems:
            self._notify_user(Notice(f"settings.toml: {'; '.join(self._problems)}", kind="warning"))
            self._problems.clear()

    def _readable_theme(self, theme: str | None) -> str:
        if self.console.color_system == "standard":
            return theme if theme in THEMES_OF_16_COLORS else THEMES_OF_16_COLORS[0]
        return theme if theme is not None and theme in self.available_themes else DEFAULT_THEME

    def get_css_variables(self) -> dict[str, str]:
        """Return the variables of the theme, with colors of text that are readable on their background."""
        return readable_variables(super().get_css_variables())

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), *self._filters]

    def get_driver_class(self) -> type[Driver]:
        """Return a driver that takes any keys, and whose clipboard also works in tmux and screen."""
        decode_keyboard(sys.stdin.encoding)
        return clipboard_driver(super().get_driver_class(), os.environ)

    def compose(self) -> ComposeResult:
        yield Static("Reading the token from the keyring… q quits.", id="waiting")

    def on_mount(self) -> None:
        self._set_keys()
        self.app_resume_signal.subscribe(self, lambda _: self.action_draw_again())  # after `fg`
        instance = self._instance if self._access is None else self._access.instance
        if instance is not None:
            self._open(instance)
        elif self._settings.current is None and len(self._settings.sites) > 1:
            self._open_any()
        else:
            self._open_address(self._settings.last_used or "")

    async def on_unmount(self) -> None:
        if self._service is not None:
            await self._service.close()

    def _fatal_error(self) -> None:
        """Exit after a bug. Textual's own report shows local variables, among them the names of users.

        The method is private in Textual: if it is renamed, Textual's own report appears.
        """
        if (error := sys.exception()) is None:
            super()._fatal_error()
            return
        notice = None
        if not self._crashed:
            self._crashed = True
            # Without wrapping: the terminal wraps by itself, so that the path can be selected.
            notice = Text(f"groupstui: {crash_notice(error)}", overflow="ignore", no_wrap=True)
        self.exit(return_code=ExitCode.UNKNOWN, message=notice)
        self.panic()  # closes the app even if it cannot handle the message that `exit` posts

    # Opening an instance

    @work(name="find a token", group="keyring", exclusive=True)
    async def _open_any(self) -> None:
        """Open the instance that was used last, or rather one with a token."""
        self.screen_stack[0].query_one("#waiting").display = True
        origins = self._settings.by_recency
        self._open_address(await self._first_with_token(origins) or origins[0])

    async def _first_with_token(self, origins: Iterable[str]) -> str | None:
        """Return the first instance with a token in the keyring, if that can be read."""
        with suppress(KeyringUnavailable):
            for origin in origins:
                if await self._tokens.load(origin) is not None:
                    return origin
        return None

    def _open_address(self, address: str) -> None:
        """Open an instance of the settings, whose file may have been edited by hand."""
        try:
            instance = Instance.parse(address)
        except InvalidInstance:
            self._sign_in(address)
        else:
            self._open(instance)

    def _open(self, instance: Instance) -> None:
        """Browse an instance with the token from outside, or with the one in the keyring."""
        if self._access is not None and self._is_from_outside(instance.origin):
            self._browse(instance, self._access.token)
        elif (history := self._history(instance.origin)) is not None and history.exists:
            self._browse(instance, lambda: self._load_token(instance))  # the history is shown meanwhile
        else:
            self._wait_for_keyring(instance)

    @property
    def _open_origin(self) -> str:
        """The address of the instance on the screen; empty before the first."""
        return "" if self._service is None else self._service.instance.origin

    def _is_from_outside(self, origin: str) -> bool:
        return self._access is not None and self._access.instance.origin == origin

    def _outside_source(self, origin: str) -> str:
        """Return where the token of an instance comes from; empty if it is in the keyring."""
        return self._access.source if self._access is not None and self._is_from_outside(origin) else ""

    async def _load_token(self, instance: Instance) -> Token:
        try:
            token = await self._tokens.load(instance.origin)
        except KeyringUnavailable as error:
            raise Unauthorized(str(error), hint=f"{error.hint} Press r to try again.") from None
        if token is None:
            raise Unauthorized(f"the keyring has no token for {instance.name}", hint="")
        return token

    @work(name="read the keyring", group="keyring", exclusive=True)
    async def _wait_for_keyring(self, instance: Instance) -> None:
        self.screen_stack[0].query_one("#waiting").display = True
        notice = token = None
        try:
            token = await self._tokens.load(instance.origin)
        except KeyringUnavailable as error:
            notice = Notice(str(error), f"{error.hint} f2 and enter try again.", "error")
        if token is None:
            self._sign_in(instance.origin, notice)
        else:
            self._browse(instance, token)

    def _browse(self, instance: Instance, token: TokenSource) -> None:
        try:
            service = self._connect(instance, token)
        except TestmoError as error:  # an invalid proxy, for example
            self._sign_in(instance.origin, Notice(str(error), error.hint, "error"))
        else:
            self._show_browser(service)

    @work(name="show browser", group="browser", exclusive=True)
    async def _show_browser(self, service: GroupsService) -> None:
        """Show an instance instead of the one on the screen; with a new token, at the same place."""
        old_service, self._service = self._service, service
        old = next((screen for screen in self.screen_stack if isinstance(screen, BrowserScreen)), None)
        place = old.place if old is not None and old.service.instance == service.instance else None
        start_at, self._start_at = self._start_at, ""
        screen = BrowserScreen(
            service,
            view=self._settings.view,
            place=place,
            start_at=start_at,
            token_source=self._outside_source(service.instance.origin),
            saved_lists=self._settings.lists_of(service.instance.origin),
        )
        if old is not None:
            while self.screen is not old:  # a dialog may have been opened meanwhile
                await self.pop_screen()
            await old.forget_visits()
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)
        if old_service is not None:
            await old_service.close()
        self._report_problems()
        screen.call_after_refresh(self.accept_keys)
        if not self._is_from_outside(origin := service.instance.origin):
            self._update_settings(lambda settings: settings.remember(origin))

    # Signing in and out

    def _sign_in(self, address: str = "", notice: Notice | None = None) -> None:
        can_go_back = any(isinstance(screen, BrowserScreen) for screen in self.screen_stack)
        screen = LoginScreen(self._connect, instance=address, notice=notice, can_go_back=can_go_back)
        self.push_screen(screen, self._signed_in)
        if notice is None:
            self._report_problems()
        self.accept_keys()

    def _signed_in(self, result: SignedIn | None) -> None:
        if result is not None:
            origin = result.service.instance.origin
            if self._is_from_outside(origin):
                self._access = None  # the new token replaces the one from outside
            self._show_browser(result.service)
            self._save_token(origin, result.token)

    @work(name="write the keyring", group="keyring")
    async def _save_token(self, origin: str, token: Token) -> None:
        try:
            await self._tokens.save(origin, token)
        except KeyringUnavailable as error:
            self._notify_user(Notice(f"The token is kept for this run only: {error}", error.hint, "warning"))

    def action_sign_in(self) -> None:
        """Sign in again, with another token."""
        self._sign_in(self._open_origin)

    def action_sign_out(self) -> None:
        """Ask whether to delete the token of the instance on the screen."""
        self._ask_to_sign_out(self._open_origin)

    def action_instances(self) -> None:
        """Let the user choose an instance."""
        self._choose_instance()

    def _choose_instance(self, notice: Notice | None = None) -> None:
        outside = {} if self._access is None else {self._access.instance.origin: self._access.source}
        dialog = dialogs.instances.InstancesDialog(
            [*dict.fromkeys([*self._settings.by_recency, *outside])],
            self._open_origin,
            name_of=self._settings.given_name,
            facts=lambda origins: dialogs.instances.read_facts(origins, self._tokens, self._history, outside),
            sign_out=self._ask_to_sign_out,
        )
        dialog.notice = notice
        self.push_screen(dialog, self._instance_chosen)

    def _instance_chosen(self, choice: InstanceChoice | None) -> None:
        if choice is None:
            return
        if isinstance(self.screen, LoginScreen):
            self.pop_screen()  # it asked for another instance
        if choice.action == "add":
            self._sign_in()
        elif choice.origin != self._open_origin:
            self._open_address(choice.origin)

    def _ask_to_sign_out(self, origin: str) -> None:
        history = self._history(origin)
        if history is not None and not history.exists:
            history = None
        dialog = dialogs.sign_out.SignOutDialog(
            origin, token_source=self._outside_source(origin), has_history=history is not None
        )

        def answered(delete_history: bool | None) -> None:
            if delete_history is not None:
                self._sign_out(origin, history if delete_history else None)

        self.push_screen(dialog, answered)

    @work(name="sign out", group="keyring")
    async def _sign_out(self, origin: str, history: History | None) -> None:
        if self._is_from_outside(origin):
            self._access = None
            notice = Notice(f"Left {origin}; no token was deleted")
        else:
            self._notify_user(Notice(f"Deleting the token of {origin}…", kind="progress"))
            notice = await dialogs.sign_out.delete_token(origin, self._tokens)
            others = [other for other in self._settings.by_recency if other != origin]
            successor = await self._first_with_token(others)
            self._update_settings(lambda settings: settings.forget(origin, successor))
        is_open = origin == self._open_origin
        if is_open and self._service is not None:
            await self._service.close()
            self._service = None
        if history is not None:
            notice = await dialogs.sign_out.delete_history(history, notice)
        if not is_open:
            self._end_notices("progress")
            self._notify_user(notice)
            for screen in self.screen_stack:
                if isinstance(screen, dialogs.instances.InstancesDialog):
                    screen.forget(origin)
            return
        for screen in self.screen_stack:
            if isinstance(screen, BrowserScreen):
                await screen.forget_visits()
        while len(self.screen_stack) > 1:  # dialogs may have been opened meanwhile
            await self.pop_screen()
        self._sign_in(notice=notice)
        if self._settings.sites:
            self._choose_instance(notice)

    # Settings

    @on(BrowserScreen.ViewChanged)
    def _view_changed(self, event: BrowserScreen.ViewChanged) -> None:
        self._update_settings(lambda settings: settings.with_view(event.view))

    @on(ListSaved)
    def _list_saved(self, event: ListSaved) -> None:
        self._update_settings(lambda settings: settings.with_list(event.saved))
        self._show_lists()

    @on(ListDeleted)
    def _list_deleted(self, event: ListDeleted) -> None:
        self._update_settings(lambda settings: settings.without_list(event.saved))
        self._show_lists()

    def _show_lists(self) -> None:
        """Update the saved lists on the screens."""
        for screen in self.screen_stack:
            if isinstance(screen, BrowserScreen):
                screen.saved_lists = self._settings.lists_of(screen.service.instance.origin)

    def _update_settings(self, change: Callable[[Settings], Settings]) -> None:
        """Change the settings; what another program has written to the file since stays."""
        self._settings = change(self._settings)
        if self._settings_file is None:
            return
        try:
            self._settings_file.update(change)
        except SettingsError as error:
            self._notify_user(Notice(str(error), error.hint, "warning"))

    def action_set_theme(self, name: str) -> None:
        self.theme = name
        self._update_settings(lambda settings: settings.with_theme(name))

    # Notices and help

    def _notify_user(self, notice: Notice) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.notice = notice

    def _end_notices(self, *kinds: NoticeKind) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.end_notice(*kinds)

    def key_received(self, event: Key | Paste) -> None:
        """Remove the notices about earlier keys, and explain a key that can do nothing now."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.key_received()
        if isinstance(self.screen, BaseScreen) and isinstance(event, Key):
            self.screen.explain_key(event)

    def get_key_display(self, binding: Binding) -> str:
        is_plain = binding.key in PLAIN_KEYS or binding.key.startswith("ctrl+")
        return binding.key if is_plain else super().get_key_display(binding)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the key that quits while the keyring is read as soon as there is a screen."""
        match action:
            case "quit_waiting":
                return len(self.screen_stack) == 1 and not self._pending
            case "instances":
                return bool(self._settings.sites or self._open_origin)
            case _:
                return True

    async def action_quit_waiting(self) -> None:
        await self.action_quit()

    async def action_interrupt(self) -> None:
        """Quit if pressed twice: one press stops loading, and must not cost a token that was just typed."""
        if self._interrupted or len(self.screen_stack) == 1:
            await self.action_quit()
            return
        self._interrupted = True
        self.set_timer(self.QUIT_SECONDS, self._forget_interrupt)
        if isinstance(self.screen, BrowserScreen) and self.screen.activity:
            self.screen.action_stop()
        else:
            self._notify_user(Notice("Press ctrl+c again to quit"))

    def _forget_interrupt(self) -> None:
        self._interrupted = False

    def action_version(self) -> None:
        self._notify_user(Notice(f"groupstui {__version__}"))

    def action_help(self) -> None:
        self.push_screen(
            dialogs.help.HelpDialog(
                commands_of(self.screen), has_members=isinstance(self.screen, BrowserScreen)
            )
        )
