"""The schema of a Compose file, and what it says about data that the types refuse.

The one home of jsonschema, and loaded only for files that have a mistake.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path as FilePath
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from compose.base.place import Path, dotted
from compose.base.similar import did_you_mean
from compose.base.value import Value
from compose.load.problem import Problem

_FILE = "compose.schema.json"
_KINDS = {"object": "mapping"}
_UNRESOLVED = r"|\$"
"""How patterns let text through that is yet to be interpolated."""
_NAME_PATTERN = "^[a-zA-Z0-9._-]+$"


def text() -> str:
    """Return the schema as JSON text."""
    packaged = resources.files("compose") / "schemas" / _FILE
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (FilePath(__file__).parents[2] / "schemas" / _FILE).read_text(encoding="utf-8")


def explain(data: dict[str, Any], *, grammars: bool = True) -> tuple[Problem, ...]:
    """Return everything the schema finds wrong with `data`.

    Where a value may have several forms, the mistakes are those of the form it comes closest to. Without `grammars`
    text that has to read as a number, a size and the like may be any.
    """
    validator = Draft202012Validator(json.loads(text()))
    found: dict[tuple[Path, str, str], Problem] = {}
    for error in validator.iter_errors(data):
        for mistake in _closest(error):
            if not grammars and str(mistake.schema.get("pattern", "")).endswith(_UNRESOLVED) and mistake.rule != "type":
                continue
            for problem in _DESCRIPTIONS.get(mistake.rule, _other)(mistake):
                found.setdefault((problem.path, problem.code, problem.summary), problem)
    return tuple(found.values())


class _Mistake(Value, frozen=True, kw_only=True):
    """What a rule of the schema wants, and the value that does not have it."""

    rule: str
    wanted: Any
    value: Any
    path: Path
    schema: dict[str, Any] = {}
    message: str = ""

    @property
    def place(self) -> str:
        """The path as text; empty for the whole file."""
        return dotted(self.path)


def _mistake(error: ValidationError) -> _Mistake:
    schema = error.schema if isinstance(error.schema, dict) else {}
    return _Mistake(
        rule=str(error.validator),
        wanted=error.validator_value,
        value=error.instance,
        path=tuple(error.absolute_path),
        schema=schema,
        message=error.message,
    )


def _closest(error: ValidationError) -> Iterable[_Mistake]:
    """Return the mistakes in the form that fits best where several are allowed, else the error's own."""
    if error.validator != "oneOf" or not error.context:
        return (_mistake(error),)
    forms: dict[int, list[ValidationError]] = {}
    for cause in error.context:
        forms.setdefault(int(cause.schema_path[0]), []).append(cause)
    fitting = [causes for causes in forms.values() if not any(_is_of_other_kind(cause, error) for cause in causes)]
    if not fitting:
        wanted = [kind for causes in forms.values() for cause in causes for kind in _kinds(cause)]
        return (_Mistake(rule="type", wanted=wanted, value=error.instance, path=tuple(error.absolute_path)),)
    best = max(fitting, key=lambda causes: max(len(cause.absolute_path) for cause in causes))
    return [mistake for cause in best for mistake in _closest(cause)]


def _is_of_other_kind(cause: ValidationError, error: ValidationError) -> bool:
    """Tell whether the value as a whole has another type than the form asks for, at any depth of forms."""
    if len(cause.absolute_path) > len(error.absolute_path):
        return False
    if cause.validator == "oneOf":
        return all(_is_of_other_kind(inner, error) for inner in cause.context or ())
    return cause.validator in {"type", "const"}


def _kinds(cause: ValidationError) -> Iterator[str]:
    if cause.validator == "const":
        yield f"'{cause.validator_value}'"
    elif cause.validator == "type":
        yield from _listed(cause.validator_value)
    for inner in cause.context or ():
        yield from _kinds(inner)


def _listed(kinds: Any) -> list[str]:  # noqa: ANN401 - JSON Schema allows one name or several
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _type(mistake: _Mistake) -> Iterator[Problem]:
    kinds = sorted({_KINDS.get(kind, kind) for kind in _listed(mistake.wanted)})
    text = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"
    hint = ""
    if mistake.value is None:
        hint = "it has no value: give it one, or leave the key out"
    elif "string" in kinds and isinstance(mistake.value, bool | int | float):
        examples = mistake.schema.get("examples")
        hint = f"write it as text, like `{examples[0]}`" if examples else "put it in quotes to make it text"
    elif "string" in kinds and isinstance(mistake.value, dict) and isinstance(mistake.path[-1], int):
        hint = "in a list write `KEY=value`, or leave out the `-` and write `KEY: value`"
    elif "array" in kinds and isinstance(mistake.value, str | dict):
        hint = "write each entry on a line of its own after `- `"
    elif "mapping" in kinds and isinstance(mistake.value, list | str):
        hint = "write `key: value` lines"
    yield Problem(path=mistake.path, code="wrong-type", summary=f"{mistake.place} must be a {text}".strip(), hint=hint)


