from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.source.ignore import Ignore

ONE_PATTERN = [
    ("**", "file", True),
    ("**/", "file", True),
    ("**", "dir/file", True),
    ("**/**", "dir/file", True),
    ("dir/**", "dir/file", True),
    ("dir/**", "dir/dir2/file", True),
    ("dir/**", "dir", False),
    ("**/dir", "dir", True),
    ("**/dir", "dir/file", True),
    ("**/dir", "a/b/dir/c", True),
    ("**/dir", "adir", False),
    ("**/dir2/*", "dir/dir2/file", True),
    ("**/dir2/**", "dir/dir2/dir3/file", True),
    ("**file", "file", True),
    ("**file", "dir/myfile", True),
    ("**file*", "dir/myfile", False),
    ("**/file*.txt*", "dir/dir/file.txt", True),
    ("**/**/*.txt", "dir/dir/file.txt", True),
    ("**/**/*.txt2", "dir/dir/file.txt", False),
    ("**/*.txt", "file.txt", True),
    ("a**/*.txt", "a/dir/dir/file.txt", True),
    ("a**/*.txt", "ab/file.txt", True),
    ("a**", "abc/file", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/*.txt", "a/dir/file.txt", False),
    ("a/*.txt**", "a/file.txt/below", True),
    ("a/*.txt", "a/file.txt", True),
    ("*", ".hidden", True),
    ("*/b", "a/b", True),
    ("*/b", "b", False),
    ("a[b-d]e", "ace", True),
    ("a[b-d]e", "ae", False),
    ("a[^b-d]e", "aze", True),
    ("a[^b-d]e", "ace", False),
    ("a[.]b", "a.b", True),
    ("a[.]b", "axb", False),
    ("a[\\]]b", "a]b", True),
    ("a[[]b", "a[b", True),
    ("a[&&|]b", "a&b", True),
    (".*", ".foo", True),
    (".*", "foo", False),
    ("abc.def", "abcZdef", False),
    ("abc?def", "abcZdef", True),
    ("abc?def", "abc/def", False),
    ("a\\\\", "a\\", True),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("\\[x]", "[x]", True),
    ("a(b)c/def", "a(b)c/def", True),
    ("a.|)$(}+{bc", "a.|)$(}+{bc", True),
    ("a^b", "a^b", True),
    ("docs/", "docs/README.md", True),
    ("/docs", "docs/README.md", True),
    ("//docs", "docs", True),
    ("./docs/./x/..", "docs/a", True),
    ("../docs", "docs", False),
    (".", "docs", False),
    ("/", "docs", False),
    ("  docs  ", "docs", True),
    ("docs", "docs2", False),
    ("docs", "a/docs", False),
    ("a?b", "a☺b", True),
    ("[à-é]*", "ç", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), ONE_PATTERN)
def test_one_pattern(pattern, path, expected):
    assert Ignore([pattern]).ignores(path) is expected


SEVERAL_PATTERNS = [
    (["!file.go", "*.go"], "file.go", True),
    (["*.go", "!file.go"], "file.go", False),
    (["docs", "!docs/README.md"], "docs/README.md", False),
    (["docs/", "!docs/README.md"], "docs/README.md", False),
    (["docs/*", "!docs/README.md"], "docs/README.md", False),
    (["docs", "!docs/README.md"], "docs/other.md", True),
    (["**", "!util/docker/web"], "util/docker/web/foo", False),
    (["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", True),
    (["**", "!dist/*.whl"], "dist/x.whl", False),
    (["*", "!a", "!b"], "b/c", False),
    (["*", "!a", "a/secret", "!a/secret/not"], "a/secret/not/this", False),
    (["*", "!a", "a/secret", "!a/secret/not"], "a/secret/yes", True),
    (["a", "!**/keep"], "a/deep/down/keep", False),
    (["! /docs"], "docs", False),
    # A pattern is asked for a parent only where it could change the parent's result.
    (["a/b", "!a"], "a/b", True),
    ([], "anything", False),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), SEVERAL_PATTERNS)
def test_the_last_match_decides(patterns, path, expected):
    assert Ignore(patterns).ignores(path) is expected


def test_text_has_comments_blank_lines_and_a_byte_order_mark():
    ignore = Ignore.parse("\ufeff/first\r\n\n# comment\n  # no comment\n! kept/ \nlast")
    assert ignore.patterns == ("first", "# no comment", "!kept", "last")


@pytest.mark.parametrize("pattern", ["!", "[", "[]a]", "[^]", "a[", "[a-]", "[-x]", "[x-]", "a\\", "!a[b", "! "])
def test_a_malformed_pattern_is_an_error_that_quotes_it(pattern):
    with pytest.raises(ComposeError) as caught:
        Ignore(["fine", pattern], file="web/.dockerignore")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "ignore-pattern-invalid"
    assert f"`{pattern.strip()}`" in diagnostic.summary
    assert "`web/.dockerignore`" in diagnostic.summary


RESTORE = [
    (["*"], "a", False),
    (["*", "!b"], "a", False),
    (["*", "!a"], "a", False),
    (["*", "!a/b"], "a", True),
    (["*", "!a/b"], "a/b", False),
    (["*", "!a/b/c"], "a/x", False),
    (["*", "!*/b"], "a", True),
    (["*", "!**/b"], "a/c/d", True),
    (["*", "!a/**/b"], "c", False),
    (["*", "!a/**/b"], "a/c", True),
    (["*", "!a**"], "b", True),
    (["*", "!x[a/b]y"], "x", True),
    (["*", "!a?/b"], "ab", True),
    (["*", "!a?/b"], "bb", False),
]


@pytest.mark.parametrize(("patterns", "directory", "expected"), RESTORE)
def test_directories_that_nothing_can_be_taken_back_from_are_known(patterns, directory, expected):
    assert Ignore(patterns).may_restore(directory) is expected


def test_an_empty_list_is_false():
    assert not Ignore.parse("# nothing\n")
    assert Ignore(["x"])
