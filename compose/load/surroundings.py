"""What can be known of a project before its files are read."""

from __future__ import annotations

from collections.abc import Mapping

from compose.load import discover
from compose.load.context import Context
from compose.load.files import Files
from compose.load.remote import Remote
from compose.load.request import LoadRequest


def environment_of(request: LoadRequest) -> Mapping[str, str]:
    """Return a project's variables: the caller's, and those of `.env` files.

    Raises:
        InvalidProject: a file cannot be read.
    """
    remote = Remote(request.environment, request.artifacts)
    context = Context(Files(request.cwd, request.stdin), remote, request.environment.get("HOME"))
    return discover.locate(request, context.files, context.remote, context.unset).environment
