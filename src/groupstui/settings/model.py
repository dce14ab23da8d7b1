"""Read the settings from the text of their file, and validate them with pydantic."""

from __future__ import annotations

import re
import tomllib
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..durations import parse_duration
from ..errors import InvalidTime
from ..output_format import FORMATS, OutputFormat
from ..set_operation import MAX_GROUPS, MIN_GROUPS, Operation
from ..time_zones import zone_named
from .settings import (
    GROUP_COLUMNS,
    PAGE_SIZES,
    GroupColumn,
    InvalidDocument,
    PageSize,
    SavedList,
    Settings,
    Site,
)

MAX_HISTORY_DAYS = 36_500
"""A hundred years: practically for ever."""

_ADDRESS_RULE = "must be an address such as https://acme.testmo.net"
_DEFAULT = Settings()

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
"""The place that tomllib adds to an error."""


def _readable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("not readable")
    return text


def _ordered(columns: tuple[GroupColumn, ...]) -> tuple[GroupColumn, ...]:
    if "name" not in columns:
        raise ValueError("no name")
    return tuple(column for column in GROUP_COLUMNS if column in columns)


def _known_zone(name: str) -> str:
    if name not in ("local", "account") and zone_named(name) is None:
        raise ValueError("no time zone")
    return name


def _known_age(age: str) -> str:
    try:
        parse_duration(age)
    except InvalidTime:
        raise ValueError("no age") from None
    return age


def _joined(keys: object) -> object:
    """Return a list of keys as Textual writes it."""
    if isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys):
        return ",".join(keys)
    return keys


Zone = Annotated[str, AfterValidator(_known_zone)]


Age = Annotated[str, AfterValidator(_known_age)]
Columns = Annotated[tuple[GroupColumn, ...], Field(strict=False), AfterValidator(_ordered)]
Name = Annotated[str, AfterValidator(_readable)]
Keys = Annotated[Name, BeforeValidator(_joined, json_schema_input_type=str | list[str])]
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]


class ListModel(BaseModel):
    """A saved list, without its name and instance."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)

    groups: tuple[PositiveInt, ...] = Field(min_length=MIN_GROUPS, max_length=MAX_GROUPS, strict=False)
    show: Operation = "any"
    only: tuple[PositiveInt, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        if len(set(self.groups)) < len(self.groups) or not set(self.groups).issuperset(self.only):
            raise ValueError("a group occurs twice, or is not compared")
        if bool(self.only) != (self.show == "only"):
            raise ValueError("only is needed for that operation alone")
        return self


class SettingsModel(BaseModel):
    """The content of the settings file; the description of a field is its rule in an error message."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)

    theme: Name | None = Field(_DEFAULT.theme, description="must be the name of a theme")
    page_size: PageSize | Literal["auto"] = Field(
        _DEFAULT.page_size, description=f"must be 'auto' or one of {', '.join(map(str, PAGE_SIZES))}"
    )
    columns: Columns = Field(
        _DEFAULT.columns, description=f"must be a list of some of {', '.join(GROUP_COLUMNS)}, with name"
    )
    timezone: Zone = Field(
        _DEFAULT.timezone,
        description="must be 'local', 'account' or the name of a time zone, such as Europe/Berlin",
    )
    sort: str | None = Field(
        _DEFAULT.sort,
        pattern=f"^-?({'|'.join(GROUP_COLUMNS)})$",
        description=f"must be one of {', '.join(GROUP_COLUMNS)}, or one of them after a -",
    )
    current: Origin | None = Field(_DEFAULT.current, description=_ADDRESS_RULE)
    recent: tuple[Origin, ...] = Field(
        _DEFAULT.recent, strict=False, description="must be a list of addresses of instances"
    )
    history: bool = Field(_DEFAULT.history, description="must be true or false")
    history_days: int = Field(
        _DEFAULT.history_days,
        ge=1,
        le=MAX_HISTORY_DAYS,
        description=f"must be a number of days from 1 to {MAX_HISTORY_DAYS}",
    )
    format: OutputFormat | None = Field(_DEFAULT.format, description=f"must be one of {', '.join(FORMATS)}")
    timeout: float | None = Field(
        _DEFAULT.timeout,
        gt=0,
        lt=1_000_000,
        strict=False,
        description="must be a positive number of seconds",
    )
    concurrency: int | None = Field(_DEFAULT.concurrency, ge=1, description="must be a positive integer")
    proxy: str | None = Field(
        _DEFAULT.proxy,
        pattern=r"^((https?|socks5h?)://)?[A-Za-z0-9.:\[\]-]+/?$",
        description="must be an address such as http://proxy.example:3128, without a password",
    )
    max_age: Age | None = Field(_DEFAULT.max_age, description="must be an age such as 10m, 12h or 7d")
    sites: dict[Name, Origin] = Field({}, description="must be a table of readable names and addresses")
    keys: dict[Name, Keys] = Field(
        {}, description="must be a table of actions, such as page.next, and keys, such as 'f6' or ['f6', 'n']"
    )

    lists: dict[Origin, dict[Name, ListModel]] = Field(
        {}, description="must be a table of instances, and for each of the lists that b saves in a comparison"
    )

    @field_validator("sites")
    @classmethod
    def _each_address_once(cls, sites: dict[str, str]) -> dict[str, str]:
        names: dict[str, str] = {}
        for name, origin in sites.items():
            if names.setdefault(origin, name) != name:
                raise PydanticCustomError("same_address", "same address", {"name": name})
        return sites


