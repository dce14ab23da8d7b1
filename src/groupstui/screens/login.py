"""The screen that asks for an instance and a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Input, Label, Static

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
        bind("f1", "app.help", "app.help", "Show the keys"),
        bind("escape", "cancel", "login.cancel", "Stop signing in, or go back", hint="cancel"),
        bind("ctrl+q", "app.quit", "app.quit", "Quit groupstui", hint="quit"),
    ]

    instance: reactive[Instance | None] = reactive(None)
    """The instance that was recognised in the text of its input."""
    busy: reactive[bool] = reactive(False, init=False, bindings=True)
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
        with VerticalScroll(can_focus=False), Vertical(id="form") as form:
            form.border_title = "Sign in to Testmo"
            yield Label("Testmo instance")
            yield self.instance_input
            yield Static(id="recognised", markup=False)
            yield Label("Token")
            yield TokenInput(id="token")
            yield Static(TOKEN_HELP, classes="hint", markup=False)
            yield Static(STORAGE_HELP, classes="hint", markup=False)
            yield NoticeBar().data_bind(LoginScreen.notice)
        yield KeyFooter()

    def on_mount(self) -> None:
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

    @on(Input.Submitted, "#instance")
    def _instance_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.token_input.focus()

    @on(Input.Submitted, "#token")
    def _token_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.instance is None:
            self.notice = Notice("The instance is missing", "Type its name first.", "error")
            self.instance_input.focus()
        elif not self.busy:
            self._sign_in(self.instance)

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
        except TestmoError as error:
            self.notice = Notice(str(error), error.hint, "error")
        else:
            result, service = SignedIn(service, token), None
            self.dismiss(result)
        finally:
            self.busy = False
            self.workers.cancel_group(self, "cooldown")
            if service is not None:
                await service.close()

    @work(name="follow cooldown", group="cooldown", exclusive=True, exit_on_error=False)
    async def _follow_cooldown(self, service: GroupsService) -> None:
        async for until in service.cooldown.changes():
            if until is not None:
                self.notice = cooldown_notice(until)
