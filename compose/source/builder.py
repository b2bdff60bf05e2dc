"""Builds the data of a YAML document from the parser's events, with a mark for every key and value."""

from __future__ import annotations

from typing import Any

from compose.base.diagnostics import Diagnostic, Note
from compose.base.place import Path
from compose.base.similar import closest
from compose.source.document import Map, Mark, Origin, Range, Seq, clone, over, pack
from compose.source.scalar import Date, is_known, plain, tagged

MAX_NODES = 100_000
"""Values of one document, those that aliases repeat counted each time."""
MAX_DEPTH = 100
"""Collections inside one another, those that aliases repeat included."""
MAX_TEXT = 64 << 20
"""Characters of all scalars of one document, those that aliases repeat counted each time."""


_MERGE = "<<"
_NOT_LETTERS = frozenset("0123456789+-.~tTfFnN<=")


class _Frame:
    """A collection that is being read."""

    __slots__ = (
        "anchor",
        "container",
        "depth",
        "key",
        "key_range",
        "lines",
        "merges",
        "resets",
        "size",
        "start",
        "tag",
        "visits",
    )

    def __init__(self, container: Map | Seq, event: Any, builder: Builder) -> None:  # noqa: ANN401 - PyYAML is untyped here
        self.container = container
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag
        self.start: int = event.start_mark.index
        self.key: str | None = None
        self.key_range: Range = 0
        self.lines: dict[str, Range] = {}
        self.merges: list[tuple[Any, Range]] = []
        self.depth = 1
        self.visits = builder.visits
        self.size = builder.size
        self.resets = len(builder.resets)


class _Anchor:
    """A value that aliases may repeat, and what it counts for wherever one does."""

    __slots__ = ("depth", "resets", "size", "tag", "value", "visits", "where")

    def __init__(self, value: Any, where: Range, tag: str | None) -> None:  # noqa: ANN401 - YAML data
        self.value = value
        self.where = where
        self.tag = tag
        self.visits = 1
        self.size = len(value) if isinstance(value, str) else 0
        self.depth = 0
        self.resets: tuple[Path, ...] = ()


class _Dropped:
    """Stands for a value that `!reset` takes out."""


_DROPPED = _Dropped()


