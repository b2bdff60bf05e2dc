"""What came of carrying out a plan."""

from __future__ import annotations

from compose.base.diagnostics import Diagnostic
from compose.base.value import Value


class Timing(Value, frozen=True, kw_only=True):
    """When a step could begin (`ready`), did (`start`) and ended (`end`), in seconds since the run began."""

    ready: float
    start: float
    end: float


class Outcome(Value, frozen=True, kw_only=True):
    """How each step ended, and what was made.

    `done`, `failed` and `skipped` are step ids in the plan's order; `tolerated` are the optional ones that failed,
    with `warnings` as the reasons; `undone` are the steps that were taken back. `diagnostics` has every error,
    `exit_code` is that of the first.
    `interrupted`: a connection was lost in between, as when the engine restarts.
    `containers` maps (service, number) to the ids of created containers; `timings` has every step that began.
    """

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    tolerated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    exit_code: int = 1
    warnings: tuple[Diagnostic, ...] = ()
    containers: dict[tuple[str, int], str] = {}
    timings: dict[str, Timing] = {}
    seconds: float = 0.0
    interrupted: bool = False
