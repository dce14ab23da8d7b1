"""What the program remembers between two runs, and which values make sense."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, Self

PageSize = Literal[15, 25, 50, 100]
"""The page sizes that the API knows."""

PAGE_SIZES: tuple[PageSize, ...] = (15, 25, 50, 100)

MOST_DAYS = 36_500
"""A hundred years: as good as for ever."""

_ORIGIN = re.compile(r"https?://[a-z0-9.:\[\]-]+")


class BadValue(ValueError):
    """A setting has a value that it can't have."""

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(f"{key} {rule}")
        self.key = key
        """The key, as it stands in the file."""


@dataclass(frozen=True)
class Site:
    """A site that was signed in to, under the name that its user gave it."""

    name: str
    instance: str
    """The origin, such as `https://acme.testmo.net`."""

    def __post_init__(self) -> None:
        if not _is_readable(self.name):
            raise BadValue("sites", "must have names that can be read")
        if not _is_origin(self.instance):
            raise BadValue(self.name, "must be an address such as https://acme.testmo.net")


@dataclass(frozen=True)
class Settings:
    """The sites, the theme and the page size; never a secret.

    Raises:
        BadValue: If it is built with a value that makes no sense.
    """

    theme: str | None = None
    """The theme's name; None for the program's own choice."""

    page_size: PageSize = 15
    """Rows on a page of groups."""

    current: str | None = None
    """The origin of the site that was used last."""

    history: bool = True
    """Whether complete readings of a site are kept, to tell later what changed."""

    history_days: int = 400
    """Days after which a reading is dropped."""

    sites: tuple[Site, ...] = ()
    """Every known site, by name."""

    def __post_init__(self) -> None:
        if self.theme is not None and not _is_readable(self.theme):
            raise BadValue("theme", "must be the name of a theme")
        if type(self.page_size) is not int or self.page_size not in PAGE_SIZES:
            raise BadValue("page_size", f"must be one of {', '.join(map(str, PAGE_SIZES))}")
        if type(self.history) is not bool:
            raise BadValue("history", "must be true or false")
        if type(self.history_days) is not int or not 1 <= self.history_days <= MOST_DAYS:
            raise BadValue("history_days", f"must be a number of days, from 1 to {MOST_DAYS}")
        if self.current is not None and not _is_origin(self.current):
            raise BadValue("current", "must be an address such as https://acme.testmo.net")
        names, instances = set[str](), set[str]()
        for site in self.sites:
            if site.name in names:
                raise BadValue(site.name, "is already the name of another site")
            if site.instance in instances:
                raise BadValue(site.name, "has the same address as another site")
            names.add(site.name)
            instances.add(site.instance)
        object.__setattr__(self, "sites", tuple(sorted(self.sites, key=lambda site: site.name)))

    def remember(self, instance: str, name: str | None = None) -> Self:
        """Return the settings with this site known and current.

        Args:
            instance: The site's origin.
            name: What to call it; None keeps the name it has, which is the host for a new one.

        Raises:
            BadValue: If another site has that name, or if it is none.
        """
        known = {site.instance: site.name for site in self.sites}
        name = name or known.get(instance) or instance.partition("://")[2]
        others = tuple(site for site in self.sites if site.instance != instance)
        return replace(self, sites=(*others, Site(name, instance)), current=instance)

    def forget(self, instance: str) -> Self:
        """Return the settings without this site."""
        return replace(
            self,
            sites=tuple(site for site in self.sites if site.instance != instance),
            current=None if self.current == instance else self.current,
        )

    def origin_of(self, name: str) -> str | None:
        """Return the origin of the site of a name, or None where there is none of that name."""
        return next((site.instance for site in self.sites if site.name == name), None)

    def with_theme(self, theme: str | None) -> Self:
        """Return the settings with another theme."""
        return replace(self, theme=theme)

    def with_page_size(self, page_size: PageSize) -> Self:
        """Return the settings with another page size."""
        return replace(self, page_size=page_size)


def _is_readable(text: object) -> bool:
    return isinstance(text, str) and text.isprintable() and text.strip() != ""


def _is_origin(text: object) -> bool:
    return isinstance(text, str) and _ORIGIN.fullmatch(text) is not None
