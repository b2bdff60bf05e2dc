"""Rows of `stats`: what a container uses, computed from one sample of the engine (GET containers/{id}/stats)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from compose.view import human
from compose.view.go_template import Record
from compose.view.listing import Listing

Sample = Mapping[str, Any]

_BINARY: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_STEP: Final = 1024.0
_SHORT_ID: Final = 12
_DIGITS: Final = 3

LISTING: Final = Listing(
    columns=(
        ("CONTAINER ID", "ID"),
        ("NAME", "Name"),
        ("CPU %", "CPUPerc"),
        ("MEM USAGE / LIMIT", "MemUsage"),
        ("MEM %", "MemPerc"),
        ("NET I/O", "NetIO"),
        ("BLOCK I/O", "BlockIO"),
        ("PIDS", "PIDs"),
    ),
)


def row(identity: str, name: str, sample: Sample, *, truncate: bool = True) -> Record:
    """Return the row of a container, as `docker stats` computes it."""
    used, limit = memory(sample)
    received, sent = network(sample)
    read, written = blocks(sample)
    return Record(
        {
            "BlockIO": f"{human.size(read, _DIGITS)} / {human.size(written, _DIGITS)}",
            "CPUPerc": f"{cpu_percent(sample):.2f}%",
            "Container": identity,
            "ID": identity[:_SHORT_ID] if truncate else identity,
            "MemPerc": f"{100 * used / limit if limit else 0:.2f}%",
            "MemUsage": f"{binary_size(used)} / {binary_size(limit)}",
            "Name": name,
            "NetIO": f"{human.size(received, _DIGITS)} / {human.size(sent, _DIGITS)}",
            "PIDs": str(_number(sample, "pids_stats", "current")),
        }
    )


def cpu_percent(sample: Sample) -> float:
    """Return how much of one processor was used since the sample before (200 = two processors)."""
    used = _number(sample, "cpu_stats", "cpu_usage", "total_usage") - _number(sample, "precpu_stats", "cpu_usage", "total_usage")
    system = _number(sample, "cpu_stats", "system_cpu_usage") - _number(sample, "precpu_stats", "system_cpu_usage")
    if used <= 0 or system <= 0:
        return 0.0
    processors = _number(sample, "cpu_stats", "online_cpus") or len(
        _inner(sample, "cpu_stats", "cpu_usage").get("percpu_usage") or ()
    )
    return used / system * (processors or 1) * 100


def memory(sample: Sample) -> tuple[int, int]:
    """Return bytes used, without the file cache that can be given back, and the limit."""
    used = _number(sample, "memory_stats", "usage")
    details = _inner(sample, "memory_stats", "stats")
    cache = details.get("total_inactive_file", details.get("inactive_file", 0))
    return (used - cache if 0 < cache < used else used), _number(sample, "memory_stats", "limit")


def network(sample: Sample) -> tuple[int, int]:
    """Return bytes received and sent on all networks."""
    interfaces = (sample.get("networks") or {}).values()
    return sum(one.get("rx_bytes", 0) for one in interfaces), sum(one.get("tx_bytes", 0) for one in interfaces)


def blocks(sample: Sample) -> tuple[int, int]:
    """Return bytes read from and written to block devices."""
    entries = _inner(sample, "blkio_stats").get("io_service_bytes_recursive") or ()
    sums = {"r": 0, "w": 0}
    for entry in entries:
        letter = str(entry.get("op", ""))[:1].lower()
        if letter in sums:
            sums[letter] += entry.get("value", 0)
    return sums["r"], sums["w"]


def binary_size(number: float) -> str:
    """Return bytes in binary units: `1.684MiB`."""
    unit = 0
    while number >= _STEP and unit < len(_BINARY) - 1:
        number /= _STEP
        unit += 1
    return f"{number:.4g}{_BINARY[unit]}"


def _inner(sample: Sample, *keys: str) -> Mapping[str, Any]:
    value: Any = sample
    for key in keys:
        value = value.get(key) or {}
    inner: Mapping[str, Any] = value
    return inner


def _number(sample: Sample, *keys: str) -> int:
    *outer, last = keys
    value: int = _inner(sample, *outer).get(last) or 0
    return value
