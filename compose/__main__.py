"""`python -m compose`: the same as the `compose` command."""

from __future__ import annotations

from compose.cli.start import run

run()
