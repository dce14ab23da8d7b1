"""The dialog that lists what the entries of a pasted list mean, and who of them is in which group."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..directory.compare import distinct_names
from ..directory.directory import Directory
from ..directory.models import Group, User
from ..directory.user_list import match_entry, split_list
from ..directory.user_match import UserMatch, match_user
from ..output.comparison_records import pasted_report
from ..output.records import Report
from ..set_operation import MAX_GROUPS
from ..text import pluralize, sanitize
from ..widgets.commands import bind
from ..widgets.key_footer import KeyFooter
from ..widgets.notice_bar import Notice
from ..widgets.table import Column, Table
from ..widgets.table_layout import GAP, ID_COLUMN
from ..widgets.user_state import state_words
from .base import COMPARE_BINDING, Dialog
from .compare import INSIDE, OUTSIDE, compare_two_users, fit_titles, legend, numbered
from .copy import Copy, copies_of_emails, copies_of_row, copies_of_rows, copy_of_line, copy_of_lines
from .copy_export import RowSet
from .records import RecordsDialog

NO_GROUPS = "To compare with groups, mark them with space first."

STATES = ("inactive", "anonymised", "API")
"""The states of an account that are shown in place of “matched”."""

STATUS_CELLS = len("anonymised")

CHUNK_LINES = 100
"""Lines that are looked up together; in a large instance, each takes about a millisecond."""

MAX_CELLS_BEFORE_TITLES = 17
"""The cells of an entry or a user, if it has as many, that the titles of groups leave."""


class PastedTable(Table[UserMatch]):
    """Shows entries and their users, and beside them a column for each group, titled if there is room."""

    def __init__(
        self,
        columns: Sequence[Column[UserMatch]],
        names: Sequence[str],
        is_member: Callable[[User, int], bool],
    ) -> None:
        """Create a table without rows.

        Args:
            columns: The columns before those of the groups.
            names: The names of the groups.
            is_member: Returns whether a user is in the group of a place among the names.
        """
        self._columns = columns
        self._titles = numbered(names)
        self._is_member = is_member
        super().__init__(columns, identity=lambda match: match.text)

    def columns_in(self, width: int) -> list[Column[UserMatch]]:
        titles = fit_titles(self._titles, width - self._cells_before_titles())
        return [*self._columns, *(self._group_column(place, title) for place, title in enumerate(titles))]

    def _cells_before_titles(self) -> int:
        """Return the cells of the other columns, as far as they are not cut for the titles of the groups."""
        others = 0
        for column in self._columns:
            if isinstance(column.width, int):
                others += column.width + GAP
            else:
                longest = max((cell_len(column.text(match)) for match in self.rows), default=0)
                others += max(cell_len(column.title), min(longest, MAX_CELLS_BEFORE_TITLES)) + GAP
        return others

    def _group_column(self, place: int, title: str) -> Column[UserMatch]:
        def is_inside(match: UserMatch) -> bool:
            return match.user is not None and self._is_member(match.user, place)

        return Column(
            f"group {place}",
            title,
            lambda match: INSIDE if is_inside(match) else OUTSIDE if match.user is not None else "",
            sort_key=lambda match: (match.user is None, is_inside(match)),
            width=1,
            style=lambda match: "joined" if is_inside(match) else "left",
        )


class CandidateTable(Table[User]):
    """A table with another word for enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "select", "paste.choose", "Choose the user under the cursor", hint="choose", rank=1),
    ]


