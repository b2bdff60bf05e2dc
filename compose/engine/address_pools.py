"""What to do when an engine has given away all subnets of its address pools (about thirty, by default).

Most of them lie idle: each network takes a whole /16 or /20. A network that needs few addresses gets a small subnet
from elsewhere, and the projects are named that have networks but no containers any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.pattern import lazy_pattern
from compose.engine.errors import CONFLICT
from compose.engine.port import Call, Engine
from compose.engine.subnets import in_use
from compose.plan.subnets import free_subnet

if TYPE_CHECKING:
    from compose.engine.work import Work
    from compose.plan import operation as ops

_USED_UP: Final = lazy_pattern(
    r"could not find an available, non-overlapping|predefined address pools have been fully subnetted|could not find free subnet"
)
"""What Docker 20 to 27, Docker 28 and Podman say."""
_OVERLAPS: Final = lazy_pattern(r"overlaps with other one|already used|conflicts with network|being used by")
_ATTEMPTS: Final = 8
_MOST_NAMES: Final = 10


def are_used_up(error: EngineError, body: Mapping[str, Any]) -> bool:
    """Whether the engine found no subnet for a network that asks for none in particular."""
    config = (body.get("IPAM") or {}).get("Config") or ()
    return _USED_UP.search(error.message) is not None and not any(pool.get("Subnet") for pool in config)


def create_small(operation: ops.CreateNetwork, work: Work, error: EngineError) -> str:
    """Create a network in a small free subnet, tell so, and return the subnet (POST networks/create).

    Raises:
        EngineError: the engine refuses that as well, for another reason than that somebody was faster.
    """
    name: str = operation.body["Name"]
    taken = [ip_network(one, strict=False) for one in in_use(work.engine)]
    for _ in range(_ATTEMPTS):
        subnet = free_subnet(name, taken)
        try:
            work.call("POST", "/networks/create", body=_with_subnet(operation.body, str(subnet)))
        except EngineError as refused:
            if refused.status == CONFLICT and not _OVERLAPS.search(refused.message):
                return ""  # somebody else has made the network
            if not _OVERLAPS.search(refused.message):
                raise
            taken.append(subnet)
            continue
        work.run.once("address-pools", lambda: _tell(work))
        return f"in {subnet}"
    raise error


def _with_subnet(body: Mapping[str, Any], subnet: str) -> dict[str, Any]:
    return {**body, "IPAM": {**(body.get("IPAM") or {}), "Config": [{"Subnet": subnet}]}}


def _tell(work: Work) -> None:
    names = left_over(work.engine, work.run.project)
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    work.notice(
        Diagnostic(
            severity="warning",
            code="address-pools-used-up",
            summary="the engine has no subnets left in its address pools: networks get small ones elsewhere",
            detail=f"networks without any container are left of {shown}{more}" if names else "",
            hint=f"`compose -p {names[0]} down` removes them; `compose gc` all that nobody owns" if names else "",
        )
    )


def left_over(engine: Engine, own: str = "") -> tuple[str, ...]:
    """Return the projects, but for our own, that have networks and no container at all (GET networks, containers/json)."""
    query = {"filters": {"label": [labels.PROJECT]}}
    networks = engine.call(Call(method="GET", path="/networks", query=query))
    containers = engine.call(Call(method="GET", path="/containers/json", query={"all": True, **query}))
    return tuple(sorted(_projects(networks) - _projects(containers) - {own}))


def _projects(found: Iterable[dict[str, Any]] | None) -> set[str]:
    return {(one.get("Labels") or {}).get(labels.PROJECT, "") for one in found or ()} - {""}
