"""How a site is reached: through which proxy, and whose certificates are trusted."""

import os
import ssl
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from .errors import Unreachable

if TYPE_CHECKING:
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

        secure = self.trust() if origin.startswith("https") else None
        address = self.proxy or _proxy_to(origin)
        proxy = None
        if address:
            parts = urlsplit(address if "://" in address else f"http://{address}")
            if parts.scheme.startswith("socks"):
                _need_socks()
            proxy = httpcore.Proxy(
                httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target="/"),
                auth=(unquote(parts.username), unquote(parts.password or "")) if parts.username else None,
                ssl_context=self.trust() if parts.scheme == "https" else None,
            )
        return httpcore.AsyncConnectionPool(
            secure,
            proxy,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=IDLE,
        )

    def trust(self) -> ssl.SSLContext:
        """Give the TLS context for a site.

        Raises:
            Unreachable: If a file that is named holds no certificates.
        """
        return _trust(self.ca_bundle, os.environ.get("SSL_CERT_FILE", ""))


def _need_socks() -> None:

    if find_spec("socksio") is None:
        raise Unreachable(
            "a SOCKS proxy needs the package socksio, which is not installed",
            advice="Install it beside groupstui, or name an HTTP proxy.",
        )


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
    if proxy_bypass(parts.netloc):
        return ""
    named = getproxies()
    return named.get(parts.scheme) or named.get("all", "")


def _can_be_a_proxy(address: str) -> bool:
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
