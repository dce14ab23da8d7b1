"""Read themes of the user, one TOML file each, and validate them with pydantic."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..text import sanitize
from .settings import InvalidDocument

MAX_THEME_BYTES = 100_000

Color = Annotated[
    str, Field(pattern=r"^(#[0-9a-fA-F]{3,8}|[a-z_]+[0-9]*|(rgb|hsl)a?\([0-9.,% ]+\))$", max_length=50)
]


class ThemeModel(BaseModel):
    """The content of a theme's file: what `textual.theme.Theme` has."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    primary: Color
    name: str | None = Field(None, pattern=r"^[\w-]{1,50}$")
    secondary: Color | None = None
    warning: Color | None = None
    error: Color | None = None
    success: Color | None = None
    accent: Color | None = None
    foreground: Color | None = None
    background: Color | None = None
    surface: Color | None = None
    panel: Color | None = None
    boost: Color | None = None
    dark: bool = True
    luminosity_spread: float = Field(0.15, ge=0, le=1)
    text_alpha: float = Field(0.95, ge=0, le=1)
    variables: dict[str, str] = {}


def read_theme(path: Path) -> dict[str, Any]:
    """Return the values of a theme; its name is that of the file unless it has another.

    Raises:
        InvalidDocument: If the file cannot be read, or is not a theme.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_THEME_BYTES)
        model = ThemeModel.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except OSError as error:
        raise InvalidDocument(f"the theme cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidDocument(f"{sanitize(place)}: {sanitize(first['msg'])}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(f"not valid TOML: {sanitize(str(error))}") from None
    return model.model_dump() | {"name": model.name or path.stem}
