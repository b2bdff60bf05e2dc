"""Limits, reservations, devices and restart policy: attributes that are not one to one."""

from __future__ import annotations

from typing import Any

from compose.base.pattern import lazy_pattern
from compose.model.deploy import DeviceRequest, Resource
from compose.model.service import Service

_CDI_NAME = lazy_pattern(r"[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z][A-Za-z0-9_-]*=[A-Za-z0-9][A-Za-z0-9_.:-]*")
_RESTART_WORDS = {"none": "no", "any": "always"}
_BILLION = 1_000_000_000
_NONE = Resource()


def limits(service: Service) -> Resource:
    """Return `deploy.resources.limits`, empty when there are none."""
    return (service.deploy.resources.limits if service.deploy is not None else None) or _NONE


def reservations(service: Service) -> Resource:
    """Return `deploy.resources.reservations`, empty when there are none."""
    return (service.deploy.resources.reservations if service.deploy is not None else None) or _NONE


def nano_cpus(service: Service) -> int:
    """Return the CPU limit in billionths of a processor."""
    return int((limits(service).cpus or service.cpus) * _BILLION)


def memory(service: Service) -> int:
    """Return the memory limit in bytes."""
    return int(limits(service).memory or service.mem_limit or 0)


def memory_reservation(service: Service) -> int:
    """Return the soft memory limit in bytes."""
    return int(reservations(service).memory or service.mem_reservation or 0)


def pids(service: Service) -> int:
    """Return the limit of processes; 0 = not given."""
    limit = limits(service).pids
    return limit if limit > 0 else service.pids_limit


def cpu_percent(service: Service) -> int:
    """Return the share of all processors in hundredths of a percent (Windows)."""
    return int(service.cpu_percent * 100)


def restart_policy(service: Service) -> dict[str, Any]:
    """Return `RestartPolicy`; `deploy.restart_policy` wins over `restart`."""
    policy = service.deploy.restart_policy if service.deploy is not None else None
    if policy is not None:
        name, attempts = policy.condition, policy.max_attempts or 0
    else:
        name, _, count = service.restart.partition(":")
        attempts = int(count) if count.isdecimal() else 0
    body: dict[str, Any] = {"Name": _RESTART_WORDS.get(name, name)} if name else {}
    return body | ({"MaximumRetryCount": attempts} if attempts else {})


def ulimits(service: Service) -> list[dict[str, Any]]:
    """Return `Ulimits` in the order of their names."""
    found = []
    for name, limit in sorted(service.ulimits.items()):
        single = limit.single or 0
        found.append({"Name": name, "Soft": limit.soft or single, "Hard": limit.hard or single})
    return found


def is_cdi(source: str, target: str) -> bool:
    """Whether a `devices` entry names a device by the Container Device Interface (`vendor/class=name`)."""
    return source == target and _CDI_NAME.fullmatch(source) is not None


def devices(service: Service) -> list[dict[str, str]]:
    """Return `Devices`."""
    return [
        {"PathOnHost": device.source, "PathInContainer": device.target, "CgroupPermissions": device.permissions}
        for device in service.devices
        if not is_cdi(device.source, device.target)
    ]


def cdi_requests(service: Service) -> list[dict[str, Any]]:
    """Return the `DeviceRequests` of `devices` entries that are CDI names."""
    names = [device.source for device in service.devices if is_cdi(device.source, device.target)]
    return [{"Driver": "cdi", "DeviceIDs": names}] if names else []


def reserved_requests(service: Service) -> list[dict[str, Any]]:
    """Return the `DeviceRequests` of `deploy.resources.reservations.devices`."""
    return [_request(request, list(request.capabilities)) for request in reservations(service).devices]


def gpu_requests(service: Service) -> list[dict[str, Any]]:
    """Return the `DeviceRequests` of `gpus`."""
    return [_request(request, [*request.capabilities, "gpu"]) for request in service.gpus]


def _request(request: DeviceRequest, capabilities: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "Driver": request.driver,
        "Count": request.count,
        "DeviceIDs": list(request.device_ids),
        "Capabilities": [capabilities],
        "Options": request.options,
    }
    return {field: value for field, value in fields.items() if value}
