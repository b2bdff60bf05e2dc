"""The short syntax of `ports`: ``[[ip:][host-port[-end]]:]container-port[-end][/protocol]``."""

from __future__ import annotations

from typing import Any

from compose.base.pattern import lazy_pattern

_DIGITS = lazy_pattern(r"[0-9]{1,10}")
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})

_HIGHEST = 65535
_IP_AND_BOTH = 2


def parse(text: str) -> list[dict[str, Any]]:
    """Return the long form of `text`, one mapping for each container port, ordered by the port's text.

    Raises:
        ValueError: the text is no port mapping; the message is the peer's.
    """
    *before, container = text.split(":")
    address = ":".join(before[:-1])
    published = before[-1] if before else ""
    container, _, rest = container.partition("/")
    if not container:
        raise ValueError(f"No port specified: {text}<empty>")
    protocol = rest.partition("/")[0].lower() or "tcp"
    host_ip = _address(address) if len(before) >= _IP_AND_BOTH and address else ""
    first, last = _range(container, "containerPort")
    first_host, last_host = _range(published, "hostPort") if published else (0, 0)
    if published and last - first != last_host - first_host and last != first:
        raise ValueError(f"Invalid ranges specified for container and host Ports: {container} and {published}")
    if protocol not in _PROTOCOLS:
        raise ValueError(f"Invalid proto: {rest.partition('/')[0]}")
    if not published:
        hosts = [""] * (last - first + 1)
    elif first == last and first_host != last_host:
        hosts = [f"{first_host}-{last_host}"]
    else:
        hosts = [str(port) for port in range(first_host, last_host + 1)]
    ports = [_long(host_ip, host, port, protocol) for port, host in enumerate(hosts, first)]
    ports.sort(key=lambda port: str(port["target"]))
    return ports


def _long(host_ip: str, published: str, target: int, protocol: str) -> dict[str, Any]:
    port: dict[str, Any] = {"mode": "ingress"}
    if host_ip:
        port["host_ip"] = host_ip
    port["target"] = target
    if published:
        port["published"] = published
    port["protocol"] = protocol
    return port


def _range(text: str, what: str) -> tuple[int, int]:
    ends = text.split("-")[:2]
    if all(_DIGITS.fullmatch(end) for end in ends):
        first, last = int(ends[0]), int(ends[-1])
        if first <= last <= _HIGHEST:
            return first, last
    raise ValueError(f"Invalid {what}: {text}")


def _address(text: str) -> str:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if (":" in text and bare == text) or not is_address(bare):
        raise ValueError(f"Invalid ip address: {text}")
    return bare


def is_address(text: str) -> bool:
    """Tell whether `text` is an IPv4 or IPv6 address, without brackets, zone or mask."""
    from ipaddress import ip_address  # noqa: PLC0415 - few files have addresses

    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text
