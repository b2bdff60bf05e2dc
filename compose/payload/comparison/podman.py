"""Podman's `inspect` in Docker's dialect. Checked with Podman 4.3 and 5.4.

Podman shows what a container got, where Docker shows what was asked for: it adds its defaults, names things in its
own way, fills in choices, and keeps some wishes to itself. What only it adds is taken away when the body did not
ask for it; what it does not show is taken to be as asked.
"""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]

ADDED_VARIABLES = frozenset({"container", "HOME", "HOSTNAME", "TERM"})
"""Variables that Podman adds to what a container was made with."""
_SHM_SIZE = 65_536_000
_PIDS_LIMIT = 2048
_OWN_ANNOTATIONS = ("io.container", "io.kubernetes", "io.podman", "org.opencontainers", "org.systemd", "run.oci")
_HEALTH_DEFAULTS = {"Interval": 30_000_000_000, "Timeout": 30_000_000_000, "Retries": 3}
_UNSET: dict[str, set[Any]] = {
    "IpcMode": {"shareable", "private"},
    "PidMode": {"private"},
    "UTSMode": {"private"},
    "PidsLimit": {_PIDS_LIMIT},
    "ShmSize": {_SHM_SIZE},
}
"""What a field shows when nothing was asked for."""
_NOT_SHOWN = (
    "CapAdd",
    "CapDrop",
    "CgroupnsMode",
    "DeviceCgroupRules",
    "DeviceRequests",
    "Devices",
    "Isolation",
    "MaskedPaths",
    "ReadonlyPaths",
    "Runtime",
    "Sysctls",
    "UsernsMode",
)
"""What Podman does not show, or shows in a way that does not tell what was asked for."""
_TMPFS_OPTIONS = {"rw", "rprivate", "nosuid", "nodev", "tmpcopyup", "noexec"}
_PROPAGATION = {"": "rprivate", "private": "rprivate"}


def translated(inspect: JSON, body: JSON) -> JSON:
    """Return Podman's `inspect` as Docker would show the same container, made from `body`."""
    wanted = body.get("HostConfig") or {}
    shown = inspect.get("HostConfig") or {}
    endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    settings = inspect.get("NetworkSettings") or {}
    joined: JSON = settings.get("Networks") or {}
    config = _config(inspect.get("Config") or {}, body)
    config["MacAddress"] = body.get("MacAddress") or (endpoints.get(wanted.get("NetworkMode")) or {}).get("MacAddress")
    host = _host(shown, wanted)
    if host.get("NetworkMode") == "bridge" and wanted.get("NetworkMode") in joined:
        host["NetworkMode"] = wanted["NetworkMode"]
    scratch = _tmpfs_mounts(shown, wanted)
    host["Tmpfs"] = _tmpfs(shown, wanted, {mount["Target"] for mount in scratch})
    host["Mounts"] = wanted.get("Mounts")
    networks = {name: _endpoint(shown or {}, endpoints.get(name) or {}, config) for name, shown in joined.items()}
    return {
        **inspect,
        "Config": config,
        "HostConfig": host,
        "Mounts": [*(_point(mount) for mount in inspect.get("Mounts") or ()), *(_scratch_point(mount) for mount in scratch)],
        "NetworkSettings": {**settings, "Networks": networks},
    }


def _endpoint(shown: JSON, wanted: JSON, config: JSON) -> JSON:
    """Return an endpoint without the host name among its aliases, and with the wishes that Podman does not show."""
    added = {config.get("Hostname")} - set(wanted.get("Aliases") or ())
    aliases = [alias for alias in shown.get("Aliases") or () if alias not in added]
    return {**shown, "Aliases": aliases, "IPAMConfig": wanted.get("IPAMConfig"), "DriverOpts": wanted.get("DriverOpts")}


def _config(shown: JSON, body: JSON) -> JSON:
    variables = body.get("Env") or ()
    added = ADDED_VARIABLES - {entry.partition("=")[0] for entry in variables}
    kept = [entry for entry in shown.get("Env") or () if entry.partition("=")[0] not in added]
    bare = [entry for entry in variables if "=" not in entry]
    config = {**shown, "Env": [*kept, *bare], "Domainname": body.get("Domainname")}
    if not shown.get("StopTimeout") and "StopTimeout" not in body:
        config["StopTimeout"] = None
    if isinstance(shown.get("Entrypoint"), str):
        config["Entrypoint"] = shown["Entrypoint"].split()
    check, asked = shown.get("Healthcheck"), body.get("Healthcheck") or {}
    if not check and not asked.get("Test"):
        config["Healthcheck"] = asked
    if check:
        config["Healthcheck"] = {
            field: value for field, value in check.items() if field in asked or value != _HEALTH_DEFAULTS.get(field)
        }
    return config


