"""An instance that repeats the token, in any response and encoding: no output and no file contains it."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from ..support.site_server import SiteServer

CANARY = "canary/7f3a+b9c2=" + "d4e5f6a7b8c9" * 3

ECHOES = {
    "plain": CANARY,
    "header": f"Authorization: Bearer {CANARY}",
    "in a URL": f"https://evil.example/?token={quote(CANARY, safe='')}",
    "Basic": "Basic " + b64encode(f"ada:{CANARY}".encode()).decode(),
    "in two": f"{CANARY[:20]}\n{CANARY[20:]}",
}

GROUP = {"id": 1, "created_at": "2021-01-05T18:01:15.043Z", "members": [1, 2]}


def names(echo: str, request: httpx.Request) -> httpx.Response:
    """Return valid data whose names contain the token."""
    user = {"id": 1, "name": f"Ada {echo}", "email": f"{echo}@example.com", "is_active": True}
    if request.url.path.endswith("/user"):
        return httpx.Response(200, json=user)
    page = {"page": 1, "last_page": 1, "next_page": None, "total": 1}
    if request.url.path.endswith("/users"):
        return httpx.Response(200, json={**page, "result": [user]})
    groups = [{**GROUP, "name": f"QA {echo}"}]
    return httpx.Response(200, json={**page, "result": groups, "expands": {"users": [user]}})


ANSWERS = {
    "401": lambda echo, _: httpx.Response(401, json={"message": f"Token {echo} is not valid"}),
    "403": lambda echo, _: httpx.Response(403, json={"message": echo}),
    "422": lambda echo, _: httpx.Response(422, json={"message": "x" * 190 + echo}),
    "302": lambda echo, _: httpx.Response(302, headers={"location": f"/login?{echo}".replace("\n", "%0A")}),
    "500": lambda echo, _: httpx.Response(500, json={"message": f"GET /api/v1/user {echo}"}),
    "page": lambda echo, _: httpx.Response(200, html=f"<html><title>{echo}</title></html>"),
    "broken": lambda echo, _: httpx.Response(200, content=f'{{"{echo}": '.encode()),
    "structure": lambda echo, _: httpx.Response(200, json={"result": {echo: echo}}),
    "names": names,
}

COMMANDS = ["groups --format json", "auth status", "doctor", "export users -o {file} --format csv --debug"]


CASES = [
    (echo, answer)
    for echo in ECHOES
    for answer in ANSWERS
    if echo != "in two" or answer not in ("names", "302")
]


@pytest.mark.parametrize(("echo", "answer"), CASES)
def test_echoed_token_appears_nowhere(cli, environ, tmp_path, echo, answer):
    async def app(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {CANARY}"
        return ANSWERS[answer](ECHOES[echo], request)

    with SiteServer(app) as server:
        environ |= {"TESTMO_INSTANCE": server.url, "TESTMO_TOKEN": CANARY}
        outputs = [cli(*command.format(file=tmp_path / "x.csv").split()) for command in COMMANDS]
    logging.getLogger("groupstui").handlers.clear()
    texts = [each for result in outputs for each in (result.out, result.err)]
    texts += [
        path.read_bytes().decode("latin-1")
        for folder in (tmp_path, Path.home())
        for path in folder.rglob("*")
        if path.is_file()
    ]
    if answer == "names":
        assert [result.code for result in outputs] == [0, 0, 0, 0]
        assert "Ada" in texts[0] or "QA" in texts[0]
    traces = (
        CANARY[:20],
        CANARY[20:],
        quote(CANARY, safe="")[:24],
        b64encode(CANARY.encode()).decode()[4:24],
    )
    for text in texts:
        compact = "".join(text.split())
        assert not [trace for trace in traces if trace in compact], text
    assert json.dumps(CANARY)[1:-1] not in "".join(texts)
