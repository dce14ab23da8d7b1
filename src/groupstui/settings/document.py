"""Read the settings from the text of their file."""

from __future__ import annotations

import re
import tomllib

from .model import InvalidSetting, parse_settings
from .settings import InvalidDocument, Settings

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
"""The place that tomllib adds to an error."""


def parse_document(text: str) -> Settings:
    """Return the settings in a TOML text.

    Raises:
        InvalidDocument: If it is not TOML, has an unknown key or an invalid value.
    """
    try:
        return parse_settings(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        raise InvalidDocument(f"the file is not valid TOML: {_PLACE.sub('', str(error))}", line) from None
    except InvalidSetting as error:
        raise InvalidDocument(str(error), _line_of(error.key, text)) from None


def _line_of(key: str, text: str) -> int | None:
    """Return the number of the first line that sets a key or opens a table of that name."""
    opens = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.split("\n"), 1) if opens.match(line)), None)
