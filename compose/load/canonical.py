"""Short syntaxes to the long form: the peer's canonical tree, in which `config --no-interpolate` is printed.

What has one form only, or two that decoding tells apart (`environment` as list or mapping, commands as text), stays as
it is written. Each row of the tables at the end is the rule of one attribute.
"""

from __future__ import annotations

from typing import Any

from compose.base.place import Path, dotted
from compose.load import short_port, short_volume
from compose.load.problem import Problem
from compose.load.rules import Findings, Node, fields, items, values, written
from compose.source.document import Map, Mark, Seq, mark_of, set_marked

_DEVICE_PARTS = 3
MAX_PORTS = 200_000
"""Ports that the ranges of all services may stand for together; each becomes an entry of its own."""
_CLOSED_EXTERNAL = frozenset({"networks", "volumes"})
"""Where the specification allows no other key than `name` in the old form of `external`."""


def canonicalise(data: dict[str, Any], *, lenient: bool = False) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Bring every short syntax of a merged tree to its long form, in place; return it with all problems found.

    Something stands in for what cannot be read, so that later stages find other mistakes: where there is an error no
    project may be made of the tree. `lenient` is for text that was not interpolated: what cannot be read stays.
    """
    findings = Findings(lenient=lenient)
    _TOP(data, None, (), findings)
    return data, tuple(findings.problems)


def _refuse_repeated(names: list[str], path: Path, findings: Findings) -> None:
    for second, name in enumerate(names if len(set(names)) < len(names) else ()):
        first = names.index(name)
        if first < second:
            findings.add(
                path, "repeated-item", f"{dotted(path)} items at {first} and {second} are equal", hint=f"name `{name}` once"
            )
            return


def _text_to_list(value: Node, mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    return Seq([value], [mark]) if isinstance(value, str) else value


def _dns(value: Node, mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    """List; entries that an empty variable left are dropped."""
    if isinstance(value, str):
        value = Seq([value], [mark])
    if not isinstance(value, list) or "" not in value:
        return value
    kept = Seq()
    for index, entry in enumerate(value):
        if entry != "":
            kept.add(entry, mark_of(value, index))
    return kept


def _text(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    return ("true" if value else "false") if isinstance(value, bool) else value


def _build(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, str):
        return written({"context": value}, mark)
    return _BUILD_FIELDS(value, mark, path, findings)


def _key_values(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    """`additional_contexts`: lines `name=place` become a mapping."""
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        return value
    if findings.lenient and not all("=" in line for line in value):
        return value
    _refuse_repeated(value, path, findings)
    result = Map()
    for index, line in enumerate(value):
        name, equals, place = line.partition("=")
        if not equals:
            summary = f"{dotted(path)}: invalid value {line}, expected key=value"
            findings.add((*path, index), "invalid-key-value", summary, hint="write it as `name=place`")
        set_marked(result, name, place, mark_of(value, index))
    return result


def _ssh(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    """`default` and `id=path` become a mapping of ids to paths; `id: path` is how `config` prints them."""
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        return value
    _refuse_repeated(value, path, findings)
    result = Map()
    for index, line in enumerate(value):
        name, equals, place = line.partition("=")
        if not equals:
            name, equals, place = line.partition(": ")
        if not equals and name != "default":
            hint = "only `default` stands alone; write others as `id=path`"
            findings.add((*path, index), "invalid-ssh-key", f'invalid ssh key "{line}"', hint=hint)
        set_marked(result, name, place if equals else None, mark_of(value, index))
    return result


def _depends_on(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        _refuse_repeated(value, path, findings)
        result = Map()
        for index, name in enumerate(value):
            mark = mark_of(value, index)
            set_marked(result, name, written({"condition": "service_started", "required": True}, mark), mark)
        return result
    if isinstance(value, dict):
        for dependency in value.values():
            if isinstance(dependency, dict):
                dependency.setdefault("required", True)
    return value


def _names(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    """`networks`, `models`: a list of names becomes a mapping of names to nothing."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return value
    _refuse_repeated(value, path, findings)
    result = Map()
    for index, name in enumerate(value):
        set_marked(result, name, None, mark_of(value, index))
    return result


def _env_file(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, str):
        value = Seq([value], [mark])
    return _ENV_FILES(value, mark, path, findings)


