"""Files that are not here: Git repositories and OCI artifacts named instead of a path."""

from __future__ import annotations

import re

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject

_GIT = re.compile(r"(?:https?://.+\.git(?:#.*)?|ssh://.+|git://.+|git@[^/]+:.+|github\.com/[^/]+/[^/]+.*)")


def is_remote(reference: str) -> bool:
    """Tell whether `reference` names something that has to be fetched."""
    return reference.startswith("oci://") or _GIT.fullmatch(reference) is not None


def fetch(reference: str) -> str:
    """Return the local path of a remote file.

    Raises:
        InvalidProject: it cannot be had.
    """
    raise InvalidProject(
        Diagnostic(severity="error", code="remote-not-supported", summary=f"cannot load `{reference}`", hint="copy it here first")
    )
