"""Read the query parameters of a request and split records into pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import islice
from math import ceil
from typing import Any, TypeVar

T = TypeVar("T")

PAGE_SIZES = (15, 25, 50, 100)
"""The values of `per_page` that Testmo accepts."""


class InvalidParameters(Exception):
    """Parameters that Testmo answers with 422.

    Args:
        errors: The messages for each wrong parameter.
    """

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("The given data was invalid.")
        self.errors = errors


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Return the requested `page` and `per_page`.

    Raises:
        InvalidParameters: If one of them is not a number that Testmo accepts.
    """
    page, per_page = _whole_number(query.get("page", "1")), _whole_number(query.get("per_page", "100"))
    errors = {}
    if page < 1:
        errors["page"] = ["The page must be an integer of at least 1."]
    if per_page not in PAGE_SIZES:
        errors["per_page"] = ["The selected per page is invalid."]
    if errors:
        raise InvalidParameters(errors)
    return page, per_page


def expands_of(query: Mapping[str, str], known: Collection[str]) -> set[str]:
    """Return the requested `expands`, a comma-separated list.

    Raises:
        InvalidParameters: If one of them is unknown.
    """
    wanted = set(filter(None, query.get("expands", "").split(",")))
    if wanted - set(known):
        raise InvalidParameters({"expands": ["The selected expands is invalid."]})
    return wanted


def paginate(records: Collection[T], page: int, per_page: int) -> tuple[list[T], dict[str, Any]]:
    """Return the records of one page and its envelope.

    As on Testmo, most fields of the envelope are null if the page has no records.
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
    """Return a number from a query; 0, which no parameter accepts, for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