def _env_file_item(value: Node, mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    if isinstance(value, str):
        return written({"path": value, "required": True}, mark)
    if isinstance(value, dict):
        value.setdefault("required", True)
    return value


def _gpus(value: Node, mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    return Seq([written({"count": "all"}, mark)], [mark]) if value == "all" else value


def _volume(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, str):
        try:
            mount = short_volume.parse(value)
        except ValueError as error:
            hint = "write `[source:]target[:option,...]`, or use the long syntax"
            findings.add(path, "invalid-volume", f"`{value}` is not a volume: {error}", hint=hint)
            return {"type": "volume", "target": value}
        for option in short_volume.unknown_options(value):
            hint = "options are ro, rw, nocopy, z, Z and the propagation modes"
            findings.add(path, "unknown-volume-option", f"volume option `{option}` has no effect", hint=hint, severity="warning")
        if mark is not None and "bind" in mount:
            mount["bind"] = written(mount["bind"], mark)
        return written(mount, mark)
    if isinstance(value, dict) and "target" not in value:
        summary = f"service volume {dotted(path)} is missing a mount target"
        findings.add(path, "missing-target", summary, hint="say where in the container it is mounted: `target: /path`")
    return value


def _device(value: Node, mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, str):
        parts = value.split(":")
        if len(parts) > _DEVICE_PARTS:
            if findings.lenient:
                return value
            summary = f"confusing device mapping, please use long syntax: {value}"
            findings.add(path, "invalid-device", summary, hint="the short syntax is `source[:target[:permissions]]`")
            return {"source": value, "target": value}
        source, target, permissions = parts + ["", "rwm"][len(parts) - 1 :]
        return written({"source": source, "target": target or source, "permissions": permissions}, mark)
    if isinstance(value, dict) and "target" not in value:
        summary = f"service device {dotted(path)} is missing a mount target"
        findings.add(path, "missing-target", summary, hint="say what it is called in the container: `target: /dev/name`")
    return value


def _file_reference(value: Node, mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    return written({"source": value}, mark) if isinstance(value, str) else value


def _ports(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    """Every short entry becomes one mapping for each container port; a list with a mistake keeps its length."""
    if not isinstance(value, list):
        return value
    before = len(findings.problems)
    found = [_port(entry, (*path, index), findings) for index, entry in enumerate(value)]
    if not all(found):
        return value
    kept = None if len(findings.problems) == before else 1
    result = Seq()
    for index, ports in enumerate(found):
        mark = mark_of(value, index)
        for port in ports[:kept]:
            result.add(port if port is value[index] else written(port, mark), mark)
    return result


def _counted(ports: list[Node], path: Path, findings: Findings) -> list[Node]:
    findings.ports += len(ports)
    if findings.ports <= MAX_PORTS:
        return ports
    findings.add(path, "too-many-ports", f"the ranges up to here stand for more than {MAX_PORTS} ports")
    return [{"target": 0}]


def _port(entry: Node, path: Path, findings: Findings) -> list[Node]:
    """Return the long forms of an entry; none for text that cannot be read and may stay as it is."""
    if isinstance(entry, str) or type(entry) is int:
        try:
            return _counted(short_port.parse(str(entry)), path, findings)
        except ValueError as error:
            if findings.lenient:
                return []
            _bad_port(entry, str(error), path, findings)
            return [{"target": 0}]
    if isinstance(entry, dict) and "target" not in entry:
        summary = f"service ports {dotted(path)} is missing a target port"
        findings.add(path, "missing-target", summary, hint="say which port of the container it is: `target: 80`")
    return [entry]


def _bad_port(entry: str | int, message: str, path: Path, findings: Findings) -> None:
    hint = "write `[ip:][host-port:]container-port[/protocol]`, ports from 1 to 65535"
    if "Invalid ip address" in message:
        hint = "give an IP address, IPv6 in brackets; host names are not possible"
    findings.add(path, "invalid-port", f"`{entry}` is not a port mapping: {message}", hint=hint)


def _external(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    """`external: {name: x}` becomes `external: true` and `name: x`."""
    old = value.get("external")
    if not isinstance(old, dict):
        return value
    value["external"] = True
    for key in old if path[0] in _CLOSED_EXTERNAL else ():
        if key != "name" and not key.startswith("x-"):
            summary = f"{dotted(path)}.external additional properties '{key}' not allowed"
            findings.add_key((*path, "external"), "unknown-key", summary, hint="`name` is the only one")
    if "name" not in old:
        return value
    summary = f"{dotted(path)}: external.name is deprecated. Please set name and external: true"
    findings.add((*path, "external"), "deprecated-external-name", summary, severity="warning")
    if value.get("name", old["name"]) != old["name"]:
        findings.add((*path, "name"), "external-name-conflict", f"{dotted(path)}: name and external.name conflict; only use name")
    if "name" not in value:
        value["name"] = old["name"]
        if isinstance(value, Map) and (mark := mark_of(old, "name")) is not None:
            value.marks["name"] = mark
    return value


_ENV_FILES = items(_env_file_item)
_BUILD_FIELDS = fields(
    {
        "additional_contexts": _key_values,
        "provenance": _text,
        "sbom": _text,
        "secrets": items(_file_reference),
        "ssh": _ssh,
        "no_cache_filter": _text_to_list,
    }
)
_SERVICE = fields(
    {
        "build": _build,
        "configs": items(_file_reference),
        "depends_on": _depends_on,
        "develop": fields({"watch": items(fields({"ignore": _text_to_list, "include": _text_to_list}))}),
        "devices": items(_device),
        "dns": _dns,
        "env_file": _env_file,
        "gpus": _gpus,
        "label_file": _text_to_list,
        "models": _names,
        "networks": _names,
        "ports": _ports,
        "secrets": items(_file_reference),
        "volumes": items(_volume),
    }
)
_RESOURCES = values(fields({}, then=_external))
_TOP = fields(
    {
        "services": values(_SERVICE),
        "networks": _RESOURCES,
        "volumes": _RESOURCES,
        "secrets": _RESOURCES,
        "configs": _RESOURCES,
    }
)
