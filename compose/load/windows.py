r"""Sources of mounts as an engine that runs Linux on Windows wants them: `C:\a\b` becomes `/c/a/b`."""

from __future__ import annotations

from compose.base.pattern import lazy_pattern
from compose.base.place import Path
from compose.load.discover import parse_bool
from compose.load.rules import Findings, Node, fields, items, values
from compose.source.document import Map, Mark

_DRIVE = lazy_pattern(r"([a-zA-Z]):")
_SWITCH = "COMPOSE_CONVERT_WINDOWS_PATHS"


def convert_sources(data: Map, environment: dict[str, str]) -> None:
    """Convert the sources of every service's mounts, in place, where `COMPOSE_CONVERT_WINDOWS_PATHS` asks for it.

    Raises:
        ComposeError: the variable is no boolean.
    """
    text = environment.get(_SWITCH, "")
    if text and parse_bool(_SWITCH, text):
        _TOP(data, None, (), Findings())


def _source(value: Node, _mark: Mark | None, _path: Path, _findings: Findings) -> Node:
    drive = _DRIVE.match(value) if isinstance(value, str) else None
    if drive is None:
        return value
    return f"/{drive[1].lower()}{value[drive.end() :]}".replace("\\", "/")


_TOP = fields({"services": values(fields({"volumes": items(fields({"source": _source}))}))})
