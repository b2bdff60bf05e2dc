"""The functions of `--format` templates: Go's own, and those that docker adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from compose.base.pattern import lazy_pattern

_VERB: Final = lazy_pattern(r"%([-+ 0#]*\d*(?:\.\d+)?)([a-zA-Z%])")
_NUMERIC: Final = frozenset("dxXofeEgGc")


class Fields(dict[str, Any]):
    """What is a structure in Go: its fields keep their order, and `%v` shows their values alone."""


def truth(value: Any) -> bool:  # noqa: ANN401 - templates take any data
    """Return whether a condition holds: not false, 0, nil or empty."""
    return bool(value)


def written(value: Any) -> str:  # noqa: ANN401 - as above
    """Return a value as Go prints it (`%v`): `true`, `[a b]`, `map[a:1]`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _written_fields(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{' '.join(written(item) for item in value)}]"
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _written_fields(value: Mapping[str, Any]) -> str:
    if isinstance(value, Fields):
        return f"{{{' '.join(written(item) for item in value.values())}}}"
    return f"map[{' '.join(f'{written(key)}:{written(value[key])}' for key in sorted(value))}]"


def json_text(value: Any) -> str:  # noqa: ANN401 - as above
    """Return a value as JSON on one line, the keys of maps in their order."""
    if isinstance(value, Mapping):
        names = value if isinstance(value, Fields) else sorted(value)
        return f"{{{','.join(f'{json_text(str(name))}:{json_text(value[name])}' for name in names)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(json_text, value))}]"
    return msgspec.json.encode(value).decode()


def _and(first: Any, *rest: Any) -> Any:  # noqa: ANN401 - as above
    for value in (first, *rest):
        if not truth(value):
            return value
    return rest[-1] if rest else first


def _or(first: Any, *rest: Any) -> Any:  # noqa: ANN401 - as above
    for value in (first, *rest):
        if truth(value):
            return value
    return rest[-1] if rest else first


def _equal(first: Any, *others: Any) -> bool:  # noqa: ANN401 - as above
    if not others:
        raise TypeError("missing argument for comparison")
    for other in others:
        if isinstance(first, str) != isinstance(other, str) and None not in (first, other):
            raise TypeError("incompatible types for comparison")
    return any(first == other for other in others)


def _index(value: Any, *keys: Any) -> Any:  # noqa: ANN401 - as above
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else value[key]
    return value


def _slice(value: Any, start: int = 0, end: int | None = None) -> Any:  # noqa: ANN401 - as above
    return value[start:end]


def _print(*values: Any) -> str:  # noqa: ANN401 - as above
    text = ""
    for index, value in enumerate(values):
        between = index > 0 and not isinstance(value, str) and not isinstance(values[index - 1], str)
        text += f" {written(value)}" if between else written(value)
    return text


def _println(*values: Any) -> str:  # noqa: ANN401 - as above
    return " ".join(written(value) for value in values) + "\n"


def _printf(form: str, *values: Any) -> str:  # noqa: ANN401 - as above
    left = list(values)

    def one(match: re.Match[str]) -> str:
        flags, verb = match.groups()
        if verb == "%":
            return "%"
        if not left:
            return f"%!{verb}(MISSING)"
        value = left.pop(0)
        if verb not in _NUMERIC:
            value, verb = (json_text(str(value)) if verb == "q" else written(value)), "s"
        return str(f"%{flags}{verb}" % value)

    text = _VERB.sub(one, form)
    return text + "".join(f"%!(EXTRA {type(value).__name__}={written(value)})" for value in left)


def _truncate(text: str, length: int) -> str:
    return text[:length]


def _pad(text: str, before: int, after: int) -> str:
    return f"{' ' * before}{text}{' ' * after}" if text else text


def _join(values: Sequence[Any], between: str) -> str:
    return between.join(written(value) for value in values)


def _title(text: str) -> str:
    return re.sub(r"\b[a-z]", lambda match: match[0].upper(), text)


def _escape(text: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("'", "&#39;")):
        text = text.replace(sign, name)
    return text


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "and": _and,
    "or": _or,
    "not": lambda value: not truth(value),
    "eq": _equal,
    "ne": lambda one, other: not _equal(one, other),
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
    "len": len,
    "index": _index,
    "slice": _slice,
    "print": _print,
    "println": _println,
    "printf": _printf,
    "html": lambda value: _escape(written(value)),
    "json": json_text,
    "join": _join,
    "split": lambda text, between: text.split(between),
    "title": _title,
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "pad": _pad,
    "truncate": _truncate,
}

HEADER_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **FUNCTIONS,
    **{
        name: lambda value, *_rest: value
        for name in ("json", "join", "title", "lower", "upper", "truncate", "split", "len", "index")
    },
}
"""For the header of a table: what changes a value leaves a heading as it is."""
