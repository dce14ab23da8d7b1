"""The dialog that lists the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..directory.highlight import match_spans
from ..text import fold
from ..widgets.commands import SECTIONS, Command, bind
from ..widgets.filter_input import FilterInput
from ..widgets.key_footer import KeyFooter
from ..widgets.user_state import CHANGE_TERMS, PROFILE_TERMS
from .base import Dialog

MAX_KEYS_WIDTH = 16
"""The most cells of the keys before a sentence."""

MIN_SENTENCE_WIDTH = 10
"""The cells of a sentence, however narrow the window."""

MIN_COLUMN_WIDTH = 36
"""The cells that a column of keys and sentences needs at least."""

MAX_COLUMNS = 3

GAP = 2
"""Cells between the keys and the sentences, and between two columns."""

MEMBER_FILTER = ("/WORD", f"Filter members by {', '.join((*PROFILE_TERMS, *CHANGE_TERMS))}; !2fa excludes")
"""What the filter of members understands, in the section of lists."""


class HelpDialog(Dialog[None]):
    """Lists the keys of the screen below, and the commands that only the palette offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "close", show=False),
        bind("slash", "filter", "dialog.filter", "Filter the keys", hint="filter", rank=2),
        *(
            Binding(keys, f"scroll('{to}')", show=False)
            for keys, to in (
                ("k,up", "scroll_up"),
                ("j,down", "scroll_down"),
                ("pageup", "page_up"),
                ("pagedown", "page_down"),
                ("g,home", "scroll_home"),
                ("G,end", "scroll_end"),
            )
        ),
    ]

    AUTO_FOCUS = "VerticalScroll"

    body = getters.query_one(VerticalScroll)
    keys = getters.query_one("#keys", Static)

    def __init__(self, commands: Sequence[Command], *, has_members: bool) -> None:
        """Create a dialog for the commands of a screen; `has_members` if that has a list of members."""
        super().__init__()
        self._commands = commands
        self._has_members = has_members
        self._filter = FilterInput("a key or a word")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -full") as box:
            box.border_title = "Keys"
            yield self._filter
            with VerticalScroll():
                yield Static(id="keys")
            yield KeyFooter()

    def on_mount(self) -> None:
        self._filter.display = False

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        text = self._filter.value
        sections = list(_sections(self._commands, fold(text).split(), has_members=self._has_members))
        size = self.body.scrollable_content_region.size
        columns = max(1, min(MAX_COLUMNS, (size.width + GAP) // (MIN_COLUMN_WIDTH + GAP)))
        # As few columns as fit without scrolling; if none do, as many as there is room for.
        for count in range(1, columns + 1):
            content, height = _in_columns(sections, count, size.width, text)
            if height <= size.height:
                break
        self.keys.update(content if sections else Content(f"No key matches “{text}”."))

    @on(FilterInput.Changed)
    def _filter_changed(self, event: FilterInput.Changed) -> None:
        event.stop()
        self.body.scroll_home(animate=False)
        self._show()

    @on(FilterInput.Submitted)
    def _filter_submitted(self, event: FilterInput.Submitted) -> None:
        event.stop()
        self._leave_filter()

    @on(FilterInput.Closed)
    def _filter_closed(self, event: FilterInput.Closed) -> None:
        event.stop()
        self._filter.set_text("")
        self._show()
        self._leave_filter()

    def _leave_filter(self) -> None:
        self._filter.display = bool(self._filter.value)
        self.body.focus()

    def action_filter(self) -> None:
        self._filter.display = True
        self._filter.focus()

    async def action_scroll(self, to: str) -> None:
        """Scroll by a line or a page, or to an end."""
        await self.body.run_action(to)


def _sections(
    commands: Sequence[Command], words: Sequence[str], *, has_members: bool
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the title of each section, with keys and sentences of its commands that have the words."""
    for section, group in groupby(commands, key=lambda command: command.section):
        title = SECTIONS[section]
        rows = []
        for command in group:
            keys = " ".join(command.keys) or f":{command.aliases[0]} {command.argument}".rstrip()
            rows.append((keys, command.text, " ".join(command.aliases)))
        if section == "table" and has_members:
            rows.append((*MEMBER_FILTER, ""))
        rows = [row for row in rows if all(word in fold(" ".join((title, *row))) for word in words)]
        if rows:
            yield title, [(keys, text) for keys, text, _ in rows]


def _in_columns(
    sections: Sequence[tuple[str, list[tuple[str, str]]]], count: int, width: int, query: str
) -> tuple[Content, int]:
    """Return the sections in columns of nearly the same height, and that height."""
    each = max(1, (width - GAP * (count - 1)) // count)
    blocks = [_block(title, rows, each, query) for title, rows in sections]
    columns = _balanced(blocks, count)
    height = max(map(len, columns), default=0)
    lines: list[Content] = []
    for number in range(height):
        cells = [column[number] if number < len(column) else Content("") for column in columns]
        padded = [cell.pad_right(each + GAP - cell.cell_length) for cell in cells[:-1]]
        lines.append(Content.assemble(*padded, *cells[-1:]))
    return Content("\n").join(lines), height


def _balanced(blocks: Sequence[list[Content]], count: int) -> list[list[Content]]:
    """Return at most a number of columns: the longest block goes into the shortest column, and so on.

    In a column, the blocks keep their order, with a line between them; the first has the first block.
    """
    places: list[list[int]] = [[] for _ in range(count)]
    for place in sorted(range(len(blocks)), key=lambda place: -len(blocks[place])):
        min(places, key=lambda column: sum(len(blocks[each]) + 1 for each in column)).append(place)
    columns = sorted(map(sorted, filter(None, places)))
    return [[line for place in column for line in (*blocks[place], Content(""))][:-1] for column in columns]


def _block(title: str, rows: Sequence[tuple[str, str]], width: int, query: str) -> list[Content]:
    """Return the lines of a section; those that continue a sentence begin below its start."""
    indent = min(MAX_KEYS_WIDTH, max(cell_len(keys) for keys, _ in rows)) + GAP
    lines = [Content.styled(title, "bold $text-primary")]
    for keys, sentence in rows:
        first, *others = wrap(sentence, max(MIN_SENTENCE_WIDTH, width - indent))
        keys_cell = Content.styled(keys, "bold").pad_right(max(GAP, indent - cell_len(keys)))
        lines.append(keys_cell + _highlighted(first, query))
        lines += [Content(" " * indent) + _highlighted(other, query) for other in others]
    return lines


def _highlighted(text: str, query: str) -> Content:
    content = Content(text)
    for start, end in match_spans(text, query):
        content = content.stylize("bold $text-accent", start, end)
    return content
