"""The address of a Testmo instance, as users type or paste it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import InvalidInstance

HOSTED = "testmo.net"
"""The domain of the instances that Testmo hosts."""

MAX_LAST_LABEL_CHARS = 24
"""The longest top-level domain (IANA's root zone). A longer word may be a token: DNS would reveal it."""

_BROKEN_SCHEME = re.compile(r"https?([:;/]|$)", re.IGNORECASE)
"""What begins like a scheme, but lacks its `://`."""

_NETLOC = re.compile(r"(\[[0-9a-f:.]+\]|[^][%]+)(:[0-9]*)?", re.IGNORECASE)
"""A host and a port; an IPv6 address stands alone in brackets, without the zone of one machine."""

_IDNA_2008_CHARACTERS = "ßς\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
"""In these, IDNA 2003 (Python) and IDNA 2008 (browsers) lead to different hosts (UTS 46, section 7)."""

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Instance:
    """One Testmo instance, identified by its origin: scheme, host and port."""

    origin: str
    """As in `https://acme.testmo.net`, without a slash at the end and without a default port."""

    @property
    def name(self) -> str:
        """The host, with its port if it has one: short enough for a title line."""
        return self.origin.split("://", 1)[1]

    @property
    def api_access_page(self) -> str:
        """Where a user creates a token, as a path through Testmo's own pages."""
        return f"{self.origin} › avatar › User Profile › API access"

    @property
    def is_loopback(self) -> bool:
        """Whether the instance runs on this machine."""
        return _is_loopback(urlsplit(self.origin).hostname or "")

    @classmethod
    def parse(cls, text: str) -> Instance:
        """Return the instance for its name, its host, or the address of any of its pages.

        Args:
            text: As in `acme`, `acme.testmo.net` or `https://acme.testmo.net/projects/view/1`.

        Raises:
            InvalidInstance: If the text is not an address, or if the token would be sent over plain http to
                another machine.
        """
        text = text.strip()
        if not text:
            raise InvalidInstance("the address is empty: type the name of your Testmo instance, such as acme")
        if any(c.isspace() or not c.isprintable() for c in text):
            raise InvalidInstance("an address contains no spaces")
        scheme, separator, rest = text.partition("://")
        if _BROKEN_SCHEME.match(rest if separator else text):  # "https" would become the host
            raise InvalidInstance("this is not a valid address: it starts with https:// and a host")
        try:
            parts = urlsplit(text if separator else f"//{text}")
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise InvalidInstance("this is not a valid address: check the spelling") from None
        if parts.username is not None or parts.password is not None:
            raise InvalidInstance("an address must not contain a user name or password")
        if not _NETLOC.fullmatch(parts.netloc):
            raise InvalidInstance("this is not a valid host name: check the spelling")
        host = _checked(host)
        if len(host.rpartition(".")[2]) > MAX_LAST_LABEL_CHARS and ":" not in host:
            raise InvalidInstance(f"no name is so long: type the whole address, such as acme.{HOSTED}")
        if "." not in host and any(len(part) > MAX_LAST_LABEL_CHARS for part in parts.path.split("/")):
            raise InvalidInstance(f"no page has such an address: type the whole one, such as acme.{HOSTED}")
        if "." not in host and ":" not in host and host != "localhost":
            host = f"{host}.{HOSTED}"
        scheme = scheme.lower() if separator else ("http" if _is_loopback(host) else "https")
        if scheme not in ("http", "https"):
            raise InvalidInstance("an address starts with https://")
        if scheme == "http" and not _is_loopback(host):
            raise InvalidInstance(f"plain http would send your token unencrypted: use https://{host}")
        default = {"http": 80, "https": 443}[scheme]
        suffix = "" if port in (None, default) else f":{port}"
        return cls(f"{scheme}://{f'[{host}]' if ':' in host else host}{suffix}")


def _checked(host: str) -> str:
    """Return the host in ASCII, so that look-alike letters are visible in it."""
    if _as_ip(host) is not None:
        return host
    if any(character in _IDNA_2008_CHARACTERS for character in host):
        raise InvalidInstance("this host name is ambiguous: write it in its xn-- form")
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise InvalidInstance("this is not a valid host name: check the spelling")
    return host


def _as_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    ip = _as_ip(host)
    return host == "localhost" or (ip is not None and ip.is_loopback)
