"""The model as plain data again, key by key as the peer prints it: the base of `config` and of the config hash.

JSON and YAML differ: JSON always has `command`, `entrypoint` and a few nested mappings, and no extensions; YAML leaves
out what is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cmp_to_key
from typing import Any

import msgspec

from compose.base.go_text import Single
from compose.base.units import ByteSize, Duration, FileMode
from compose.model.build import Ulimit
from compose.model.deploy import Deploy, DiscreteResource
from compose.model.develop import Hook, WatchRule
from compose.model.network import Network
from compose.model.service import EnvFile, Service, ServiceDependency, ThrottleDevice, WeightDevice


def plain_json(value: Any) -> Any:  # noqa: ANN401 - any part of the model
    """Return a part of the model as its JSON data: mappings with sorted keys, text, numbers, lists."""
    return _plain(value, json=True)


def plain_yaml(value: Any) -> Any:  # noqa: ANN401 - any part of the model
    """Return a part of the model as its YAML data, extensions last."""
    return _plain(value, json=False)


def _compare(one: str, other: str) -> int:
    """Order keys as the peer's YAML does: numbers by their value, letters after everything else but after digits."""
    index = next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), -1)
    if index < 0:
        return len(one) - len(other)
    left, right = one[index], other[index]
    letters = left.isalpha(), right.isalpha()
    if all(letters):
        return ord(left) - ord(right)
    if any(letters):
        after_digit = index > 0 and one[index - 1].isdecimal()
        return 1 if letters[0] != after_digit else -1
    lead = "1" if "0" in left + right and _follows_number(one, index) else "0"
    runs = _digits(one, index), _digits(other, index)
    numbers = [(len(digits), digits) for digits in ((lead + run).lstrip("0") for run in runs)]
    if numbers[0] != numbers[1]:
        return 1 if numbers[0] > numbers[1] else -1
    return len(runs[0]) - len(runs[1]) or ord(left) - ord(right)


def _digits(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    return text[start:end]


def _follows_number(text: str, index: int) -> bool:
    """Tell whether digits that are not all zero stand right before `index`."""
    return bool(text[:index][len(text[:index].rstrip("0123456789")) :].strip("0"))


natural = cmp_to_key(_compare)
"""The sort key of mappings in YAML."""


def _plain(value: Any, *, json: bool) -> Any:  # noqa: ANN401 - any part of the model
    if isinstance(value, msgspec.Struct):
        special = _SPECIAL.get(type(value))
        return special(value, json) if special is not None else _mapping(value, json=json)
    if isinstance(value, dict):
        return {key: _plain(value[key], json=json) for key in (sorted(value) if json else sorted(value, key=natural))}
    if isinstance(value, list | tuple):
        return [_plain(item, json=json) for item in value]
    return str(value) if isinstance(value, ByteSize | Duration | FileMode) else value


def _mapping(struct: msgspec.Struct, *, json: bool) -> dict[str, Any]:
    always = _ALWAYS_IN_JSON if json else _ALWAYS
    kept = always.get(type(struct), ())
    result = {}
    for name, default in _fields(type(struct)):
        value = getattr(struct, name)
        if value == default and type(value) is type(default) and name not in kept:
            continue
        if isinstance(value, float):
            value = Single(value)
        result[name] = _plain(value, json=json)
    extensions = getattr(struct, "extensions", None)
    if extensions and not json:
        result |= _plain(extensions, json=json)
    return result


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Return the printed fields of a struct with their defaults."""
    hidden = {"extensions", "name"} if kind is Service else {"extensions"}
    return tuple(
        (field.name, field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default)
        for field in msgspec.structs.fields(kind)
        if field.name not in hidden
    )


def _ulimit(limit: Ulimit, json: bool) -> Any:  # noqa: ANN401, FBT001 - one number, or a mapping; form of output
    if limit.single:
        return limit.single
    both = {"soft": limit.soft or 0, "hard": limit.hard or 0}
    return {key: value for key, value in both.items() if value} if json else both


def _env_file(file: EnvFile, json: bool) -> Any:  # noqa: ANN401, FBT001 - text, or a mapping; form of output
    if file.required:
        return file.path
    details = {"path": file.path, "required": False}
    return {**details, "format": file.format} if json and file.format else details


def _weight(device: WeightDevice, json: bool) -> dict[str, Any]:  # noqa: FBT001 - form of output
    return _named(json, path=device.path, weight=device.weight)


def _throttle(device: ThrottleDevice, json: bool) -> dict[str, Any]:  # noqa: FBT001 - form of output
    return _named(json, path=device.path, rate=str(device.rate or 0))


def _named(json: bool, **fields: object) -> dict[str, Any]:  # noqa: FBT001 - form of output
    """The peer gives these no names for JSON, so they have those of its fields."""
    return {key.capitalize(): value for key, value in fields.items()} if json else fields


def _watch(rule: WatchRule, json: bool) -> dict[str, Any]:  # noqa: FBT001 - form of output
    result = _mapping(rule, json=json)
    if json and rule.exec is None:
        before: dict[str, Any] = {key: result.pop(key) for key in ("path", "action", "target") if key in result}
        return before | {"exec": {"command": None}} | result
    return result


def _hook(hook: Hook, json: bool) -> dict[str, Any]:  # noqa: FBT001 - form of output
    result = _mapping(hook, json=json)
    return {"command": None, **result} if json else result


_SPECIAL: Mapping[type, Callable[[Any, bool], Any]] = {
    Ulimit: _ulimit,
    EnvFile: _env_file,
    WeightDevice: _weight,
    ThrottleDevice: _throttle,
    WatchRule: _watch,
    Hook: _hook,
}
_ALWAYS: dict[type, tuple[str, ...]] = {
    ServiceDependency: ("condition", "required"),
    DiscreteResource: ("kind", "value"),
    WatchRule: ("path", "action"),
}
_ALWAYS_IN_JSON: dict[type, tuple[str, ...]] = {
    **_ALWAYS,
    Service: ("command", "entrypoint"),
    Deploy: ("resources", "placement"),
    Network: ("ipam",),
}
