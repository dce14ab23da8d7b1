"""Reads the parameters of a request, and lays out an answer in pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from math import ceil
from typing import Any, TypeVar

T = TypeVar("T")

PER_PAGE = (15, 25, 50, 100)
"""The page sizes that Testmo takes."""


class Refused(Exception):
    """The request's parameters are wrong; `errors` says for each of them why."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("The given data was invalid.")
        self.errors = errors


def read_page(query: Mapping[str, str]) -> tuple[int, int]:
    """Return page and per_page as they are asked for.

    Raises:
        Refused: Where one of them is not a number that Testmo takes.
    """
    page, per_page = _whole_number(query.get("page", "1")), _whole_number(query.get("per_page", "100"))
    errors = {}
    if page < 1:
        errors["page"] = ["The page must be an integer of at least 1."]
    if per_page not in PER_PAGE:
        errors["per_page"] = ["The selected per page is invalid."]
    if errors:
        raise Refused(errors)
    return page, per_page


def read_expands(query: Mapping[str, str], known: Collection[str]) -> set[str]:
    """Return the expands that are asked for, a comma-separated list of known ones.

    Raises:
        Refused: Where one of them is unknown.
    """
    wanted = set(filter(None, query.get("expands", "").split(",")))
    if wanted - set(known):
        raise Refused({"expands": ["The selected expands is invalid."]})
    return wanted


def lay_out(records: Collection[T], page: int, per_page: int) -> tuple[list[T], dict[str, Any]]:
    """Return the records of one page, and the envelope that says where the page stands.

    A page without records says so with nulls; a page beyond the last is one of them.
    """
    shown = list(islice(records, (page - 1) * per_page, page * per_page))
    last_page = ceil(len(records) / per_page)
    envelope = {
        "page": page if shown else None,
        "prev_page": page - 1 if shown and page > 1 else None,
        "next_page": page + 1 if page < last_page else None,
        "last_page": last_page if shown else None,
        "per_page": per_page,
        "total": len(records),
    }
    return shown, envelope


def _whole_number(text: str) -> int:
    """Return a number as a query writes it, or 0, which is nowhere allowed."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
