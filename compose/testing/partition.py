"""A network fault between two services of a stack: they cannot reach each other, everyone else can reach both."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from compose.base import labels
from compose.base.errors import fail
from compose.engine.port import Call, path

if TYPE_CHECKING:
    from compose.testing.stack import Stack

_SHORT_ID: Final = 12
"""Characters of an id that engines add as an alias."""

_Endpoints = dict[str, dict[str, Any]]


class Partition:
    """Two services kept apart until `heal`, or the end of a `with` block.

    On each network that they share the first one moves to another network, which everybody but the second one joins too
    (under the same names). Connections that are open break; the first one gets other addresses, also after healing.
    """

    def __init__(self, stack: Stack, first: str, second: str) -> None:
        self._stack = stack
        self._engine = stack.project.engine
        self._first = first
        self._second = second
        self._moved: list[tuple[str, str, dict[str, _Endpoints]]] = []
        for name in self._shared():
            self._part(name)

    def heal(self) -> None:
        """Let them reach each other again."""
        while self._moved:
            network, other, members = self._moved.pop()
            for identifier, endpoint in members[self._first].items():
                self._disconnect(other, identifier)
                self._connect(network, identifier, endpoint)
            for service in members.keys() - {self._first}:
                for identifier in members[service]:
                    self._disconnect(other, identifier)
            self._engine.call(Call(method="DELETE", path=path("/networks/{}", other)))
        self._stack.changing(_nothing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.heal()

    def _shared(self) -> list[str]:
        services = self._stack.project.model.services
        keys = services[self._first].networks.keys() & services[self._second].networks.keys()
        if not keys:
            raise fail("no-network-between", f"`{self._first}` and `{self._second}` share no network")
        return sorted(self._stack.project.model.networks[key].name for key in keys)

    def _part(self, network: str) -> None:
        """Move the first service to a network of its own, and the others after it."""
        found = self._engine.call(Call(method="GET", path=path("/networks/{}", network)))
        members = self._members(network)
        other = f"{network}-{secrets.token_hex(3)}"
        body = {
            "Name": other,
            "Driver": found.get("Driver"),
            "Internal": found.get("Internal", False),
            "EnableIPv6": found.get("EnableIPv6", False),
            "Options": found.get("Options") or {},
            "Labels": dict(found.get("Labels") or {}) | {labels.NETWORK: other},
            "CheckDuplicate": True,
        }
        self._engine.call(Call(method="POST", path="/networks/create", body=body))
        self._moved.append((network, other, members))
        for identifier, endpoint in members[self._first].items():
            self._disconnect(network, identifier)
            self._connect(other, identifier, endpoint)
        for service in members.keys() - {self._first, self._second}:
            for identifier, endpoint in members[service].items():
                self._connect(other, identifier, endpoint)
        members.pop(self._second, None)
        self._stack.changing(_nothing)

    def _members(self, network: str) -> dict[str, _Endpoints]:
        """Return the containers on a network by service, with what they are called there."""
        found: dict[str, _Endpoints] = {self._first: {}}
        for service in self._stack.services:
            for one in self._stack[service].containers():
                data = self._engine.call(Call(method="GET", path=path("/containers/{}/json", one.id)))
                endpoint = data["NetworkSettings"]["Networks"].get(network)
                if endpoint is not None and one.state == "running":
                    found.setdefault(service, {})[one.id] = {"Aliases": own_names(endpoint, one.id)}
        return found

    def _connect(self, network: str, container: str, endpoint: dict[str, Any]) -> None:
        body = {"Container": container, "EndpointConfig": endpoint}
        self._engine.call(Call(method="POST", path=path("/networks/{}/connect", network), body=body))

    def _disconnect(self, network: str, container: str) -> None:
        body = {"Container": container, "Force": True}
        self._engine.call(Call(method="POST", path=path("/networks/{}/disconnect", network), body=body))


def own_names(endpoint: dict[str, Any], container: str) -> list[str]:
    """Return the names that a container was given on a network, without the short id that engines add."""
    return [name for name in endpoint.get("Aliases") or () if name != container[:_SHORT_ID]]


def _nothing(_project: object) -> None:
    """Only addresses have changed."""
