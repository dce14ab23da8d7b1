"""Leaves out the tests of files, signals, terminals and sockets as only POSIX has them."""

from __future__ import annotations

import sys

ONLY_POSIX = """
access_review credentials diagnostics diff_renderer history instance matching_property models network
output_files private_files settings support_server terminal times
"""

collect_ignore = [f"test_{name}.py" for name in ONLY_POSIX.split()] if sys.platform == "win32" else []