def _host(shown: JSON, wanted: JSON) -> JSON:
    host = {**shown}
    for field, values in _UNSET.items():
        if not wanted.get(field) and shown.get(field) in values:
            host[field] = None
    if shown.get("IpcMode") in _UNSET["IpcMode"]:
        host["IpcMode"] = wanted.get("IpcMode")
    if wanted.get("MemorySwap") == -1:
        host["MemorySwap"] = -1
    host |= {field: wanted.get(field) for field in _NOT_SHOWN}
    host |= _cpu_time(shown, wanted)
    driver = (shown.get("LogConfig") or {}).get("Type")
    host["LogConfig"] = {"Type": driver, "Config": (wanted.get("LogConfig") or {}).get("Config")}
    host["SecurityOpt"] = _security(shown.get("SecurityOpt"))
    host["Ulimits"] = _ulimits(shown.get("Ulimits"), wanted.get("Ulimits"))
    host["PortBindings"] = _ports(shown.get("PortBindings"), wanted.get("PortBindings"))
    asked = wanted.get("Annotations") or {}
    annotations = shown.get("Annotations") or {}
    host["Annotations"] = {
        name: value for name, value in annotations.items() if name in asked or not name.startswith(_OWN_ANNOTATIONS)
    }
    return host


def _cpu_time(shown: JSON, wanted: JSON) -> JSON:
    """Return the limit of processor time in the one way it was asked for; Podman shows both."""
    if wanted.get("NanoCpus"):
        return {"CpuPeriod": None, "CpuQuota": None}
    return {"NanoCpus": None} if shown.get("CpuQuota") else {}


def _security(shown: list[str] | None) -> list[str]:
    """Return security options one by one, without what Podman says of privileged containers."""
    found = []
    for option in shown or ():
        found += option.split(",") if option.startswith("label=") else [option]
    return [option for option in found if not option.startswith("unmask=")]


def _ulimits(shown: list[JSON] | None, wanted: list[JSON] | None) -> list[JSON]:
    names = {limit["Name"] for limit in wanted or ()}
    found = [{**limit, "Name": limit["Name"].removeprefix("RLIMIT_").lower()} for limit in shown or ()]
    return [limit for limit in found if limit["Name"] in names]


def _ports(shown: JSON | None, wanted: JSON | None) -> JSON:
    """Return port bindings with what Podman chose taken back: addresses, free ports, ports of a range."""
    found = {}
    for key, entries in (shown or {}).items():
        asked = (wanted or {}).get(key) or []
        same = len(asked) == len(entries or ())
        found[key] = [_port(entry, asked[index] if same else {}) for index, entry in enumerate(entries or ())]
    return found


def _port(entry: JSON, asked: JSON) -> JSON:
    address: str = entry.get("HostIp") or ""
    port: str = entry.get("HostPort") or ""
    wanted: str = asked.get("HostPort", port)
    first, _, last = wanted.partition("-")
    chosen = not wanted or (last.isdecimal() and port.isdecimal() and int(first) <= int(port) <= int(last))
    return {"HostIp": "" if address == "0.0.0.0" else address, "HostPort": wanted if chosen else port}  # noqa: S104 - compared only


def _tmpfs_mounts(shown: JSON, wanted: JSON) -> list[JSON]:
    """Return the mounts of type tmpfs that are there; Podman shows them as if they were asked for by `tmpfs`."""
    mounts = [mount for mount in wanted.get("Mounts") or () if mount.get("Type") == "tmpfs"]
    return [mount for mount in mounts if mount["Target"] in (shown.get("Tmpfs") or {})]


def _scratch_point(mount: JSON) -> JSON:
    return {"Type": "tmpfs", "Destination": mount["Target"], "RW": not mount.get("ReadOnly")}


def _tmpfs(shown: JSON, wanted: JSON, mounts: set[str]) -> dict[str, str]:
    """Return what was asked for by `tmpfs`: without mounts, and without what a read-only container gets anyway."""
    asked: dict[str, str] = wanted.get("Tmpfs") or {}
    found = {}
    for path, options in (shown.get("Tmpfs") or {}).items():
        if path in mounts or (shown.get("ReadonlyRootfs") and path not in asked):
            continue
        wish = asked.get(path, "")
        extra = _TMPFS_OPTIONS - set(wish.split(","))
        kept = [option for option in options.split(",") if option not in extra]
        found[path] = wish if set(kept) - {""} == set(wish.split(",")) - {""} else ",".join(kept)
    return found


def _point(mount: JSON) -> JSON:
    propagation = mount.get("Propagation") or ""
    return {**mount, "Propagation": _PROPAGATION.get(propagation, propagation)}
