"""The dialogs that compare a few groups, user by user, or two users, group by group."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from ..directory.compare import (
    EVERYTHING,
    Comparison,
    GroupComparison,
    Row,
    Selection,
    UserComparison,
    compare,
    compare_users,
)
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..output.comparison_records import comparison_report, user_comparison_report
from ..output.records import Report
from ..set_operation import MAX_GROUPS, MIN_GROUPS, Operation
from ..settings import SavedList
from ..text import fold, one_line, pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice
from ..widgets.table import Column, FilterableTable, Table
from ..widgets.table_layout import GAP, fit_text
from .base import COMPARE_BINDING, BaseScreen, Dialog, JumpScreen, JumpTarget, ListSaved
from .copy import Copy, copies_of_row
from .records import RecordsDialog

MAX_TITLE_CELLS, MIN_TITLE_CELLS = 40, 12
"""The width of a number and a name above a column; with less room, only the number is shown."""

MAX_NAME_CELLS, MIN_NAME_CELLS = 40, 24
"""The width of the first column: at most, and before the titles of the others are left out."""

MAX_PAIRS = 3
"""The number of pairs that are listed above the users."""

MAX_SHOWN_CHARS, NAME_END_CHARS = 40, 15
"""The length of a name above the table, and how much of its end is left if it is cut."""

MAX_LIST_NAME_CHARS = 60
"""The length of the name of a saved list."""

SAVED_DEFINITION = "Its definition is saved, not the users of today."

MIN_LINES_FOR_PAIRS = 20
"""The height of a window that has room for the pairs."""

INSIDE, OUTSIDE = "●", "·"


class ComparisonTable(Table[Row[Any]]):
    """Shows users or groups, and which of what is compared each is in; titles depend on the room for them."""

    def __init__(self, comparison: Comparison[Any, Any], title: str) -> None:
        """Create the table; `title` is that of the first column."""
        self._title = title
        self._longest = max((cell_len(sanitize(row.name)) for row in comparison.rows), default=0)
        self._titles = numbered(comparison.names)
        super().__init__(self.columns_in(0), identity=lambda row: row.item.id)

    def columns_in(self, width: int) -> tuple[Column[Row[Any]], ...]:
        names = (min(self._longest, cells) for cells in (MAX_NAME_CELLS, MIN_NAME_CELLS))
        titles = fit_titles(self._titles, *(width - cells for cells in names))
        free = width - sum(GAP + cell_len(title) for title in titles)
        name: Column[Row[Any]] = Column(
            "name",
            self._title,
            lambda row: row.name,
            width=max(1, min(self._longest, MAX_NAME_CELLS, free)),
            match="words",
        )
        return (name, *(_inside_column(index, title) for index, title in enumerate(titles)))


def numbered(names: Sequence[str]) -> list[str]:
    """Return names after their numbers, safe to show."""
    return [f"{number} {sanitize(name)}" for number, name in enumerate(names, 1)]


def fit_titles(titles: Sequence[str], *widths: int) -> list[str]:
    """Return the numbered titles of narrow columns, as long as the first width that is enough allows."""
    for width in widths:
        for size in range(MAX_TITLE_CELLS, MIN_TITLE_CELLS - 1, -1):
            fitted = [title if cell_len(title) <= size else fit_text(title, size) for title in titles]
            if sum(GAP + cell_len(title) for title in fitted) <= width:
                return fitted
    return [str(number) for number in range(1, len(titles) + 1)]


def _inside_column(index: int, title: str) -> Column[Row[Any]]:
    return Column(
        f"inside {index}",
        title,
        lambda row: INSIDE if row.inside[index] else OUTSIDE,
        sort_key=lambda row: not row.inside[index],
        width=1,
        style=lambda row: "joined" if row.inside[index] else "muted",
    )


class ComparisonDialog(RecordsDialog[Row[Any]]):
    """Shows a comparison, or a part of it: what is in all groups or users, or in one of them alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        COMPARE_BINDING,
        bind(
            "f",
            "part('differ')",
            "compare.differences",
            "Show only what is not in all of them, or everything",
            hint="differ",
        ),
        bind(
            "a",
            "part('all')",
            "compare.all",
            "Show only what is in all of them, or everything",
            hint="all",
        ),
        *(
            bind(
                str(number),
                f"only({number})",
                f"compare.only_{number}",
                f"Show only what is in number {number} alone, or everything",
                hint="only" if number == 1 else "",
            )
            for number in range(1, MAX_GROUPS + 1)
        ),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (MIN_LINES_FOR_PAIRS, "-high")]  # noqa: RUF012 (typed by Textual)

    COMPARED_NOUN: ClassVar[str]
    """What is compared, such as `group`."""
    SIZE_NOUN: ClassVar[str]
    """What a number beside a name in the legend counts."""
    IN_ALL: ClassVar[str]
    """What the rows have in common that are in everything that is compared."""
    NOTHING: ClassVar[str]
    """What is shown if there are no rows at all."""

    def __init__(self, comparison: Comparison[Any, Any], directory: Directory, instance: str) -> None:
        super().__init__(directory, instance, ComparisonTable(comparison, self.ROW_NOUN.capitalize()))
        self._comparison = comparison
        self.selection = EVERYTHING
        """Which part of the comparison is shown."""
        self.list_name = ""
        """The name of the saved list that is shown; empty for any other comparison."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            count = len(self._comparison.compared)
            title = f"Comparison of {pluralize(count, self.COMPARED_NOUN)}"
            if self.list_name:
                title = f"List “{self.list_name}”: {self.ROW_NOUN}s {self._words()}"
            box.border_title = Content(sanitize(title))
            sizes = list(map(self.size_of, self._comparison.compared))
            yield Static(legend(self._comparison.names, sizes, self.SIZE_NOUN), id="legend")
            yield Static(id="about")
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self._show_rows()

    def record_item(self, record: Row[Any]) -> Group | User:
        item: Group | User = record.item
        return item

    # What a subclass provides

    @abstractmethod
    def about_all(self) -> Content:
        """Return what is shown above all rows."""

    @abstractmethod
    def size_of(self, compared: Any) -> int:
        """Return the size of a group, or the number of a user's groups."""

    # Parts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "only" or parameters[0] in range(1, len(self._comparison.compared) + 1)

    def reason_for_key(self, character: str) -> Notice:
        if character.isdecimal():
            count = len(self._comparison.compared)
            return Notice(f"There is no number {character}: {count} {self.COMPARED_NOUN}s are compared")
        return super().reason_for_key(character)

    def action_part(self, operation: Operation) -> None:
        self._show_part(Selection(operation))

    def action_only(self, number: int) -> None:
        self._show_part(Selection("only", frozenset([self._comparison.compared[number - 1].id])))

    def _show_part(self, selection: Selection) -> None:
        """Show a part of the rows; all, if that part is shown already."""
        self.selection = EVERYTHING if self.selection == selection else selection
        self._show_rows()

    def _words(self) -> str:
        """Return what the part that is shown consists of."""
        return self._comparison.describe(self.selection, list(map(shorten, self._comparison.names)))

    def _show_rows(self) -> None:
        rows = self._comparison.select(self.selection)
        about, empty = self.about_all(), self.NOTHING
        if self.selection != EVERYTHING:
            words = self._words()
            about = Content.styled(f"{pluralize(len(rows), self.ROW_NOUN)} {words}", "bold")
            empty = f"There is no {self.ROW_NOUN} {words}."
        lines = self.query_one("#about", Static)
        lines.update(about)
        lines.set_class(self.selection == EVERYTHING, "-all")
        self.list.show(rows, empty=empty)

    def summary(self) -> str:
        comparison = self._comparison
        rows = pluralize(len(comparison.rows), self.ROW_NOUN)
        if self.selection == EVERYTHING:
            return f"{rows}, {comparison.in_all:,} of them {self.IN_ALL}"
        return f"{len(comparison.select(self.selection)):,} of {rows}"

    def row_text(self, record: Row[Any]) -> str:
        return record.name


