"""Which converter each attribute of a service has; attributes that are plain text are listed by name."""

from __future__ import annotations

from compose.base.place import Path, dotted
from compose.load.compound import (
    command,
    health_test,
    hosts,
    listed,
    named,
    nullable,
    options,
    pairs,
    provider_options,
    record,
    ssh,
    texts,
)
from compose.load.rules import Findings, Node
from compose.load.scalars import (
    Convert,
    count,
    decimal,
    device_count,
    duration,
    duration_or_none,
    flag,
    matching,
    mode,
    nullable_text,
    one_of,
    percent,
    published,
    rate,
    refuse,
    size,
    strict_flag,
    text,
    whole,
)

TEXTS = texts()
UNIQUE = texts(unique=True)
UNIQUE_OR_ONE = texts(unique=True, single=True)
LABELS = pairs()
ENVIRONMENT = pairs(bare=None, spaces=False)
DRIVER_OPTS = options(str, int, float)
_INTEGER = whole()
_NUMBER = whole(fractions=True)

FILE_REFERENCE = record({"mode": mode}, "source", "target", "uid", "gid")


def _ulimit(value: Node, path: Path, findings: Findings) -> dict[str, int]:
    if isinstance(value, dict):
        soft_and_hard: dict[str, int] = _SOFT_AND_HARD(value, path, findings)
        return soft_and_hard
    single: int = _INTEGER(value, path, findings)
    return {"single": single}


_SOFT_AND_HARD = record({"soft": _INTEGER, "hard": _INTEGER}, required=("soft", "hard"))
ULIMITS = named(_ulimit, strict=False)


def _device_request(*, required: tuple[str, ...]) -> Convert:
    return record(
        {"capabilities": UNIQUE, "count": device_count, "device_ids": UNIQUE, "options": LABELS},
        "driver",
        required=required,
    )


def _gpu(value: Node, path: Path, findings: Findings) -> Node:
    """Read a device request; keys it does not have are left out, as the peer does."""
    if not isinstance(value, dict):
        refuse(path, findings, "a mapping")
        return {}
    known = {}
    for key, child in value.items():
        if key in _GPU_KEYS or key.startswith("x-"):
            known[key] = child
        else:
            summary = f"{dotted(path)}: `{key}` has no effect"
            findings.add_key((*path, key), "ignored-key", summary, severity="warning")
    return _GPU(known, path, findings)


_GPU = _device_request(required=())
_GPU_KEYS = frozenset({"capabilities", "count", "device_ids", "driver", "options"})

_BUILD = record(
    {
        "entitlements": TEXTS,
        "args": ENVIRONMENT,
        "ssh": ssh,
        "labels": LABELS,
        "cache_from": TEXTS,
        "cache_to": TEXTS,
        "no_cache": flag,
        "no_cache_filter": texts(single=True),
        "additional_contexts": LABELS,
        "pull": flag,
        "extra_hosts": hosts,
        "secrets": listed(FILE_REFERENCE),
        "shm_size": size(),
        "tags": TEXTS,
        "ulimits": ULIMITS,
        "platforms": TEXTS,
        "privileged": flag,
    },
    "context",
    "dockerfile",
    "dockerfile_inline",
    "isolation",
    "network",
    "provenance",
    "sbom",
    "target",
)


def _hook_command(value: Node, path: Path, findings: Findings) -> list[str]:
    return command(value, path, findings) or []


_HOOK_KEYS = ("user", "working_dir")
_HOOK_TABLE: dict[str, Convert] = {"command": _hook_command, "privileged": flag, "environment": ENVIRONMENT}
_HOOK = record(_HOOK_TABLE, *_HOOK_KEYS, required=("command",))
_PRE_START = record({**_HOOK_TABLE, "per_replica": flag}, *_HOOK_KEYS, "image")

