"""Lists and mappings of canonical data to the types of the model (see `compose.load.scalars` for what a converter is)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compose.base.go_text import scalar_text
from compose.base.pattern import lazy_pattern
from compose.base.place import Path, dotted
from compose.load import shell_words
from compose.load.rules import Findings, Node
from compose.load.scalars import REFUSED, Convert, refuse, text

_NAME = lazy_pattern(r"[a-zA-Z0-9._-]+")


def command(value: Node, path: Path, findings: Findings) -> list[str] | None:
    """Read a command: null is the image's, text is split into words, a list is taken as it is."""
    if value is None or isinstance(value, list):
        return None if value is None else _TEXTS(value, path, findings)
    if not isinstance(value, str):
        refuse(path, findings, "an array, null or string")
        return None
    try:
        words, end = shell_words.split(value)
    except ValueError as error:
        hint = "quote it, or write the command as a list"
        findings.add(path, "invalid-command", f"{dotted(path)}: {error}", hint=hint)
        return []
    if end is not None:
        summary = f"{dotted(path)}: the command ends before `{value[end:].split(maxsplit=1)[0]}`, there is no shell to run it"
        findings.add(path, "command-cut-off", summary, hint="use a shell: `[sh, -c, …]`", severity="warning")
    return words


def health_test(value: Node, path: Path, findings: Findings) -> list[str]:
    """Read a probe; text is run by the shell."""
    return ["CMD-SHELL", value] if isinstance(value, str) else _TEXTS(value, path, findings)


def texts(*, unique: bool = False, numbers: bool = False, single: bool = False) -> Callable[[Node, Path, Findings], list[str]]:
    """Return the converter for lists of text.

    `unique`: refuses a repeated entry; `numbers`: turns numbers into text; `single`: text alone is a list of one.
    """
    kinds = (str, int) if numbers else (str,)

    def convert(value: Node, path: Path, findings: Findings) -> list[str]:
        if single and isinstance(value, str):
            return [value]
        if not isinstance(value, list):
            refuse(path, findings, "an array")
            return []
        for index, item in enumerate(value):
            if not _is_one_of(item, kinds):
                refuse((*path, index), findings, "a string")
                return []
        if unique and len(set(value)) < len(value):
            repeated(value, path, findings)
        return [item if isinstance(item, str) else scalar_text(item) for item in value]

    return convert


def _is_one_of(value: Node, kinds: tuple[type, ...]) -> bool:
    """Tell whether a scalar is of one of `kinds`: booleans are no numbers, numbers without a fraction are whole."""
    if isinstance(value, float):
        return float in kinds or (int in kinds and value.is_integer())
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


_TEXTS = texts()
_TEXT_OR_TEXTS = texts(single=True)
_UNIQUE_TEXTS = texts(unique=True)


def repeated(value: list[Node], path: Path, findings: Findings) -> None:
    """Note the first item that stands in a list twice."""
    for second, item in enumerate(value):
        first = value.index(item)
        if first < second:
            findings.add((*path, second), REFUSED, f"{dotted(path)} items at {first} and {second} are equal")
            return


def pairs(*, bare: str | None = "", spaces: bool = True) -> Convert:
    """Return the converter for mappings that may be lists of `KEY=VALUE`.

    `bare` is the value of a key without one; `spaces` allows a listed key that ends in a space.
    """

    def convert(value: Node, path: Path, findings: Findings) -> dict[str, str | None]:
        if isinstance(value, dict):
            for key, child in value.items():
                if not key or not (child is None or isinstance(child, str | int | float)):
                    refuse((*path, key), findings, "a boolean, null, number or string")
                    return {}
            return {key: bare if child is None else scalar_text(child) for key, child in value.items()}
        result: dict[str, str | None] = {}
        for index, line in enumerate(_UNIQUE_TEXTS(value, path, findings)):
            key, equals, rest = line.partition("=")
            if not spaces and key[-1:].isspace():
                summary = f"environment variable {key} is declared with a trailing space"
                findings.add((*path, index), "trailing-space", summary, hint="write `KEY=VALUE` without spaces before `=`")
            result[key] = rest if equals else bare
        return result

    return convert


_PAIRS_OR_NONE = pairs(bare=None)


def options(*kinds: type) -> Convert:
    """Return the converter for mappings of names to scalars of `kinds` (booleans only if named)."""

    def convert(value: Node, path: Path, findings: Findings) -> dict[str, str]:
        if not isinstance(value, dict):
            refuse(path, findings, "a mapping")
            return {}
        for key, child in value.items():
            if not _is_one_of(child, kinds):
                refuse((*path, key), findings, "a scalar")
                return {}
        return {key: scalar_text(child) for key, child in value.items()}

    return convert


