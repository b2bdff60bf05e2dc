"""Where a planner's picture of an engine came from."""

from __future__ import annotations

from compose.base.value import Value


class Sight(Value, frozen=True, kw_only=True):
    """What was looked for besides a project's own objects, so that the same look can be taken again.

    `networks` and `volumes` are names, `images` maps references to the platform wanted ("" = any).
    """

    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    images: dict[str, str] = {}
