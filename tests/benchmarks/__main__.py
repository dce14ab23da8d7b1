"""Measures the program against its yardsticks, interleaved, and prints a table: `python -m tests.benchmarks`.

Name some of the measures to run only those; `--rounds` says how often each is taken.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import asking, drawing, remembering

Measure = Callable[[int], "Iterator[tuple[str, str, float, float, str]]"]

MEASURES = {**drawing.MEASURES, **asking.MEASURES, **remembering.MEASURES}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    against: str
    measured: float
    most: float
    unit: str
    """What `measured` counts: a ratio where it is empty."""

    def __str__(self) -> str:
        verdict = "holds" if self.measured <= self.most else "MISSED"
        measured, most = f"{self.measured:,.2f}{self.unit}", f"{self.most:,g}{self.unit}"
        return f"{self.what:<58} {self.against:<42} {measured:>12} {most:>10}  {verdict}"


def main() -> None:
    """Take the measures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*MEASURES, []], metavar="MEASURE", help=", ".join(MEASURES)
    )
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with open("/proc/cpuinfo") as file:
        processor = next((line.partition(":")[2].strip() for line in file if "model name" in line), "unknown")
    print(f"{processor}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")
    print(f"{'what':<58} {'against':<42} {'measured':>12} {'at most':>10}")
    missed = False
    for name in options.names or MEASURES:
        for line in MEASURES[name](options.rounds):
            row = Row(*line)
            missed |= row.measured > row.most
            print(row, flush=True)
    sys.exit(missed)


if __name__ == "__main__":
    main()