class CandidatesDialog(Dialog[User]):
    """Asks which user an entry means."""

    def __init__(self, title: str, users: Sequence[User], directory: Directory) -> None:
        super().__init__()
        self._title, self._users = title, users
        self._table = CandidateTable(
            (
                ID_COLUMN,
                Column("name", "Name", lambda user: user.label),
                Column("email", "E-mail", lambda user: directory.email(user.id) or "", style="muted"),
                Column(
                    "groups",
                    "Groups",
                    lambda user: f"{len(directory.memberships.get(user.id, ())):,}",
                    width=6,
                ),
            ),
            identity=lambda user: user.id,
            sortable=False,
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(sanitize(self._title))
            yield self._table
            yield KeyFooter()

    def on_mount(self) -> None:
        self._table.show(self._users)

    def on_table_selected(self, event: Table.Selected[User]) -> None:
        event.stop()
        self.dismiss(event.row)


class PastedUsersDialog(RecordsDialog[UserMatch]):
    """Lists the entries of a pasted list: who is known, and in which of the marked groups."""

    BINDINGS: ClassVar[list[BindingType]] = [
        COMPARE_BINDING,
        bind("u", "user", "paste.user", "List a user's groups", hint="groups"),
        bind("f", "unmatched", "paste.unmatched", "Show only lines without a user, or all", hint="not found"),
        *(
            bind(
                str(number),
                f"missing({number})",
                f"paste.missing_{number}",
                f"Show only users who are missing from group {number}, or all",
                hint="missing from 1" if number == 1 else "",
            )
            for number in range(1, MAX_GROUPS + 1)
        ),
    ]

    ROW_NOUN, ROW_LINES = "line", "names"

    def __init__(
        self,
        directory: Directory,
        instance: str,
        text: str,
        groups: Sequence[Group],
        *,
        chosen: MutableMapping[str, int],
        edit: Callable[[], None],
    ) -> None:
        """Create a dialog.

        Args:
            directory: What is known of the instance.
            instance: The address of the instance.
            text: The list.
            groups: The groups that have columns.
            chosen: The users who were chosen for entries, which this dialog changes.
            edit: Called to go back to the text.
        """
        self._text = text
        self._group_total = len(groups)
        self._groups = list(groups[:MAX_GROUPS])
        self._members = [frozenset(group.members) for group in self._groups]
        """The members of each group."""
        self._names = list(distinct_names(self._groups).values())
        self._chosen = chosen
        self._edit = edit
        self._matches: Sequence[UserMatch] = ()
        self._repeated = 0
        """Lines that are left out because the same text is above them."""
        self._part = 0
        """The number of the group from which the shown users are missing; 0 for all, -1 for no user."""
        columns: tuple[Column[UserMatch], ...] = (
            Column("text", "Line", lambda match: match.text, min_width=10, match="words"),
            Column(
                "status", "Status", self._status, width=STATUS_CELLS, style=self._status_style, match="words"
            ),
            Column("user", "User", self._user_text, min_width=12, style=self._user_style, match="words"),
            Column(
                "groups",
                "Groups",
                lambda match: "" if match.user is None else f"{self._group_count(match.user):,}",
                align="right",
                width=6,
                priority=1,
            ),
        )
        super().__init__(directory, instance, PastedTable(columns, self._names, self._is_member))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -list") as box:
            box.border_title = "Pasted users"
            yield Static(self._legend(), id="legend")
            yield Static(id="about")
            yield self.list
            yield from self.compose_footer()

    def on_mount(self) -> None:
        super().on_mount()
        self._look_up()

    def update_directory(self, directory: Directory) -> None:
        super().update_directory(directory)
        if directory.complete:  # not for each page of a crawl
            self._groups = [directory.group(each.id) or replace(each, members=()) for each in self._groups]
            self._members = [frozenset(group.members) for group in self._groups]
            self.query_one("#legend", Static).update(self._legend())
            self._look_up()

    @work(name="look up", group="look up", exclusive=True, exit_on_error=False)
    async def _look_up(self) -> None:
        """Match the lines in a thread, and a few at a time, so that it ends soon if the dialog is closed."""
        directory, chosen = self.directory, dict(self._chosen)
        entries = list(split_list(self._text))
        found: list[UserMatch] = []

        def match(text: str, *, exact: bool) -> UserMatch:
            return match_user(directory, text, exact=exact)

        def match_some(some: Sequence[str]) -> None:
            found.extend(each for entry in some for each in match_entry(entry, match))

        for start in range(0, len(entries), CHUNK_LINES):
            self.box.border_subtitle = f"looking up {start:,} of {pluralize(len(entries), 'line')}…"
            await asyncio.to_thread(match_some, entries[start : start + CHUNK_LINES])
        await asyncio.to_thread(lambda: directory.memberships)
        lines = {match.text: match for match in found}
        self._repeated = len(found) - len(lines)
        self._matches = [
            UserMatch(text, directory.user(chosen[text])) if text in chosen else match
            for text, match in lines.items()
        ]
        self._show_rows()

    # What is shown

    def _show_rows(self) -> None:
        rows, about = list(self._matches), self._about()
        if self._part < 0:
            rows = [match for match in rows if match.user is None]
        elif self._part:
            rows = self._missing_from(self._part - 1)
            count = pluralize(len(rows), "user")
            about = Content.styled(f"{count} not in {sanitize(self._names[self._part - 1])}", "bold")
        line = self.query_one("#about", Static)
        line.update(about)
        line.display = bool(about)
        self.list.show(rows, empty="There is no such line.")
        self.show_summary()

    def _about(self) -> Content:
        """Return what the result does not take into account."""
        directory = self.directory
        parts = list[str]()
        if self._group_total > MAX_GROUPS:
            parts.append(f"only the first {MAX_GROUPS} of {self._group_total:,} marked groups have a column")
        if not directory.complete:
            total = pluralize(directory.total or 0, "group")
            parts.append(f"only {directory.group_count:,} of {total} are loaded")
        if any(match.unread == "users" for match in self._matches) and not directory.users_complete:
            parts.append("users in no group are not known: a name may be that of one of them")
        if any(match.unread == "addresses" for match in self._matches):
            parts.append("e-mail addresses are not known")
        text = "; ".join(parts)
        return Content.styled(text[:1].upper() + text[1:], "$text-warning")

    def _legend(self) -> Content:
        if not self._groups:
            return Content(NO_GROUPS)
        return legend(self._names, [len(group.members) for group in self._groups], "member")

    def summary(self) -> str:
        counts = Counter(match.status for match in self._matches)
        unknown = sum(match.status == "unmatched" and self._is_uncertain(match) for match in self._matches)
        not_found = counts["unmatched"] - unknown
        lines = pluralize(len(self._matches), "line")
        users = len({match.user.id for match in self._matches if match.user is not None})
        matched = f"{counts['matched']:,} matched"
        if users < counts["matched"]:
            matched += f" ({pluralize(users, 'user')})"
        parts = [matched, f"{counts['ambiguous']:,} ambiguous"]
        parts += [f"{not_found:,} not found"] if not_found or not unknown else []
        parts += [f"{unknown:,} unknown"] if unknown else []
        repeated = f" · {self._repeated:,} repeated" if self._repeated else ""
        return f"{lines}: {', '.join(parts)}{repeated}"

    def _status(self, match: UserMatch) -> str:
        if match.user is not None:
            states = state_words(match.user, self.directory.profile(match.user.id))
            return next((word for word in states if word in STATES), "matched")
        if match.status == "ambiguous":
            return "ambiguous"
        return "unknown" if self._is_uncertain(match) else "not found"

    def _is_uncertain(self, match: UserMatch) -> bool:
        """Return whether an entry without a user may have one that is not known yet."""
        directory = self.directory
        return match.unread == "addresses" or not (directory.complete and directory.users_complete)

    def _status_style(self, match: UserMatch) -> str:
        return "muted" if self._status(match) == "matched" else "attention"

    def _user_text(self, match: UserMatch) -> str:
        if match.user is not None:
            return match.user.label
        if match.status == "ambiguous" and match.error is not None:
            return ", ".join(f"{user.label} #{user.id}" for user in match.error.candidates)
        return ""

    def _user_style(self, match: UserMatch) -> str:
        return "" if match.user is not None else "muted"

    def _group_count(self, user: User) -> int:
        return len(self.directory.memberships.get(user.id, ()))

    # Parts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "missing" or parameters[0] in range(1, len(self._groups) + 1)

    def reason_for_key(self, character: str) -> Notice:
        if character.isdecimal():
            return Notice(f"There is no column {character}", NO_GROUPS)
        return super().reason_for_key(character)

    def action_unmatched(self) -> None:
        self._show_part(-1)

    def action_missing(self, number: int) -> None:
        self._show_part(number)

    def _show_part(self, part: int) -> None:
        """Show a part of the entries; all, if that part is shown already."""
        self._part = 0 if self._part == part else part
        self._show_rows()

    def _is_member(self, user: User, place: int) -> bool:
        """Return whether a user is in the group of a place."""
        return user.id in self._members[place]

    def _missing_from(self, place: int) -> list[UserMatch]:
        """Return an entry for each matched user who is not in the group of a place."""
        users = {match.user.id: match for match in reversed(self._matches) if match.user is not None}
        return [
            match
            for match in reversed(users.values())
            if match.user is not None and not self._is_member(match.user, place)
        ]

    # Rows

    def open_record(self, record: UserMatch) -> None:
        """Show the groups of the user; if there is none, let the user of the app choose one."""
        if record.user is not None:
            self.show_user(record.user)
            return
        users = record.error.candidates if record.error is not None else ()
        title = f"Which user is “{record.text}”?"
        if record.status == "unmatched":
            users = self.directory.user_index.similar(record.searched)
        if not users:
            self.notice = Notice(
                f"No user is similar to “{sanitize(record.text)}”", "esc goes back to the text."
            )
            return

        def choose(user: User | None) -> None:
            if user is not None:
                self._chosen[record.text] = user.id
                self._look_up()

        self.app.push_screen(CandidatesDialog(title, users, self.directory), choose)

    def record_item(self, record: UserMatch) -> User | None:
        return record.user

    def action_user(self) -> None:
        record = self.table.current
        if record is not None and record.user is not None:
            self.show_user(record.user)
        else:
            self.notice = Notice("This line has no user", "enter lets you choose one.")

    def action_compare(self) -> None:
        marked = self.list.marked_rows
        if len(marked) == 1 and self.table.current is not None:
            marked.append(self.table.current)
        ids = dict.fromkeys(match.user.id for match in marked if match.user is not None)
        compare_two_users(self, list(ids), self.directory, self.instance)

    def action_close(self) -> None:
        """Clear the filter; without one, go back to the text, of which nothing is lost."""
        is_filtered = bool(self.list.query_text)
        super().action_close()
        if not is_filtered:
            self.app.call_later(self._edit)

    # Copy and export

    def report(self, rows: Sequence[UserMatch]) -> Report:
        return pasted_report(self.directory, self.instance, rows, self._groups)

    def row_text(self, record: UserMatch) -> str:
        return record.text if record.user is None else record.user.label

    def row_email(self, record: UserMatch) -> str | None:
        return None if record.user is None else self.directory.email(record.user.id)

    def row_copies(self, record: UserMatch) -> list[Copy]:
        if record.user is None:
            return [copy_of_line("the line", record.text)]
        return copies_of_row(record.user.label, record.user.id, self.row_email(record))

    def row_sets(self) -> list[RowSet[UserMatch]]:
        return [*super().row_sets(), *self._special_sets()]

    def _special_sets(self) -> list[RowSet[UserMatch]]:
        """Return who is missing from each group, and the entries that match no user."""
        named = {
            f"{pluralize(len(rows), 'user')} missing from {sanitize(name)}": rows
            for place, name in enumerate(self._names)
            if (rows := self._missing_from(place))
        }
        if without := [match for match in self._matches if match.user is None]:
            named[f"{pluralize(len(without), 'line')} without a user"] = without
        return [
            RowSet(name, rows, self.report, self.row_text, self.row_email) for name, rows in named.items()
        ]

    def copies(self) -> list[Copy]:
        """Return what can be copied: of the row, who is missing, and of the list."""
        if (record := self.table.current) is None:
            return []
        copies = self.row_copies(record)
        for rows in self._special_sets():
            copies.append(copy_of_lines(rows))
            copies += copies_of_emails([mail for mail in map(rows.email, rows.rows) if mail], rows.name)
        return [*copies, *(copy for rows in super().row_sets() for copy in copies_of_rows(rows))]
