"""Under which address this machine reaches what an engine publishes."""

from __future__ import annotations

from urllib.parse import urlsplit

_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, nothing listens there


def engine_host(url: str) -> str:
    """Return the host of an engine's address (DOCKER_HOST), "" when it is on this machine."""
    parts = urlsplit(url)
    return (parts.hostname or "") if parts.scheme in {"tcp", "http", "https", "ssh"} else ""


def reachable(url: str, bound: str) -> str:
    """Return the host under which a port can be reached that the engine at `url` publishes on the address `bound`."""
    host = engine_host(url)
    if not host or bound not in _ANY:
        return _ANY.get(bound, bound)
    return host


def authority(host: str, port: int) -> str:
    """Return `host:port` as it stands in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
