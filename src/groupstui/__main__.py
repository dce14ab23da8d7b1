"""The program: `groupstui` and `python -m groupstui`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from .cli.main import main as run
from .terminal.stdio import replace_closed_streams


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    # Without this, pydantic searches every installed package for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    replace_closed_streams()
    code = run(sys.argv[1:], os.environ)
    skip_final_collection()
    sys.exit(code)


def skip_final_collection() -> None:
    """Exclude all objects from the garbage collection that Python runs when it exits.

    It would take an eighth of the time of a look-up: see `python -m benchmarks commands`.
    """
    gc.freeze()


if __name__ == "__main__":
    main()
