"""Parameters that several commands share, and what their raw values mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

Services = Annotated[list[str] | None, typer.Argument(metavar="SERVICE")]
Service = Annotated[str, typer.Argument(metavar="SERVICE")]
Timeout = Annotated[
    int | None, typer.Option("-t", "--timeout", help="Seconds a container gets to stop before it is killed; 0 kills at once")
]
RemoveOrphans = Annotated[
    bool | None,
    typer.Option("--remove-orphans", help="Also remove containers of services that the files do not have (any more)"),
]


def many(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return the values of an argument or option that may be repeated."""
    return tuple(values or ())
