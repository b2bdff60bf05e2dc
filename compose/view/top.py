"""The table of `top`: processes of all containers under one header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compose.base.value import Value
from compose.view.tables import TIGHT, table

_MISSING: Final = "-"
_COMMAND: Final = "CMD"


class Processes(Value, frozen=True, kw_only=True):
    """What runs in a container: titles of `ps`, a row of values for each process (GET containers/{id}/top)."""

    service: str
    number: int
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def top(found: Sequence[Processes]) -> str:
    """Return one table, "" for nothing: titles in order of appearance, the command last, `-` where there is no value."""
    if not any(one.rows for one in found):
        return ""
    titles = [title for title in dict.fromkeys(title for one in found for title in one.titles) if title != _COMMAND]
    titles.append(_COMMAND)
    rows = []
    for one in found:
        for values in one.rows:
            named = dict(zip(one.titles, values, strict=False))
            rows.append((one.service, str(one.number or _MISSING), *(named.get(title, _MISSING) for title in titles)))
    return table(("SERVICE", "#", *titles), rows, TIGHT)
