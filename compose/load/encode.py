"""A project, or its merged tree, as `config` prints it. Specification: loading, section 14."""

from __future__ import annotations

from typing import Any

import msgspec

from compose.base.go_text import json_text
from compose.load.resource_types import CONTENT
from compose.load.shape import Shape
from compose.load.unique import SHAPE, Index
from compose.model.plain import natural, plain_json, plain_yaml
from compose.model.project import Project
from compose.model.storage import FileObject
from compose.source.dump import Remarks, dump

_SECTIONS = ("networks", "volumes", "secrets", "configs", "models")
_INDENT = 2
_FILLED = frozenset({"environment", "args"})


def to_yaml(project: Project, remarks: Remarks | None = None) -> str:
    """Return a project as YAML with every `$` doubled, so that it can be loaded again."""
    data: dict[str, Any] = {"name": project.name} if project.name else {}
    data["services"] = plain_yaml(project.services)
    data |= {section: plain_yaml(resources) for section, resources in _resources(project) if resources}
    return _escaped(dump(data | plain_yaml(project.extensions), remarks))


def to_json(project: Project) -> str:
    """Return a project as JSON with every `$` doubled; models, and extensions below the top, are left out."""
    data = {"name": project.name, "services": plain_json(project.services)}
    data |= {section: plain_json(resources) for section, resources in _resources(project) if resources and section != "models"}
    data |= plain_json(project.extensions)
    return _escaped(_indented(dict(sorted(data.items()))))


def raw_yaml(data: dict[str, Any]) -> str:
    """Return a merged tree as YAML, as it stands: for `config --no-interpolate`."""
    return dump(_sorted(data, natural))


def raw_json(data: dict[str, Any]) -> str:
    """Return a merged tree as JSON, as it stands; empty lists are null where the peer prints them so."""
    return _indented(_without_empty(_sorted(data, str), SHAPE))


def _resources(project: Project) -> list[tuple[str, dict[str, Any]]]:
    shown = {section: getattr(project, section) for section in _SECTIONS}
    shown["secrets"] = {key: _without_content(secret) for key, secret in project.secrets.items()}
    shown["configs"] = {
        key: _without_content(config) if config.environment else config for key, config in project.configs.items()
    }
    return list(shown.items())


def _without_content(resource: FileObject) -> FileObject:
    return msgspec.structs.replace(resource, content="")


def _indented(data: dict[str, Any]) -> str:
    return msgspec.json.format(json_text(data), indent=_INDENT).decode() + "\n"


def _escaped(text: str) -> str:
    return text.replace("$", "$$")


def _sorted(value: Any, key: Any) -> Any:  # noqa: ANN401 - YAML data, a sort key
    """Return a tree with sorted keys and without the values of secrets."""
    if isinstance(value, dict):
        return {name: _sorted(value[name], key) for name in sorted(value, key=key) if name != CONTENT}
    if isinstance(value, list):
        return [_sorted(item, key) for item in value]
    return value


def _without_empty(value: Any, unique: Shape[Index] | None) -> Any:  # noqa: ANN401 - YAML data
    """Return a tree with null for empty lists, but for those in which later entries replace earlier ones.

    Variables are an exception to that: filling them from the environment makes a new list.
    """
    if isinstance(value, dict):
        return {
            name: _without_empty(child, unique.below(name) if unique is not None and name not in _FILLED else None)
            for name, child in value.items()
        }
    if isinstance(value, list):
        stays = unique is not None and unique.rule is not None
        return [_without_empty(item, None) for item in value] or ([] if stays else None)
    return value
