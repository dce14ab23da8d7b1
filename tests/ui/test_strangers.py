"""An address where something else answers than a Testmo site, or nothing any more, by key presses."""

from __future__ import annotations

from contextlib import AsyncExitStack, nullcontext

import pytest

from ..support.fake_servers import RESET, fake_server, http
from ..support.pilot import browser_app, press, settled, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

ADDRESS = "Check the address of the instance. r tries again."
NETWORK = "Check the network, then try again. r tries again."
REPORT = "Try again; if it happens again, report it with this message. r tries again."

STRANGERS = {
    "a web server": (
        http("404 Not Found", "<h1>Not Found</h1>", "text/html"),
        f"HOST sent a web page, not with Testmo's API (404). {ADDRESS}",
    ),
    "a page without its type": (
        http("200 OK", "\n <!doctype html>", "application/octet-stream"),
        f"HOST sent a web page instead of Testmo's API (200). {ADDRESS}",
    ),
    "another API": (
        http("200 OK", '{"hello": "world"}'),
        f"HOST sent an unexpected structure at result. {REPORT}",
    ),
    "plain text": (http("200 OK", "It works!", "text/plain"), f"HOST sent invalid JSON. {REPORT}"),
    "ssh": (
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        f"The connection to HOST broke: illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.6'). {NETWORK}",
    ),
    "a reset": (RESET, f"The connection to HOST broke: Connection reset by peer. {NETWORK}"),
    "silence": (
        b"",
        f"The connection to HOST broke: Server disconnected without sending a response. {NETWORK}",
    ),
}


def running(url, clock):
    return browser_app(url, TOKEN, clock).run_test(size=(160, 40))


@pytest.mark.parametrize(("answer", "told"), STRANGERS.values(), ids=STRANGERS)
async def test_a_stranger_is_told_and_the_site_is_read_once_it_is_there(site, clock, answer, told):
    async with AsyncExitStack() as stack:
        with fake_server(answer) as url:
            pilot = await stack.enter_async_context(running(url, clock))
            await settled(pilot)
        host = url.removeprefix("http://")
        assert told.replace("HOST", host) in words(pilot)

        with SiteServer(SiteApp(site, token=TOKEN), int(host.partition(":")[2])):
            await press(pilot, "r")
        assert "page 1 of 16" in words(pilot)
        assert told.partition(". ")[2] not in words(pilot)


LATER = {
    "nobody": (
        lambda port: nullcontext(),
        f"Cannot connect to HOST: All connection attempts failed. {NETWORK}",
    ),
    "a web server": (
        lambda port: fake_server(STRANGERS["a web server"][0], port),
        STRANGERS["a web server"][1],
    ),
    "silence": (lambda port: fake_server(b"", port), STRANGERS["silence"][1]),
}


@pytest.mark.parametrize(("instead", "told"), LATER.values(), ids=LATER)
async def test_data_stays_while_the_site_is_gone_and_is_fresh_once_it_is_back(site, clock, instead, told):
    app = SiteApp(site, token=TOKEN)
    async with AsyncExitStack() as stack:
        with SiteServer(app) as server:
            pilot = await stack.enter_async_context(running(server.url, clock))
            await settled(pilot)

        with instead(server.port):
            await press(pilot, "r")
        assert told.replace("HOST", f"127.0.0.1:{server.port}") in words(pilot)
        assert "STALE as of Mon 14:02:11" in words(pilot)
        assert "Release managers" in words(pilot)
        assert "Grace Hopper" in words(pilot)

        site.rename_group(2, "Renamed meanwhile")
        clock.seconds = 3600
        with SiteServer(app, server.port):
            await press(pilot, "r")
        assert "Renamed meanwhile" in words(pilot)
        assert "as of Mon 15:02:11" in words(pilot)
        assert "STALE" not in words(pilot)
        assert told.partition(" ")[2] not in words(pilot)
