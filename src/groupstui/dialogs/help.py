"""The dialog that lists the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import events, getters, on
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


class HelpDialog(Dialog[None]):
    """Lists the keys of the screen below, and the commands that only the palette offers.

    What is typed filters the list, except the keys that close it or scroll it; after `/`, they do, too.
    """

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
            )
        ),
    ]

    AUTO_FOCUS = "VerticalScroll"

    body = getters.query_one(VerticalScroll)
    keys = getters.query_one("#keys", Static)

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
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
        sections = list(_sections(self._commands, fold(text).split()))
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
        self._filter.clear_text()
        self._show()
        self._leave_filter()

    def _leave_filter(self) -> None:
        self._filter.display = bool(self._filter.value)
        self.body.focus()

    def action_filter(self) -> None:
        self._filter.display = True
        self._filter.focus()

    def on_key(self, event: events.Key) -> None:
        """Filter by what is typed, unless the key has a meaning of its own."""
        if event.is_printable and event.character and event.key not in self.active_bindings:
            event.stop()
            self.action_filter()
            self._filter.insert_text_at_cursor(event.character)

    async def action_scroll(self, to: str) -> None:
        """Scroll up or down by a line or a page."""
        await self.body.run_action(to)


def _sections(
    commands: Sequence[Command], words: Sequence[str]
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the title of each section, with keys and sentences of its commands that have the words."""
    for section, group in groupby(commands, key=lambda command: command.section):
        title = SECTIONS[section]
        rows = []
        for command in group:
            keys = " ".join(command.keys) or f":{command.aliases[0]} {command.argument}".rstrip()
            known = fold(" ".join((title, keys, command.text, *command.aliases)))
            if all(word in known for word in words):
                rows.append((keys, command.text))
        if rows:
            yield title, rows


def _in_columns(
    sections: Sequence[tuple[str, list[tuple[str, str]]]], count: int, width: int, query: str
) -> tuple[Content, int]:
    """Return the sections in columns of nearly the same height, and that height."""
    each = max(1, (width - GAP * (count - 1)) // count)
    blocks = [_block(title, rows, each, query) for title, rows in sections]
    height = max(map(len, blocks), default=0)
    while len(columns := _fill(blocks, height)) > count:
        height += 1
    height = max(map(len, columns), default=0)
    lines: list[Content] = []
    for number in range(height):
        cells = [column[number] if number < len(column) else Content("") for column in columns]
        padded = [cell.pad_right(each + GAP - cell.cell_length) for cell in cells[:-1]]
        lines.append(Content.assemble(*padded, *cells[-1:]))
    return Content("\n").join(lines), height


def _fill(blocks: Sequence[list[Content]], height: int) -> list[list[Content]]:
    """Return columns, of at most a height, that hold the blocks in their order with a line between them."""
    columns: list[list[Content]] = []
    for block in blocks:
        if columns and len(columns[-1]) + 1 + len(block) <= height:
            columns[-1] += [Content(""), *block]
        else:
            columns.append(list(block))
    return columns


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