def legend(names: Sequence[str], sizes: Sequence[int], noun: str) -> Content:
    """Return the number, name and size of everything that has a column; `noun` is what it contains."""
    parts: list[Content] = []
    for number, (name, count) in enumerate(zip(names, sizes, strict=True), 1):
        size = f"{count:,}" if parts else pluralize(count, noun)
        parts.append(Content.assemble((f"{number} ", "bold"), f"{shorten(name)} ({size})"))
    return Content(" · ").join(parts)


class ListNameInput(Input):
    """A field with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "submit", "compare.save_name", "Save the list under this name", hint="save", rank=1),
    ]


class ListNameDialog(Dialog[str]):
    """Asks for the name of a list; the result is a name that the settings can contain."""

    def __init__(self, what: str, names: Collection[str], name: str = "") -> None:
        """Create the dialog.

        Args:
            what: Describes the list.
            names: The names of other lists.
            name: The name to begin with.
        """
        super().__init__()
        self._what = what
        self._names = names
        self._input = ListNameInput(
            name, placeholder="a name, such as: QA without release managers", compact=True
        )
        self._input.max_length = MAX_LIST_NAME_CHARS
        self._input.cursor_blink = False
        self._about = Static()
        self._replaced = ""
        """The name that is replaced if the user submits it again."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Save this list under a name"
            yield self._input
            yield self._about
            yield KeyFooter()

    def on_mount(self) -> None:
        self._show("")
        if self._input.value:
            self._can_save(self._input.value)

    def _show(self, problem: str) -> None:
        """Show what is saved, and why it cannot be saved under the name, or not at once."""
        last = Content.styled(problem, "$text-warning") if problem else Content(SAVED_DEFINITION)
        self._about.update(Content("\n").join([Content(self._what), last]))

    def _can_save(self, name: str) -> bool:
        """Return whether a list can be saved under a name now; otherwise show why not."""
        if problem := self._problem(name):
            self._show(problem)
            self._replaced = name if name in self._names else ""
        return not problem

    def _problem(self, name: str) -> str:
        """Return why a list cannot have this name, or must be confirmed; empty if it can be saved."""
        if not is_list_name(name):
            return "Type a name."
        if name in self._names:
            return "" if name == self._replaced else "There is a list of that name: enter replaces it."
        if (similar := same_name(name, self._names)) is not None:
            return f"There is a list “{similar}”: type that name, or another one."
        return ""

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._replaced:
            self._replaced = ""
            self._show("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if self._can_save(name):
            self.dismiss(name)


def is_list_name(text: str) -> bool:
    """Return whether a text can be the name of a list."""
    return 0 < len(text) <= MAX_LIST_NAME_CHARS and text.isprintable()


def same_name(name: str, names: Collection[str]) -> str | None:
    """Return which of some names is the same ignoring case and accents, or None."""
    return next((each for each in names if fold(each) == fold(name)), None)


def save_list(
    screen: BaseScreen[Any],
    comparison: GroupComparison,
    selection: Selection,
    instance: str,
    name: str = "",
) -> None:
    """Save a part of a comparison as a list; ask for its name unless one is given that can be used.

    Args:
        screen: The screen that shows what was saved.
        comparison: The groups.
        selection: Which of their users the list contains.
        instance: The address of the instance.
        name: The name that the user has typed.
    """
    ids = tuple(group.id for group in comparison.compared)

    def save(name: str | None) -> None:
        if name is not None:
            only = tuple(id for id in ids if id in selection.only)
            screen.post_message(ListSaved(SavedList(name, instance, ids, selection.operation, only)))
            screen.notice = Notice(f"Saved the list “{name}”", ":list shows it again.", detail=name)

    below = next(each for each in screen.app.screen_stack if isinstance(each, JumpScreen))
    names = {saved.name for saved in below.saved_lists}
    if is_list_name(name) and same_name(name, names) is None:
        save(name)
    else:
        words = comparison.describe(selection, list(map(shorten, comparison.names)))
        screen.app.push_screen(ListNameDialog(f"Users {words}", names, name), save)


class CompareDialog(ComparisonDialog):
    """Shows how much a few groups have in common, and which user is in which group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("b", "save_list", "compare.save", "Save this list under a name", hint="save"),
    ]

    ROW_NOUN, ROW_LINES = "user", "names"
    COMPARED_NOUN, SIZE_NOUN = "group", "member"
    IN_ALL = "in every group"
    NOTHING = "These groups have no members."

    def __init__(self, comparison: GroupComparison, directory: Directory, instance: str) -> None:
        super().__init__(comparison, directory, instance)
        self._groups = comparison
        self._pairs = comparison.pairs
        self._report = partial(comparison_report, comparison=comparison)

    def report(self, rows: Sequence[Row[User]]) -> Report:
        return self._report(self.directory, self.instance, rows=rows, selection=self.selection)

    def row_email(self, record: Row[User]) -> str | None:
        return self.directory.email(record.item.id)

    def row_copies(self, record: Row[User]) -> list[Copy]:
        pairs = "\n".join(one_line(pair.text) for pair in self._pairs)
        user = copies_of_row(record.item.label, record.item.id, self.row_email(record))
        return [*user, Copy("the overlaps", lambda: [pairs], "the overlaps")]

    def open_record(self, record: Row[User]) -> None:
        self.show_user(record.item)

    def action_save_list(self) -> None:
        """Ask for a name, and save the groups and the part that is shown."""
        save_list(self, self._groups, self.selection, self.instance)

    def action_compare(self) -> None:
        compare_marked_users(self, self.list, self.directory, self.instance)

    def size_of(self, compared: Group) -> int:
        return len(compared.members)

    def about_all(self) -> Content:
        """Return sentences about the most similar pairs."""
        pairs = self._pairs
        lines: list[Content] = []
        for pair in pairs[:MAX_PAIRS]:
            first, second = map(shorten, pair.names)
            lines.append(Content(replace(pair, names=(first, second)).text))
        if len(pairs) > MAX_PAIRS:
            more = pluralize(len(pairs) - MAX_PAIRS, "more pair")
            lines.append(Content(f"{more}, none more similar"))
        return Content("\n").join(lines)


class CompareUsersDialog(ComparisonDialog):
    """Shows which groups two users have in common, and which only one of them is in."""

    ROW_NOUN, ROW_LINES = "group", "names"
    COMPARED_NOUN, SIZE_NOUN = "user", "group"
    IN_ALL = "of both users"
    NOTHING = "These users are in no group."

    def __init__(self, comparison: UserComparison, directory: Directory, instance: str) -> None:
        self._sizes = {
            user.id: sum(row.inside[place] for row in comparison.rows)
            for place, user in enumerate(comparison.compared)
        }
        super().__init__(comparison, directory, instance)
        self._text = replace(comparison, names=tuple(map(shorten, comparison.names))).text
        self._report = partial(user_comparison_report, comparison=comparison)

    def report(self, rows: Sequence[Row[Group]]) -> Report:
        return self._report(self.directory, self.instance, rows=rows, selection=self.selection)

    def row_copies(self, record: Row[Group]) -> list[Copy]:
        return copies_of_row(record.item.label, record.item.id)

    def open_record(self, record: Row[Group]) -> None:
        self.go_to(JumpTarget(record.item.id))

    def action_compare(self) -> None:
        compare_marked(self, self.list, self.directory, self.instance)

    def reason_for_key(self, character: str) -> Notice:
        if character == "b":
            return Notice("Only a comparison of groups can be saved as a list")
        return super().reason_for_key(character)

    def size_of(self, compared: User) -> int:
        return self._sizes[compared.id]

    def about_all(self) -> Content:
        return Content(self._text)


def shorten(name: str) -> str:
    """Return a name, cut in the middle if it is long, as similar names often differ at the end."""
    if len(name) > MAX_SHOWN_CHARS:
        name = f"{name[: MAX_SHOWN_CHARS - NAME_END_CHARS - 1]}…{name[-NAME_END_CHARS:]}"
    return sanitize(name)


def compare_marked(
    screen: BaseScreen[Any], groups: FilterableTable[Any], directory: Directory, instance: str
) -> None:
    """Compare the marked groups of a list; a single one is compared with the group under the cursor.

    Args:
        screen: The screen of the list, for a notice if there are too few groups or too many.
        groups: The list.
        directory: What is known of the instance.
        instance: The address of the instance.
    """
    if (comparison := marked_comparison(screen, groups, directory)) is not None:
        screen.app.push_screen(CompareDialog(comparison, directory, instance))


def marked_comparison(
    screen: BaseScreen[Any], groups: FilterableTable[Any], directory: Directory
) -> GroupComparison | None:
    """Return the comparison of the marked groups; show a notice and return None if it is not possible."""
    ids = _marked_ids(groups)
    chosen = [group for group in map(directory.group, ids) if group is not None]
    if not ids:
        screen.notice = Notice("No group is marked", "space marks one; c compares it with this group.")
    elif not MIN_GROUPS <= len(chosen) <= MAX_GROUPS:
        screen.notice = Notice(f"Mark two to six groups to compare, not {len(chosen)}", "space marks one.")
    else:
        return compare(directory, chosen)
    return None


def compare_marked_users(
    screen: BaseScreen[Any], users: FilterableTable[Any], directory: Directory, instance: str
) -> None:
    """Compare the two marked users of a list; the arguments are those of `compare_marked`."""
    compare_two_users(screen, _marked_ids(users), directory, instance)


def compare_two_users(
    screen: BaseScreen[Any], ids: Sequence[int], directory: Directory, instance: str
) -> None:
    """Compare the groups of users, or show a notice if they are not two."""
    if not ids:
        screen.notice = Notice("No user is marked", "space marks one; c compares it with this user.")
    elif len(ids) != 2:
        screen.notice = Notice(f"Mark two users to compare, not {len(ids)}", "space marks one.")
    else:
        comparison = compare_users(directory, list(map(directory.user, ids)))
        screen.app.push_screen(CompareUsersDialog(comparison, directory, instance))


def _marked_ids(pane: FilterableTable[Any]) -> list[int]:
    """Return the ids of the marked rows; if there is only one, also that of the row under the cursor."""
    ids = [*pane.marks]
    if len(ids) == 1 and (current := pane.table.current) is not None:
        ids.append(pane.table.identity(current))
    return [each for each in dict.fromkeys(ids) if isinstance(each, int)]
