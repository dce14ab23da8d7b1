"""Names of the demo site's groups: difficult ones first, then a company's teams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

EVERYONE = 10**9
"""A size that `make_site` limits to the largest possible group."""

DEPARTED = (17, 34, 51)
"""Ids of deleted users: no site assigns them."""


@dataclass(frozen=True, slots=True)
class Team:
    """Name, size and peculiarities of a group."""

    name: str
    size: int
    departed: tuple[int, ...] = ()
    """Ids of deleted users among the members."""
    repeats: bool = False
    """Whether the first member is listed twice."""
    created_at: str | None = None
    """A timestamp in the variant without a time zone."""


FRONT = (
    Team("QA", 5),
    Team("Release managers", 12),
    Team("Everyone", EVERYONE),
    Team("Contractors 2027", 0),
    Team("Beta testers", 140),
    Team("Former pilots", 9, departed=DEPARTED),
    Team("team [dev]", 8, created_at="2026-07-29 15:52:59.210008"),
    Team("品質保証チーム", 23),
    Team("Launch crew 🚀", 31),
    Team("[/x]", 3),
    Team(
        "Accessibility, localisation and right-to-left layout reviewers for every public website, help centre"
        " and e-mail template of the group and its subsidiaries – Europe, Middle East and Africa",
        6,
    ),
    Team("Payments – EMEA", 47),
    Team("[@click=app.quit]x[/]", 1),
    Team("Night shift", 14, repeats=True),
    Team('=HYPERLINK("http://files.example","open me")', 4),
)
"""The first groups of every site: together they cover what a client has to handle."""

# fmt: off
_PRODUCTS = (
    "Accounts", "Android", "Billing", "Catalogue", "Checkout", "Claims", "Content", "Dashboard",
    "Data platform", "Design system", "Desktop", "Developer portal", "Email", "Embedded", "Fraud",
    "Help centre", "Identity", "Insights", "iOS", "Loyalty", "Maps", "Marketplace", "Messaging",
    "Notifications", "Onboarding", "Payments", "Pricing", "Reporting", "Search", "Shipping",
    "Storefront", "Subscriptions", "Web",
)
_DISCIPLINES = (
    "accessibility", "analysts", "automation", "beta testers", "compliance", "designers", "developers",
    "leads", "load testers", "localisation", "on-call", "product owners", "QA", "release managers",
    "reviewers", "security", "support", "triage", "vendors",
)
_REGIONS = (
    "ANZ", "APAC", "Benelux", "Brasil", "Česko", "DACH", "EMEA", "España", "France", "India", "Ísland",
    "LATAM", "Nordics", "Polska", "Türkiye", "UK & Ireland", "US East", "US West", "Việt Nam", "日本",
    "한국",
)
# fmt: on


def team_names(rng: Random, count: int) -> Iterator[str]:
    """Yield distinct team names, short ones first."""
    short = list(_PRODUCTS)
    short += [f"{product} {discipline}" for product in _PRODUCTS for discipline in _DISCIPLINES]
    short += [f"{product} – {region}" for product in _PRODUCTS for region in _REGIONS]
    long = [
        f"{name} – {region}" for name in short[len(_PRODUCTS) :] for region in _REGIONS if "–" not in name
    ]
    names = rng.sample(short, len(short)) + rng.sample(long, len(long))
    names.remove("Payments – EMEA")
    yield from names[: max(0, count)]
    for position in range(len(names), count):
        yield f"{names[position % len(names)]} {position // len(names) + 1}"
