"""Whatever is passed as a token: nothing that the program raises, logs or writes contains it."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupstui import GroupsService
from groupstui.credentials import token_from_environment
from groupstui.diagnostics import crash_notice
from groupstui.errors import GroupstuiError, InvalidToken
from groupstui.token import Token

SECRET = "s3cret-" + "t0ken-"

NOT_TOKENS = ["", " \t\n", "a b", "a\nb", "a\rb", "tökén", "a\x00b", "a\x7fb", "x" * 5000, "a\u202eb"]

TEXTS = st.one_of(
    st.text(max_size=50),
    st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=50),
).map(lambda text: f"{SECRET}{text}")


async def answer_401(request: httpx.Request) -> httpx.Response:
    return httpx.Response(401, json={"message": request.headers["authorization"]})


async def use(token: str) -> None:
    transport = httpx.MockTransport(answer_401)
    async with GroupsService("acme", token, transport=transport) as service:
        await service.sign_in()


@given(TEXTS)
def test_no_error_log_or_crash_contains_the_token(text):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger()
    logger.addHandler(handler)
    level, logger.level = logger.level, logging.DEBUG
    try:
        with pytest.raises(GroupstuiError) as caught:
            asyncio.run(use(text))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    shown = [str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value))]
    for each in (*shown, stream.getvalue(), crash_notice(caught.value)):
        assert SECRET not in each


@pytest.mark.parametrize("text", NOT_TOKENS)
def test_library_refuses_an_invalid_token(text):
    with pytest.raises(InvalidToken) as caught:
        GroupsService("acme", text)
    assert not text.strip() or text.strip() not in str(caught.value)


@pytest.mark.parametrize("text", ["a b", "tökén", "a\nb"])
def test_environment_token_is_validated(text):
    with pytest.raises(InvalidToken):
        token_from_environment({"TESTMO_TOKEN": text})


def test_white_space_around_a_token_is_stripped():
    assert Token.parse(" s3cret\r\n").reveal() == "s3cret"
    assert Token.parse("\ufeff s3cret\n").reveal() == "s3cret"


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quoted_token_is_refused(quote):
    with pytest.raises(InvalidToken, match="the token is in quotes"):
        Token.parse(f"{quote}s3cret{quote}")


def test_token_has_no_other_constructor():
    with pytest.raises(TypeError):
        Token("s3cret")  # type: ignore[call-arg]
    token = Token.parse("s3cret")
    assert "s3cret" not in f"{token} {token!r} {[token]}"
