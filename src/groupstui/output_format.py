"""The formats of answers."""

from __future__ import annotations

from typing import Literal, get_args

OutputFormat = Literal["table", "json", "ndjson", "csv", "tsv", "markdown"]
"""A format of the answers of commands."""

FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)
"""All formats."""

AUDIT_FORMATS = ("junit", "sarif")
"""More formats of audits, for the programs that run and show checks: see `output.audit_log`."""
