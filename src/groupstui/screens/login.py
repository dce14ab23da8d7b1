"""Signs in to a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import var
from textual.widgets import Input, Label, Static
from textual.worker import Worker, WorkerState

from ..errors import InvalidInstance, InvalidToken, TestmoError
from ..service.service import GroupsService, ServiceFactory
from ..testmo.instance import Instance
from ..times import local_clock
from ..token import Token
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice, NoticeBar
from ..widgets.token_input import TokenInput
from .base import BaseScreen
from .commands import bind
from .site import SiteScreen
from .stylesheets import stylesheet

SITE_EXAMPLES = "acme, or the address of any of its pages"
WHERE = "Make one in Testmo: your avatar › User Profile › API access. Groups need a site admin's token."
KEPT = "It is kept in this system's keyring; where there is none, in memory until you quit."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that worked."""

    service: GroupsService
    token: Token


class LoginScreen(BaseScreen[SignedIn | None]):
    """Takes a site and a token, tries them, and gives the service that they open.

    What was typed stays where it is until a sign-in has worked.
    """

    CSS_PATH = stylesheet("login.tcss")

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("f1", "app.help", "app.help", "Show what the keys do"),
        bind("escape", "cancel", "login.cancel", "Stop signing in, or go back", hint="cancel"),
        bind("ctrl+q", "app.quit", "app.quit", "Leave groupstui", hint="quit"),
    ]

    instance: var[Instance | None] = var(None)
    """The site that was understood from what is typed."""

    busy: var[bool] = var(False, init=False, bindings=True)
    """Whether a sign-in is under way."""

    def __init__(self, connect: ServiceFactory, *, site: str = "", notice: Notice | None = None) -> None:
        """Make the screen.

        Args:
            connect: Makes the service to try.
            site: What to write into the site's field.
            notice: What to say at first: why the user is here.
        """
        super().__init__()
        self._connect = connect
        self._site = site
        self.set_reactive(LoginScreen.notice, notice)

    def compose(self) -> ComposeResult:
        """Show two fields and what they mean."""
        with VerticalScroll(can_focus=False), Vertical(id="form") as form:
            form.border_title = "Sign in to Testmo"
            yield Label("Site")
            site = Input(
                self._site, placeholder="acme, or the address of any of its pages", compact=True, id="site"
            )
            site.cursor_blink = False
            yield site
            yield Static(id="understood", markup=False)
            yield Label("Token")
            yield TokenInput(id="token")
            yield Static(WHERE, classes="hint", markup=False)
            yield Static(KEPT, classes="hint", markup=False)
            yield NoticeBar().data_bind(LoginScreen.notice)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Say why the user is here, and start where something is missing."""
        self.query_one("#token" if self._site else "#site").focus()
        self._understand(self._site)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to cancel only where there is something to cancel or to go back to."""
        if action == "cancel":
            return self.busy or any(isinstance(screen, SiteScreen) for screen in self.app.screen_stack)
        return True

    @on(Input.Changed, "#site")
    def _site_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._understand(event.value)

    def _understand(self, text: str) -> None:
        understood = self.query_one("#understood", Static)
        try:
            self.instance = Instance.parse(text)
        except InvalidInstance as error:
            self.instance = None
            understood.update(str(error) if text.strip() else "")
        else:
            understood.update(f"→ {self.instance.origin}")
        understood.set_class(self.instance is None, "-bad")

    @on(Input.Submitted, "#site")
    def _site_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#token").focus()

    @on(Input.Submitted, "#token")
    def _token_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.instance is None:
            self.notice = Notice("the site is missing", "Type its name first.", "error")
            self.query_one("#site").focus()
        elif not self.busy:
            self._sign_in(self.instance)

    def action_cancel(self) -> None:
        """Stop signing in; where nothing is under way, go back to the screen below."""
        if self.busy:
            self.workers.cancel_group(self, "sign-in")
            self.notice = Notice("stopped", "Press enter to try again.")
        else:
            self.dismiss(None)

    @work(name="sign in", group="sign-in", exclusive=True, exit_on_error=False)
    async def _sign_in(self, instance: Instance) -> None:
        # The token is no argument: a worker's description holds its arguments.
        try:
            token = Token.parse(self.query_one(TokenInput).value)
        except InvalidToken as error:
            self.notice = Notice(str(error), "", "error")
            return
        self.busy = True
        self.notice = Notice(f"signing in to {instance.name}…")
        service: GroupsService | None = None
        try:
            service = self._connect(instance, token)
            self._follow_cooldown(service)
            await service.sign_in()
        except TestmoError as error:
            self.notice = Notice(str(error), error.hint, "error")
        else:
            signed_in, service = SignedIn(service, token), None
            self.dismiss(signed_in)
        finally:
            self.busy = False
            self.workers.cancel_group(self, "cooldown")
            if service is not None:
                await service.close()

    @work(name="follow the cooldown", group="cooldown", exclusive=True, exit_on_error=False)
    async def _follow_cooldown(self, service: GroupsService) -> None:
        async for until in service.cooldown.changes():
            if until is not None:
                self.notice = Notice(f"rate limited by the site; continuing at {local_clock(until)}")

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            why = f"{type(event.worker.error).__name__} while signing in"
            self.notice = Notice(why, "This is a bug in groupstui: please report it.", "error")
