"""Write `bcryptprimitives.dll` into a folder: Rust's libraries need it, and wine before 9 lacks it.

Its one function is forwarded to the random number generator of `advapi32.dll`.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

NAME, FUNCTION, TARGET = b"bcryptprimitives.dll\0", b"ProcessPrng\0", b"advapi32.SystemFunction036\0"
ALIGNMENT, PAGE = 0x200, 0x1000


def export_table(address: int) -> bytes:
    """Return the table of a library that exports one function of another one."""
    functions = address + 40
    name = functions + 10
    function, target = name + len(NAME), name + len(NAME) + len(FUNCTION)
    directory = struct.pack("<12x7I", name, 1, 1, 1, functions, functions + 4, functions + 8)
    return directory + struct.pack("<IIH", target, function, 0) + NAME + FUNCTION + TARGET


def library() -> bytes:
    """Return a library for x86_64 that contains only an export table."""
    table = export_table(PAGE)
    machine = struct.pack("<HH12xHH", 0x8664, 1, 240, 0x2022)
    sizes = struct.pack("<H2xI12xI", 0x20B, ALIGNMENT, PAGE)
    image = struct.pack(
        "<QIIHHHHHH4xIIIHH", 0x180000000, PAGE, ALIGNMENT, 6, 0, 0, 0, 6, 0, 2 * PAGE, ALIGNMENT, 0, 3, 0x140
    )
    memory = struct.pack("<4Q4xI", 0x100000, PAGE, 0x100000, PAGE, 16)
    directories = struct.pack("<II120x", PAGE, len(table))
    section = struct.pack("<8s4I12xI", b".edata", len(table), PAGE, ALIGNMENT, ALIGNMENT, 0x40000040)
    header = (
        struct.pack("<2s58xI4s", b"MZ", 64, b"PE\0\0")
        + machine
        + sizes
        + image
        + memory
        + directories
        + section
    )
    return header.ljust(ALIGNMENT, b"\0") + table.ljust(ALIGNMENT, b"\0")


if __name__ == "__main__":
    Path(sys.argv[1], "bcryptprimitives.dll").write_bytes(library())
