"""Regular expressions that cost nothing until they are used.

Compiling those of the whole program takes longer than reading a small project, and most runs need few of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_METHODS = ("finditer", "findall", "flags", "fullmatch", "match", "pattern", "search", "split", "sub")


class LazyPattern:
    """Stands for a compiled pattern; the first use of a method compiles it and takes the methods over."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the compiled pattern has
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return self.__dict__[name]


@contextmanager
def compiled_lazily() -> Iterator[None]:
    """Have patterns that are compiled meanwhile compiled when they are used: for importing a library of which little is."""
    compile_now = re.compile
    re.compile = LazyPattern  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = compile_now


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled when it is first used."""
    made: Any = LazyPattern(text, flags)
    return made  # type: ignore[no-any-return]