def parse_document(text: str) -> Settings:
    """Return the settings in a TOML text.

    Raises:
        InvalidDocument: If it is not TOML, or has an invalid value.
    """
    try:
        document = tomllib.loads(text)
        model = SettingsModel.model_validate(document)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        raise InvalidDocument(f"the file is not valid TOML: {_PLACE.sub('', str(error))}", line) from None
    except (RecursionError, ValueError) as error:
        if not isinstance(error, ValidationError):  # Python's limits of depth, and of digits
            raise InvalidDocument("the file is nested too deeply, or a number has too many digits") from None
        key, rule = _broken_rule(error)
        raise InvalidDocument(f"{key} {rule}", _line_of(key, text)) from None
    sites = tuple(Site(name, origin) for name, origin in sorted(model.sites.items()))
    return Settings(
        **model.model_dump(exclude={"sites", "keys", "lists"}),
        sites=sites,
        keys=tuple(model.keys.items()),
        lists=tuple(
            SavedList(name, origin, each.groups, each.show, each.only)
            for origin, lists in sorted(model.lists.items())
            for name, each in sorted(lists.items())
        ),
        unknown=tuple(key for key in document if key not in SettingsModel.model_fields),
    )


def rules() -> dict[str, str]:
    """Return the settings, and the rule for the values of each."""
    return {key: field.description or "" for key, field in SettingsModel.model_fields.items()}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the settings, for editors."""
    schema = SettingsModel.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Settings of groupstui",
        "description": "settings.toml",
    }


def _broken_rule(error: ValidationError) -> tuple[str, str]:
    """Return the first key with an error, and the rule for it; the texts of pydantic may contain values."""
    first = error.errors(include_url=False, include_input=False)[0]
    key, *inner = map(str, first["loc"])
    if first["type"] == "same_address":
        return first["ctx"]["name"], "has the same address as another instance"
    if key == "sites" and inner and inner[-1] != "[key]":
        return inner[0], _ADDRESS_RULE
    return key, SettingsModel.model_fields[key].description or "is invalid"


def _line_of(key: str, text: str) -> int | None:
    """Return the number of the first line that sets a key or opens a table of that name."""
    opens = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.split("\n"), 1) if opens.match(line)), None)
