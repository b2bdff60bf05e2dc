"""What follows from a whole project: implied networks, dependencies and names, values from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compose.base.place import Path
from compose.load.resource_types import CONTENT
from compose.load.rules import Findings, Node, fields, items, written
from compose.load.short_volume import clean
from compose.source.document import Map, Mark, Seq, mark_of, set_marked

_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
_ALIASED = 2


def normalise(data: dict[str, Any], name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Complete a canonical tree, in place, and return it.

    Services join `default` where they name no network, depend on those they refer to, and get bare variables from
    `environment`; resources get the names they have on the engine: `<name>_<key>`, or the key when external.
    """
    data["name"] = name
    services = data.get("services")
    if isinstance(services, dict):
        _join_default(data, services)
        for service in services.values():
            if isinstance(service, dict):
                _complete_service(service, environment)
    for section in ("networks", "volumes", "secrets", "configs"):
        _name_resources(data.get(section), name)
    return data


def resolve_environment(data: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Fill what a model takes from its environment, in place: listed variables without a value, configs and secrets.

    A variable that is not set stays as it is; one that is not set and that a config or secret needs is found missing
    when a container needs the file.
    """
    services = data.get("services")
    for service in services.values() if isinstance(services, dict) else ():
        listed = service.get("environment") if isinstance(service, dict) else None
        if isinstance(listed, list):
            service["environment"] = _filled(listed, environment, keep=True)
    for section, key in (("secrets", CONTENT), ("configs", "content")):
        objects = data.get(section)
        for file_object in objects.values() if isinstance(objects, dict) else ():
            variable = file_object.get("environment") if isinstance(file_object, dict) else None
            if isinstance(variable, str) and variable in environment:
                set_marked(file_object, key, environment[variable], mark_of(file_object, "environment"))
    return data


def _join_default(data: dict[str, Any], services: dict[str, Any]) -> None:
    used = False
    for service in services.values():
        if not isinstance(service, dict) or "provider" in service or "network_mode" in service:
            continue
        networks = service.get("networks")
        if "networks" not in service or networks == {}:
            service["networks"] = Map({"default": None})
            used = True
        elif isinstance(networks, dict) and "default" in networks:
            used = True
    if used:
        networks = data.setdefault("networks", Map())
        if isinstance(networks, dict):
            networks.setdefault("default", None)


def _complete_service(service: dict[str, Any], environment: Mapping[str, str]) -> None:
    if service.get("pull_policy") == "if_not_present":
        service["pull_policy"] = "missing"
    build = service.get("build")
    if isinstance(build, dict):
        build.setdefault("context", ".")
        if "dockerfile" not in build and "dockerfile_inline" not in build:
            build["dockerfile"] = "Dockerfile"
        if "args" in build:
            build["args"] = _filled(build["args"], environment, keep=False)
    if "environment" in service:
        service["environment"] = _filled(service["environment"], environment, keep=True)
    _add_dependencies(service)
    _COMPLETE(service, None, (), Findings())
    image = service.get("image")
    hooks = service.get("pre_start")
    for hook in hooks if isinstance(hooks, list) else ():
        if isinstance(hook, dict) and isinstance(image, str):
            hook.setdefault("image", image)


def _clean(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    return (clean(value) or ".") if isinstance(value, str) else value


_COMPLETE = fields({"volumes": items(fields({"target": _clean}))})


def _filled(variables: Node, environment: Mapping[str, str], *, keep: bool) -> Node:
    """Return variables with a value from the environment where they have none; those without any only if `keep`."""
    if isinstance(variables, dict):
        filled = Map({}, dict(variables.marks) if isinstance(variables, Map) else None)
        for key, value in variables.items():
            if value is not None or key in environment or keep:
                filled[key] = environment.get(key) if value is None else value
        return filled
    if not isinstance(variables, list):
        return variables
    lines = Seq()
    for index, line in enumerate(variables):
        if not isinstance(line, str) or "=" in line or (keep and line not in environment):
            lines.add(line, mark_of(variables, index))
        elif line in environment:
            lines.add(f"{line}={environment[line]}", mark_of(variables, index))
    return lines


def _add_dependencies(service: dict[str, Any]) -> None:
    """Services that others are named by: links, shared namespaces, `volumes_from`; an explicit entry is kept."""
    implied = _implied(service)
    if implied and "depends_on" not in service:
        set_marked(service, "depends_on", Map(), implied[0][2])
    dependencies = service.get("depends_on")
    if not isinstance(dependencies, dict):
        return
    for name, restart, mark in implied:
        if name not in dependencies:
            condition = {"condition": "service_started", "restart": restart, "required": True}
            set_marked(dependencies, name, written(condition, mark), mark)


def _implied(service: dict[str, Any]) -> list[tuple[str, bool, Mark | None]]:
    found: list[tuple[str, bool, Mark | None]] = []
    links = service.get("links")
    for index, link in enumerate(links if isinstance(links, list) else ()):
        if isinstance(link, str):
            parts = link.split(":")
            found.append((parts[0] if len(parts) == _ALIASED else link, True, mark_of(links, index)))
    for key in _NAMESPACES:
        value = service.get(key)
        if isinstance(value, str) and value.startswith("service:"):
            found.append((value.removeprefix("service:"), True, mark_of(service, key)))
    shared = service.get("volumes_from")
    for index, source in enumerate(shared if isinstance(shared, list) else ()):
        if isinstance(source, str) and not source.startswith("container:"):
            found.append((source.partition(":")[0], False, mark_of(shared, index)))
    return found


def _name_resources(section: Node, project: str) -> None:
    if not isinstance(section, dict):
        return
    for key, resource in section.items():
        if resource is None:
            section[key] = {"name": f"{project}_{key}"}
        elif isinstance(resource, dict) and resource.get("name") is None:
            resource["name"] = key if resource.get("external") is True else f"{project}_{key}"