def provider_options(value: Node, path: Path, findings: Findings) -> dict[str, list[str]]:
    """Read options that may be repeated: each value becomes a list."""
    if not isinstance(value, dict):
        refuse(path, findings, "a mapping")
        return {}
    result = {}
    for key, child in value.items():
        entries = child if isinstance(child, list) else [child]
        if not all(isinstance(entry, str | int | float) for entry in entries):
            refuse((*path, key), findings, "a boolean, number or string, or an array of them")
        result[key] = [scalar_text(entry) for entry in entries]
    return result


def ssh(value: Node, path: Path, findings: Findings) -> list[str]:
    """Write the keys as `config` prints them: `default`, `id: path`."""
    keys: dict[str, str | None] = _PAIRS_OR_NONE(value, path, findings)
    return [name if not place else f"{name}: {place}" for name, place in keys.items()]


def hosts(value: Node, path: Path, findings: Findings) -> list[str]:
    """Read `extra_hosts` as sorted lines `host=address`."""
    found: dict[str, list[str]] = {}
    if isinstance(value, dict):
        for host, addresses in value.items():
            found[host] = _TEXT_OR_TEXTS(addresses, (*path, host), findings)
            _check_host(host, (*path, host), findings)
    else:
        for index, line in enumerate(_UNIQUE_TEXTS(value, path, findings)):
            host, separator, address = line.partition("=" if "=" in line else ":")
            if not separator:
                summary = f"invalid additional host, missing IP: {line}"
                findings.add((*path, index), "invalid-host", summary, hint="write `host=address`")
            _check_host(host, (*path, index), findings)
            found.setdefault(host, []).extend(address.split(","))
    return sorted(f"{host}={_bare(address)}" for host, addresses in found.items() for address in addresses)


def _bare(address: str) -> str:
    return address[1:-1] if len(address) > 2 and address[0] == "[" and address[-1] == "]" else address  # noqa: PLR2004 - more than the brackets


def _check_host(host: str, path: Path, findings: Findings) -> None:
    if not host or ":" in host or "=" in host:
        findings.add(path, "invalid-host", f"bad host name '{host}'", hint="write `host=address`")


def listed(convert: Convert) -> Convert:
    """Return the converter that applies `convert` to each item of a list."""

    def apply(value: Node, path: Path, findings: Findings) -> list[Any]:
        if not isinstance(value, list):
            refuse(path, findings, "an array")
            return []
        return [convert(item, (*path, index), findings) for index, item in enumerate(value)]

    return apply


def named(convert: Convert, *, strict: bool = True) -> Convert:
    """Return the converter that applies `convert` to each value of a mapping.

    `strict`: keys have to be names (letters, digits, `.`, `_`, `-`).
    """

    def apply(value: Node, path: Path, findings: Findings) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse(path, findings, "a mapping")
            return {}
        result = {}
        for key, child in value.items():
            if strict and not _NAME.fullmatch(key):
                findings.add_key((*path, key), REFUSED, f"{dotted(path)} additional properties '{key}' not allowed")
            result[key] = convert(child, (*path, key), findings)
        return result

    return apply


def nullable(convert: Convert) -> Convert:
    """Return the converter that lets null through."""

    def apply(value: Node, path: Path, findings: Findings) -> Any:  # noqa: ANN401 - what `convert` gives
        return None if value is None else convert(value, path, findings)

    return apply


def empty_if_null(convert: Convert) -> Convert:
    """Return the converter that takes null for an empty mapping."""

    def apply(value: Node, path: Path, findings: Findings) -> Any:  # noqa: ANN401 - what `convert` gives
        return convert({} if value is None else value, path, findings)

    return apply


def record(
    table: Mapping[str, Convert],
    *keys: str,
    required: tuple[str, ...] = (),
    extensible: bool = True,
    dropped: tuple[str, ...] = (),
) -> Convert:
    """Return the converter for a mapping with known keys.

    `table` converts by key, `keys` are taken as they are (text, which decoding requires), `dropped` are accepted and
    left out; `x-*` keys are gathered in `extensions` where the specification allows them (`extensible`).
    """
    known = dict.fromkeys(keys, text) | dict(table)

    def convert(value: Node, path: Path, findings: Findings) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if not isinstance(value, dict):
            refuse(path, findings, "a mapping")
            return result
        extensions = {}
        for key, child in value.items():
            rule = known.get(key)
            if rule is not None:
                result[key] = rule(child, (*path, key), findings)
            elif extensible and key.startswith("x-"):
                extensions[key] = child
            else:
                findings.add_key((*path, key), REFUSED, f"{dotted(path)} additional properties '{key}' not allowed")
        for key in required:
            if key not in value:
                findings.add(path, REFUSED, f"{dotted(path)} missing property '{key}'")
        for key in dropped:
            result.pop(key, None)
        if extensions:
            result["extensions"] = extensions
        return result

    return convert
