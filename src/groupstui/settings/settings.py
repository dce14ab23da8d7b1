"""The settings that the program keeps between two runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Self

from ..output_format import OutputFormat
from ..set_operation import Operation

PageSize = Literal[15, 25, 50, 100]
"""The page sizes that the API supports."""

PAGE_SIZES: tuple[PageSize, ...] = (15, 25, 50, 100)

GroupColumn = Literal["id", "name", "change", "members", "changed", "created_by"]
"""A column of the list of groups."""

GROUP_COLUMNS: tuple[GroupColumn, ...] = ("id", "name", "change", "members", "changed", "created_by")
"""All columns, from left to right."""


class InvalidDocument(ValueError):
    """The settings file is not TOML, or has an invalid value; the message has no value."""

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
class SavedList:
    """A list of users by its definition: a part of a comparison of groups."""

    name: str
    instance: str
    """The origin of the instance that the groups belong to."""
    groups: tuple[int, ...]
    """The ids of the groups."""
    show: Operation = "any"
    only: tuple[int, ...] = ()
    """With `only`, the ids of the groups in which the users are."""


@dataclass(frozen=True, slots=True)
class ListView:
    """The settings of the browser; see `Settings` for what each means."""

    page_size: PageSize | Literal["auto"]
    columns: tuple[GroupColumn, ...]
    sort: str | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Theme, page size, history, requests and instances; never a secret. `model.py` validates them."""

    theme: str | None = None
    """The theme's name; None for the default."""
    page_size: PageSize | Literal["auto"] = "auto"
    """Groups on a page; `auto` is the smallest size that fills the window."""
    columns: tuple[GroupColumn, ...] = GROUP_COLUMNS[:-1]
    """The columns of the list of groups."""
    timezone: str = "local"
    """The zone of the times in the app: `local`, `account` for that of the token's user, or an IANA name."""
    sort: str | None = None
    """The column to sort by, with a leading `-` from high to low; None for the instance's order."""
    current: str | None = None
    """The origin of the instance that was used last."""
    recent: tuple[str, ...] = ()
    """The origins of the instances that were used before it, the last one first."""
    history: bool = True
    """Whether snapshots are kept, to show what has changed."""
    history_days: int = 400
    """Days after which a snapshot is deleted."""
    format: OutputFormat | None = None
    """The format of answers; None for a table on a terminal, and rows elsewhere."""
    timeout: float | None = None
    """Seconds that one request may take; None for the default."""
    concurrency: int | None = None
    """Requests at the same time; None for the default."""
    proxy: str | None = None
    """Address of a proxy; None for that of the environment."""
    max_age: str | None = None
    """The age up to which a snapshot answers commands, such as `10m`; None to read the instance."""
    sites: tuple[Site, ...] = ()
    """The known instances, by name."""
    keys: tuple[tuple[str, str], ...] = ()
    """The ids of bindings and the keys that replace theirs, separated by commas."""
    lists: tuple[SavedList, ...] = ()
    """The saved lists, by instance and name."""
    unknown: tuple[str, ...] = ()
    """The keys of the file that this version does not know, and ignores."""

    @property
    def by_recency(self) -> tuple[str, ...]:
        """The origins of all known instances, the one that was used last first."""
        known = [site.instance for site in self.sites]
        used = [origin for origin in (self.current, *self.recent) if origin in known]
        return tuple(dict.fromkeys([*used, *known]))

    @property
    def last_used(self) -> str | None:
        """The origin of the current instance, or of the one that was used last if none is current."""
        return self.current or next(iter(self.by_recency), None)

    def remember(self, instance: str) -> Self:
        """Return the settings with this origin known and current; a new one is named after its host."""
        sites = self.sites
        if self.name_of(instance) is None:
            host = _host(instance)
            name = host if self.origin_of(host) is None else instance
            sites = tuple(sorted((*sites, Site(name, instance)), key=lambda site: site.name))
        before = dict.fromkeys(origin for origin in (self.current, *self.recent) if origin)
        before.pop(instance, None)
        return replace(self, sites=sites, current=instance, recent=tuple(before))

    def forget(self, instance: str, successor: str | None = None) -> Self:
        """Return the settings without an instance.

        Args:
            instance: The origin of the instance.
            successor: The origin to make current instead of it; by default the one that was used last.
        """
        rest = replace(
            self,
            sites=tuple(site for site in self.sites if site.instance != instance),
            current=None if self.current == instance else self.current,
            recent=tuple(origin for origin in self.recent if origin != instance),
        )
        if self.current != instance or (successor := successor or rest.last_used) is None:
            return rest
        return rest.remember(successor)

    def origin_of(self, name: str) -> str | None:
        """Return the origin of a named instance, or None."""
        return next((site.instance for site in self.sites if site.name == name), None)

    def name_of(self, instance: str) -> str | None:
        """Return the name of an origin, or None."""
        return next((site.name for site in self.sites if site.instance == instance), None)

    def given_name(self, instance: str) -> str:
        """Return the name that the user gave an origin; empty for the one that it gets by itself."""
        name = self.name_of(instance)
        return "" if name is None or name in (instance, _host(instance)) else name

    def label_of(self, instance: str) -> str:
        """Return the host of an origin, after the name that the user gave it: `work (acme.testmo.net)`."""
        name, host = self.given_name(instance), _host(instance)
        return f"{name} ({host})" if name else host

    def with_theme(self, theme: str | None) -> Self:
        return replace(self, theme=theme)

    def lists_of(self, instance: str) -> tuple[SavedList, ...]:
        """Return the saved lists of an instance, by name."""
        return tuple(each for each in self.lists if each.instance == instance)

    def with_list(self, saved: SavedList) -> Self:
        """Return the settings with a list, instead of the one of that name."""
        lists = {(each.instance, each.name): each for each in (*self.lists, saved)}
        return replace(self, lists=tuple(lists[key] for key in sorted(lists)))

    def without_list(self, saved: SavedList) -> Self:
        """Return the settings without the list of that instance and name."""
        key = (saved.instance, saved.name)
        return replace(self, lists=tuple(each for each in self.lists if (each.instance, each.name) != key))

    @property
    def view(self) -> ListView:
        """How the browser looks."""
        return ListView(self.page_size, self.columns, self.sort, self.timezone)

    def with_view(self, view: ListView) -> Self:
        """Return the settings with another look of the browser."""
        return replace(
            self,
            page_size=view.page_size,
            columns=view.columns,
            sort=view.sort,
            timezone=view.timezone,
        )


def _host(origin: str) -> str:
    """Return the host of an origin, with its port if it has one."""
    return origin.partition("://")[2]