class Builder:
    """Builds the data of one document from events."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.root: Any = None
        self.resets: list[Path] = []
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self.visits = 0
        self.size = 0
        self.is_full = False
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchor] = {}

    def scalar(self, event: Any) -> None:  # noqa: ANN401 - PyYAML is untyped here
        """Take a scalar, as a key or as a value."""
        frame = self._stack[-1] if self._stack else None
        where = pack(event.start_mark.index, event.end_mark.index)
        text: str = event.value
        self.size += len(text)
        if frame is not None and frame.key is None and type(frame.container) is Map:
            if (event.tag is None and not event.style and text[:1] in _NOT_LETTERS) or not text:
                self._start_key(frame, self._value_of(event, text, where), where)
            else:
                self._start_key(frame, text, where)
            if event.anchor:
                self._anchors[event.anchor] = _Anchor(text, where, None)
            return
        value = self._value_of(event, text, where)
        if event.anchor:
            self._anchors[event.anchor] = _Anchor(value, where, event.tag)
        self._add(value, where, event.tag)

    def _value_of(self, event: Any, text: str, where: Range) -> Any:  # noqa: ANN401 - PyYAML is untyped here
        if event.tag is None:
            if event.style:
                return text
            value = plain(text)
            return self._date(text, where) if type(value) is Date else value
        if event.tag in ("!reset", "!override"):
            return text if event.style else plain(text)
        self._check_tag(event.tag, where)
        try:
            return tagged(event.tag, text)
        except ValueError:
            name = event.tag.rpartition(":")[2]
            self._fail("bad-tag", f"cannot decode `{text}` as a `!!{name}`", where)
            return None

    def _date(self, text: str, where: Range) -> str:
        if not any(isinstance(part, str) and part.startswith("x-") for part in self._path()):
            hint = f'put it in quotes: "{text}"'
            self._fail("unquoted-date", f"`{text}` is a date in YAML, and no attribute takes one", where, hint=hint)
        return text

    def _check_tag(self, tag: str, where: Range) -> None:
        if not is_known(tag):
            self.warnings.append(
                Diagnostic(
                    severity="warning",
                    code="unknown-tag",
                    summary=f"the tag `{tag}` means nothing here and is ignored",
                    span=self.origin.span(where),
                    path=self._path(),
                    hint="the tags of Compose files are `!reset` and `!override`",
                )
            )

    def start(self, container: Map | Seq, event: Any) -> None:  # noqa: ANN401 - PyYAML is untyped here
        """Begin a collection."""
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep(pack(event.start_mark.index, event.end_mark.index))
            return
        self._stack.append(_Frame(container, event, self))
        if event.tag is not None:
            self._check_tag(event.tag, pack(event.start_mark.index, event.end_mark.index))

    def end(self, event: Any) -> None:  # noqa: ANN401 - PyYAML is untyped here
        """End the innermost collection, and add it to the one around it."""
        frame = self._stack.pop()
        where = pack(frame.start, event.end_mark.index)
        if frame.merges:
            self._merge(frame)
        if frame.anchor:
            depth = len(self._path())
            below = tuple(path[depth:] for path in self.resets[frame.resets :])
            anchor = self._anchors[frame.anchor] = _Anchor(frame.container, where, frame.tag)
            anchor.visits += self.visits - frame.visits
            anchor.size = self.size - frame.size
            anchor.depth = frame.depth
            anchor.resets = below
        if self._stack and self._stack[-1].key is None and type(self._stack[-1].container) is Map:
            self._start_key(self._stack[-1], frame.container, where)
            return
        self._add(frame.container, where, frame.tag, frame.depth)

    def alias(self, event: Any) -> None:  # noqa: ANN401 - PyYAML is untyped here
        """Repeat the value of an anchor."""
        where = pack(event.start_mark.index, event.end_mark.index)
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            self._no_anchor(event.anchor, where)
            anchor = self._anchors[event.anchor] = _Anchor(Map(), where, None)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and type(frame.container) is Map:
            self._start_key(frame, anchor.value, where)
            return
        self.visits += anchor.visits - 1
        self.size += anchor.size
        if self.visits > MAX_NODES or self.size > MAX_TEXT:
            self._too_many(where)
        elif len(self._stack) + anchor.depth > MAX_DEPTH:
            self._too_deep(where)
        else:
            here = self._path()
            self.resets.extend([here + path for path in anchor.resets])
            self._add(clone(anchor.value), anchor.where, anchor.tag, anchor.depth)

    def _no_anchor(self, name: str, where: Range) -> None:
        for depth, frame in enumerate(self._stack):
            if frame.anchor == name:
                inner, outer = _text(self._path()), _text(self._path(depth))
                summary = f"cycle detected: node at path {inner} references node at path {outer}"
                hint = f"`*{name}` stands inside what `&{name}` names"
                self._fail("alias-cycle", summary, where, hint=hint)
                return
        near = closest(name, self._anchors)
        hint = f"did you mean `*{near}`?" if near else f"an anchor `&{name}` must stand before it in the same document"
        self._fail("unknown-anchor", f"unknown anchor `{name}` referenced", where, hint=hint)

    def _start_key(self, frame: _Frame, key: Any, where: Range) -> None:  # noqa: ANN401 - YAML data
        if type(key) is not str:
            key = self._bad_key(key, where)
        frame.key = key
        frame.key_range = where
        first = frame.lines.setdefault(key, where)
        if first is not where:
            line = self.origin.span(first).line
            summary = f'mapping key "{key}" already defined at line {line}'
            note = Note(message=f"`{key}` is first defined here", span=self.origin.span(first))
            self._fail("duplicate-key", summary, where, notes=(note,), hint="keep one of the two")

    def _bad_key(self, key: Any, where: Range) -> str:  # noqa: ANN401 - YAML data
        text = self.origin.raw(where)
        place = _text(self._path())
        hint = f'put it in quotes: "{text}"' if not isinstance(key, dict | list) else "write a plain name before the `:`"
        self._fail("non-string-key", f"non-string key {f'in {place}' if place else 'at top level'}: {text}", where, hint=hint)
        return text

    def _add(self, value: Any, where: Range, tag: str | None, depth: int = 0) -> None:  # noqa: ANN401 - YAML data
        if tag in ("!reset", "!override"):
            self.resets.append(self._path())
            if tag == "!reset":
                value = _DROPPED
        if not self._stack:
            self.root = None if value is _DROPPED else value
            return
        self.visits += 1
        if self.visits > MAX_NODES:
            self._too_many(where)
        frame = self._stack[-1]
        if depth >= frame.depth:
            frame.depth = depth + 1
        container = frame.container
        if isinstance(container, Seq):
            if value is not _DROPPED:
                container.append(value)
                container.marks.append((self.origin, where, where, None))
            return
        key, frame.key = frame.key or "", None
        if key == _MERGE:
            frame.merges.append((value, where))
        elif value is not _DROPPED:
            container[key] = value
            container.marks[key] = (self.origin, frame.key_range, where, None)

    def _merge(self, frame: _Frame) -> None:
        target = frame.container
        assert isinstance(target, Map)
        for value, where in frame.merges:
            for source in value if isinstance(value, list) else (value,):
                if not isinstance(source, Map):
                    self._fail("bad-merge", "map merge requires map or sequence of maps as the value", where)
                    return
                for key, child in source.items():
                    mark: Mark = source.marks[key]
                    if key not in target:
                        target[key] = clone(child)
                        target.marks[key] = mark
                    else:
                        target.marks[key] = over(target.marks[key], mark) or mark

    def _too_deep(self, where: Range) -> None:
        self._stop("too-deep", f"more than {MAX_DEPTH} mappings and lists inside one another", where)

    def _too_many(self, where: Range) -> None:
        self._stop("too-many-values", f"compose file exceeds maximum node visit limit ({MAX_NODES})", where)

    def _stop(self, code: str, summary: str, where: Range) -> None:
        if not self.is_full:
            self._fail(code, summary, where)
        self.is_full = True

    def _fail(self, code: str, summary: str, where: Range, *, hint: str = "", notes: tuple[Note, ...] = ()) -> None:
        span = self.origin.span(where)
        self.problems.append(
            Diagnostic(severity="error", code=code, summary=summary, span=span, path=self._path(), hint=hint, notes=notes)
        )

    def _path(self, depth: int | None = None) -> Path:
        path: list[str | int] = []
        for frame in self._stack[:depth]:
            if type(frame.container) is Seq:
                path.append(len(frame.container))
            elif frame.key is not None and frame.key != _MERGE:
                path.append(frame.key)
        return tuple(path)


def _text(path: Path) -> str:
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in path).replace(".[", "[")
