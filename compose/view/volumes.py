"""Rows of `volumes`, with the fields of `docker volume ls`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from compose.state.observed import VolumeState
from compose.view.go_template import Record
from compose.view.listing import Listing, mapping_text

_UNKNOWN: Final = "N/A"

LISTING: Final = Listing(columns=(("DRIVER", "Driver"), ("VOLUME NAME", "Name")))


def rows(volumes: Iterable[VolumeState]) -> list[Record]:
    """Return a row for each volume, in the order given."""
    return [_row(volume) for volume in volumes]


def _row(volume: VolumeState) -> Record:
    details = volume.inspect or {}
    fields = {
        "Availability": _UNKNOWN,
        "Driver": volume.driver,
        "Group": _UNKNOWN,
        "Labels": mapping_text(volume.labels),
        "Links": _UNKNOWN,
        "Mountpoint": details.get("Mountpoint", ""),
        "Name": volume.name,
        "Scope": details.get("Scope", ""),
        "Size": _UNKNOWN,
        "Status": _UNKNOWN,
    }
    return Record(fields, {"Label": lambda name: volume.labels.get(name, "")})
