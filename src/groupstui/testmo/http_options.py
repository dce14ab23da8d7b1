"""How to connect to an instance: the time limit, the proxy and the trusted certificates.

Separate from `http`, because options are created and checked before httpx is imported.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ..errors import Unreachable
from ..redaction import host_without_tokens
from .instance import Instance

REQUEST_TIMEOUT_S = 30.0
"""Seconds that one request may take in total, from the name look-up to the last byte."""

PROXY_VARIABLES = ("HTTPS_PROXY", "ALL_PROXY")
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

    def check(self, instance: Instance, environ: Mapping[str, str]) -> None:
        """Check the proxy that requests to an instance would use.

        Raises:
            Unreachable: If it is not the address of a proxy.
        """
        self.proxy_for(instance, environ)

    def proxy_for(self, instance: Instance, environ: Mapping[str, str]) -> str | None:
        """Return the address of the proxy for an instance, with a scheme; None for a direct connection.

        Plain http goes to this machine only, so no proxy ever carries it: it would read the token. With
        https, a proxy in the environment is not used for this machine, because the proxy cannot reach it.
        `NO_PROXY` lists hosts, domains and networks (as in 10.0.0.0/8); `*` is any host.

        Raises:
            Unreachable: If it is not the address of a proxy. The message names the option or the variable,
                but not its value, which may contain a password.
        """
        name, address = "--proxy", self.proxy
        if instance.origin.startswith("http://"):
            return None
        if not address and not instance.is_loopback:
            name, address = next(iter(environment_proxies(environ).items()), ("", ""))
            if address and _bypasses_proxy(instance, environment_variable(environ, "NO_PROXY")):
                return None
        if not address:
            return None
        if proxy_parts(address) is None:
            raise Unreachable(
                f"{name} is not the address of a proxy",
                hint=f"Set {name} to an address such as http://proxy.example:3128.",
            )
        return _with_scheme(address)


def environment_variable(environ: Mapping[str, str], name: str) -> str:
    """Return a variable of the environment; the lower-case name wins, as in other programs."""
    return environ.get(name.lower()) or environ.get(name, "")


def environment_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies in the environment by variable, the one to use first."""
    found = {name: environment_variable(environ, name) for name in PROXY_VARIABLES}
    return {name: address for name, address in found.items() if address}


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"http://{address}"


def proxy_parts(address: str) -> SplitResult | None:
    """Return the parts of a proxy's address, whose scheme may be omitted; None if it is not one."""
    try:
        parts = urlsplit(_with_scheme(address))
        is_proxy = parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        return None
    # A password with an unescaped #, / or ? ends the host too early; the rest of it follows.
    rest = parts.path.strip("/") + parts.query + parts.fragment
    return parts if is_proxy and not rest else None


def proxy_without_credentials(address: str) -> str:
    """Return the address of a proxy for display, but nothing of one that cannot be parsed."""
    parts = proxy_parts(address)
    if parts is None:
        return "set, but not the address of a proxy"
    credentials, separator, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{'***' if credentials else ''}{separator}{host_without_tokens(host)}"


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
