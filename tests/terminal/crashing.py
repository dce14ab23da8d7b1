"""Run the program with a bug that reports the token: `crashing.py PLACE FILE [ARGUMENT...]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

from groupstui import __main__ as program
from groupstui.dialogs.user_groups import UserGroupsDialog
from groupstui.screens.browser import BrowserScreen
from groupstui.service.service import GroupsService
from groupstui.widgets.table import Table

PLACES = {
    "worker": (UserGroupsDialog, "__init__"),
    "handler": (BrowserScreen, "action_turn"),
    "renderer": (Table, "action_end"),
    "quiet worker": (GroupsService, "group"),
}


def main(place: str, path: str, *arguments: str) -> None:
    """Insert the bug and start the program."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        token = Path(path).read_text()
        raise RuntimeError(f"a bug with {token}") from ValueError(repr({"Authorization": f"Bearer {token}"}))

    def fail_to_draw(*_: Any) -> None:
        Table.render_line = fail  # type: ignore[method-assign]

    owner, name = PLACES[place]
    setattr(owner, name, fail_to_draw if place == "renderer" else fail)
    sys.argv[1:] = arguments
    program.main()


main(*sys.argv[1:])
