"""Dependencies between services and the orders that follow from them."""

from __future__ import annotations

from compose.base.value import Value


class Dependency(Value, frozen=True, kw_only=True):
    """`dependant` needs `service`.

    `why` is the attribute that says so: depends_on, links, network_mode, ipc, pid, uts, cgroup, volumes_from.
    """

    dependant: str
    service: str
    condition: str = "service_started"
    restart: bool = False
    required: bool = True
    why: str = "depends_on"
