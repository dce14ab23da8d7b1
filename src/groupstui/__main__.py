"""The program: `groupstui` and `python -m groupstui`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from .cli import collection
from .cli.main import main as run
from .terminal.stdio import replace_closed_streams


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    # Without this, pydantic searches every installed package for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    replace_closed_streams()
    collection.postpone()
    code = run(sys.argv[1:], os.environ)
    collection.skip_final()
    sys.exit(code)


if __name__ == "__main__":
    main()
