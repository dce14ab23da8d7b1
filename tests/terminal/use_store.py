"""Use the token store in a separate process: `use_store.py load|save|delete|describe ORIGIN READ_LIMIT`.

It prints the result. The token to save is read from stdin.
"""

from __future__ import annotations

import asyncio
import sys

from groupstui.credentials import TokenStore
from groupstui.errors import KeyringUnavailable
from groupstui.token import Token


async def use(action: str, origin: str, read_limit: str) -> str:
    store = TokenStore(read_limit=float(read_limit))
    match action:
        case "load":
            token = await store.load(origin)
            return "nothing" if token is None else token.reveal()
        case "save":
            await store.save(origin, Token.parse(sys.stdin.read()))
            return "saved"
        case "delete":
            return "deleted" if await store.delete(origin) else "nothing"
        case _:
            return await store.describe()


try:
    print(asyncio.run(use(*sys.argv[1:])))
except KeyringUnavailable as error:
    print(error, error.hint, sep="\n")
