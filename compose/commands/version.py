"""`version`."""

from __future__ import annotations

from compose.base.version import __version__


def version() -> str:
    """Return this tool's version, without a `v`."""
    return __version__
