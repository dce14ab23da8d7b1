"""The operations that make a list of users or groups out of several."""

from __future__ import annotations

from typing import Literal

Operation = Literal["any", "all", "differ", "only"]
"""Union, intersection, what is not in all, and what is in some but in no other."""
