"""Variables in values, and text that stands for a number or a boolean at the places that want one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from compose.base.diagnostics import Diagnostic, Note
from compose.base.pattern import lazy_pattern
from compose.base.place import Path, Span
from compose.load.shape import Shape
from compose.source.document import Document, Map, Mark, Seq, mark_of, pack, start_of
from compose.source.template import Lookup, Missing, Outcome, substitute

Cast: TypeAlias = "Callable[[str], int | float | bool]"
"""Reads a text as another type; raises ValueError with the peer's words."""

Hint: TypeAlias = "Callable[[str, Document], str]"
"""Returns what to do about a variable that a document needs."""

MAX_GROWTH = 64 << 20
"""Characters that variables may add to the files of one model."""

_MINUS_ONE_PAST = 1 << 63
_INTEGER = lazy_pattern(r"[-+]?[0-9]+")
_TRUE = frozenset({"true", "y", "yes", "on"})
_FALSE = frozenset({"false", "n", "no", "off"})
_WORDS_OF_YAML = frozenset({"true", "false"})


def _int(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    value = int(text) if len(text) < len(str(_MINUS_ONE_PAST)) + 2 else _MINUS_ONE_PAST
    if not -_MINUS_ONE_PAST <= value < _MINUS_ONE_PAST:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": value out of range')
    return value


def _float(text: str) -> float:
    try:
        if text == text.strip() and "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise ValueError(f'strconv.ParseFloat: parsing "{text}": invalid syntax')


def _bool(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"invalid boolean: {text}")
    return word in _TRUE


_CASTS: dict[str, Cast] = {
    **dict.fromkeys(
        (
            "services.*.cpu_count",
            "services.*.cpu_period",
            "services.*.cpu_quota",
            "services.*.cpu_rt_period",
            "services.*.cpu_rt_runtime",
            "services.*.cpu_shares",
            "services.*.deploy.placement.max_replicas_per_node",
            "services.*.deploy.replicas",
            "services.*.deploy.restart_policy.max_attempts",
            "services.*.deploy.rollback_config.parallelism",
            "services.*.deploy.update_config.parallelism",
            "services.*.healthcheck.retries",
            "services.*.oom_score_adj",
            "services.*.pids_limit",
            "services.*.ports.[].target",
            "services.*.scale",
            "services.*.ulimits.*",
            "services.*.ulimits.*.hard",
            "services.*.ulimits.*.soft",
        ),
        _int,
    ),
    **dict.fromkeys(
        (
            "services.*.cpu_percent",
            "services.*.cpus",
            "services.*.deploy.rollback_config.max_failure_ratio",
            "services.*.deploy.update_config.max_failure_ratio",
        ),
        _float,
    ),
    **dict.fromkeys(
        (
            "configs.*.external",
            "networks.*.attachable",
            "networks.*.enable_ipv4",
            "networks.*.enable_ipv6",
            "networks.*.external",
            "networks.*.internal",
            "secrets.*.external",
            "services.*.depends_on.*.required",
            "services.*.depends_on.*.restart",
            "services.*.healthcheck.disable",
            "services.*.init",
            "services.*.oom_kill_disable",
            "services.*.privileged",
            "services.*.read_only",
            "services.*.stdin_open",
            "services.*.tty",
            "services.*.volumes.[].read_only",
            "services.*.volumes.[].volume.nocopy",
            "volumes.*.external",
        ),
        _bool,
    ),
}
"""What text becomes, by the pattern of its path; the table of the specification."""


_SHAPE = Shape(_CASTS)
_NO_SHAPE: Shape[Cast] = Shape()


class Unset:
    """Variables that were not set, with the places that name them."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: dict[str, dict[Span, None]] = {}

    def add(self, name: str, span: Span | None) -> None:
        """Note one use of a variable."""
        places = self.places.setdefault(name, {})
        if span is not None:
            places[span] = None


class Interpolation:
    """Interpolates documents in place, and gathers what is wrong with all of them.

    `hint` gives advice about a required variable of a document that is not set.
    """

    def __init__(self, lookup: Lookup, unset: Unset, hint: Hint | None = None) -> None:
        self._lookup = lookup
        self._unset = unset
        self._hint = hint
        self._document: Document | None = None
        self._room = MAX_GROWTH
        self._is_full = False
        self._problems: list[Diagnostic] = []
        self._warnings: list[Diagnostic] = []

    def take_problems(self) -> list[Diagnostic]:
        """Return the errors since the last call."""
        problems, self._problems = self._problems, []
        return problems

    def take_warnings(self) -> list[Diagnostic]:
        """Return the warnings since the last call."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def run(self, document: Document) -> None:
        """Replace the variables in every text of a document."""
        self._document = document
        if isinstance(document.data, dict | list):
            self._children(document.data, _SHAPE, ())

    def _children(self, node: dict[str, Any] | list[Any], shape: Shape[Cast], path: Path) -> None:
        entries: Iterator[tuple[Any, Any]] = iter(node.items()) if isinstance(node, dict) else enumerate(node)
        table, other = shape.children, shape.any or _NO_SHAPE
        for key, value in entries:
            kind = type(value)
            if kind is str:
                below = table.get(key, other)
                if "$" in value or below.rule is not None:
                    node[key] = self._text(node, key, value, below.rule, path)
            elif kind is Map or kind is Seq:
                self._children(value, table.get(key, other), (*path, key))

    def _text(self, node: Any, key: Any, text: str, cast: Cast | None, path: Path) -> Any:  # noqa: ANN401 - YAML data
        outcome = Outcome()
        value = substitute(text, self._lookup, outcome)
        path = (*path, key)
        if not outcome.is_clean:
            mark = mark_of(node, key)
            for name in outcome.unset:
                self._unset.add(name, _variable_span(mark, name))
            self._missing(outcome.missing, mark, path)
            if outcome.malformed:
                self._malformed(text, mark, path)
            if outcome.too_long:
                self._too_long(mark, path)
            if outcome.missing or outcome.malformed or outcome.too_long:
                return value
        self._room += min(0, len(text) - len(value))
        if self._room < 0:
            self._too_long(mark_of(node, key), path)
            return text
        return value if cast is None else self._cast(value, cast, mark_of(node, key), path)

    def _missing(self, missing: list[Missing], mark: Mark | None, path: Path) -> None:
        for variable in missing:
            reason = f": {variable.message}" if variable.message else ""
            summary = f"error while interpolating {pattern(path)}: required variable {variable.name} is missing a value{reason}"
            hint = self._hint(variable.name, self._document) if self._hint is not None and self._document is not None else ""
            self._problems.append(_error("missing-variable", summary, _variable_span(mark, variable.name), path, hint=hint))

    def _too_long(self, mark: Mark | None, path: Path) -> None:
        if self._is_full:
            return
        self._is_full = True
        summary = f"error while interpolating {pattern(path)}: values make the text too long"
        self._problems.append(_error("text-too-long", summary, _value_span(mark), path))

    def _malformed(self, text: str, mark: Mark | None, path: Path) -> None:
        summary = f"invalid interpolation format for {pattern(path)}."
        detail = f"You may need to escape any $ with another $.\n{text}"
        hint = "write `$$` for a `$`; variables are `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?error}`, `${NAME:+other}`"
        self._problems.append(_error("bad-interpolation", summary, _value_span(mark), path, detail=detail, hint=hint))

    def _cast(self, text: str, cast: Cast, mark: Mark | None, path: Path) -> Any:  # noqa: ANN401 - YAML data
        try:
            value = cast(text)
        except ValueError as error:
            summary = f"error while interpolating {pattern(path)}: failed to cast to expected type: {error}"
            self._problems.append(_error("bad-cast", summary, _value_span(mark), path))
            return text
        if value is True or value is False:
            self._old_word(text, value=value, mark=mark, path=path)
        return value

    def _old_word(self, text: str, *, value: bool, mark: Mark | None, path: Path) -> None:
        if text.lower() in _WORDS_OF_YAML:
            return
        summary = f'"{text}" for boolean is not supported by YAML 1.2, please use `{str(value).lower()}`'
        self._warnings.append(
            Diagnostic(severity="warning", code="old-boolean", summary=summary, span=_value_span(mark), path=path)
        )


def pattern(path: Path) -> str:
    """Return a path as the peer writes it while interpolating: `services.web.ports.[].target`."""
    return ".".join("[]" if isinstance(part, int) else part for part in path)


def _error(code: str, summary: str, span: Span | None, path: Path, *, detail: str = "", hint: str = "") -> Diagnostic:
    return Diagnostic(severity="error", code=code, summary=summary, span=span, path=path, detail=detail, hint=hint)


def _value_span(mark: Mark | None) -> Span | None:
    return mark[0].span(mark[2]) if mark is not None else None


def _variable_span(mark: Mark | None, name: str) -> Span | None:
    """Return where a value names a variable, or the whole value's place."""
    if mark is None:
        return None
    origin, _, where, _ = mark
    start = start_of(where)
    found = re.search(rf"\$\{{?{name}(?![A-Za-z0-9_])", origin.raw(where))
    return origin.span(pack(start + found.start(), start + found.end())) if found else origin.span(where)


def unset_warning(unset: Unset, hint: str) -> Diagnostic | None:
    """Return the one warning for all variables that were not set, or None when there are none."""
    if not unset.places:
        return None
    lines = [f'The "{name}" variable is not set. Defaulting to a blank string.' for name in unset.places]
    spans = [(name, span) for name, places in unset.places.items() for span in places]
    is_one = len(lines) == 1
    return Diagnostic(
        severity="warning",
        code="unset-variable",
        summary=lines[0] if is_one else f"{len(lines)} variables are not set. Defaulting to blank strings.",
        span=spans[0][1] if spans else None,
        detail="" if is_one else "\n".join(lines),
        hint=hint,
        notes=tuple(Note(message=f"`{name}` is used here", span=span) for name, span in spans[1:]),
    )
