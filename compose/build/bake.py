"""All builds of a run as one definition for `docker buildx bake`; pure.

Source: attributes.md build section; the file format is Bake's JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from compose.base.errors import fail
from compose.base.pattern import lazy_pattern
from compose.build.context import DEFAULT_NAME
from compose.build.job import Job
from compose.model.build import Ulimit

SERVICE_CONTEXT = "service:"
_TARGET_CONTEXT = "target:"
_NAME = lazy_pattern(r"[^a-zA-Z0-9_-]")
_TEMPLATE = lazy_pattern(r"([$%])\{")
_FALSE = {"", "false"}


def definition(jobs: Sequence[Job], *, sources: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """Return Bake's JSON: a target for each job and a group `default` of all.

    A `service:x` context becomes the target of `x`, which must be among the jobs or the image exist.
    `sources` adds contexts: by service, the names of images its Dockerfile starts from that another service's job makes.
    """
    names = {name: target_name(job.service) for job in jobs for name in (*job.services, job.service)}
    return {
        "group": {"default": {"targets": sorted(target_name(job.service) for job in jobs)}},
        "target": {names[job.service]: _target(job, names, (sources or {}).get(job.service, {})) for job in jobs},
    }


def target_name(service: str) -> str:
    """Return the name of a service's target: Bake allows no dots."""
    return _NAME.sub("_", service)


def entitlements(jobs: Sequence[Job]) -> tuple[str, ...]:
    """Return what must be allowed on Bake's command line."""
    return tuple(sorted({name for job in jobs for name in _entitlements(job)}))


def _target(job: Job, names: Mapping[str, str], sources: Mapping[str, str]) -> dict[str, Any]:
    build = job.build
    inline = build.dockerfile_inline
    found: dict[str, Any] = {
        "context": build.context,
        "contexts": _contexts(job, names) | {image: _TARGET_CONTEXT + names[other] for image, other in sources.items()},
        "dockerfile": "" if inline else _dockerfile(job),
        "dockerfile-inline": inline,
        "args": job.args,
        "labels": {**build.labels, **job.inputs, **job.origin},
        "tags": list(job.tags),
        "cache-from": list(build.cache_from),
        "cache-to": list(build.cache_to),
        "target": build.target,
        "secret": [_secret(job, identifier) for identifier in job.secrets],
        "ssh": [_ssh(key) for key in build.ssh],
        "platforms": list(build.platforms),
        "pull": build.pull,
        "no-cache": build.no_cache,
        "no-cache-filter": list(build.no_cache_filter),
        "network": build.network,
        "shm-size": str(build.shm_size) if build.shm_size else "",
        "ulimits": [_ulimit(name, limit) for name, limit in sorted(build.ulimits.items())],
        "call": "lint" if job.check else "",
        "entitlements": list(_entitlements(job)),
        "extra-hosts": _hosts(build.extra_hosts),
        "output": [] if job.check else [_output(job)],
        "attest": _attestations(job),
    }
    return {name: _escaped(value) for name, value in found.items() if value}


def _dockerfile(job: Job) -> str:
    """Return the Dockerfile's path: absolute for a local context, so that a relative one is not taken from elsewhere."""
    name = job.build.dockerfile or DEFAULT_NAME
    return str(Path(job.build.context, name)) if Path(job.build.context).is_absolute() else name


def _contexts(job: Job, names: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, source in job.build.additional_contexts.items():
        if not source.startswith(SERVICE_CONTEXT):
            found[name] = source
            continue
        other = source.removeprefix(SERVICE_CONTEXT)
        if other not in names:
            raise fail(
                "build-context-not-built",
                f'service "{job.service}" takes files from `{source}`, which is not built here',
                hint=f"build `{other}` too",
            )
        found[name] = _TARGET_CONTEXT + names[other]
    return found


def _secret(job: Job, identifier: str) -> str:
    secret = job.secrets[identifier]
    if secret.environment:
        return f"id={identifier},type=env,env={secret.environment}"
    return f"id={identifier},type=file,src={secret.file}"


def _ssh(key: str) -> str:
    """Return an agent or key as Bake has it; `default` alone is the agent of the environment.

    A key's file is `id: path` where the project's files name it, `id=path` where the command line does.
    """
    name, colon, place = key.partition(": ")
    if colon and "=" not in name:
        return f"{name}={place}"
    return key if "=" in key else f"{key}="


def _ulimit(name: str, limit: Ulimit) -> str:
    return f"{name}={limit.single}" if limit.single is not None else f"{name}={limit.soft or 0}:{limit.hard or 0}"


def _entitlements(job: Job) -> tuple[str, ...]:
    privileged = ("security.insecure",) if job.build.privileged else ()
    return tuple(dict.fromkeys((*job.build.entitlements, *privileged)))


def _hosts(hosts: Sequence[str]) -> dict[str, str]:
    """Return addresses by name; several of one name are joined with commas."""
    found: dict[str, list[str]] = {}
    for host in hosts:
        name, _, address = host.partition("=" if "=" in host else ":")
        found.setdefault(name, []).append(address.strip("[]"))
    return {name: ",".join(addresses) for name, addresses in found.items()}


def _output(job: Job) -> str:
    """Return where the image goes: the engine, or a registry; an engine's image store holds one platform only."""
    push = job.push and job.named
    if len(job.build.platforms) > 1:
        return f"type=image,push={str(push).lower()}"
    return "type=registry" if push else "type=docker"


def _attestations(job: Job) -> list[str]:
    found: list[str] = []
    for kind, value in (("provenance", job.build.provenance), ("sbom", job.build.sbom)):
        if value not in _FALSE:
            found.append(f"type={kind}" if value == "true" else f"type={kind},{value}")
    return found


def _escaped(value: Any) -> Any:  # noqa: ANN401 - the JSON of a target
    """Return a value in which `${` and `%{` mean themselves: Bake fills templates into every string."""
    if isinstance(value, str):
        return _TEMPLATE.sub(r"\1\1{", value)
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    return value
