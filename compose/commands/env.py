"""`env`: the host addresses of a project's published ports as variables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compose.commands.addresses import PortAddress

_FORBIDDEN = re.compile(r"[^A-Z0-9_]")


def variables(addresses: Iterable[PortAddress]) -> dict[str, str]:
    """Return variables for addresses, which come in their order: for each service that of its main port, then all.

    `WEB_HOST`, `WEB_PORT` and `WEB_URL` are for what `url web` prints, `WEB_PORT_8000` and `WEB_URL_8000` for each port
    inside (`WEB_PORT_53_UDP` for other protocols than tcp). Of several containers of a service the first one counts.
    """
    found: dict[str, str] = {}
    for one in addresses:
        prefix = _name(one.service)
        protocol = "" if one.protocol == "tcp" else f"_{one.protocol.upper()}"
        suffix = f"_{one.private}{protocol}"
        values = {
            f"{prefix}_HOST": one.host,
            f"{prefix}_PORT": str(one.port),
            f"{prefix}_URL": one.url,
            f"{prefix}_PORT{suffix}": str(one.port),
            f"{prefix}_URL{suffix}": one.url,
        }
        found = values | found
    return dict(sorted(found.items()))


def _name(service: str) -> str:
    name = _FORBIDDEN.sub("_", service.upper())
    return f"_{name}" if name[:1].isdigit() else name
