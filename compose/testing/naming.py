"""Names of stacks: readable, and never the same twice on one engine."""

from __future__ import annotations

import hashlib
import os
import re
import secrets

_LONGEST_BASE = 20
_DIGITS = 6


def fixed_name(directory: str) -> str:
    """Return the name that stacks of a project directory have when they are kept for the next run: `t-shop-3fa2b1`."""
    base = re.sub(r"[^a-z0-9_-]+", "-", os.path.basename(directory).lower()).strip("-_")[:_LONGEST_BASE]  # noqa: PTH119 - text
    return f"t-{base or 'stack'}-{hashlib.sha256(directory.encode()).hexdigest()[:_DIGITS]}"


def stack_name(directory: str, *, run: str = "", worker: str = "") -> str:
    """Return a name of its own for a stack of a project directory.

    `run` tells one run of tests from another ("" = a random one), `worker` the processes of one run.
    """
    own = re.sub(r"[^a-z0-9]+", "", run.lower())[: _DIGITS + 2] or secrets.token_hex(_DIGITS // 2)
    return "-".join(part for part in (fixed_name(directory), own, worker.lower()) if part)
