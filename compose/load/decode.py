"""Canonical data to the model: the peer's typed binding.

Valid data takes the fast way: converters by attribute (`service_types`, `resource_types`), then msgspec. What the
types refuse is handed to the schema, which finds the words for it.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from compose.base.place import Path, dotted
from compose.base.units import decode_unit
from compose.base.value import Value
from compose.load import resource_types, service_types
from compose.load.compound import empty_if_null, named
from compose.load.problem import Problem
from compose.load.rules import Findings
from compose.load.scalars import REFUSED, Convert, text
from compose.model.network import Network
from compose.model.service import Model, Service
from compose.model.storage import FileObject, Volume

_Part = TypeVar("_Part")


class Decoded(Value, frozen=True, kw_only=True):
    """The parts of a project; empty where `problems` has an error."""

    name: str = ""
    services: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, FileObject] = {}
    configs: dict[str, FileObject] = {}
    models: dict[str, Model] = {}
    extensions: dict[str, Any] = {}
    problems: tuple[Problem, ...] = ()


def decode(data: dict[str, Any]) -> Decoded:
    """Return what canonical `data` describes, with every problem found; the data is left as it is.

    Works on a tree at any stage after `compose.load.canonical`.
    """
    findings = Findings()
    plain = {section: convert(data[section], (section,), findings) for section, convert in _SECTIONS.items() if section in data}
    extensions = {key: value for key, value in data.items() if key.startswith("x-")}
    for key in data.keys() - _SECTIONS.keys() - extensions.keys() - _IGNORED:
        findings.add_key((key,), REFUSED, f" additional properties '{key}' not allowed")
    if _has_errors(findings.problems):
        return Decoded(problems=_explained(data, findings.problems))
    decoded = Decoded(
        name=plain.get("name", ""),
        services=_structs(plain, "services", Service, findings),
        networks=_structs(plain, "networks", Network, findings),
        volumes=_structs(plain, "volumes", Volume, findings),
        secrets=_structs(plain, "secrets", FileObject, findings),
        configs=_structs(plain, "configs", FileObject, findings),
        models=_structs(plain, "models", Model, findings),
        extensions=extensions,
        problems=tuple(findings.problems),
    )
    return decoded if not _has_errors(findings.problems) else Decoded(problems=_explained(data, findings.problems))


def _has_errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _structs(plain: dict[str, Any], section: str, kind: type[_Part], findings: Findings) -> dict[str, _Part]:
    parts = {}
    for name, item in plain.get(section, {}).items():
        try:
            parts[name] = msgspec.convert(item, kind, dec_hook=decode_unit)
        except msgspec.ValidationError as error:
            path = (section, name)
            findings.add(path, REFUSED, f"{dotted(path)}: {error}")
    return parts


def _explained(data: dict[str, Any], problems: list[Problem]) -> tuple[Problem, ...]:
    """Return `problems` with those that the types merely refused in the words of the schema."""
    if all(problem.code != REFUSED for problem in problems):
        return tuple(problems)
    from compose.load import schema  # noqa: PLC0415 - a valid file never pays for jsonschema

    known = {problem.path: problem for problem in problems if problem.code != REFUSED}
    explained = [problem for problem in schema.explain(data) if problem.path not in known]
    return (*explained, *known.values()) if explained else tuple(problems)


def _service(value: Any, path: Path, findings: Findings) -> dict[str, Any]:  # noqa: ANN401 - YAML data
    result: dict[str, Any] = service_types.SERVICE(value, path, findings)
    result["name"] = path[-1]
    return result


_SECTIONS: dict[str, Convert] = {
    "name": text,
    "services": named(_service),
    "networks": named(empty_if_null(resource_types.NETWORK), strict=False),
    "volumes": named(empty_if_null(resource_types.VOLUME)),
    "secrets": named(resource_types.SECRET),
    "configs": named(resource_types.CONFIG),
    "models": named(resource_types.MODEL, strict=False),
}
_IGNORED = frozenset({"version", "include"})
