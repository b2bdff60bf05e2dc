"""The table of `top`: processes of all containers under one header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compose.state.processes import Processes
from compose.view.tables import TIGHT, table

_MISSING: Final = "-"
_COMMAND: Final = "CMD"


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
