"""The operations that make one list of users out of several groups."""

from __future__ import annotations

from typing import Literal

Operation = Literal["any", "all", "differ", "only"]
"""Union, intersection, what is not in all, and what is in some but in no other."""

MIN_GROUPS, MAX_GROUPS = 2, 6
"""How many groups can be compared at once."""