def _unknown(mistake: _Mistake) -> Iterator[Problem]:
    properties, patterns = mistake.schema.get("properties", {}), mistake.schema.get("patternProperties", {})
    for key in mistake.value:
        if key in properties or any(re.search(pattern, key) for pattern in patterns):
            continue
        path = (*mistake.path, key)
        summary = f"{mistake.place} additional properties '{key}' not allowed".strip()
        if _NAME_PATTERN in patterns:
            hint = "a name has letters, digits, `.`, `_` and `-` only"
            yield Problem(path=path, code="invalid-name", summary=summary, hint=hint, at="key")
        else:
            hint = did_you_mean(key, properties) or _belonging(path, key)
            yield Problem(path=path, code="unknown-key", summary=summary, hint=hint, at="key")


def _belonging(path: Path, key: str) -> str:
    """Return where an unknown key would be right."""
    whole = json.loads(text())
    if key in whole["$defs"]["service"]["properties"]:
        where = "the service" if path[0] == "services" else "a service"
        return f"`{key}` is a key of {where}: look at the indentation"
    if key in whole["properties"]:
        return f"`{key}` belongs to the top level: look at the indentation"
    return "`x-` keys are not possible here" if key.startswith("x-") else "keys of your own begin with `x-`"


def _required(mistake: _Mistake) -> Iterator[Problem]:
    for key in mistake.wanted:
        if key not in mistake.value:
            yield Problem(
                path=mistake.path, code="missing-key", summary=f"{mistake.place} missing property '{key}'", hint=f"add `{key}:`"
            )


def _choice(mistake: _Mistake) -> Iterator[Problem]:
    text = ", ".join(f"'{choice}'" for choice in mistake.wanted)
    hint = did_you_mean(str(mistake.value), mistake.wanted)
    yield Problem(path=mistake.path, code="not-allowed-value", summary=f"{mistake.place} value must be one of {text}", hint=hint)


def _constant(mistake: _Mistake) -> Iterator[Problem]:
    yield Problem(path=mistake.path, code="not-allowed-value", summary=f"{mistake.place} value must be '{mistake.wanted}'")


def _pattern(mistake: _Mistake) -> Iterator[Problem]:
    summary = f"{mistake.place} '{mistake.value}' does not match pattern '{mistake.wanted.removesuffix(_UNRESOLVED)}'"
    description = mistake.schema.get("description", "").removesuffix(".")
    hint = description[:1].lower() + description[1:]
    yield Problem(path=mistake.path, code="not-allowed-value", summary=summary, hint=hint)


def _repeated(mistake: _Mistake) -> Iterator[Problem]:
    for second, item in enumerate(mistake.value):
        first = mistake.value.index(item)
        if first < second:
            summary = f"{mistake.place} items at {first} and {second} are equal"
            notes = (("the same is here", (*mistake.path, first)),)
            path = (*mistake.path, second)
            yield Problem(path=path, code="repeated-item", summary=summary, hint="remove one of them", notes=notes)
            return


def _bound(mistake: _Mistake) -> Iterator[Problem]:
    relation = "less" if mistake.rule == "maximum" else "greater"
    limit = mistake.wanted + 1 if mistake.rule == "exclusiveMinimum" else mistake.wanted
    yield Problem(path=mistake.path, code="out-of-range", summary=f"{mistake.place} must be {relation} than or equal to {limit}")


def _other(mistake: _Mistake) -> Iterator[Problem]:
    yield Problem(path=mistake.path, code="wrong-type", summary=f"{mistake.place}: {mistake.message}")


_DESCRIPTIONS = {
    "type": _type,
    "additionalProperties": _unknown,
    "required": _required,
    "enum": _choice,
    "const": _constant,
    "pattern": _pattern,
    "uniqueItems": _repeated,
    "minimum": _bound,
    "exclusiveMinimum": _bound,
    "maximum": _bound,
}
