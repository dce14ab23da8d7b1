"""When Python collects garbage: neither while the program starts nor when it exits.

A look-up and a first screen load much and discard little. Without these collections, a look-up takes a
fifth less time, and the first paint a tenth: see `python -m benchmarks commands start`.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

START_UP_S = 2.0
"""How long collections are postponed: until then, a look-up is over and the first screen is loaded."""


def postpone() -> None:
    """Collect nothing until `resume_later`."""
    gc.disable()


def resume_later(loop: AbstractEventLoop) -> None:
    """Collect garbage again after the start, but not among the objects that were loaded for good."""
    loop.call_later(START_UP_S, _resume)


def skip_final() -> None:
    """Exclude all objects from the collection that Python runs when it exits."""
    gc.freeze()


def _resume() -> None:
    gc.freeze()
    gc.enable()
