"""Answers with status 200 that no honest site gives: too much, the wrong shape, pages that lead astray."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from itertools import count
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp

Lie = Callable[[Response, object], ASGIApp]
"""Takes the valid answer and the settings of the faults, and gives the app that answers in its place."""

_CHUNK = b"0," * 32_768

_BOMB_BYTES = 512 * 1024 * 1024
"""What the bomb is when it has gone off."""


def _changed(change: Callable[[dict[str, Any]], object]) -> Lie:
    """Return a lie that changes the valid answer."""

    def lie(valid: Response, _: object) -> ASGIApp:
        answer = json.loads(bytes(valid.body))
        return JSONResponse(change(answer) or answer, valid.status_code)

    return lie


def _trickle(valid: Response, _: object) -> ASGIApp:
    async def a_byte_a_second() -> AsyncIterator[bytes]:
        for byte in bytes(valid.body):
            yield bytes([byte])
            await asyncio.sleep(1)

    return StreamingResponse(a_byte_a_second(), media_type="application/json")


def _endless(valid: Response, _: object) -> ASGIApp:
    async def without_end() -> AsyncIterator[bytes]:
        yield b'{"result": ['
        while True:
            yield _CHUNK
            await asyncio.sleep(0)

    return StreamingResponse(without_end(), media_type="application/json")


def _bomb(valid: Response, _: object) -> ASGIApp:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    return Response(_compressed_zeros(), 200, headers)


@cache
def _compressed_zeros() -> bytes:
    packer = zlib.compressobj(wbits=31)
    block = bytes(1024 * 1024)
    packed = [packer.compress(block) for _ in range(_BOMB_BYTES // len(block))]
    return b"".join([*packed, packer.flush()])


def _deep(valid: Response, _: object) -> ASGIApp:
    return Response(b'{"result": ' + b"[" * 1_000_000, media_type="application/json")


def _of_wrong_types(value: object) -> object:
    """Turn texts into numbers, numbers into texts, lists into objects, and so on, all the way down."""
    match value:
        case dict():
            return {key: _of_wrong_types(each) for key, each in value.items()}
        case list():
            return {str(index): _of_wrong_types(each) for index, each in enumerate(value)}
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


def _endless_pages(answer: dict[str, Any], ids: Iterator[int]) -> None:
    """Let every page have another one behind it, of groups that nobody has seen."""
    if "next_page" in answer:
        page = answer["page"] or 1
        answer |= {"next_page": page + 1, "last_page": page + 1, "total": page * 100 + 100}
        for group in answer["result"]:
            group["id"] = next(ids)


def _pages_back(answer: dict[str, Any]) -> None:
    if "next_page" in answer:
        answer |= {"next_page": 1, "page": 1, "prev_page": None}


def _wrong_total(answer: dict[str, Any]) -> None:
    if "total" in answer:
        answer["total"] = (answer["total"] or 0) * 3 + 7


def _repeats(answer: dict[str, Any]) -> None:
    """Let everything be there twice, and name users whom nobody knows."""
    if isinstance(groups := answer.get("result"), list):
        for group in groups:
            group["members"] = [*group["members"], *group["members"], 9_999_999]
        answer["result"] = [*groups, *groups]
    for users in answer.get("expands", {}).values():
        users.extend(users[:])


LIES: dict[str, Lie] = {
    "trickle": _trickle,
    "endless": _endless,
    "bomb": _bomb,
    "deep": _deep,
    "types": _changed(_of_wrong_types),
    "nulls": _changed(_nulls),
    "endless-pages": _changed(partial(_endless_pages, ids=count(1_000_000))),
    "pages-back": _changed(_pages_back),
    "wrong-total": _changed(_wrong_total),
    "repeats": _changed(_repeats),
}
"""Every lie by its name."""
