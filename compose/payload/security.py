"""`security_opt` as the engine's SecurityOpt, MaskedPaths and ReadonlyPaths.

Source: attributes, Resources and security (`security_opt`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compose.base.errors import fail
from compose.model.project import Project
from compose.model.service import Service

_UNCONFINED_PATHS = "systempaths=unconfined"
_BUILT_IN = {"unconfined", "builtin"}


def profile_path(option: str) -> str:
    """Return the path of a `seccomp=FILE` option as written, "" for any other option."""
    name, separator, value = option.partition("=")
    if not separator:
        name, _, value = option.partition(":")
    return value if name == "seccomp" and value not in _BUILT_IN else ""


def profile_paths(project: Project) -> tuple[str, ...]:
    """Return the seccomp profiles the project's services name, as written; relative to the project directory."""
    paths = (profile_path(option) for service in project.services.values() for option in service.security_opt)
    return tuple(dict.fromkeys(path for path in paths if path))


def is_valid(option: str) -> bool:
    """Whether an option has the form the engine takes."""
    return option == "no-new-privileges" or "=" in option or ":" in option


def security(service: Service, profiles: Mapping[str, str]) -> dict[str, Any]:
    """Return the HostConfig fields of `security_opt`; profiles go in as compact JSON.

    Raises:
        ComposeError: a profile was not read, or is no JSON.
    """
    options = [_option(option, profiles) for option in service.security_opt if option != _UNCONFINED_PATHS]
    body: dict[str, Any] = {"SecurityOpt": options} if options else {}
    if _UNCONFINED_PATHS in service.security_opt:
        body |= {"MaskedPaths": [], "ReadonlyPaths": []}
    return body


def _option(option: str, profiles: Mapping[str, str]) -> str:
    path = profile_path(option)
    if not path:
        return option
    if path not in profiles:
        raise fail("seccomp-profile-unreadable", f"opening seccomp profile (`{path}`) failed")
    try:
        profile = json.loads(profiles[path])
    except ValueError as error:
        raise fail("seccomp-profile-invalid", f"compacting json for seccomp profile (`{path}`) failed: {error}") from error
    return "seccomp=" + json.dumps(profile, separators=(",", ":"), ensure_ascii=False)
