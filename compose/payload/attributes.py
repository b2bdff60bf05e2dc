"""The table of attributes that become one field of a container body each.

A new attribute of that kind is one row here. Source: attributes, `services.*`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from compose.base.units import Duration
from compose.model.service import Service, ThrottleDevice, WeightDevice
from compose.payload import resources
from compose.payload.mounts import tmpfs
from compose.payload.ports import exposed, published
from compose.payload.versions import Version, has
from compose.state.observed import EngineFacts

Section = Literal["Config", "HostConfig"]
FIRST_API = (1, 25)


class Row(NamedTuple):
    """`attribute` (a dotted path below the service) becomes `field` (likewise) of `section` from API `since` on.

    `convert` turns the attribute's value into the wire's; `of` gives the value from the whole service where more
    than one attribute decides. A value of None, "", 0, False or an empty collection is left out, unless `keeps_empty`.
    """

    attribute: str
    section: Section
    field: str
    convert: Callable[[Any], Any] | None = None
    of: Callable[[Service], Any] | None = None
    since: Version = FIRST_API
    keeps_empty: bool = False

    def value(self, service: Service) -> Any:  # noqa: ANN401 - any JSON
        """Return the field's value, None when it is to be left out."""
        found = self.of(service) if self.of is not None else _attribute(service, self.attribute)
        if found is None or (not found and not self.keeps_empty):
            return None
        return self.convert(found) if self.convert is not None else found


def _attribute(service: Service, path: str) -> Any:  # noqa: ANN401 - any attribute
    value: Any = service
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def _seconds(duration: Duration) -> int:
    return int(duration) // 1_000_000_000 if duration >= 0 else -(-int(duration) // 1_000_000_000)


def _capabilities(names: tuple[str, ...]) -> list[str]:
    found = sorted({_capability(name.strip().upper()) for name in names})
    return ["ALL"] if "ALL" in found else found


def _capability(name: str) -> str:
    return name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}"


def environment(variables: dict[str, str | None]) -> list[str]:
    """Return `Env` in the order of the names; a variable without value goes bare, and unsets the image's."""
    return [name if value is None else f"{name}={value}" for name, value in sorted(variables.items())]


def hosts(entries: tuple[str, ...]) -> list[str]:
    """Return `ExtraHosts` (`host:ip`) from `host=ip` entries."""
    return [entry.replace("=", ":", 1) for entry in entries]


def _test(service: Service) -> list[str]:
    check = service.healthcheck
    if check is None:
        return []
    return ["NONE"] if check.disable else list(check.test)


def _weights(devices: tuple[WeightDevice, ...]) -> list[dict[str, Any]]:
    return [{"Path": device.path, "Weight": device.weight} for device in devices]


def _rates(devices: tuple[ThrottleDevice, ...]) -> list[dict[str, Any]]:
    return [{"Path": device.path, "Rate": int(device.rate or 0)} for device in devices]


