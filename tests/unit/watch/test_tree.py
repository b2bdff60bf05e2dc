"""Looking at the host."""

from __future__ import annotations

import os

import pytest

from compose.source.ignore import Ignore
from compose.watch import reading
from compose.watch.contents import Contents
from compose.watch.matching import Filter, Patterns
from compose.watch.tree import RESCAN_FROM, Tree


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "src"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "a").write_text("a")
    (folder / "skip").mkdir()
    (folder / "skip" / "x").write_text("x")
    (folder / "link").symlink_to("lib")
    os.mkfifo(folder / "pipe")
    return folder


def tree_of(root, *ignored, included=()):
    tree = Tree(
        Filter(
            str(root),
            ignored=[Patterns(str(root), Ignore(ignored), "")],
            included=[Patterns(str(root), Ignore(included), "")] if included else [],
        )
    )
    tree.scan()
    return tree


def test_what_counts_is_known_and_only_that_is_watched(root):
    tree = tree_of(root, "skip")
    assert tree.entries.keys() == {"", "lib", "lib/a", "link"}
    assert set(tree.paths()) == {str(root), f"{root}/lib"}


def test_looking_finds_what_changed(root):
    tree = tree_of(root, "skip")
    (root / "lib" / "a").write_text("b")
    (root / "new" / "deep").mkdir(parents=True)
    (root / "new" / "deep" / "f").write_text("f")
    (root / "link").unlink()
    assert tree.look({"lib/a", "new", "link", "skip/x"}) == {"lib/a", "new", "new/deep", "new/deep/f", "link"}
    assert tree.look({"lib/a"}) == {"lib/a"}
    (root / "lib").rename(root / "moved")
    assert tree.look({"lib", "moved"}) == {"lib", "lib/a", "moved", "moved/a"}
    assert set(tree.paths()) == {str(root), f"{root}/moved", f"{root}/new", f"{root}/new/deep"}


def test_many_paths_are_looked_at_together(root):
    tree = tree_of(root)
    (root / "lib" / "a").unlink()
    assert "lib/a" in tree.look({f"f{n}" for n in range(RESCAN_FROM)})


def test_nothing_is_seen_through_a_directory_that_became_a_link(root, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text("secret")
    tree = tree_of(root)
    entry = tree.entries["lib/a"]
    (root / "lib" / "a").unlink()
    (root / "lib").rmdir()
    (root / "lib").symlink_to("../outside")
    with pytest.raises(reading.Moved):
        reading.read(str(root), "lib/a", entry)
    assert tree.look({"lib/a"}) == {"lib/a"}
    assert "lib/a" not in tree.entries
    tree.look({"lib"})
    assert tree.entries["lib"].kind == "link"


def test_a_directory_that_goes_altogether_is_not_taken_for_empty(root):
    tree = tree_of(root)
    root.rename(root.parent / "elsewhere")
    assert tree.scan() == set()
    assert "lib/a" in tree.entries


def test_a_single_file_may_go_and_come(tmp_path):
    file = tmp_path / "file"
    tree = tree_of(file)
    assert (tree.entries, tree.paths()) == ({}, [str(tmp_path)])
    file.write_text("x")
    assert tree.matters(str(file), "", 1)
    assert tree.look({""}) == {""}
    assert tree.is_file
    file.unlink()
    assert tree.look({""}) == {""}
    assert tree.is_file


def test_only_named_files_count_where_something_is_named(root):
    tree = tree_of(root, included=("lib/*",))
    assert tree.entries.keys() == {"lib/a"}


def test_a_file_is_not_read_while_it_is_being_written(root):
    path = root / "lib" / "a"
    with path.open("w") as file:
        file.write("half")
        file.flush()
        tree = tree_of(root)
        with pytest.raises(reading.Moved) as caught:
            reading.read(str(root), "lib/a", tree.entries["lib/a"])
        assert caught.value.busy
        assert reading.read(str(root), "lib/a", tree.entries["lib/a"], patient=False) == b"half"
    assert reading.read(str(root), "lib/a", tree.entries["lib/a"]) == b"half"
    path.write_text("other")
    with pytest.raises(reading.Moved):
        reading.read(str(root), "lib/a", tree.entries["lib/a"])


def test_contents_tell_a_touch_from_a_change(root):
    tree = tree_of(root)
    contents = Contents(tree)
    contents.read_ahead()
    (root / "lib" / "a").touch()
    assert contents.changed(tree.look({"lib/a"})) == set()
    (root / "lib" / "a").write_text("b")
    assert contents.changed(tree.look({"lib/a"})) == {"lib/a"}
    (root / "lib" / "a").chmod(0o755)
    assert contents.changed(tree.look({"lib/a"})) == {"lib/a"}
    (root / "lib" / "a").unlink()
    assert contents.changed(tree.look({"lib/a"})) == {"lib/a"}
    assert contents.changed({"lib/a"}) == set()
