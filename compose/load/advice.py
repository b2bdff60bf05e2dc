"""Warnings about a project that is valid: what has no effect here, and what an engine is going to refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compose.base.place import Path, dotted
from compose.load.problem import Problem
from compose.load.short_port import is_address
from compose.model.project import Project
from compose.model.service import Service

_IGNORED: tuple[tuple[str, ...], ...] = (
    ("credential_spec",),
    ("deploy", "mode"),
    ("deploy", "endpoint_mode"),
    ("deploy", "labels"),
    ("deploy", "rollback_config"),
    ("deploy", "placement"),
    ("deploy", "restart_policy", "delay"),
    ("deploy", "restart_policy", "window"),
)
"""Attributes that are understood and change nothing: there is no swarm."""
_EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what no address means
_OF_SWARMS = "it matters only where services are deployed to a swarm"


def advise(project: Project) -> tuple[Problem, ...]:
    """Return the warnings about a project."""
    return (*_ports(project), *_ignored(project), *_addresses(project), *_file_owners(project))


def _warning(code: str, summary: str, places: list[Path], *, hint: str = "", note: str = "here too") -> Problem:
    notes = tuple((note, place) for place in places[1:])
    return Problem(path=places[0], code=code, summary=summary, hint=hint, severity="warning", notes=notes)


def _ports(project: Project) -> Iterator[Problem]:
    """Two services that publish the same port of the host: only one of them can start."""
    taken: dict[tuple[str, str], list[tuple[str, Path]]] = {}
    for service in project.services.values():
        for index, port in enumerate(service.ports):
            if port.published.isdigit() and port.published != "0":
                key = (port.published, port.protocol or "tcp")
                place: Path = ("services", service.name, "ports", index)
                address = port.host_ip or _EVERY_ADDRESS
                for other, first in taken.get(key, ()):
                    if address == other or _EVERY_ADDRESS in {address, other} or "::" in {address, other}:
                        yield _port_twice(key, first, place)
                        break
                taken.setdefault(key, []).append((address, place))


def _port_twice(key: tuple[str, str], first: Path, second: Path) -> Problem:
    summary = f"port {key[0]}/{key[1]} of the host is published by `{first[1]}` and by `{second[1]}`"
    hint = "only one of them can have it: give the other another port, or an address of its own"
    return _warning("port-published-twice", summary, [second, first], hint=hint, note="first published here")


def _ignored(project: Project) -> Iterator[Problem]:
    for keys in _IGNORED:
        places = [("services", service.name, *keys) for service in project.services.values() if _is_set(service, keys)]
        if places:
            summary = f"`{'.'.join(keys)}` has no effect"
            yield _warning("ignored-attribute", summary, list(places), hint=_OF_SWARMS if keys[0] == "deploy" else "")
    services = project.services.values()
    former: list[Path] = [("services", one.name, "x-develop") for one in services if "x-develop" in one.extensions]
    if former:
        yield _warning("ignored-attribute", "`x-develop` has no effect", former, hint="it is called `develop` now")


def _is_set(service: Service, keys: Iterable[str]) -> bool:
    value: Any = service
    for key in keys:
        value = getattr(value, key)
        if not value:
            return False
    return bool(value != type(value)())


def _addresses(project: Project) -> Iterator[Problem]:
    for service in project.services.values():
        path: Path = ("services", service.name)
        for name, joined in service.networks.items():
            for attribute, kind in (("ipv4_address", "IPv4"), ("ipv6_address", "IPv6")):
                text = getattr(joined, attribute, "")
                if text and not is_address(text):
                    yield _address(f"invalid {kind} address: {text}", (*path, "networks", name, attribute))
        for index, server in enumerate(service.dns):
            if not is_address(server):
                yield _address(f"invalid DNS address: {server}", (*path, "dns", index))
    for key, network in project.networks.items():
        for index, pool in enumerate(network.ipam.config):
            if pool.gateway and not is_address(pool.gateway):
                place = ("networks", key, "ipam", "config", index, "gateway")
                yield _address(f"invalid gateway address: {pool.gateway}", place)


def _address(message: str, path: Path) -> Problem:
    return _warning("invalid-address", f"{dotted(path)}: {message}", [path], hint="the engine will refuse it")


def _file_owners(project: Project) -> Iterator[Problem]:
    """Owner and mode of secrets and configs that are mounted from a file: they stay the file's own."""
    places: list[Path] = []
    for service in project.services.values():
        for section, objects in (("secrets", project.secrets), ("configs", project.configs)):
            for index, reference in enumerate(getattr(service, section)):
                source = objects.get(reference.source)
                is_file = source is not None and source.file
                if is_file and (reference.uid or reference.gid or reference.mode is not None):
                    places.append(("services", service.name, section, index))
    if places:
        summary = "`uid`, `gid` and `mode` of a secret or config that is a file have no effect"
        yield _warning("ignored-attribute", summary, places, hint="change the file itself, or use `content` or `environment`")
