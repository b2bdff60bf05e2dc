"""Changes to a project that tests write in Python, as one more Compose file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def overrides(
    given: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, Mapping[str, str]] | None = None,
    images: Mapping[str, str] | None = None,
    files: Mapping[str, Mapping[str, str]] | None = None,
) -> Tree:
    """Return what the file would say.

    - `given`: as a Compose file has it, taken as it is.
    - `environment`: variables by service; `images`: the image by service.
    - `files`: by service, the content of files by their path in the container.
    """
    tree: Tree = {**(given or {})}
    services: Tree = {name: dict(service or {}) for name, service in tree.get("services", {}).items()}
    configs: Tree = dict(tree.get("configs", {}))
    for name, variables in (environment or {}).items():
        service = services.setdefault(name, {})
        service["environment"] = {
            **_mapping(service.get("environment")),
            **{key: _plain(text) for key, text in variables.items()},
        }
    for name, image in (images or {}).items():
        services.setdefault(name, {})["image"] = image
    for name, contents in (files or {}).items():
        service = services.setdefault(name, {})
        for number, (target, text) in enumerate(contents.items()):
            key = f"file-{name}-{number}"
            configs[key] = {"content": _plain(text)}
            service["configs"] = [*service.get("configs", ()), {"source": key, "target": target}]
    return {**tree, **({"services": services} if services else {}), **({"configs": configs} if configs else {})}


def _mapping(environment: object) -> Tree:
    """Return the mapping form of an `environment`, which may be a list of assignments."""
    if isinstance(environment, Mapping):
        return dict(environment)
    pairs = (str(entry).partition("=") for entry in (environment if isinstance(environment, list | tuple) else ()))
    return {name: value if equals else None for name, equals, value in pairs}


def _plain(text: str) -> str:
    """Return a text that interpolation leaves as it is."""
    return text.replace("$", "$$")
