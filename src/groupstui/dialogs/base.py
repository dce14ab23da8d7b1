"""The bases of screens and dialogs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import events, getters, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.worker import Worker

from ..directory.directory import Directory
from ..directory.models import Group, User
from ..settings import SavedList
from ..terminal.clipboard import ClipboardApp
from ..widgets.commands import ALWAYS, bind
from ..widgets.notice_bar import ANSWERS, Notice, NoticeKind, worker_failure

Result = TypeVar("Result")

COMPARE_BINDING = bind(
    "c",
    "compare",
    "analyse.compare",
    "Compare groups or users",
    "diff",
    hint="compare",
    rank=9,
    needs_row=True,
)
"""The key of every list of groups or users."""


TIMELINE_BINDING = bind(
    "H",
    "timeline",
    "analyse.timeline",
    "Show the timeline",
    "timeline, history of, joined",
)
"""The key of every list of groups or users."""


class BaseScreen(Screen[Result]):
    """A screen with a notice, which also reports workers that end with an unexpected exception."""

    NOTICE_SECONDS: ClassVar[float] = 8
    """How long an answer to a key stays, or news."""
    WARNING_SECONDS: ClassVar[float] = 60
    """How long a warning stays."""

    app = getters.app(ClipboardApp)
    notice: var[Notice | None] = var(None)
    """What the user should know; its kind decides when it ends."""
    notice_removed = False
    """Whether the last key has removed the answer to the one before."""
    _notice_timer: Timer | None = None
    _covered_notices: tuple[Notice, ...] = ()
    """What is still to be known when the notice that covers it has ended, the last one first."""

    def on_screen_suspend(self) -> None:
        """Hide the keys, which belong to the screen above now, unless that covers them."""
        above = self.app.screen
        self.set_class(isinstance(above, Dialog) and not above.COVERS_KEYS, "-covered")

    def on_screen_resume(self) -> None:
        self.remove_class("-covered")

    def watch_notice(self, old: Notice | None, notice: Notice | None) -> None:
        if self._notice_timer is not None:
            self._notice_timer.stop()
        if notice is None:
            self._covered_notices = ()
            return
        below = [*([] if old is None else [old]), *self._covered_notices]
        self._covered_notices = tuple(each for each in below if each.rank > notice.rank)
        kind, seconds = notice.kind, self._seconds_of(notice)
        if seconds is not None:
            self._notice_timer = self.set_timer(seconds, lambda: self.end_notice(kind))

    def _seconds_of(self, notice: Notice) -> float | None:
        """Return how long a notice stays; None if something else ends it."""
        match notice.kind:
            case "info" | "news":
                return self.NOTICE_SECONDS
            case "warning":
                return self.WARNING_SECONDS
            case _:
                return None

    def end_notice(self, *kinds: NoticeKind) -> None:
        """Remove the notice, and those below it, if they are of these kinds."""
        self._covered_notices = tuple(each for each in self._covered_notices if each.kind not in kinds)
        if self.notice is not None and self.notice.kind in kinds:
            self.notice = next(iter(self._covered_notices), None)

    def key_received(self) -> None:
        """Remove the notice that answered an earlier key."""
        before = self.notice
        self.end_notice(*ANSWERS)
        self.notice_removed = self.notice is not before

    def explain(self, action: str) -> None:
        """Show why the key of an action can do nothing now."""

    def explain_key(self, key: events.Key) -> None:
        """Show why a key does nothing, unless it does something, or is typed into a field."""
        active = self.active_bindings.get(key.key)
        if active is not None:
            if not active.enabled:
                self.explain(active.binding.action)
            return
        focused = self.focused
        is_typed = focused is not None and focused.check_consume_key(key.key, key.character)
        if key.character is not None and key.is_printable and not is_typed:
            self.notice = self.reason_for_key(key.character)

    def reason_for_key(self, character: str) -> Notice:
        """Return why a key does nothing here."""
        return Notice(f"{character} does nothing here", "? lists the keys.")

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        self.notice = worker_failure(event) or self.notice


class Dialog(ModalScreen[Result | None], BaseScreen[Result | None]):
    """A box over the screen below; escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "close", "dialog.close", "Close this dialog", hint="close", rank=ALWAYS),
        bind("q,h,left,backspace", "close", "dialog.back", "Go back: close this dialog"),
        bind("ctrl+q", "app.quit", "dialog.quit", "Quit groupstui"),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012 (typed by Textual)

    COVERS_KEYS: ClassVar[bool] = False
    """Whether the box covers the last line of the screen below."""

    box = getters.query_one(".dialog", Vertical)

    def on_mount(self) -> None:
        """Leave the first line of the past visible, which names its time."""
        self.set_class(bool(self.past_time), "-past")

    @property
    def past_time(self) -> str:
        """The time that the screen below shows instead of the present, in words; empty for the present."""
        below = (screen for screen in reversed(self.app.screen_stack) if isinstance(screen, JumpScreen))
        return next((screen.past_time for screen in below), "")

    @property
    def label(self) -> str:
        """What the dialog is called in the path to where the user is."""
        return str(self.box.border_title)

    def update_directory(self, directory: Directory) -> None:
        """Show what is known now; called by the screen below while the instance is read."""

    def snapshot_saved(self) -> None:
        """Show what the history contains now; called by the screen below."""

    def action_close(self) -> None:
        self.dismiss(None)

    async def discard(self) -> None:
        """Remove this dialog if it is closed and was kept, so that the user cannot come back to it."""
        app = self.app
        if app.is_screen_installed(self) and self not in app.screen_stack:
            app.uninstall_screen(self)
            await self.remove()


class ListSaved(Message):
    """Posted when the user has saved a list under a name."""

    def __init__(self, saved: SavedList) -> None:
        super().__init__()
        self.saved = saved


class ListDeleted(Message):
    """Posted when the user has deleted a saved list."""

    def __init__(self, saved: SavedList) -> None:
        super().__init__()
        self.saved = saved


class JumpScreen(BaseScreen[None]):
    """A screen below all dialogs that can show any group."""

    saved_lists: Sequence[SavedList] = ()
    """The saved lists of the instance."""

    @property
    def past_time(self) -> str:
        """The time that is shown instead of the present, in words; empty for the present."""
        return ""

    def jump(self, target: JumpTarget) -> bool:
        """Show a group, from which the user can come back; return False if it is not known."""
        raise NotImplementedError

    def show_timeline(self, item: Group | User) -> None:
        """Show what changed about a group or user."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """The group that the user wants to go to."""

    group_id: int
    member_id: int | None = None
    """The member to move to in that group."""
    dialogs: tuple[Dialog[None], ...] = ()
    """The dialogs from which the user goes there, the lowest first; going back opens them again."""
