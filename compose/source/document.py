"""A YAML document as plain data that knows where each of its keys and values was written.

`Map` and `Seq` are a dict and a list in every respect; beside their values they keep a `Mark` for each child.
A stage that changes data in place keeps marks for free; one that makes new lists takes them along with `Seq.add`.
Data without marks is fine: its place is then that of the nearest ancestor that has one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, TypeAlias

from compose.base.diagnostics import Diagnostic
from compose.base.place import Path, Span
from compose.base.value import Value

_BITS = 32
_LOW = (1 << _BITS) - 1

Range: TypeAlias = int
"""Where a text begins and ends, as two character offsets in one number (`pack`)."""

Mark: TypeAlias = "tuple[Origin, Range, Range, Mark | None]"
"""Where a child was written: the text, the range of its key (its own for a list item), of its value, and the mark
of what it replaced; a tuple because a large project has tens of thousands."""


def pack(start: int, end: int) -> Range:
    """Return the range from `start` to one past the last character."""
    return start << _BITS | end


def start_of(where: Range) -> int:
    """Return where a range begins."""
    return where >> _BITS


class Origin:
    """A text that was read, and why.

    `via` says what brought it in where that is not the command line (`include`, `extends`), and `cause` where
    that was written.
    """

    __slots__ = ("_lines", "cause", "file", "text", "via")

    def __init__(self, file: str, text: str, *, via: str = "", cause: Span | None = None) -> None:
        self.file = file
        self.text = text
        self.via = via
        self.cause = cause
        self._lines: list[int] = []

    def raw(self, where: Range) -> str:
        """Return the text of a range without the blank space that ends it."""
        return self.text[where >> _BITS : where & _LOW].rstrip()

    def span(self, where: Range) -> Span:
        """Return a range as lines and columns."""
        start = where >> _BITS
        line, column = self._position(start)
        end_line, end_column = self._position(start + len(self.raw(where)))
        return Span(file=self.file, line=line, column=column, end_line=end_line, end_column=end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        if not self._lines:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._lines = starts
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


class Map(dict[str, Any]):
    """A mapping with the marks of its values, by key."""

    __slots__ = ("marks",)

    def __init__(self, items: Iterable[tuple[str, Any]] | dict[str, Any] = (), marks: dict[str, Mark] | None = None) -> None:
        super().__init__(items)
        self.marks: dict[str, Mark] = {} if marks is None else marks


class Seq(list[Any]):
    """A list with the marks of its items, by position (None where an item was written nowhere)."""

    __slots__ = ("marks",)

    def __init__(self, items: Iterable[Any] = (), marks: list[Mark | None] | None = None) -> None:
        super().__init__(items)
        self.marks: list[Mark | None] = [None] * len(self) if marks is None else marks

    def add(self, item: Any, mark: Mark | None) -> None:  # noqa: ANN401 - YAML data
        """Append an item that was written at `mark` (see `mark_of`)."""
        self.append(item)
        self.marks.append(mark)


def mark_of(container: Any, key: str | int) -> Mark | None:  # noqa: ANN401 - YAML data
    """Return where the child `key` of a mapping or list was written, if that is known."""
    if isinstance(container, Map) and isinstance(key, str):
        return container.marks.get(key)
    if isinstance(container, Seq) and isinstance(key, int) and key < len(container.marks):
        return container.marks[key]
    return None


def set_marked(container: dict[str, Any], key: str, value: Any, mark: Mark | None) -> None:  # noqa: ANN401 - YAML data
    """Set `key` of a mapping to a value that was written at `mark`."""
    container[key] = value
    if mark is not None and isinstance(container, Map):
        container.marks[key] = mark


def over(mark: Mark | None, older: Mark | None) -> Mark | None:
    """Return the mark of a value that replaced, or was merged over, what `older` marks."""
    if mark is None or older is None or mark is older:
        return mark or older
    text, key, value, previous = mark
    return (text, key, value, over(previous, older))


def clone(value: Any) -> Any:  # noqa: ANN401 - YAML data
    """Return a copy that shares nothing which a later stage may change."""
    if isinstance(value, dict):
        items = {key: clone(child) if isinstance(child, dict | list) else child for key, child in value.items()}
        return Map(items, dict(value.marks)) if isinstance(value, Map) else items
    if isinstance(value, list):
        copied = [clone(child) if isinstance(child, dict | list) else child for child in value]
        return Seq(copied, list(value.marks)) if isinstance(value, Seq) else copied
    return value


def count(value: Any) -> int:  # noqa: ANN401 - YAML data
    """Return how many values there are in a tree, itself included."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(count(child) for child in children)


