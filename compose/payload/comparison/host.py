"""Limits, privileges, namespaces and the rest of `HostConfig` that is compared field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from compose.payload.comparison.finding import Case, Finding, by_key

_JSON_FILE = "json-file"
_SHM_SIZE = 64 * 1024 * 1024
_DEVICE_PERMISSIONS = "rwm"
_BILLION = 1_000_000_000

Normal = Callable[[Any], Any]


class Rule(NamedTuple):
    """How one field is compared; `attribute` is where the file says it (dotted).

    - `normal` brings both sides to one form in which None means unset.
    - `unset` gives what the engine shows where nothing was asked for, besides None.
    - `engine_default` = a daemon may be configured to give containers a value of its own: any, or one of these.
    - `droppable` = some kernels cannot do it, and the engine then shows it unset.
    """

    attribute: str
    field: str
    normal: Normal = lambda value: value or None
    unset: Callable[[Case], tuple[Any, ...]] = lambda case: ()  # noqa: ARG005 - the form of the callback
    engine_default: bool | tuple[Any, ...] = False
    droppable: bool = False


def findings(case: Case) -> Iterator[Finding]:
    """Yield what differs in the plain fields of `HostConfig`."""
    for rule in RULES:
        finding = _compared(case, rule)
        if finding is not None:
            yield finding
    for attribute, (field, since) in _MAPPINGS.items():
        if case.facts.api_version >= since:
            wanted, actual = case.wanted("HostConfig", field) or {}, case.actual("HostConfig", field) or {}
            yield from by_key((attribute,), wanted, actual)
    for part in (_logging, _ulimits, _system_paths, _shared, _device_requests):
        yield from part(case)


def _compared(case: Case, rule: Rule) -> Finding | None:
    wanted = rule.normal(case.wanted("HostConfig", rule.field))
    actual = rule.normal(case.actual("HostConfig", rule.field))
    if wanted == actual or (wanted is None and actual in rule.unset(case)):
        return None
    by_daemon = rule.engine_default is True or (isinstance(rule.engine_default, tuple) and actual in rule.engine_default)
    doubtful = (wanted is None and by_daemon) or (actual is None and rule.droppable)
    return Finding(path=tuple(rule.attribute.split(".")), old=actual, new=wanted, doubtful=doubtful)


def _capabilities(names: list[str] | None) -> list[str] | None:
    return sorted({name.upper().removeprefix("CAP_") for name in names or ()}) or None


def _as_set(values: list[str] | None) -> list[str] | None:
    return sorted(set(values or ())) or None


def _positive(value: int | None) -> int | None:
    return value if value is not None and value > 0 else None


def _swappiness(value: int | None) -> int | None:
    return value if value not in {None, -1, 0} else None


def _cpus(value: int | None) -> float | None:
    return value / _BILLION if value else None


def _restart(policy: dict[str, Any] | None) -> str | None:
    name = (policy or {}).get("Name") or "no"
    count = (policy or {}).get("MaximumRetryCount") or 0
    if name == "no":
        return None
    return f"{name}:{count}" if name == "on-failure" and count else str(name)


def _devices(devices: list[dict[str, Any]] | None) -> list[str] | None:
    found = []
    for device in devices or ():
        permissions = device.get("CgroupPermissions") or _DEVICE_PERMISSIONS
        found.append(f"{device.get('PathOnHost')}:{device.get('PathInContainer')}:{permissions}")
    return sorted(found) or None


def _objects(items: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    return sorted(items or (), key=lambda item: str(sorted(item.items()))) or None


def _security(options: list[str] | None) -> list[str] | None:
    """Return security options in one spelling; `label=disable` comes from the engine with shared namespaces."""
    found = {option.replace(":", "=", 1) if "=" not in option else option for option in options or ()}
    found = {"no-new-privileges" if option == "no-new-privileges=true" else option for option in found}
    return sorted(found - {"no-new-privileges=false"}) or None


def _swap_default(case: Case) -> tuple[Any, ...]:
    """Return the engine's choice: as much swap as memory; a memory limit that changed is told by itself."""
    return tuple((where("HostConfig", "Memory") or 0) * 2 for where in (case.wanted, case.actual))


def _cgroup_namespace(case: Case) -> tuple[Any, ...]:
    version = case.facts.cgroup_version
    default = {"1": ("host",), "2": ("private",)}.get(version, ("host", "private"))
    return ("host", *default) if case.wanted("HostConfig", "Privileged") else default


def _is_shared(mode: Any) -> bool:  # noqa: ANN401 - a text or null
    return isinstance(mode, str) and mode.startswith("container:")


def _own(mode: Any) -> Any:  # noqa: ANN401 - a text or null
    """Return a namespace mode unless it is another container's, which `_shared` looks at."""
    return None if _is_shared(mode) else mode or None


def _disabled_label(case: Case) -> tuple[Any, ...]:
    host = [case.wanted("HostConfig", field) == "host" for field in ("IpcMode", "PidMode")]
    return (["label=disable"],) if any(host) or case.wanted("HostConfig", "Privileged") else ()


