"""Regular expressions that cost nothing until they are used.

Compiling those of the whole program takes longer than reading a small project, and most runs need few of them.
"""

from __future__ import annotations

import re
from _thread import get_ident
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_compile = re.compile  # `compiled_lazily` changes it for all others
_METHODS = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


class LazyPattern:
    """Stands for a compiled pattern; the first use of a method compiles it and takes the methods over."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the compiled pattern has
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = _compile(*self._source)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return self.__dict__[name]


@contextmanager
def compiled_lazily() -> Iterator[None]:
    """Have patterns that are compiled meanwhile compiled when they are used: for importing a library of which little is.

    That holds for the caller's thread; others compile as ever.
    """
    compile_now, here = re.compile, get_ident()

    def compile_later(pattern: Any, flags: int = 0) -> Any:  # noqa: ANN401 - as `re.compile`
        return LazyPattern(pattern, flags) if get_ident() == here else compile_now(pattern, flags)

    re.compile = compile_later
    try:
        yield
    finally:
        re.compile = compile_now


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled when it is first used."""
    made: Any = LazyPattern(text, flags)
    return made  # type: ignore[no-any-return]
