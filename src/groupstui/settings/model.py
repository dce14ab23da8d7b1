"""Validate the content of the settings file with pydantic."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from .settings import PAGE_SIZES, PageSize, Settings, Site

MAX_HISTORY_DAYS = 36_500
"""A hundred years: practically for ever."""

_ADDRESS_RULE = "must be an address such as https://acme.testmo.net"
_ORIGIN = re.compile(r"https?://[a-z0-9.:\[\]-]+")
_DEFAULT = Settings()


class InvalidSetting(ValueError):
    """A key is unknown, or its value is invalid. The message names the key and the rule, never the value."""

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(f"{key} {rule}")
        self.key = key


def _readable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("not readable")
    return text


def _origin(text: str) -> str:
    if _ORIGIN.fullmatch(text) is None:
        raise ValueError("not an origin")
    return text


Name = Annotated[str, AfterValidator(_readable)]
Origin = Annotated[str, AfterValidator(_origin)]


class SettingsModel(BaseModel):
    """The content of the settings file; the description of a field is its rule in an error message."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    theme: Name | None = Field(_DEFAULT.theme, description="must be the name of a theme")
    page_size: PageSize = Field(
        _DEFAULT.page_size, description=f"must be one of {', '.join(map(str, PAGE_SIZES))}"
    )
    current: Origin | None = Field(_DEFAULT.current, description=_ADDRESS_RULE)
    history: bool = Field(_DEFAULT.history, description="must be true or false")
    history_days: int = Field(
        _DEFAULT.history_days,
        ge=1,
        le=MAX_HISTORY_DAYS,
        description=f"must be a number of days from 1 to {MAX_HISTORY_DAYS}",
    )
    sites: dict[Name, Origin] = Field({}, description="must be a table of readable names and addresses")

    @field_validator("sites")
    @classmethod
    def _each_address_once(cls, sites: dict[str, str]) -> dict[str, str]:
        names: dict[str, str] = {}
        for name, origin in sites.items():
            if names.setdefault(origin, name) != name:
                raise PydanticCustomError("same_address", "same address", {"name": name})
        return sites


def parse_settings(values: dict[str, Any]) -> Settings:
    """Return the settings in the content of the file.

    Raises:
        InvalidSetting: If a key is unknown, or its value is invalid.
    """
    try:
        model = SettingsModel.model_validate(values)
    except ValidationError as error:
        raise _explain(error) from None
    sites = tuple(Site(name, origin) for name, origin in sorted(model.sites.items()))
    return Settings(**model.model_dump(exclude={"sites"}), sites=sites)


def _explain(error: ValidationError) -> InvalidSetting:
    """Return the first error by its location; the texts of pydantic may contain values."""
    first = error.errors(include_url=False, include_input=False)[0]
    key, *inner = map(str, first["loc"])
    if first["type"] == "extra_forbidden":
        return InvalidSetting(key, "is not a setting")
    if first["type"] == "same_address":
        return InvalidSetting(first["ctx"]["name"], "has the same address as another instance")
    if inner and inner[-1] != "[key]":
        return InvalidSetting(inner[0], _ADDRESS_RULE)
    return InvalidSetting(key, SettingsModel.model_fields[key].description or "is invalid")
