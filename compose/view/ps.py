"""Rows of `ps`, with the fields of Docker Compose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from compose.state.observed import ContainerState
from compose.view import human, ports
from compose.view.go_template import Record
from compose.view.listing import Listing, mapping_text
from compose.view.template_functions import Fields

SHORT_ID: Final = 12
_COMMAND_LENGTH: Final = 20
_MOUNT_LENGTH: Final = 15

LISTING: Final = Listing(
    columns=(
        ("NAME", "Name"),
        ("IMAGE", "Image"),
        ("COMMAND", "Command"),
        ("SERVICE", "Service"),
        ("CREATED", "RunningFor"),
        ("STATUS", "Status"),
        ("PORTS", "Ports"),
    ),
    headings={
        "ID": "CONTAINER ID",
        "CreatedAt": "CREATED AT",
        "ExitCode": "EXIT CODE",
        "LocalVolumes": "LOCAL VOLUMES",
        "Project": "PROJECT",
    },
)


def rows(containers: Iterable[ContainerState], *, now: float, truncate: bool = True) -> list[Record]:
    """Return a row for each container; `now` in seconds since the epoch, without `truncate` nothing is shortened."""
    return [_row(container, now=now, truncate=truncate) for container in containers]


def _row(container: ContainerState, *, now: float, truncate: bool) -> Record:
    fields = {
        "Command": quoted(shorten(container.command, _COMMAND_LENGTH) if truncate else container.command),
        "CreatedAt": moment(container.created),
        "ExitCode": container.exit_code or 0,
        "Health": container.health,
        "ID": container.id[:SHORT_ID] if truncate else container.id,
        "Image": container.image,
        "Labels": mapping_text(container.labels),
        "LocalVolumes": str(sum(mount.get("Driver") == "local" for mount in container.mounts)),
        "Mounts": ",".join(_mount(mount, truncate=truncate) for mount in container.mounts),
        "Name": container.name,
        "Names": container.name,
        "Networks": ",".join(sorted(container.networks)),
        "Ports": ports.describe(container.ports),
        "Project": container.labels.get("com.docker.compose.project", ""),
        "Publishers": [
            Fields(URL=port.address, TargetPort=port.private, PublishedPort=port.public, Protocol=port.protocol)
            for port in ports.in_order(container.ports)
        ],
        "RunningFor": human.ago(now - container.created),
        "Service": container.service,
        "Size": "0B",
        "State": container.state,
        "Status": container.status,
    }
    return Record(fields, {"Label": lambda name: container.labels.get(name, "")})


def shorten(text: str, length: int) -> str:
    """Return `text`, at most `length` characters, the last an ellipsis where it was cut."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def quoted(text: str) -> str:
    """Return `text` in double quotes, its own escaped."""
    return msgspec.json.encode(text).decode()


def moment(seconds: float) -> str:
    """Return a time as `2026-01-31 18:12:19 +0000 UTC`, in the local zone."""
    return datetime.fromtimestamp(seconds, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z %Z")


def _mount(mount: dict[str, Any], *, truncate: bool) -> str:
    name = mount.get("Name") or mount.get("Source") or ""
    return shorten(name, _MOUNT_LENGTH) if truncate else name
