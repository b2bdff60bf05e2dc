"""Taking secrets out of what is kept: values by their names, and their texts wherever they turn up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compose.model.project import Project
from compose.payload.masking import MASK, masked

_LEAST = 4
"""Shorter texts are everywhere, and no secret worth the name."""
_LARGEST_FILE = 65_536
_BY_NAME = frozenset({"environment", "args", "labels", "annotations", "driver_opts", "Labels", "Options"})
"""Keys whose values are mappings of names that users chose."""


class Unsecret:
    """Masks; `secrets` are texts that must not be seen."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = {secret for secret in secrets if len(secret) >= _LEAST}

    def learn_from_container(self, inspected: Mapping[str, Any]) -> None:
        """Take the variables of a container that sound secret for secrets (an answer of GET containers/{id}/json)."""
        variables = (entry.partition("=") for entry in (inspected.get("Config") or {}).get("Env") or ())
        self._secrets |= set(sounding_secret({name: value for name, _, value in variables}))

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return str(masked("", text, self._ordered()))

    def assignments(self, entries: Iterable[str]) -> list[str]:
        """Return texts of which some are `NAME=value`, without secrets."""
        return [_assignment(entry, self._ordered()) if "=" in entry else self.text(entry) for entry in entries]

    def config(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return a resolved configuration without secrets."""
        shown = self.json(data)
        for section in ("secrets", "configs"):
            for definition in (shown.get(section) or {}).values():
                if isinstance(definition, dict) and "content" in definition:
                    definition["content"] = MASK
        return dict(shown)

    def json(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return JSON without secrets: where names are the user's by their names, everywhere by their texts."""
        return self._masked("", value, self._ordered())

    def _ordered(self) -> list[str]:
        """Return the secrets, those that hold others first."""
        return sorted(self._secrets, key=len, reverse=True)

    def _masked(self, key: str, value: Any, secrets: list[str]) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            if key in _BY_NAME:
                return {name: masked(name, inner, secrets) for name, inner in value.items()}
            return {name: self._masked(name, inner, secrets) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            if key in {"Env", "environment"}:
                return [_assignment(one, secrets) for one in value]
            return [self._masked("", one, secrets) for one in value]
        return masked("", value, secrets) if isinstance(value, str) else value


def _assignment(entry: Any, secrets: list[str]) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(entry, str) or "=" not in entry:
        return entry
    name, _, value = entry.partition("=")
    return f"{name}={masked(name, value, secrets)}"


def sounding_secret(variables: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the values of variables whose names sound secret."""
    for name, value in variables.items():
        if value and masked(name, value) == MASK:
            yield value


def secrets_of(project: Project | None, environ: Mapping[str, str]) -> set[str]:
    """Return the texts of a project that must not be seen; those of its secrets' files are read as far as they can be."""
    found = set(sounding_secret(environ))
    if project is None:
        return found
    found |= set(sounding_secret(project.environment))
    for service in project.services.values():
        found |= set(sounding_secret(service.environment))
        if service.build is not None:
            found |= set(sounding_secret(service.build.args))
    for secret in project.secrets.values():
        found |= {secret.content or "", project.environment.get(secret.environment or "", ""), _content(secret.file)}
    return {text.strip() for text in found if text}


def _content(file: str) -> str:
    """Return what a secret's file holds, "" where that is no text or cannot be read: then it cannot be told either."""
    path = Path(file)
    try:
        if not file or not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            return ""
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
