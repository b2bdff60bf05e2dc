"""`services.*.healthcheck`."""

from compose.base.units import Duration
from compose.model.spec import Extensible


class Healthcheck(Extensible, frozen=True, kw_only=True):
    """How the engine probes a container; `test` starts with CMD, CMD-SHELL or NONE."""

    test: tuple[str, ...] = ()
    timeout: Duration | None = None
    interval: Duration | None = None
    retries: int | None = None
    start_period: Duration | None = None
    start_interval: Duration | None = None
    disable: bool = False
