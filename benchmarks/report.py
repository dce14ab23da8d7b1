"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass

HEADER = f"{'figure':<50} {'against':<40} {'measured':>12} {'at most':>10}"


@dataclass(frozen=True)
class Row:
    """A measured figure and its limit."""

    figure: str
    yardstick: str
    """What the figure is divided by; empty for absolute figures."""
    measured: float
    limit: float | None = None
    """The largest good value; None if the figure has no limit."""
    unit: str = ""
    """Unit of `measured` and `limit`; empty for ratios."""

    @property
    def missed(self) -> bool:
        """Whether the figure is above its limit."""
        return self.limit is not None and self.measured > self.limit

    def __str__(self) -> str:
        measured = f"{self.measured:,.2f}{self.unit}" if not self.unit else f"{self.measured:,.0f}{self.unit}"
        limit = "" if self.limit is None else f"{self.limit:,g}{self.unit}"
        verdict = "" if self.limit is None else "MISSED" if self.missed else "holds"
        return f"{self.figure:<50} {self.yardstick:<40} {measured:>12} {limit:>10}  {verdict}".rstrip()
