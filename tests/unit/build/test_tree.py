from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compose.base.errors import ComposeError
from compose.build.tree import walk
from compose.source.ignore import Ignore


def fill(root, *paths):
    for path in paths:
        file = root / path
        if path.endswith("/"):
            file.mkdir(parents=True, exist_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(path)


def paths(root, *patterns):
    return [entry.path for entry in walk(str(root), Ignore(patterns))]


def test_parents_come_first_and_names_are_in_order(tmp_path):
    fill(tmp_path, "b", "a/2", "a/1", "a-b", "empty/")
    assert paths(tmp_path) == ["a", "a/1", "a/2", "a-b", "b", "empty"]


def test_an_ignored_directory_comes_when_something_below_is_taken_back(tmp_path):
    fill(tmp_path, "docs/deep/keep/x", "docs/deep/other", "docs/y", "z")
    assert paths(tmp_path, "*", "!docs/deep/keep") == ["docs", "docs/deep", "docs/deep/keep", "docs/deep/keep/x"]


def test_an_ignored_directory_is_not_listed_when_nothing_can_be_taken_back(tmp_path, monkeypatch):
    fill(tmp_path, "node_modules/a/b", "src/c")
    listed = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(Path(path).name) or scan(path))
    assert paths(tmp_path, "node_modules", "!src/c") == ["src", "src/c"]
    assert "node_modules" not in listed


def test_a_link_to_a_directory_is_an_entry_of_its_own(tmp_path):
    fill(tmp_path, "real/file")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "broken").symlink_to("nowhere")
    assert paths(tmp_path) == ["broken", "link", "real", "real/file"]


def test_sockets_are_left_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert paths(tmp_path) == []


def test_a_directory_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ComposeError) as caught:
        paths(tmp_path / "gone")
    assert caught.value.diagnostics[0].code == "build-context-unreadable"
    assert "gone" in caught.value.diagnostics[0].summary


NAMES = st.sampled_from(["a", "b", "c", "ab"])
PATTERN = st.builds(
    lambda sign, parts: sign + "/".join(parts),
    st.sampled_from(["", "!"]),
    st.lists(st.sampled_from(["a", "b", "c", "*", "**", "a*", "**b", "?", "[ab]"]), min_size=1, max_size=3),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patterns=st.lists(PATTERN, max_size=5))
def test_the_pruned_walk_finds_what_asking_for_each_path_finds(tmp_path, patterns):
    names = ["a", "b", "ab"]
    if not any(tmp_path.iterdir()):
        fill(
            tmp_path,
            *(f"{x}/{y}/{z}" for x in names for y in names for z in names),
            *(f"{x}/{y}/f" for x in names for y in names),
        )
    ignore = Ignore(patterns)
    files = {entry.path for entry in walk(str(tmp_path), ignore) if not entry.is_directory}
    everything = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {path for path in everything if not ignore.ignores(path)}