class Layer(Value, frozen=True, kw_only=True):
    """One of the places that set a value.

    `key` is the range of its key (equal to `span` in a list), `raw` the text as written, `via` and `cause` what
    brought its file in.
    """

    span: Span
    key: Span
    raw: str
    via: str = ""
    cause: Span | None = None


class SourceMap:
    """Says where the values of a tree were written; the tree's `Places`.

    Paths are those of the canonical model: a name below a list finds the item that spells it (`KEY=value`).
    """

    def __init__(self, tree: dict[str, Any], root: Origin | None = None) -> None:
        self.tree = tree
        self.root = root
        self._also: dict[Path, Mark] = {}
        self._instead: dict[Path, Mark] = {}

    def also(self, path: Path, mark: Mark) -> None:
        """Note a place that gives `path` a value beneath those of the tree (an env file)."""
        self._also[path] = mark

    def instead(self, path: Path, mark: Mark) -> None:
        """Note where the value at `path` of the model is written, where the tree has another order."""
        self._instead[path] = mark

    def nearest(self, path: Path) -> Span | None:
        """Return the span of `path`, or of its closest known ancestor."""
        mark, _ = self._find(path)
        return mark[0].span(mark[2]) if mark is not None else self._start()

    def key(self, path: Path) -> Span | None:
        """Return the span of the last key of `path`, or of its closest known ancestor."""
        mark, _ = self._find(path)
        return mark[0].span(mark[1]) if mark is not None else self._start()

    def layers(self, path: Path) -> tuple[Layer, ...]:
        """Return every place that set the value at `path`, the winner first; empty when no text did."""
        mark, exact = self._find(path)
        found = []
        while exact and mark is not None:
            text, key, value, mark = mark
            found.append(Layer(span=text.span(value), key=text.span(key), raw=text.raw(value), via=text.via, cause=text.cause))
        return tuple(found)

    def _start(self) -> Span | None:
        return self.root.span(0) if self.root is not None else None

    def _find(self, path: Path) -> tuple[Mark | None, bool]:
        if path in self._instead:
            return self._instead[path], True
        found, is_exact = self._find_in_tree(path)
        beneath = self._also.get(path)
        return (over(found if is_exact else None, beneath), True) if beneath is not None else (found, is_exact)

    def _find_in_tree(self, path: Path) -> tuple[Mark | None, bool]:
        node: Any = self.tree
        found: Mark | None = None
        for part in path:
            child: str | int | None = part
            if isinstance(node, list) and isinstance(part, str):
                child = _spelt(node, part)
            if isinstance(node, str):
                return found, found is not None  # what the model has below text was made from it: the words of a command
            if child is None or not isinstance(node, dict | list):
                return found, False
            mark = mark_of(node, child)
            try:
                node = node[child]  # type: ignore[index] # the kind of child fits the kind of node
            except (KeyError, IndexError, TypeError):
                return mark or found, False
            if mark is None:
                return found, False
            found = mark
        return found, True


def _spelt(items: list[Any], name: str) -> int | None:
    """Return the position of the last item that sets `name`: `name`, `name=…`, `name:…`."""
    for index in range(len(items) - 1, -1, -1):
        item = items[index]
        if isinstance(item, str) and item.startswith(name) and item[len(name) : len(name) + 1] in ("", "=", ":"):
            return index
    return None


class Document:
    """One document of a file: its data, and what was tagged in it.

    `resets` are the paths that `!reset` or `!override` tags; what earlier files set there is to be removed. `size`
    counts its values.
    """

    __slots__ = ("data", "origin", "resets", "size", "warnings")

    def __init__(self, origin: Origin, data: Any, resets: tuple[Path, ...] = (), *, size: int = 0) -> None:  # noqa: ANN401 - YAML data
        self.origin = origin
        self.data = data
        self.resets = resets
        self.size = size
        self.warnings: tuple[Diagnostic, ...] = ()

    @property
    def file(self) -> str:
        """The file's path as the user named it."""
        return self.origin.file

    @property
    def places(self) -> SourceMap:
        """Where the values of `data` were written."""
        return SourceMap(self.data if isinstance(self.data, dict) else {}, self.origin)
