"""Removing and renaming in containers without a shell: a program of 133 bytes that is put there, run, and removes itself; pure.

The archive API can write, but neither remove nor rename, and images without a shell have no program that could. This
one takes its orders as arguments: `-/path` removes a file or an empty directory (one that is gone is as good), two paths
rename the first to the second. It ends with the number of orders that failed. In assembly: for each argument
unlinkat(path, 0), when that fails unlinkat(path, AT_REMOVEDIR), or rename(path, next); x86-64 only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

MACHINES = frozenset({"amd64", "x86_64"})
"""Where it runs."""
_CODE = bytes.fromhex(
    "4c8b24244c8d6c241031db49ffcc7e62498b75004983c508803e2d752b48ffc64989f631d2e83900000085c074dd83f8fe74d84c89f6ba00020000"
    "e82300000085c074c7ffc3ebc34889f7498b75004983c50849ffccb8520000000f0585c074aaebe1b80701000048c7c79cffffff0f05c389df83ff"
    "7d7605bf7d000000b83c0000000f05"
)
_BASE = 0x400000
_HEADERS = 64 + 56
_LONGEST = 60_000
"""Bytes of arguments for one run."""


def program() -> bytes:
    """Return the program as a file (ELF, one segment, no libraries)."""
    size = _HEADERS + len(_CODE)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 62, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    return head + segment + _CODE


def runs(place: str, removals: Iterable[str], moves: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield the commands that remove, deepest first, then rename; the last one removes the program at `place` as well."""
    orders = [[f"-{path}"] for path in sorted(removals, key=lambda path: path.count("/"), reverse=True)]
    orders += [list(move) for move in moves]
    orders.append([f"-{place}"])
    command, length = [place], 0
    for order in orders:
        size = sum(len(word) * 4 for word in order)
        if length + size > _LONGEST:
            yield command
            command, length = [place], 0
        command += order
        length += size
    yield command
