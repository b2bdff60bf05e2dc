"""`$NAME` and `${NAME…}` in text: substitution, and the list of variables a text names.

Grammar: specification of interpolation, with the peer's reading of its corners: a `$` before anything that
cannot begin a variable is text, a brace form ends with the `}` that balances it and stays on one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from compose.base.pattern import lazy_pattern
from compose.base.value import Value

Lookup = Callable[[str], "str | None"]
"""Gives the value of a variable, None when it is not set."""

_NAME = "[_a-zA-Z][_a-zA-Z0-9]*"
_VARIABLE = lazy_pattern(rf"\$(?:(?P<escaped>\$)|(?P<named>{_NAME})|(?P<brace>\{{)(?P<name>{_NAME})?(?P<operator>:?[-+?])?)")
_BRACES = lazy_pattern(r"\{.?|\}|\n")
"""The peer never looks at the character after an opening brace."""
_MOST_NESTED = 50
MAX_LENGTH = 8 << 20
"""Characters that values may put into one text: files that repeat a variable in variables grow without end."""


class Missing(Value, frozen=True, kw_only=True):
    """A variable that must be set (`${NAME:?message}`) and is not."""

    name: str
    message: str


class Outcome:
    """What came up while substituting, to be reported by whoever knows the place of the text.

    `unset`: names replaced by a blank; `missing`: required ones; `malformed`: the text has a `${` that is no
    variable; `too_long`: values would make the text longer than `MAX_LENGTH`.
    """

    __slots__ = ("malformed", "missing", "too_long", "unset")

    def __init__(self) -> None:
        self.unset: list[str] = []
        self.missing: list[Missing] = []
        self.malformed = False
        self.too_long = False

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to report."""
        return not (self.unset or self.missing or self.malformed or self.too_long)


def substitute(text: str, lookup: Lookup, outcome: Outcome) -> str:
    """Return `text` with its variables replaced; defaults and messages are only looked at when they are used."""
    return _substitute(text, lookup, outcome, 0) if "$" in text else text


def _substitute(text: str, lookup: Lookup, outcome: Outcome, depth: int) -> str:
    parts: list[str] = []
    at = length = 0
    for found, end in _occurrences(text):
        parts.append(text[at : found.start()])
        at = end
        if found["escaped"]:
            parts.append("$")
        elif found["named"]:
            parts.append(_value(found["named"], lookup, outcome))
        elif end == found.end() or depth > _MOST_NESTED:
            outcome.malformed = True
            return text
        elif found["operator"] is None:
            parts.append(_value(found["name"], lookup, outcome))
        else:
            parts.append(_expand(found, text[found.end() : end - 1], lookup, outcome, depth))
        length += len(parts[-1])
        if length > MAX_LENGTH:
            outcome.too_long = True
            return text
    parts.append(text[at:])
    return "".join(parts)


def _occurrences(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield each variable and where it ends; a malformed brace form ends where its match does."""
    found = _VARIABLE.search(text)
    while found is not None:
        end = _closing(found) if found["brace"] else found.end()
        yield found, end
        found = _VARIABLE.search(text, end)


def _closing(found: re.Match[str]) -> int:
    """Return one past the brace that ends a variable: the one that balances its first, else the last on the line."""
    text, at = found.string, found.end()
    if found["name"] is None:
        return at
    if found["operator"] is None:
        return at + 1 if text[at : at + 1] == "}" else at
    depth, last = 1, at
    for brace in _BRACES.finditer(text, at):
        kind = brace[0][0]
        if kind == "\n":
            break
        if kind == "{":
            depth += 1
            if brace[0][1:] == "}":
                last = brace.end()
            continue
        depth -= 1
        last = brace.end()
        if depth == 0:
            break
    return last


def _value(name: str, lookup: Lookup, outcome: Outcome) -> str:
    value = lookup(name)
    if value is None:
        outcome.unset.append(name)
        return ""
    return value


def _expand(found: re.Match[str], operand: str, lookup: Lookup, outcome: Outcome, depth: int) -> str:
    name, operator = found["name"], found["operator"]
    value = lookup(name)
    is_there = bool(value) if operator[0] == ":" else value is not None
    if operator[-1] == "+":
        return _substitute(operand, lookup, outcome, depth + 1) if is_there else value or ""
    if is_there:
        return value or ""
    if operator[-1] == "-":
        return _substitute(operand, lookup, outcome, depth + 1)
    outcome.missing.append(Missing(name=name, message=_substitute(operand, lookup, Outcome(), depth + 1)))
    return ""


class Variable(Value, frozen=True, kw_only=True):
    """A variable that a text names, with what it says of it."""

    name: str
    default: str = ""
    presence: str = ""
    is_required: bool = False


def variables(text: str) -> tuple[Variable, ...]:
    """Return the variables that `text` names, those in defaults after the one they belong to."""
    return tuple(_variables(text, 0)) if "$" in text else ()


def _variables(text: str, depth: int) -> Iterator[Variable]:
    for found, end in _occurrences(text):
        if found["named"]:
            yield Variable(name=found["named"])
        if not found["brace"] or end == found.end() or depth > _MOST_NESTED:
            continue
        kind = (found["operator"] or " ")[-1]
        operand = text[found.end() : end - 1] if found["operator"] else ""
        yield Variable(
            name=found["name"],
            default=operand if kind == "-" else "",
            presence=operand if kind == "+" else "",
            is_required=kind == "?",
        )
        if kind in "-+":
            yield from _variables(operand, depth + 1)