RULES: tuple[Rule, ...] = (
    Rule("restart", "RestartPolicy", _restart),
    Rule("cap_add", "CapAdd", _capabilities),
    Rule("cap_drop", "CapDrop", _capabilities),
    Rule("cgroup", "CgroupnsMode", unset=_cgroup_namespace, engine_default=True),
    Rule("dns", "Dns"),
    Rule("dns_opt", "DnsOptions"),
    Rule("dns_search", "DnsSearch"),
    Rule("extra_hosts", "ExtraHosts", _as_set),
    Rule("group_add", "GroupAdd", _as_set),
    Rule("ipc", "IpcMode", _own, unset=lambda _: ("private",), engine_default=True),
    Rule("pid", "PidMode", _own),
    Rule("uts", "UTSMode"),
    Rule("userns_mode", "UsernsMode"),
    Rule("oom_score_adj", "OomScoreAdj"),
    Rule("privileged", "Privileged"),
    Rule("read_only", "ReadonlyRootfs"),
    Rule("security_opt", "SecurityOpt", _security, unset=_disabled_label),
    Rule("shm_size", "ShmSize", unset=lambda _: (_SHM_SIZE,), engine_default=True),
    Rule("runtime", "Runtime", unset=lambda case: (case.facts.default_runtime or "runc",), engine_default=True),
    Rule("isolation", "Isolation", unset=lambda _: ("default",), engine_default=True),
    Rule("init", "Init", engine_default=True),
    Rule("cpu_shares", "CpuShares"),
    Rule("mem_limit", "Memory"),
    Rule("mem_reservation", "MemoryReservation", droppable=True),
    Rule("memswap_limit", "MemorySwap", unset=_swap_default, engine_default=(-1,), droppable=True),
    Rule("mem_swappiness", "MemorySwappiness", _swappiness, droppable=True),
    Rule("oom_kill_disable", "OomKillDisable", droppable=True),
    Rule("cpus", "NanoCpus", _cpus),
    Rule("cpu_period", "CpuPeriod"),
    Rule("cpu_quota", "CpuQuota"),
    Rule("cpu_rt_period", "CpuRealtimePeriod", droppable=True),
    Rule("cpu_rt_runtime", "CpuRealtimeRuntime", droppable=True),
    Rule("cpuset", "CpusetCpus"),
    Rule("cpu_count", "CpuCount", droppable=True),
    Rule("cpu_percent", "CpuPercent", droppable=True),
    Rule("pids_limit", "PidsLimit", _positive, droppable=True),
    Rule("cgroup_parent", "CgroupParent"),
    Rule("blkio_config.weight", "BlkioWeight", droppable=True),
    Rule("blkio_config.weight_device", "BlkioWeightDevice", _objects, droppable=True),
    Rule("blkio_config.device_read_bps", "BlkioDeviceReadBps", _objects, droppable=True),
    Rule("blkio_config.device_read_iops", "BlkioDeviceReadIOps", _objects, droppable=True),
    Rule("blkio_config.device_write_bps", "BlkioDeviceWriteBps", _objects, droppable=True),
    Rule("blkio_config.device_write_iops", "BlkioDeviceWriteIOps", _objects, droppable=True),
    Rule("devices", "Devices", _devices),
    Rule("device_cgroup_rules", "DeviceCgroupRules"),
)
_MAPPINGS = {
    "annotations": ("Annotations", (1, 43)),
    "sysctls": ("Sysctls", (1, 25)),
    "storage_opt": ("StorageOpt", (1, 25)),
}
"""Fields compared key by key, with the API from which the engine honours them."""
_CDI = (1, 44)


def _logging(case: Case) -> Iterator[Finding]:
    wanted, actual = case.wanted("HostConfig", "LogConfig") or {}, case.actual("HostConfig", "LogConfig") or {}
    default = case.facts.logging_driver or _JSON_FILE
    driver, shown = wanted.get("Type") or default, actual.get("Type") or default
    if driver != shown:
        yield Finding(path=("logging", "driver"), old=shown, new=wanted.get("Type"), doubtful=not wanted.get("Type"))
        return
    yield from by_key(("logging", "options"), wanted.get("Config") or {}, actual.get("Config") or {}, doubtful_extras=True)


def _ulimits(case: Case) -> Iterator[Finding]:
    wanted, actual = (_limits(where("HostConfig", "Ulimits")) for where in (case.wanted, case.actual))
    yield from by_key(("ulimits",), wanted, actual, doubtful_extras=True)


def _limits(entries: list[dict[str, Any]] | None) -> dict[str, dict[str, int]]:
    return {entry["Name"]: {"soft": entry.get("Soft", 0), "hard": entry.get("Hard", 0)} for entry in entries or ()}


def _system_paths(case: Case) -> Iterator[Finding]:
    if case.wanted("HostConfig", "Privileged") or case.actual("HostConfig", "Privileged"):
        return
    wanted, actual = case.wanted("HostConfig", "MaskedPaths") == [], case.actual("HostConfig", "MaskedPaths") == []
    if wanted != actual:
        yield Finding(path=("security_opt",), old=_words(unconfined=actual), new=_words(unconfined=wanted))


def _words(*, unconfined: bool) -> list[str] | None:
    return ["systempaths=unconfined"] if unconfined else None


def _shared(case: Case) -> Iterator[Finding]:
    """Compare the namespaces that belong to other containers."""
    for attribute, field in (("ipc", "IpcMode"), ("pid", "PidMode")):
        wanted, actual = case.wanted("HostConfig", field), case.actual("HostConfig", field)
        if (_is_shared(wanted) or _is_shared(actual)) and wanted != actual:
            yield Finding(path=(attribute,), old=actual, new=wanted)


def _device_requests(case: Case) -> Iterator[Finding]:
    wanted, actual = (_requests(case, where("HostConfig", "DeviceRequests")) for where in (case.wanted, case.actual))
    if wanted != actual:
        yield Finding(path=("gpus",), old=actual, new=wanted)


def _requests(case: Case, requests: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Return device requests without empty fields; those by CDI only where the engine honours them."""
    has_cdi = case.facts.api_version >= _CDI
    found = [{key: value for key, value in request.items() if value} for request in requests or ()]
    return [request for request in found if has_cdi or request.get("Driver") != "cdi"] or None
