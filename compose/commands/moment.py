"""Moments as `--since` and `--until` give them."""

from __future__ import annotations

from compose.base.clock import Clock
from compose.base.errors import fail
from compose.base.units import Duration
from compose.health.observation import instant


def moment(text: str, clock: Clock) -> str:
    """Return a moment as the engine's API takes it, seconds with a fraction; "" for none.

    `text` is a timestamp (RFC 3339 or seconds) or a duration back from now.

    Raises:
        ComposeError: it is neither.
    """
    if not text or text.replace(".", "", 1).isdigit():
        return text
    try:
        return f"{clock.now() - Duration.parse(text).seconds:.9f}"
    except ValueError:
        found = instant(text)
    if not found:
        raise fail(
            "invalid-value", f"invalid value for a time: `{text}`", hint="write 2026-01-31T12:00:00Z, or 10m for ten minutes ago"
        )
    return f"{found:.9f}"
