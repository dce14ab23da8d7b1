"""Measure the program against its yardsticks and print a table: `python -m benchmarks`.

All figures are medians; program and yardstick are measured in turn. On a busy machine run it under
`chrt -f 10`. Compare only runs of the same machine. It needs curl, jq and uv.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import commands, crawl, history, keys, startup
from .program import Bench, program_in, this_program
from .report import HEADER, Row

MEASURES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    **startup.MEASURES,
    **commands.MEASURES,
    **crawl.MEASURES,
    **keys.MEASURES,
    **history.MEASURES,
}


def main() -> int:
    """Print the table and return 1 if a limit is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*MEASURES, []],
        metavar="NAME",
        help=f"one of: {', '.join(MEASURES)}",
    )
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="repetitions (%(default)s)")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="DIR",
        help="a checkout of another version, with a .venv, to measure in turn over TLS",
    )
    options = parser.parse_args()
    against = None if options.against is None else program_in(options.against)
    bench = Bench(this_program(), options.rounds, against)
    print(_machine())
    print(HEADER)
    missed = False
    for name in options.names or MEASURES:
        for row in MEASURES[name](bench):
            missed |= row.missed
            print(row, flush=True)
    return int(missed)


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        names = re.findall(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.MULTILINE)
        processor = names[0] if names else processor
    return f"{processor}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
