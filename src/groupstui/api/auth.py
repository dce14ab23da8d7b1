"""Puts the token on requests to its own site, and on no others."""

from collections.abc import Generator

import httpx

from ..redaction import Secret
from .errors import WrongAddress


class BearerAuth(httpx.Auth):
    """Authorises requests with a bearer token.

    The token stays secret until it is written into the header, and the origin of every request is
    checked first: an absolute address would override the client's base address and carry the token away.
    """

    def __init__(self, origin: str, token: Secret) -> None:
        self._origin = httpx.URL(origin)
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authorise one request.

        Raises:
            WrongAddress: If the request goes to another origin.
        """
        url, home = request.url, self._origin
        if (url.scheme, url.host, url.port) != (home.scheme, home.host, home.port):
            raise WrongAddress(f"refused to send the token to {url.host}")
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request
