"""Results as JSON with every field, also those that have their default: what a program reads should not guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from compose.base.units import ByteSize, Duration, FileMode


def complete(value: Any) -> Any:  # noqa: ANN401 - any value has a form
    """Return plain data for a value: structs with all their fields, sizes in bytes, other units as their text."""
    if isinstance(value, msgspec.Struct):
        tag = value.__struct_config__.tag_field
        fields = {name: complete(getattr(value, name)) for name in value.__struct_fields__}
        return {tag: value.__struct_config__.tag, **fields} if tag else fields
    if isinstance(value, Mapping):
        return {str(key): complete(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [complete(item) for item in value]
    if isinstance(value, ByteSize):
        return int(value)
    return str(value) if isinstance(value, Duration | FileMode) else value


def json_line(value: Any) -> str:  # noqa: ANN401 - as above
    """Return a value as one line of JSON with its line end."""
    return msgspec.json.encode(complete(value)).decode() + "\n"
