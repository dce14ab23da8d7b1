"""The embedded demo site, as the program's entry hands it to a command or to the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..testmo.instance import Instance
from ..token import Token

if TYPE_CHECKING:
    import httpx

    from ..history import History

DEMO_INSTANCE = Instance("https://demo.testmo.net")


@dataclass(frozen=True, slots=True)
class Demo:
    """What stands in the place of a site, a token and a history."""

    token: Token
    transport: Callable[[], httpx.AsyncBaseTransport]
    history: History
    begin: Callable[[], object]
    """Makes the site and its past, which takes a moment; `transport` does so, too."""
