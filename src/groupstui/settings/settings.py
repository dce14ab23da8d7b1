"""The settings that the program keeps between two runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

PageSize = Literal[15, 25, 50, 100]
"""The page sizes that the API supports."""

PAGE_SIZES: tuple[PageSize, ...] = (15, 25, 50, 100)


class InvalidDocument(ValueError):
    """The settings file is not TOML, or has an unknown key or an invalid value; the message has no value."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Site:
    """An instance that the user signed in to, and its name in the settings."""

    name: str
    instance: str
    """The origin, such as `https://acme.testmo.net`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Theme, page size, history and instances; never a secret. `model.py` validates them."""

    theme: str | None = None
    """The theme's name; None for the default."""
    page_size: PageSize = 15
    """Groups on a page."""
    current: str | None = None
    """The origin of the instance that was used last."""
    history: bool = True
    """Whether snapshots are kept, to show what has changed."""
    history_days: int = 400
    """Days after which a snapshot is deleted."""
    sites: tuple[Site, ...] = ()
    """The known instances, by name."""

    def remember(self, instance: str) -> Self:
        """Return the settings with this origin known and current; a new one is named after its host."""
        if self.name_of(instance) is None:
            host = instance.partition("://")[2]
            name = host if self.origin_of(host) is None else instance
            sites = sorted((*self.sites, Site(name, instance)), key=lambda site: site.name)
            return replace(self, sites=tuple(sites), current=instance)
        return replace(self, current=instance)

    def forget(self, instance: str) -> Self:
        return replace(
            self,
            sites=tuple(site for site in self.sites if site.instance != instance),
            current=None if self.current == instance else self.current,
        )

    def origin_of(self, name: str) -> str | None:
        """Return the origin of a named instance, or None."""
        return next((site.instance for site in self.sites if site.name == name), None)

    def name_of(self, instance: str) -> str | None:
        """Return the name of an origin, or None."""
        return next((site.name for site in self.sites if site.instance == instance), None)

    def with_theme(self, theme: str | None) -> Self:
        return replace(self, theme=theme)

    def with_page_size(self, page_size: PageSize) -> Self:
        return replace(self, page_size=page_size)
