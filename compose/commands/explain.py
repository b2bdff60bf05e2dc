"""`explain`: what a diagnostic code means, or where a value of the project comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from compose.base.errors import ComposeError, fail
from compose.base.place import Path, dotted
from compose.base.similar import did_you_mean
from compose.base.value import Value
from compose.commands.session import Session
from compose.source.document import Layer, SourceMap

_TOP = frozenset({"name", "services", "networks", "volumes", "configs", "secrets", "models", "include"})


class Provenance(Value, frozen=True, kw_only=True):
    """A value of the resolved project and every place that set it, the winner first; none when it is implied."""

    path: str
    value: Any
    layers: tuple[Layer, ...] = ()


def meaning(code: str) -> str | None:
    """Return what a diagnostic code means, None when it is no code."""
    from compose.base.codes import CODES  # noqa: PLC0415 - hardly ever needed

    return CODES.get(code)


def is_path(text: str) -> bool:
    """Return whether `text` looks like a place in a project rather than a code."""
    return "." in text or text in _TOP


def unknown_code(text: str) -> ComposeError:
    """Return the error for a text that is neither."""
    from compose.base.codes import CODES  # noqa: PLC0415 - hardly ever needed

    hint = did_you_mean(text, CODES) or "give the code of a diagnostic, or a path such as services.web.image"
    return fail("unknown-code", f"there is no diagnostic code `{text}`", hint=hint)


def provenance(session: Session, text: str) -> Provenance:
    """Return where the value at a path (`services.web.ports[0]`) comes from.

    Raises:
        InvalidProject: the files do not describe a valid project.
        ComposeError: the project has no value at this path.
    """
    from compose.load.encode import to_json  # noqa: PLC0415 - codes are explained without a loader

    project = session.load()
    data = unescaped(msgspec.json.decode(to_json(project)))
    path, value = _find(data, text)
    places = project.places
    layers = places.layers(path) if isinstance(places, SourceMap) else ()
    return Provenance(path=dotted(path), value=value, layers=layers)


def _find(data: Any, text: str) -> tuple[Path, Any]:  # noqa: ANN401 - JSON
    """Return the path that `text` names and the value there; keys may have dots in them."""
    path: list[str | int] = []
    node, rest = data, text
    while rest:
        key, rest = _step(node, rest)
        if key is None:
            raise _nothing_there(tuple(path), node, rest)
        path.append(key)
        node = node[key]
    return tuple(path), node


def _step(node: Any, rest: str) -> tuple[str | int | None, str]:  # noqa: ANN401 - JSON
    """Return the key of `node` that `rest` begins with (the longest), and what follows it; None when there is none."""
    if isinstance(node, list):
        number, closed, after = rest.removeprefix("[").partition("]")
        is_there = rest.startswith("[") and bool(closed) and number.isdecimal() and int(number) < len(node)
        return (int(number), after.removeprefix(".")) if is_there else (None, rest)
    if not isinstance(node, Mapping):
        return None, rest
    keys = [key for key in node if rest == key or rest.startswith((f"{key}.", f"{key}["))]
    if not keys:
        return None, rest
    key = max(keys, key=len)
    return key, rest[len(key) :].removeprefix(".")


def _nothing_there(path: Path, node: Any, rest: str) -> ComposeError:  # noqa: ANN401 - JSON
    known = [str(key) for key in node] if isinstance(node, Mapping) else []
    name = rest.partition(".")[0].partition("[")[0]
    where = f"`{dotted(path)}`" if path else "the project"
    hint = did_you_mean(name, known) or (f"there are {', '.join(known)}" if known else "")
    return fail("no-such-path", f"{where} has no `{rest}`", hint=hint)


def unescaped(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the data of `config` with `$$` as the `$` it stands for."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, Mapping):
        return {key: unescaped(item) for key, item in value.items()}
    return [unescaped(item) for item in value] if isinstance(value, list) else value
