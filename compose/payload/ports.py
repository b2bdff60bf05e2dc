"""`ports` and `expose` as the engine's exposed ports and bindings."""

from __future__ import annotations

from compose.model.service import Service

Bindings = dict[str, list[dict[str, str]]]


def exposed(service: Service) -> dict[str, dict[str, str]]:
    """Return `ExposedPorts`: every published and every exposed port, ranges spelt out."""
    keys = [_key(str(port.target), port.protocol) for port in service.ports]
    for text in service.expose:
        numbers, _, protocol = text.partition("/")
        first, _, last = numbers.partition("-")
        keys += [_key(str(number), protocol) for number in range(int(first), int(last or first) + 1)]
    return {key: {} for key in sorted(set(keys), key=_by_number)}


def published(service: Service) -> Bindings:
    """Return `PortBindings`; an empty `HostPort` lets the engine choose, a range lets it choose within."""
    bindings: Bindings = {}
    for port in service.ports:
        binding = {"HostIp": port.host_ip, "HostPort": port.published}
        bindings.setdefault(_key(str(port.target), port.protocol), []).append(binding)
    return bindings


def _key(number: str, protocol: str) -> str:
    return f"{number}/{(protocol or 'tcp').lower()}"


def _by_number(key: str) -> tuple[int, str]:
    number, _, protocol = key.partition("/")
    return int(number), protocol
