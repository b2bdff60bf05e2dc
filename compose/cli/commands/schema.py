"""`compose schema`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Final

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.runtime import Runtime

_SUFFIX: Final = ".schema.json"


def schema(ctx: param.Context, *, name: Annotated[str, param.Argument(metavar="NAME")] = "compose") -> None:
    """Print a JSON Schema."""
    file = schemas() / f"{name}{_SUFFIX}"
    if not file.is_file():
        known = sorted(one.name.removesuffix(_SUFFIX) for one in schemas().iterdir() if one.name.endswith(_SUFFIX))
        raise fail("invalid-value", f'no such schema: "{name}"', hint=f"there are {', '.join(known)}")
    Runtime.of(ctx).write(file.read_text(encoding="utf-8"))


def schemas() -> Path:
    """Return the directory of the schemas: in the package, or beside it in a checkout."""
    packaged = Path(str(resources.files("compose"))) / "schemas"
    return packaged if packaged.is_dir() else packaged.parents[1] / "schemas"


DEFINITION = Definition(
    call=schema,
    arity=arity.at_most(1),
    usage=("[NAME]",),
    notes="NAME is what it describes: compose (Compose files, the default), events (`--progress json`) or plan (`plan --json`).",
)
