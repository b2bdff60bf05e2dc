"""What runs in a container."""

from __future__ import annotations

from compose.base.value import Value


class Processes(Value, frozen=True, kw_only=True):
    """The processes of one container: titles as `ps` in it has them, a row of values for each process.

    `number` is 0 for a one-off container (GET containers/{id}/top).
    """

    service: str
    number: int
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
