"""The embedded demo site, as the program's entry hands it to a command or to the app."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ..api.instance import Instance
from ..redaction import Secret

if TYPE_CHECKING:
    import httpx

    from ..history import History

DEMO_INSTANCE = Instance("https://demo.testmo.net")


class Demo(NamedTuple):
    """What stands in the place of a site, a token and a history."""

    token: Secret
    transport: "Callable[[], httpx.AsyncBaseTransport]"
    history: "History"
    begin: Callable[[], object]
    """Makes the site and its past, which takes a moment; `transport` does so, too."""
