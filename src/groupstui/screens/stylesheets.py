"""Finds the project's stylesheets in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def stylesheet(name: str) -> Path:
    """Return the path of one stylesheet.

    A wheel carries the `styles` folder inside the package; a checkout keeps it at the top.

    Args:
        name: The file's name, such as `browser.tcss`.

    Raises:
        FileNotFoundError: Where neither place holds it.
    """
    for folder in (_PACKAGE / "styles", _PACKAGE.parents[1] / "styles"):
        if (path := folder / name).is_file():
            return path
    raise FileNotFoundError(f"groupstui's stylesheet {name} is missing: reinstall groupstui")
