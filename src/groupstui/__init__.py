"""groupstui: browse and look up the members of Testmo user groups.

The library's front door::

    async with GroupsService("acme", token) as service:
        group = await service.group(1)

Lazy boundary: a class is imported when it is first used. The program itself needs few of them, and importing
all takes half of the time of `groupstui --help` (`python -m benchmarks commands`).
"""

from __future__ import annotations

from . import early_interrupt  # noqa: F401  # before everything else

# isort: split
from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .library import *  # noqa: F403


def __getattr__(name: str) -> object:
    if not name[:1].isupper():  # a module that is not imported yet
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".library", __name__), name)
