"""The screen that asks for an instance and a token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import var
from textual.widgets import Button, Input, Label, Static

from ..dialogs.base import BaseScreen
from ..errors import InvalidInstance, InvalidToken, TestmoError
from ..service.service import GroupsService, ServiceFactory
from ..testmo.instance import Instance
from ..token import Token
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice, NoticeBar, cooldown_notice
from ..widgets.token_input import TokenInput

TOKEN_HELP = (
    "Create one in Testmo: your avatar › User Profile › API access. "
    "Reading groups requires the token of a site admin."
)
STORAGE_HELP = "It is stored in the keyring of this system; without a keyring, it is kept until you quit."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of a sign-in."""

    service: GroupsService
    token: Token


class LoginScreen(BaseScreen[SignedIn | None]):
    """Asks for an instance and a token, and tries them. After an error both stay, to be corrected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, because it does the same in the fields and on the button.
        replace(
            bind("enter", "submit", "login.sign_in", "Sign in, or go to what is missing", hint="sign in"),
            priority=True,
        ),
        bind("tab,down", "app.focus_next", "login.next", "Go to the next field", hint="next"),
        bind("shift+tab,up", "app.focus_previous", "login.previous", "Go to the previous field"),
        bind("ctrl+t", "reveal", "login.reveal", "Show or hide the token", hint="reveal"),
        bind(
            "f2,ctrl+o",
            "app.instances",
            "login.instances",
            "Choose an instance that you have signed in to",
            hint="instances",
        ),
        bind("escape", "cancel", "login.cancel", "Stop signing in, or go back", hint="cancel"),
        bind("f1", "app.help", "app.help", "Show the keys", hint="help"),
        bind("ctrl+q", "app.quit", "app.quit", "Quit groupstui", hint="quit"),
    ]

    instance: var[Instance | None] = var(None)
    """The instance that was recognised in the text of its input."""
    busy: var[bool] = var(False, init=False, bindings=True)
    """Whether a sign-in is in progress."""

    recognised = getters.query_one("#recognised", Static)
    token_input = getters.query_one(TokenInput)

    def __init__(
        self,
        connect: ServiceFactory,
        *,
        instance: str = "",
        notice: Notice | None = None,
        can_go_back: bool = False,
    ) -> None:
        super().__init__()
        self._connect = connect
        self.instance_input = Input(
            instance, placeholder="acme, or the address of any of its pages", compact=True, id="instance"
        )
        self.instance_input.cursor_blink = False
        self._can_go_back = can_go_back
        self.set_reactive(LoginScreen.notice, notice)

    def compose(self) -> ComposeResult:
        with Vertical(id="page"):  # a VerticalScroll would take the arrow keys
            with Vertical(id="form") as form:
                form.border_title = "Sign in to Testmo"
                yield Label("Testmo instance")
                yield self.instance_input
                yield Static(id="recognised", markup=False)
                yield Label("Token")
                yield TokenInput(id="token")
                yield Static(TOKEN_HELP, classes="hint", markup=False)
                yield Static(STORAGE_HELP, classes="hint storage", markup=False)
                yield Button("Sign in", id="sign-in", compact=True)
            with Vertical(id="notice"):  # keeps the form in its place when a notice appears
                yield NoticeBar().data_bind(LoginScreen.notice)
        yield KeyFooter()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what is not needed if there are few lines."""
        self.set_class(event.size.height < 22, "-low")

    def watch_notice(self, old: Notice | None, notice: Notice | None) -> None:
        super().watch_notice(old, notice)
        if self.is_mounted:
            self._scroll_to_notice()

    def _scroll_to_notice(self) -> None:
        """Show all lines of the notice: in a low window, they may be below the last line."""
        if self.notice is not None:
            self.call_after_refresh(self.query_one(NoticeBar).scroll_visible, animate=False)

    def on_mount(self) -> None:
        self.watch(self.query_one(NoticeBar), "virtual_size", self._scroll_to_notice, init=False)
        (self.token_input if self.instance_input.value else self.instance_input).focus()
        self._recognise(self.instance_input.value)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.busy or self._can_go_back if action == "cancel" else True

    @on(Input.Changed, "#instance")
    def _instance_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._recognise(event.value)

    def _recognise(self, text: str) -> None:
        try:
            self.instance = Instance.parse(text)
        except InvalidInstance as error:
            self.instance = None
            self.recognised.update(str(error) if text.strip() else "")
        else:
            self.recognised.update(f"→ {self.instance.origin}")
        self.recognised.set_class(self.instance is None, "-bad")

    @on(Button.Pressed)
    def action_submit(self) -> None:
        """Sign in, or go to the field that is empty."""
        if self.instance is None:
            if self.instance_input.value.strip():
                self.notice = Notice("This is not the address of an instance", "Correct it first.", "error")
            else:
                self.notice = Notice("The instance is missing", "Type its name first.", "error")
            self.instance_input.focus()
        elif not self.token_input.value and not self.token_input.has_focus:
            self.token_input.focus()
        elif not self.busy:
            self._sign_in(self.instance)

    def action_reveal(self) -> None:
        self.token_input.revealed = not self.token_input.revealed

    def action_cancel(self) -> None:
        """Stop signing in; if no sign-in is in progress, go back to the screen below."""
        if self.busy:
            self.workers.cancel_group(self, "sign-in")
            self.notice = Notice("Stopped", "Press enter to try again.")
        else:
            self.dismiss(None)

    @work(name="sign in", group="sign-in", exclusive=True, exit_on_error=False)
    async def _sign_in(self, instance: Instance) -> None:
        # The token is not an argument, because the description of a worker contains its arguments.
        try:
            token = Token.parse(self.token_input.value)
        except InvalidToken as error:
            self.notice = Notice(str(error), error.hint, "error")
            return
        self.busy = True
        self.notice = Notice(f"Signing in to {instance.name}…", kind="progress")
        service: GroupsService | None = None
        try:
            service = self._connect(instance, token)
            self._follow_cooldown(service)
            await service.sign_in()
            while self.app.screen is not self:  # the help may have been opened meanwhile
                await self.app.pop_screen()
        except TestmoError as error:
            self.notice = Notice(str(error), error.hint, "error")
        else:
            result, service = SignedIn(service, token), None
            self.dismiss(result)
        finally:
            self.busy = False
            self.workers.cancel_group(self, "cooldown")
            self.end_notice("progress", "cooldown")
            if service is not None:
                await service.close()

    @work(name="follow cooldown", group="cooldown", exclusive=True, exit_on_error=False)
    async def _follow_cooldown(self, service: GroupsService) -> None:
        async for until in service.cooldown.changes():
            if until is not None:
                self.notice = cooldown_notice(until)
            else:
                self.end_notice("cooldown")
