"""Keeping secrets out of differences, plans and logs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from compose.base.pattern import lazy_pattern

MASK = "***"
_SECRET_NAME = lazy_pattern(
    r"password|passwd|passphrase|(^|[^a-z]|pg|db)pass(?![a-z])|secret|token|credential|salt|cookie|auth(?!or)"
    r"|(api|access|private|signing|encryption)[_.-]?key|[_-]key$|^key$|_pw$|_dsn$",
    re.IGNORECASE,
)
_USER_INFO = lazy_pattern(r"(?P<start>://[^/\s:@]*:)[^/\s@]+(?=@)")


def masked(name: str, value: Any, secrets: Iterable[str] = ()) -> Any:  # noqa: ANN401 - any JSON
    """Return `value` without what may be secret.

    Hidden are: the whole value where `name` sounds secret, passwords inside URLs, and each text of `secrets`.
    """
    if value is None or value == "":
        return value
    if _SECRET_NAME.search(name):
        return MASK
    return _without(value, [secret for secret in secrets if secret])


def _without(value: Any, secrets: list[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: masked(str(key), inner, secrets) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without(inner, secrets) for inner in value]
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, MASK)
    return _USER_INFO.sub(rf"\g<start>{MASK}", value)
