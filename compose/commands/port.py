"""`port`: where a port of a service can be reached."""

from __future__ import annotations

from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session
from compose.commands.target import container_of
from compose.state.observed import Published


class PortOptions(Value, frozen=True, kw_only=True):
    """Options of port; `private` is the port inside, `index` 0 the first container."""

    service: str
    private: int
    protocol: str = "tcp"
    index: int = 0


def port(session: Session, options: PortOptions) -> Published:
    """Return the host's side of a container's port.

    Raises:
        ComposeError: the service is not running, or the port is not published.
    """
    container = container_of(session, options.service, options.index)
    for one in container.ports:
        if (one.private, one.protocol) == (options.private, options.protocol) and one.public:
            return one
    published = sorted({f"{one.private}/{one.protocol}" for one in container.ports if one.public})
    summary = f"no port {options.private}/{options.protocol} for container {container.name}: {', '.join(published)}"
    raise fail("no-such-port", summary, hint="published are those after the colon" if published else "it publishes no port")
