"""Names with markup, names with control characters, and a site with such names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from groupstui.demo.seed import make_site
from groupstui.demo.site import Site

MARKUP = ["team [dev]", "[/x]", "[@click=app.quit]x[/]", "[bold red]no[/]", "$name %s {0} \\[x]"]

HOSTILE = [
    "\x1b]52;c;aGk=\x07 clipboard",
    "\x1b]0;title\x07 title",
    "\x1b[2J\x1b[H cleared",
    "\x9b31m red \x9d0;x\x9c",
    "bell \x07 nul \x00 del \x7f",
    "line\r\nbreak\u2028and\u2029more\x85",
    "\u202eesrever\u2066 isolated",
    "zero\u200bwidth\ufeff joiner\u200d",
    "Z" + "\u0301\u0316" * 500 + "algo",
    "endless " * 1_250,
    '=HYPERLINK("http://x")',
    "\ud800 lone",
]


CONTROL_CATEGORIES = ("Cc", "Cf", "Zl", "Zp", "Cs")
"""Unicode categories of characters that control a terminal or reorder the text around them."""


def control_characters(text: str, allowed: str = "\n") -> set[str]:
    """Return the control characters in a text."""
    found = {character for character in text if unicodedata.category(character) in CONTROL_CATEGORIES}
    return found - set(allowed)


def site_with_names(names: Sequence[str]) -> Site:
    """Return a site whose groups, and whose members of the first group, have these names."""
    site = make_site(groups=1, users=40)
    site.rename_group(1, "[bold]QA[/bold]")
    for user, name in zip(list(site.users)[1:], names, strict=False):
        sent = name.encode("utf-8", "replace").decode()
        site.add_group(sent, [1])
        site.rename_user(user, sent)
        site.add_member(1, user)
    return site