_WATCH = record(
    {
        "action": one_of("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
        "exec": _HOOK,
        "include": UNIQUE_OR_ONE,
        "ignore": UNIQUE_OR_ONE,
        "initial_sync": strict_flag,
    },
    "path",
    "target",
    required=("path", "action"),
)

_THROTTLE = record({"rate": rate}, "path", extensible=False)
_BLKIO = record(
    {
        "weight": _INTEGER,
        "weight_device": listed(record({"weight": _INTEGER}, "path", extensible=False)),
        "device_read_bps": listed(_THROTTLE),
        "device_read_iops": listed(_THROTTLE),
        "device_write_bps": listed(_THROTTLE),
        "device_write_iops": listed(_THROTTLE),
    },
    extensible=False,
)

_UPDATE = record(
    {
        "parallelism": count(_INTEGER),
        "delay": duration_or_none,
        "monitor": duration_or_none,
        "max_failure_ratio": decimal,
        "order": one_of("start-first", "stop-first"),
    },
    "failure_action",
)
_GENERIC_RESOURCE = record({"discrete_resource_spec": record({"value": _NUMBER}, "kind")})
_DEPLOY = record(
    {
        "replicas": _INTEGER,
        "labels": LABELS,
        "update_config": _UPDATE,
        "rollback_config": _UPDATE,
        "resources": record(
            {
                "limits": record({"cpus": decimal, "memory": size(numbers=False), "pids": _INTEGER}),
                "reservations": record(
                    {
                        "cpus": decimal,
                        "memory": size(numbers=False),
                        "generic_resources": listed(_GENERIC_RESOURCE),
                        "devices": listed(_device_request(required=("capabilities",))),
                    }
                ),
            }
        ),
        "restart_policy": record({"delay": duration, "max_attempts": count(_INTEGER), "window": duration}, "condition"),
        "placement": record(
            {
                "constraints": TEXTS,
                "preferences": listed(record({}, "spread")),
                "max_replicas_per_node": count(_INTEGER),
            }
        ),
    },
    "mode",
    "endpoint_mode",
)

_HEALTHCHECK = record(
    {
        "test": health_test,
        "timeout": duration,
        "interval": duration,
        "retries": count(_NUMBER),
        "start_period": duration,
        "start_interval": duration,
        "disable": flag,
    }
)

_NETWORK = record(
    {
        "aliases": UNIQUE,
        "driver_opts": DRIVER_OPTS,
        "gw_priority": whole(fractions=True, words=False),
        "link_local_ips": UNIQUE,
        "priority": whole(fractions=True, words=False),
    },
    "interface_name",
    "ipv4_address",
    "ipv6_address",
    "mac_address",
)

_PORT = record(
    {"target": count(_INTEGER), "published": published},
    "name",
    "mode",
    "host_ip",
    "protocol",
    "app_protocol",
)

_MOUNT = record(
    {
        "type": one_of("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
        "read_only": flag,
        "bind": record(
            {
                "selinux": one_of("z", "Z"),
                "create_host_path": flag,
                "recursive": one_of("enabled", "disabled", "writable", "readonly"),
            },
            "propagation",
        ),
        "volume": record({"labels": LABELS, "nocopy": flag}, "subpath"),
        "tmpfs": record({"size": size(least=0), "mode": count(_NUMBER)}),
        "image": record({}, "subpath"),
    },
    "source",
    "target",
    "consistency",
    required=("type",),
)

_DEPENDENCY = record(
    {
        "condition": one_of("service_started", "service_healthy", "service_completed_successfully"),
        "restart": flag,
        "required": flag,
    },
    required=("condition",),
)

SERVICE = record(
    {
        "annotations": LABELS,
        "attach": flag,
        "build": _BUILD,
        "develop": nullable(record({"watch": listed(_WATCH)})),
        "blkio_config": _BLKIO,
        "cap_add": UNIQUE,
        "cap_drop": UNIQUE,
        "cgroup": one_of("host", "private"),
        "cpu_count": whole(least=0),
        "cpu_percent": percent,
        "cpu_period": _NUMBER,
        "cpu_quota": _NUMBER,
        "cpu_rt_period": _NUMBER,
        "cpu_rt_runtime": _NUMBER,
        "cpus": decimal,
        "cpu_shares": _NUMBER,
        "command": command,
        "configs": listed(FILE_REFERENCE),
        "container_name": matching("[a-zA-Z0-9][a-zA-Z0-9_.-]+"),
        "credential_spec": record({}, "config", "file", "registry"),
        "depends_on": named(_DEPENDENCY),
        "deploy": nullable(_DEPLOY),
        "device_cgroup_rules": UNIQUE,
        "devices": listed(record({}, "source", "target", "permissions", required=("source",))),
        "dns": UNIQUE_OR_ONE,
        "dns_opt": UNIQUE,
        "dns_search": UNIQUE_OR_ONE,
        "entrypoint": command,
        "provider": record({"options": provider_options}, "type", required=("type",)),
        "environment": ENVIRONMENT,
        "env_file": listed(record({"required": flag}, "path", "format", required=("path",), extensible=False)),
        "expose": texts(unique=True, numbers=True),
        "external_links": UNIQUE,
        "extra_hosts": hosts,
        "group_add": texts(unique=True, numbers=True),
        "gpus": listed(_gpu),
        "healthcheck": _HEALTHCHECK,
        "init": flag,
        "labels": LABELS,
        "label_file": texts(single=True),
        "links": UNIQUE,
        "logging": record({"options": options(str, int, float, type(None))}, "driver"),
        "mem_limit": size(fractions=True),
        "mem_reservation": size(),
        "memswap_limit": size(fractions=True),
        "mem_swappiness": size(),
        "models": named(nullable(record({}, "endpoint_var", "model_var")), strict=False),
        "networks": named(nullable(_NETWORK)),
        "oom_kill_disable": flag,
        "oom_score_adj": whole(least=-1000, most=1000),
        "pid": nullable_text,
        "pids_limit": _NUMBER,
        "ports": listed(_PORT),
        "privileged": flag,
        "profiles": UNIQUE,
        "pull_policy": matching("always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+"),
        "pull_refresh_after": text,
        "read_only": flag,
        "scale": _INTEGER,
        "secrets": listed(FILE_REFERENCE),
        "security_opt": UNIQUE,
        "shm_size": size(fractions=True),
        "stdin_open": flag,
        "stop_grace_period": duration,
        "storage_opt": options(str, int, type(None)),
        "sysctls": LABELS,
        "tmpfs": UNIQUE_OR_ONE,
        "tty": flag,
        "ulimits": ULIMITS,
        "use_api_socket": strict_flag,
        "volumes": listed(_MOUNT),
        "volumes_from": UNIQUE,
        "pre_start": listed(_PRE_START),
        "post_start": listed(_HOOK),
        "pre_stop": listed(_HOOK),
    },
    "cgroup_parent",
    "cpuset",
    "domainname",
    "hostname",
    "image",
    "ipc",
    "isolation",
    "mac_address",
    "network_mode",
    "platform",
    "restart",
    "runtime",
    "stop_signal",
    "user",
    "userns_mode",
    "uts",
    "working_dir",
    dropped=("pull_refresh_after",),
)
