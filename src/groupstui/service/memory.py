"""Hands memory that was freed back to the system."""

from __future__ import annotations


def give_back() -> None:
    """Return back what the C library keeps of it: a tenth of all, after a large site was read.

    Only glibc has to be asked; others, and other systems, know no such call. It takes a few milliseconds, in
    which other threads go on.
    """
    import ctypes  # it takes a while to load, and few need it

    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # TypeError: Windows has no library without a name
        return
