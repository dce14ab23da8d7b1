"""Addresses that users type or paste."""

from __future__ import annotations

import pytest

from groupstui.errors import InvalidInstance
from groupstui.testmo.instance import Instance


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("acme", "https://acme.testmo.net"),
        ("  ACME ", "https://acme.testmo.net"),
        ("acme.testmo.net", "https://acme.testmo.net"),
        ("https://acme.testmo.net", "https://acme.testmo.net"),
        ("https://acme.testmo.net/", "https://acme.testmo.net"),
        ("https://acme.testmo.net/projects/view/1?tab=2#row", "https://acme.testmo.net"),
        ("acme.testmo.net/admin/groups", "https://acme.testmo.net"),
        ("https://testmo.example.com:8443/x", "https://testmo.example.com:8443"),
        ("https://acme.testmo.net:443", "https://acme.testmo.net"),
        ("localhost:8765", "http://localhost:8765"),
        ("http://127.0.0.1:8765/api/v1/groups", "http://127.0.0.1:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
        ("müller", "https://xn--mller-kva.testmo.net"),
    ],
)
def test_parse_name_host_and_page_addresses(typed: str, origin: str):
    assert Instance.parse(typed).origin == origin


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "type the name"),
        ("acme corp", "no spaces"),
        ("acme\x1b[31m", "no spaces"),
        ("http://acme.testmo.net", "plain http"),
        ("ftp://acme.testmo.net", "starts with https"),
        ("https://ada:secret@acme.testmo.net", "user name or password"),
        ("https://", "not a valid host name"),
        ("foo_bar", "not a valid host name"),
        ("-acme", "not a valid host name"),
        ("https://acme..net", "not a valid host name"),
        ("https://acme.testmo.net:99999", "check the spelling"),
        ("https://[::1", "check the spelling"),
        ("canary/" + "x" * 30, "no page has such an address"),
        ("http://[::1%1]:8080", "not a valid host name"),
        ("http://[::1]evil.example", "not a valid"),
        ("https:/acme", "starts with https:// and a host"),
        ("https:acme", "starts with https:// and a host"),
        ("http//acme", "starts with https:// and a host"),
        ("https://https://acme", "starts with https:// and a host"),
        ("https", "starts with https:// and a host"),
        ("https:///acme", "not a valid host name"),
        ("https://straße.example", "xn--"),
        ("0123456789abcdef0123456789abcdef", "no name is so long"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5NXgL0n3I9PlF", "no name is so long"),
    ],
)
def test_parse_refuses_invalid_addresses(typed: str, why: str):
    with pytest.raises(InvalidInstance, match=why):
        Instance.parse(typed)


def test_password_in_an_address_is_not_repeated():
    with pytest.raises(InvalidInstance) as caught:
        Instance.parse("https://ada:secret@acme.testmo.net")
    assert "secret" not in str(caught.value)
