"""Reading of engine answers: missing is empty, a wrong shape is an error that names the field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from compose.base.errors import ComposeError, fail
from compose.base.pattern import lazy_pattern

_TIME = lazy_pattern(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NO_YEAR = "0001-"
"""How Go writes a time that is not set."""

_KINDS = {dict: "a mapping", list: "a list", str: "text", int: "a number", bool: "true or false"}


def unexpected(what: str, detail: str) -> ComposeError:
    """Return the error for an answer about `what` that nobody can make sense of."""
    return fail(
        "unexpected-engine-answer",
        f"the engine's answer about {what} makes no sense",
        detail=detail,
        hint="is it a Docker API that listens there?",
    )


class Answer:
    """A JSON object from an engine; each reader gives an empty value when the key is absent or null.

    Readers raise ComposeError (`unexpected-engine-answer`) when the value is of another kind.
    """

    def __init__(self, value: Any, what: str) -> None:  # noqa: ANN401 - an engine may say anything
        if not isinstance(value, dict):
            raise unexpected(what, f"expected {_KINDS[dict]}, got {_kind(value)}")
        self.value: dict[str, Any] = value
        self.what = what

    def _read(self, key: str, kind: type) -> Any:  # noqa: ANN401 - the caller names the kind
        value = self.value.get(key)
        if value is None:
            return kind()
        if kind is int and isinstance(value, float):
            return int(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise unexpected(self.what, f"`{key}`: expected {_KINDS[kind]}, got {_kind(value)}")
        return value

    def text(self, key: str) -> str:
        """Return the text at `key`."""
        found: str = self._read(key, str)
        return found

    def number(self, key: str) -> int:
        """Return the whole number at `key`."""
        found: int = self._read(key, int)
        return found

    def flag(self, key: str) -> bool:
        """Return the boolean at `key`."""
        found: bool = self._read(key, bool)
        return found

    def inner(self, key: str) -> Answer:
        """Return the object at `key`."""
        return Answer(self._read(key, dict), f"{self.what} (`{key}`)")

    def items(self, key: str) -> list[Any]:
        """Return the list at `key`."""
        found: list[Any] = self._read(key, list)
        return found

    def objects(self, key: str) -> list[Answer]:
        """Return the list of objects at `key`."""
        return [Answer(item, f"{self.what} (`{key}`)") for item in self.items(key)]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts at `key`."""
        found = self.items(key)
        if not all(isinstance(item, str) for item in found):
            raise unexpected(self.what, f"`{key}`: expected a list of texts")
        return tuple(found)

    def mapping(self, key: str) -> dict[str, str]:
        """Return the mapping of text to text at `key`; null values are empty."""
        found: dict[str, Any] = self._read(key, dict)
        if not all(value is None or isinstance(value, str) for value in found.values()):
            raise unexpected(self.what, f"`{key}`: expected a mapping of texts")
        return {name: value or "" for name, value in found.items()}

    def time(self, key: str) -> float | None:
        """Return the time at `key`, written as RFC 3339 or as a number, in seconds since the epoch; None when not set."""
        value = self.value.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        return moment(self.text(key), self.what)


def moment(text: str, what: str) -> float | None:
    """Return an RFC 3339 time in seconds since the epoch; None for empty text and for Go's unset time.

    Raises:
        ComposeError: the text is no time.
    """
    if not text or text.startswith(_NO_YEAR):
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise unexpected(what, f"`{text}` is not a time")
    whole, fraction, zone = match.groups()
    try:
        seconds = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone)).astimezone(UTC).timestamp()
    except ValueError as error:
        raise unexpected(what, f"`{text}` is not a time") from error
    return seconds + float(fraction or 0)


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return next((words for kind, words in _KINDS.items() if type(value) is kind), type(value).__name__)
