"""What is known of a container that others waited for in vain, as data; the text of a diagnostic is made from it."""

from __future__ import annotations

from compose.base.value import Value


class ProbeRun(Value, frozen=True, kw_only=True):
    """One run of a healthcheck; times in seconds since the epoch, 0 = unknown."""

    start: float = 0.0
    end: float = 0.0
    exit_code: int = 0
    output: str = ""


class Moment(Value, frozen=True, kw_only=True):
    """Something that happened, and when by the engine's clock (seconds since the epoch)."""

    time: float
    what: str


class Failure(Value, frozen=True, kw_only=True):
    """Why a wait failed: who waited for whom on which condition, and how the culprit was.

    - `service` and `container` are the culprit; `dependant` is the service that waited, "" when the user did.
    - `waited` in seconds, None = not known. `exit_code` None while the container runs.
    - `probes` are those of this run of the container, oldest first; `logs` its last lines, oldest first.
    """

    service: str
    container: str = ""
    dependant: str = ""
    condition: str = ""
    waited: float | None = None
    state: str = ""
    health: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    restarts: int = 0
    error: str = ""
    healthcheck: str = ""
    probes: tuple[ProbeRun, ...] = ()
    logs: tuple[str, ...] = ()
    timeline: tuple[Moment, ...] = ()
