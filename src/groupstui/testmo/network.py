"""How a site is reached: through which proxy, and whose certificates are trusted."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from ..errors import Unreachable

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]")
SCHEMES = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True, slots=True)
class Network:
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
                    f"{name} names no proxy", hint=f"Set {name} to an address as http://proxy.example:3128."
                )

    def httpx_proxy(self) -> str | None:
        """Return the proxy that is asked for, with a scheme; None where the environment is to say."""
        return (self.proxy if "://" in self.proxy else f"http://{self.proxy}") if self.proxy else None

    def trust(self) -> ssl.SSLContext:
        """Return the TLS context for a site.

        Raises:
            Unreachable: If a file that is named holds no certificates.
        """
        return _trust(self.ca_bundle, os.environ.get("SSL_CERT_FILE", ""))


@cache
def _trust(ca_bundle: str, cert_file: str) -> ssl.SSLContext:
    """Return one context for the whole program, which trusts what the operating system trusts.

    Companies that inspect TLS put their own certificate into the system's store, not into Python's. OpenSSL
    passes over an `SSL_CERT_FILE` that it can't read, and then trusts nobody, so that is looked at here.
    """
    if cert_file:
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "SSL_CERT_FILE", cert_file)
    context = _of_the_system(cert_file)
    if ca_bundle:
        _load(context, "--ca-bundle", ca_bundle)
    return context


def _of_the_system(cert_file: str) -> ssl.SSLContext:
    """Return a context that trusts what the operating system trusts.

    From a folder of certificates by the hashes of their names OpenSSL reads just the one that it needs. To
    read the file that holds all of them takes 16 ms, and truststore does so for every connection.
    """
    folder = "" if cert_file else ssl.get_default_verify_paths().capath or ""
    if folder and any(map(_HASHED.fullmatch, os.listdir(folder))):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(capath=folder)
        return context
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _load(context: ssl.SSLContext, name: str, path: str) -> None:
    try:
        context.load_verify_locations(path)
    except OSError as error:  # an SSLError is one, too
        why = error.strerror if error.errno and not isinstance(error, ssl.SSLError) else "no certificates"
        raise Unreachable(
            f"{name} cannot be used: {why} in {path}", hint="Name a file of certificates in PEM form."
        ) from None


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies that the environment names; the lower-case names win, as everywhere."""
    found = {name: environ.get(name.lower()) or environ.get(name, "") for name in PROXY_VARIABLES}
    return {name: address for name, address in found.items() if address}


def _split(address: str) -> SplitResult:
    """Return the parts of a proxy's address, whose scheme may be left out.

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
