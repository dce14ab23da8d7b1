"""Names of the demo site's users and groups: famous ones first, difficult ones among random ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

NAMES_FILE = Path(__file__).with_name("names.txt")
"""Sections of names separated by commas. A language has given names, family names, and their order."""

EVERYONE = 10**9
"""A size that `make_site` limits to the largest possible group."""

DEPARTED = (17, 34, 51)
"""Ids of deleted users: no site assigns them."""


@dataclass(frozen=True, slots=True)
class Team:
    """Name, size and peculiarities of a group."""

    name: str
    size: int
    includes: tuple[int, ...] = ()
    """Ids of users who are members in any case."""
    excludes: tuple[int, ...] = ()
    """Ids of users who are no members."""
    repeats: bool = False
    """Whether the first member is listed twice."""
    created_at: str | None = None
    """A timestamp in the variant without a time zone."""


FRONT = (
    Team("QA", 5, includes=(2, 1, 4, 3, 5)),
    Team("Release managers", 12, includes=(1, 3, 22, 23, 24), excludes=(2, 4, 5)),
    Team("Everyone", EVERYONE, includes=(1, 2, 3, 4, 5)),
    Team("Contractors 2027", 0),
    Team("Beta testers", 140),
    Team("Former pilots", 9, includes=DEPARTED),
    Team("Incident response", 8, excludes=(19, 21)),
    Team("品質保証チーム", 23),
    Team("Launch crew", 31, includes=(4,), excludes=(2,)),
    Team("Penetration testers", 3),
    Team("Accessibility reviewers", 6),
    Team("Payments – EMEA", 47, includes=(2, 7, 28)),
    Team("Security champions", 1),
    Team("Night shift", 14, excludes=(1, 2, 3, 4, 5), repeats=True),
    Team("Documentation", 4),
)
"""The first groups of every site. They include empty groups, deleted members, and a member listed twice."""

DIFFICULT = (
    Team("team [dev]", 8, created_at="2026-07-29 15:52:59.210008"),
    Team("Launch crew 🚀", 31),
    Team("[/x]", 3),
    Team(
        "Accessibility, localisation and right-to-left layout reviewers for every public website, help centre"
        " and e-mail template of the group and its subsidiaries – Europe, Middle East and Africa",
        6,
    ),
    Team("[@click=app.quit]x[/]", 2, includes=(8,)),
    Team("فريق الجودة", 5),
    Team('=HYPERLINK("http://files.example","open me")', 4),
)
"""Names that look like markup or a formula, are long, or are written from right to left."""

NEWEST = Team("Holiday cover", 6, includes=(8, 14, 25, 33, 60, 110))
"""The last group of a site."""

READABLE_USERS = 200
"""Number of users, the first ones, whose names are in scripts that most readers know."""


def read_names() -> dict[str, list[str]]:
    """Return the names of each section of the file."""
    sections = re.split(r"\[(\w+)\]\n", NAMES_FILE.read_text(encoding="utf-8"))[1:]
    texts = zip(sections[::2], sections[1::2], strict=True)
    return {title: re.split(r",?\n|, ", text.strip()) for title, text in texts}


def user_names(rng: Random, count: int) -> Iterator[str]:
    """Yield full names: pioneers of computing, then random ones of many languages, some of which repeat."""
    names = read_names()
    yield from names["pioneers"][:count]
    readable, others = (
        [line.split(" | ") for line in names[key]] for key in ("languages", "languages_other")
    )
    for position in range(len(names["pioneers"]), count):
        given, family, order = rng.choice(readable if position < READABLE_USERS else readable + others)
        yield order.format(given=rng.choice(given.split()), family=rng.choice(family.split()))


def team_names(rng: Random, count: int) -> Iterator[str]:
    """Yield distinct team names, short ones first."""
    names = read_names()
    products, regions = names["products"], names["regions"]
    short = list(products)
    short += [f"{product} {discipline}" for product in products for discipline in names["disciplines"]]
    short += [f"{product} – {region}" for product in products for region in regions]
    long = [f"{name} – {region}" for name in short[len(products) :] for region in regions if "–" not in name]
    found = rng.sample(short, len(short)) + rng.sample(long, len(long))
    found.remove("Payments – EMEA")
    yield from found[: max(0, count)]
    for position in range(len(found), count):
        yield f"{found[position % len(found)]} {position // len(found) + 1}"
