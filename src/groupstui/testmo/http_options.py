"""How to connect to an instance: the time limit, the proxy and the trusted certificates.

Separate from `http`, because options are created and checked before httpx is imported.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ..errors import Unreachable
from .instance import Instance

REQUEST_TIMEOUT_S = 30.0
"""Seconds that one request may take in total, from the name look-up to the last byte."""

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Options of the connection to an instance; by default those of the system."""

    proxy: str = ""
    """Address of a proxy, used instead of those in the environment; the scheme may be omitted."""

    ca_bundle: str = ""
    """Path of a PEM file with certificates that are trusted in addition to the system's."""

    timeout: float = REQUEST_TIMEOUT_S
    """Seconds that one request may take in total."""

    def check(self, environ: Mapping[str, str]) -> None:
        """Check the addresses of the proxies that could be used.

        The message names the option or the variable, but not its value, which may contain a password.

        Raises:
            Unreachable: If one of them is not the address of a proxy.
        """
        named = {"--proxy": self.proxy} if self.proxy else _environment_proxies(environ)
        for name, address in named.items():
            if not _is_proxy_address(address):
                raise Unreachable(
                    f"{name} is not the address of a proxy",
                    hint=f"Set {name} to an address such as http://proxy.example:3128.",
                )

    def proxy_for(self, instance: Instance, environ: Mapping[str, str]) -> str | None:
        """Return the address of the proxy for an instance, with a scheme; None for a direct connection.

        A proxy in the environment is never used for this machine: the proxy cannot reach it, and would learn
        the token. `NO_PROXY` lists hosts, domains and networks (as in 10.0.0.0/8); `*` is any host.
        """
        address = self.proxy
        if not address and not instance.is_loopback:
            proxies = _environment_proxies(environ)
            address = proxies.get("HTTPS_PROXY") or proxies.get("ALL_PROXY", "")
            if address and _bypasses_proxy(instance, _variable(environ, "NO_PROXY")):
                return None
        return _with_scheme(address) if address else None


def _variable(environ: Mapping[str, str], name: str) -> str:
    """Return a variable of the environment; the lower-case name wins, as in other programs."""
    return environ.get(name.lower()) or environ.get(name, "")


def _environment_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    found = {name: _variable(environ, name) for name in PROXY_VARIABLES}
    return {name: address for name, address in found.items() if address}


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"http://{address}"


def _is_proxy_address(address: str) -> bool:
    try:
        parts: SplitResult = urlsplit(_with_scheme(address))
        return parts.scheme in PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _bypasses_proxy(instance: Instance, no_proxy: str) -> bool:
    parts = urlsplit(instance.origin)
    host, port = parts.hostname or "", parts.port or 443
    return any(_entry_matches(entry.strip().lower(), host, port) for entry in no_proxy.split(","))


def _entry_matches(entry: str, host: str, port: int) -> bool:
    if entry in ("", "*"):
        return entry == "*"
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass  # one of them is a name
    try:
        parts = urlsplit(entry if "://" in entry else f"//{entry}")
        name, only_port = (parts.hostname or "").lstrip("."), parts.port
    except ValueError:
        return False
    return only_port in (None, port) and (host == name or host.endswith(f".{name}"))
