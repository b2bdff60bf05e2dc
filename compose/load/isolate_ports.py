"""Published host ports of a copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from compose.load.isolation import Change, Isolation, port_key
from compose.model.project import Project
from compose.model.service import Port, Service


def fixed_ports(project: Project, isolation: Isolation) -> Iterator[tuple[str, int, Port]]:
    """Yield (service, place in its list, port) of each published port whose number the files fix, and that is not kept."""
    for services in (project.services, project.disabled):
        for name, service in services.items():
            yield from (
                (name, index, port) for index, port in enumerate(service.ports) if _is_moved(name, index, port, isolation)
            )


def with_ports(service: Service, isolation: Isolation, given: Mapping[str, str], changes: list[Change]) -> Service:
    """Return a service that publishes its ports elsewhere; two that would be published alike become one."""
    if isolation.ports == "keep":
        return service
    ports: list[Port] = []
    for index, port in enumerate(service.ports):
        moved = _moved(service.name, index, port, isolation, given)
        if moved.published != port.published:
            new = moved.published or "a free one"
            place = ("services", service.name, "ports", index)
            changes.append(Change(path=place, old=port.published, new=new, note=f"port {port.target} inside"))
        if moved not in ports:
            ports.append(moved)
    return replace(service, ports=tuple(ports))


def _is_moved(name: str, index: int, port: Port, isolation: Isolation) -> bool:
    return port.published not in {"", "0"} and not isolation.keeps("services", name, "ports", index)


def _moved(name: str, index: int, port: Port, isolation: Isolation, given: Mapping[str, str]) -> Port:
    if isolation.keeps("services", name, "ports", index):
        return port
    if isolation.ports == "ephemeral":
        return replace(port, published="", host_ip=isolation.host_ip or port.host_ip)
    return replace(port, published=given[port_key(port)]) if _is_moved(name, index, port, isolation) else port
