"""Malformed responses with status 200: too much data, wrong types, inconsistent pages."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from itertools import count
from typing import Any

import httpx

Malformed = Callable[[httpx.Response, object], httpx.Response]
"""Return the response that is sent instead of the valid one; the second argument is not used."""

CHUNK = b"0," * 32_768

BOMB_BYTES = 512 * 1024 * 1024
"""Size of the decompressed bomb."""


def raw_response(body: bytes, *, encoding: str = "") -> httpx.Response:
    """Return a JSON response whose body is sent as it is; httpx does not decode it here."""
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if encoding:
        headers["Content-Encoding"] = encoding
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))


def _changed(change: Callable[[dict[str, Any]], object]) -> Malformed:
    """Return a fault that changes the valid response in place, or replaces it by what `change` returns."""

    def malformed(valid: httpx.Response, _: object) -> httpx.Response:
        body = json.loads(valid.read())
        return raw_response(json.dumps(change(body) or body).encode())

    return malformed


def _trickle(valid: httpx.Response, _: object) -> httpx.Response:
    body = valid.read()

    async def a_byte_a_second() -> AsyncIterator[bytes]:
        for byte in body:
            yield bytes([byte])
            await asyncio.sleep(1)

    return httpx.Response(200, headers={"Content-Type": "application/json"}, content=a_byte_a_second())


def _endless(valid: httpx.Response, _: object) -> httpx.Response:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"result": ['
        while True:
            yield CHUNK
            await asyncio.sleep(0)

    return httpx.Response(200, headers={"Content-Type": "application/json"}, content=endless())


def _bomb(valid: httpx.Response, _: object) -> httpx.Response:
    return raw_response(_compressed_zeros(), encoding="gzip")


@cache
def _compressed_zeros() -> bytes:
    packer = zlib.compressobj(wbits=31)
    block = bytes(1024 * 1024)
    packed = [packer.compress(block) for _ in range(BOMB_BYTES // len(block))]
    return b"".join([*packed, packer.flush()])


def _deep(valid: httpx.Response, _: object) -> httpx.Response:
    return raw_response(b'{"result": ' + b"[" * 1_000_000)


def _wrong_types(value: object) -> object:
    """Replace strings by numbers, numbers by strings, lists by objects, and so on, recursively."""
    match value:
        case dict():
            return {key: _wrong_types(each) for key, each in value.items()}
        case list():
            return {str(index): _wrong_types(each) for index, each in enumerate(value)}
        case str():
            return len(value)
        case bool() | None:
            return [value]
        case _:
            return f"{value}!"


def _nulls(value: object) -> object:
    match value:
        case dict():
            return {key: _nulls(each) for key, each in value.items()}
        case list():
            return [_nulls(each) for each in value]
        case _:
            return None


def _endless_pages(body: dict[str, Any], ids: Iterator[int]) -> None:
    """Announce another page after every page, with new groups."""
    if "next_page" in body:
        page = body["page"] or 1
        body |= {"next_page": page + 1, "last_page": page + 1, "total": page * 100 + 100}
        for group in body["result"]:
            group["id"] = next(ids)


def _pages_back(body: dict[str, Any]) -> None:
    if "next_page" in body:
        body |= {"next_page": 1, "page": 1, "prev_page": None}


def _wrong_total(body: dict[str, Any]) -> None:
    if "total" in body:
        body["total"] = (body["total"] or 0) * 3 + 7


def _repeats(body: dict[str, Any]) -> None:
    """Repeat every group, member and user, and add an unknown member."""
    if isinstance(groups := body.get("result"), list):
        for group in (each for each in groups if "members" in each):
            group["members"] = [*group["members"], *group["members"], 9_999_999]
        body["result"] = [*groups, *groups]
    for users in body.get("expands", {}).values():
        users.extend(users[:])


def _odd_values(body: dict[str, Any]) -> None:
    """Send a group and a user without a name, members as an object, and a creator that is a text."""
    if isinstance(groups := body.get("result"), list) and groups and "members" in groups[0]:
        groups[0] |= {"name": None, "created_by": "Ada"}
        groups[0]["members"] = {str(index): member for index, member in enumerate(groups[0]["members"])}
        for user in body["expands"].get("users", [])[:1]:
            user["name"] = None


MALFORMED: dict[str, Malformed] = {
    "odd-values": _changed(_odd_values),
    "trickle": _trickle,
    "endless": _endless,
    "bomb": _bomb,
    "deep": _deep,
    "types": _changed(_wrong_types),
    "nulls": _changed(_nulls),
    "endless-pages": _changed(partial(_endless_pages, ids=count(1_000_000))),
    "pages-back": _changed(_pages_back),
    "wrong-total": _changed(_wrong_total),
    "repeats": _changed(_repeats),
}
"""Every kind of malformed response by name."""
