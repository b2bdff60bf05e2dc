"""Where the published ports of a project can be reached from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from compose.base.errors import ComposeError, fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.commands.target import container_of
from compose.state.observed import ContainerState, Published

if TYPE_CHECKING:
    from compose.model.project import Project

LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what engines say, nothing is bound
_WEB: Final = ("http", "https")
_SCHEMES: Final = {
    22: "ssh",
    25: "smtp",
    53: "dns",
    389: "ldap",
    443: "https",
    636: "ldaps",
    1433: "sqlserver",
    1883: "mqtt",
    2181: "zookeeper",
    3306: "mysql",
    4222: "nats",
    5432: "postgresql",
    5671: "amqps",
    5672: "amqp",
    6379: "redis",
    8443: "https",
    9042: "cassandra",
    9092: "kafka",
    11211: "memcached",
    27017: "mongodb",
}
"""What usually listens on a port; on others HTTP is guessed."""


class PortAddress(Value, frozen=True, kw_only=True):
    """Where one port of a container is reached: `host` is right for where this process runs, without brackets.

    `private` is the port inside, `number` the replica's; `scheme` is as the file says (`app_protocol`), else guessed.
    """

    service: str
    number: int
    private: int
    protocol: str
    host: str
    port: int
    scheme: str

    @property
    def url(self) -> str:
        """The address as a URL, without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def engine_host(endpoint: str) -> str:
    """Return the host at which an engine's published ports answer, for its URL as DOCKER_HOST has it.

    That is the machine the engine is on: this one for sockets and pipes, else the host of the URL.
    """
    parts = urlsplit(endpoint)
    return LOOPBACK if parts.scheme in {"unix", "npipe", ""} else parts.hostname or LOOPBACK


def reachable_host(endpoint: str, address: str) -> str:
    """Return the host for a port that is published on `address` of the engine's machine; "" when it is not reached from here.

    A loopback address of another machine is not.
    """
    host = engine_host(endpoint)
    if address in _EVERYWHERE:
        return host
    if is_loopback(address) and not is_loopback(host):
        return ""
    return address


def is_loopback(host: str) -> bool:
    """Whether a host names the machine itself."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def addresses_of(container: ContainerState, endpoint: str, project: Project | None = None) -> tuple[PortAddress, ...]:
    """Return the addresses of a container's published ports that can be reached, one for each port inside, those for
    browsers first, then by number.

    `project` tells which protocols the file names. Of several addresses for a port the first of IPv4 is taken.
    """
    best: dict[tuple[int, str], Published] = {}
    for one in sorted(container.ports, key=lambda port: (":" in port.address, port.address, port.public)):
        if one.public and reachable_host(endpoint, one.address):
            best.setdefault((one.private, one.protocol), one)
    found = [_address(container, one, endpoint, project) for one in best.values()]
    return tuple(sorted(found, key=lambda one: (one.scheme not in _WEB, one.private, one.protocol)))


def addresses(session: Session, services: Sequence[str] = ()) -> tuple[PortAddress, ...]:
    """Return the addresses of everything that runs, or of some services: by service, number and port.

    Raises:
        ComposeError: neither files nor a name say which project is meant, or a service is unknown.
    """
    from compose.engine.observe import list_containers  # noqa: PLC0415 - needs the engine

    scope = session.scope(tuple(services))
    running = [one for one in list_containers(session.engine, scope.name) if one.state == "running" and not one.oneoff]
    url = session.endpoint.url
    chosen = [one for one in running if not services or one.service in services]
    return tuple(address for one in chosen for address in addresses_of(one, url, scope.project))


def address(session: Session, service: str, port: int = 0, protocol: str = "tcp", index: int = 0) -> PortAddress:
    """Return where a port of a service is reached; 0 = its main one: of those for browsers, else of all, the lowest.

    Raises:
        ComposeError: the service is not running, the port is not published, or not where it could be reached from here.
    """
    scope = session.scope()
    container = container_of(session, service, index, project_name=scope.name)
    found = addresses_of(container, session.endpoint.url, scope.project)
    for one in found:
        if not port or (one.private, one.protocol) == (port, protocol):
            return one
    raise _none(session, container, port, protocol)


def _address(container: ContainerState, one: Published, endpoint: str, project: Project | None) -> PortAddress:
    return PortAddress(
        service=container.service,
        number=container.number,
        private=one.private,
        protocol=one.protocol,
        host=reachable_host(endpoint, one.address),
        port=one.public,
        scheme=_scheme(container.service, one, project),
    )


def _scheme(service_name: str, one: Published, project: Project | None) -> str:
    service = project.services.get(service_name) if project is not None else None
    for port in service.ports if service is not None else ():
        if port.app_protocol and (port.target, port.protocol or "tcp") == (one.private, one.protocol):
            return port.app_protocol
    return _SCHEMES.get(one.private, "http") if one.protocol == "tcp" else one.protocol


def _none(session: Session, container: ContainerState, port: int, protocol: str) -> ComposeError:
    asked = [one for one in container.ports if one.public and (not port or (one.private, one.protocol) == (port, protocol))]
    name = f"port {port}/{protocol}" if port else "a port"
    if asked:
        machine = engine_host(session.endpoint.url)
        summary = f"{name} of container {container.name} is published on {asked[0].address} of {machine}, not reachable from here"
        forwarded = f"{asked[0].public}:{asked[0].address}:{asked[0].public}"
        return fail("port-out-of-reach", summary, hint=f"`ssh -L {forwarded} {machine}` brings it here")
    published = _listed(container.ports)
    hint = f"it publishes {published}" if published else "it publishes none: add `ports` to the service"
    return fail("no-such-port", f"container {container.name} does not publish {name}", hint=hint)


def _listed(ports: Iterable[Published]) -> str:
    return ", ".join(sorted({f"{one.private}/{one.protocol}" for one in ports if one.public}))
