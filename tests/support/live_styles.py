"""Open the app on the demo instance, and apply every change to a file in `styles/` at once.

uv run python -m tests.support.live_styles
"""

from __future__ import annotations

import os

from groupstui.app import Credentials, GroupsApp
from groupstui.demo.demo import Demo
from groupstui.service.service import GroupsService
from groupstui.testmo.instance import Instance
from groupstui.token import Token


def main() -> None:
    """Run the app as Textual runs it for development."""
    demo = Demo()

    def connect(instance: Instance, token: Token) -> GroupsService:
        return GroupsService(instance, token, transport=demo.transport)

    os.environ["TEXTUAL"] = "debug"  # the program ignores it, but an app reads it
    GroupsApp(connect=connect, access=Credentials(demo.instance, demo.token)).run()


if __name__ == "__main__":
    main()
