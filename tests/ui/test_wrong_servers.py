"""Addresses where another server than Testmo answers, or none at all, by key presses."""

from __future__ import annotations

from contextlib import AsyncExitStack, nullcontext

import pytest

from ..support.fake_servers import RESET, fake_server, http
from ..support.pilot import browser_app, press, settled, words
from ..support.site_app import TOKEN, SiteApp
from ..support.site_server import SiteServer

ADDRESS = "Check the address of the instance. Press r to try again."
NETWORK = "Check the network, then try again. Press r to try again."
REPORT = "Try again; if it happens again, report it with this message. Press r to try again."

SERVERS = {
    "a web server": (
        http("404 Not Found", "<h1>Not Found</h1>", "text/html"),
        f"HOST sent a web page instead of Testmo's API (404). {ADDRESS}",
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
        f"the connection to HOST was lost: illegal status line. {NETWORK}",
    ),
    "a reset": (RESET, f"the connection to HOST was lost: Connection reset by peer. {NETWORK}"),
    "silence": (
        b"",
        f"the connection to HOST was lost: Server disconnected without sending a response. {NETWORK}",
    ),
}


def running(url, clock):
    return browser_app(url, TOKEN, clock).run_test(size=(160, 40))


@pytest.mark.parametrize(("answer", "message"), SERVERS.values(), ids=SERVERS)
async def test_wrong_server_is_reported_until_the_site_answers(site, clock, answer, message):
    async with AsyncExitStack() as stack:
        with fake_server(answer) as url:
            pilot = await stack.enter_async_context(running(url, clock))
            await settled(pilot)
        host = url.removeprefix("http://")
        assert message.replace("HOST", host) in words(pilot)

        with SiteServer(SiteApp(site, token=TOKEN), int(host.partition(":")[2])):
            await press(pilot, "r")
        assert "page 1 of 16" in words(pilot)
        assert message.partition(". ")[2] not in words(pilot)


REPLACEMENTS = {
    "connection refused": (
        lambda port: nullcontext(),
        f"cannot connect to HOST: Connection refused. {NETWORK}",
    ),
    "a web server": (
        lambda port: fake_server(SERVERS["a web server"][0], port),
        SERVERS["a web server"][1],
    ),
    "silence": (lambda port: fake_server(b"", port), SERVERS["silence"][1]),
}


@pytest.mark.parametrize(("instead", "message"), REPLACEMENTS.values(), ids=REPLACEMENTS)
async def test_data_stays_while_the_site_is_down(site, clock, instead, message):
    app = SiteApp(site, token=TOKEN)
    async with AsyncExitStack() as stack:
        with SiteServer(app) as server:
            pilot = await stack.enter_async_context(running(server.url, clock))
            await settled(pilot)

        with instead(server.port):
            await press(pilot, "r")
        assert message.replace("HOST", f"127.0.0.1:{server.port}") in words(pilot)
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
        assert message.partition(" ")[2] not in words(pilot)
