from __future__ import annotations

import re
import threading

import pytest

from compose.base.pattern import LazyPattern, compiled_lazily, lazy_pattern


def test_a_lazy_pattern_does_what_a_compiled_one_does():
    lazy, compiled = lazy_pattern(r"(a)(b)?", re.IGNORECASE), re.compile(r"(a)(b)?", re.IGNORECASE)
    for text in ("AB", "xaby", "", "aab"):
        assert bool(lazy.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert lazy.sub("-", text) == compiled.sub("-", text)
        assert lazy.findall(text) == compiled.findall(text)
        assert [match.span() for match in lazy.finditer(text)] == [match.span() for match in compiled.finditer(text)]
    assert lazy.pattern == compiled.pattern


def test_it_is_compiled_when_it_is_first_used():
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken.match("")


def test_other_attributes_do_not_compile_it():
    with pytest.raises(AttributeError):
        lazy_pattern("(").nothing  # noqa: B018


def test_it_has_everything_a_compiled_one_has():
    for name in (name for name in dir(re.Pattern) if not name.startswith("_")):
        assert hasattr(lazy_pattern("a"), name), name


def test_libraries_compile_as_usual_afterwards_and_on_other_threads():
    found = []
    with compiled_lazily():
        made = re.compile("a")
        other = threading.Thread(target=lambda: found.append(re.compile("b")))
        other.start()
        other.join()
        assert made.match("a")
    assert isinstance(found[0], re.Pattern)
    assert isinstance(made, LazyPattern)
    assert made.match("a")
    assert isinstance(re.compile("a"), re.Pattern)