ROWS: tuple[Row, ...] = (
    Row("hostname", "Config", "Hostname"),
    Row("domainname", "Config", "Domainname"),
    Row("user", "Config", "User"),
    Row("ports", "Config", "ExposedPorts", of=exposed),
    Row("tty", "Config", "Tty"),
    Row("stdin_open", "Config", "OpenStdin"),
    Row("environment", "Config", "Env", environment),
    Row("command", "Config", "Cmd", list, keeps_empty=True),
    Row("entrypoint", "Config", "Entrypoint", list, keeps_empty=True),
    Row("healthcheck.test", "Config", "Healthcheck.Test", of=_test),
    Row("healthcheck.interval", "Config", "Healthcheck.Interval", int),
    Row("healthcheck.timeout", "Config", "Healthcheck.Timeout", int),
    Row("healthcheck.retries", "Config", "Healthcheck.Retries"),
    Row("healthcheck.start_period", "Config", "Healthcheck.StartPeriod", int, since=(1, 29)),
    Row("healthcheck.start_interval", "Config", "Healthcheck.StartInterval", int, since=(1, 44)),
    Row("working_dir", "Config", "WorkingDir"),
    Row("network_mode", "Config", "NetworkDisabled", of=lambda service: service.network_mode == "disabled"),
    Row("stop_signal", "Config", "StopSignal"),
    Row("stop_grace_period", "Config", "StopTimeout", _seconds, keeps_empty=True),
    Row("annotations", "HostConfig", "Annotations", since=(1, 43)),
    Row("tmpfs", "HostConfig", "Tmpfs", of=tmpfs),
    Row("logging.driver", "HostConfig", "LogConfig.Type"),
    Row("logging.options", "HostConfig", "LogConfig.Config"),
    Row("ports", "HostConfig", "PortBindings", of=published, keeps_empty=True),
    Row("restart", "HostConfig", "RestartPolicy", of=resources.restart_policy),
    Row("cap_add", "HostConfig", "CapAdd", _capabilities),
    Row("cap_drop", "HostConfig", "CapDrop", _capabilities),
    Row("cgroup", "HostConfig", "CgroupnsMode", since=(1, 41)),
    Row("dns", "HostConfig", "Dns", list),
    Row("dns_opt", "HostConfig", "DnsOptions", list),
    Row("dns_search", "HostConfig", "DnsSearch", list),
    Row("extra_hosts", "HostConfig", "ExtraHosts", hosts, keeps_empty=True),
    Row("group_add", "HostConfig", "GroupAdd", list),
    Row("oom_score_adj", "HostConfig", "OomScoreAdj"),
    Row("privileged", "HostConfig", "Privileged"),
    Row("read_only", "HostConfig", "ReadonlyRootfs"),
    Row("storage_opt", "HostConfig", "StorageOpt"),
    Row("uts", "HostConfig", "UTSMode"),
    Row("userns_mode", "HostConfig", "UsernsMode"),
    Row("shm_size", "HostConfig", "ShmSize", int),
    Row("sysctls", "HostConfig", "Sysctls"),
    Row("runtime", "HostConfig", "Runtime"),
    Row("isolation", "HostConfig", "Isolation"),
    Row("init", "HostConfig", "Init", keeps_empty=True),
    Row("blkio_config.weight", "HostConfig", "BlkioWeight"),
    Row("blkio_config.weight_device", "HostConfig", "BlkioWeightDevice", _weights),
    Row("blkio_config.device_read_bps", "HostConfig", "BlkioDeviceReadBps", _rates),
    Row("blkio_config.device_read_iops", "HostConfig", "BlkioDeviceReadIOps", _rates),
    Row("blkio_config.device_write_bps", "HostConfig", "BlkioDeviceWriteBps", _rates),
    Row("blkio_config.device_write_iops", "HostConfig", "BlkioDeviceWriteIOps", _rates),
    Row("cpu_shares", "HostConfig", "CpuShares"),
    Row("mem_limit", "HostConfig", "Memory", of=resources.memory),
    Row("cpus", "HostConfig", "NanoCpus", of=resources.nano_cpus),
    Row("cgroup_parent", "HostConfig", "CgroupParent"),
    Row("cpu_period", "HostConfig", "CpuPeriod"),
    Row("cpu_quota", "HostConfig", "CpuQuota"),
    Row("cpu_rt_period", "HostConfig", "CpuRealtimePeriod"),
    Row("cpu_rt_runtime", "HostConfig", "CpuRealtimeRuntime"),
    Row("cpuset", "HostConfig", "CpusetCpus"),
    Row("devices", "HostConfig", "Devices", of=resources.devices),
    Row("device_cgroup_rules", "HostConfig", "DeviceCgroupRules", list, since=(1, 28)),
    Row("deploy.resources.reservations.devices", "HostConfig", "DeviceRequests", of=resources.reserved_requests, since=(1, 40)),
    Row("devices", "HostConfig", "DeviceRequests", of=resources.cdi_requests, since=(1, 44)),
    Row("gpus", "HostConfig", "DeviceRequests", of=resources.gpu_requests, since=(1, 40)),
    Row("mem_reservation", "HostConfig", "MemoryReservation", of=resources.memory_reservation),
    Row("memswap_limit", "HostConfig", "MemorySwap", int),
    Row("mem_swappiness", "HostConfig", "MemorySwappiness", int),
    Row("oom_kill_disable", "HostConfig", "OomKillDisable", keeps_empty=True),
    Row("pids_limit", "HostConfig", "PidsLimit", of=resources.pids),
    Row("ulimits", "HostConfig", "Ulimits", of=resources.ulimits),
    Row("cpu_count", "HostConfig", "CpuCount"),
    Row("cpu_percent", "HostConfig", "CpuPercent", of=resources.cpu_percent),
)


def fields_of(service: Service, facts: EngineFacts, section: Section) -> dict[str, Any]:
    """Return the fields of one section that the rows give, without those the engine is too old for."""
    body: dict[str, Any] = {}
    for row in ROWS:
        value = row.value(service) if row.section == section and has(facts, row.since) else None
        if value is None:
            continue
        *parents, field = row.field.split(".")
        place = body
        for parent in parents:
            place = place.setdefault(parent, {})
        place[field] = [*place[field], *value] if field in place else value
    return body
