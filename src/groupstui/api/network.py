"""How a site is reached: through which proxy, and whose certificates are trusted."""

import os
import ssl
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from ..text import clean
from .errors import Unreachable

if TYPE_CHECKING:
    import httpcore

    from .wire import Carrier

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
SCHEMES = ("http", "https", "socks5", "socks5h")

MOST_CONNECTIONS = 100
"""How many there may be at once; how many requests are under way at once is the service's to say."""

IDLE = 60.0
"""Seconds for which a connection is kept that nobody uses: to set up another costs three round trips."""


class Network(NamedTuple):
    """What differs from the system's own way to a site; nothing, by default."""

    proxy: str = ""
    """A proxy's address, in place of those that the environment names."""

    ca_bundle: str = ""
    """A file of certificates that are trusted beside the system's."""

    def check(self, environ: Mapping[str, str]) -> None:
        """Find out whether the proxies that are named can be meant.

        The message names the option or the variable, but not its value: a password may be in it.

        Raises:
            Unreachable: If one of them names no proxy.
        """
        named = {"--proxy": self.proxy} if self.proxy else _proxies(environ)
        for name, address in named.items():
            if not _can_be_a_proxy(address):
                raise Unreachable(
                    f"{name} names no proxy", advice=f"Set {name} to an address as http://proxy.example:3128."
                )

    def carrier(self, origin: str) -> "Carrier":
        """Give what carries requests to a site.

        Raises:
            Unreachable: If the way can't be set up.
        """
        import httpcore  # it takes longer to load than the first screen takes to be drawn

        address = self.proxy or _proxy_to(origin)
        proxy = self._proxy(address) if address else None
        pool = httpcore.AsyncConnectionPool(
            self.trust() if origin.startswith("https") else None,
            proxy,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=IDLE,
        )
        if proxy is None or not proxy.url.scheme.startswith(b"socks"):
            return pool
        from .socks import OverSocks

        return OverSocks(pool)

    def _proxy(self, address: str) -> "httpcore.Proxy":
        import httpcore

        try:
            parts = _split(address)
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            return httpcore.Proxy(
                httpcore.URL(
                    scheme=parts.scheme,
                    host=(parts.hostname or "").encode("idna"),
                    port=parts.port,
                    target="/",
                ),
                auth=(user.encode(), password.encode()) if user or password else None,
                ssl_context=self.trust() if parts.scheme == "https" else None,
            )
        except ValueError as error:  # the system's own settings were not checked before
            raise Unreachable(
                f"the proxy can't be used: {clean(str(error))}",
                advice="Check the proxy variables (HTTPS_PROXY, ALL_PROXY, NO_PROXY).",
            ) from None

    def trust(self) -> ssl.SSLContext:
        """Give the TLS context for a site.

        Raises:
            Unreachable: If a file that is named holds no certificates.
        """
        return _trust(self.ca_bundle, os.environ.get("SSL_CERT_FILE", ""))


@cache
def _trust(ca_bundle: str, cert_file: str) -> ssl.SSLContext:
    """Give one context for the whole program, which trusts what the operating system trusts.

    Companies that inspect TLS put their own certificate into the system's store, not into Python's. OpenSSL
    passes over an `SSL_CERT_FILE` that it can't read, and then trusts nobody, so that is looked at here.
    """
    import truststore

    if cert_file:
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "SSL_CERT_FILE", cert_file)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle:
        _load(context, "--ca-bundle", ca_bundle)
    return context


def _load(context: ssl.SSLContext, name: str, path: str) -> None:
    try:
        context.load_verify_locations(path)
    except OSError as error:  # an SSLError is one, too
        why = error.strerror if error.errno and not isinstance(error, ssl.SSLError) else "no certificates"
        raise Unreachable(
            f"{name} cannot be used: {why} in {path}", advice="Name a file of certificates in PEM form."
        ) from None


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the proxies that the environment names; the lower-case names win, as everywhere."""
    found = {name: environ.get(name.lower()) or environ.get(name, "") for name in PROXY_VARIABLES}
    return {name: address for name, address in found.items() if address}


def _proxy_to(origin: str) -> str:
    """Give the proxy that the environment, or the system's settings, name for a site; empty for none."""
    if sys.platform == "linux" and not _proxies(os.environ):
        return ""  # there is nowhere else to look, and looking takes as long to load as the rest
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(origin)
    if proxy_bypass(parts.netloc) or proxy_bypass(parts.hostname or ""):  # `[::1]:80` is named as `::1`
        return ""
    named = getproxies()
    return named.get(parts.scheme) or named.get("all", "")


def _split(address: str) -> SplitResult:
    """Give the parts of a proxy's address, whose scheme may be left out.

    Raises:
        ValueError: If it is none.
    """
    return urlsplit(address if "://" in address else f"http://{address}")


def _can_be_a_proxy(address: str) -> bool:
    try:
        parts = _split(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
