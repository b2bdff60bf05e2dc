"""Reading files of the host: what was seen, or nothing."""

from __future__ import annotations

import os

import pytest

from compose.watch import reading
from compose.watch.entry import entry_of
from compose.watch.reading import Folder, Moved


@pytest.fixture
def root(tmp_path):
    (tmp_path / "src" / "lib").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for folder in ("src/lib", "elsewhere"):
        (tmp_path / folder / "file").write_text(folder)
        (tmp_path / folder / "other").write_text(f"other in {folder}")
    return tmp_path / "src"


def seen(path):
    entry = entry_of(str(path), os.lstat(path))
    assert entry is not None
    return entry


@pytest.mark.parametrize("folder", [None, Folder()])
def test_no_symlink_is_followed_on_the_way(root, folder):
    entry = seen(root / "lib" / "file")
    assert reading.read(str(root), "lib/file", entry, folder=folder) == b"src/lib"
    (root / "lib").rename(root / "was")
    (root / "lib").symlink_to("../elsewhere")
    if folder is not None:
        folder.close()
    with pytest.raises(Moved):
        reading.read(str(root), "lib/file", seen(root.parent / "elsewhere" / "file"), folder=folder)


def test_a_directory_that_stays_open_gives_only_what_was_seen_in_it(root):
    folder = Folder()
    assert reading.read(str(root), "lib/file", seen(root / "lib" / "file"), folder=folder) == b"src/lib"
    (root / "lib").rename(root / "was")
    (root / "lib").mkdir()
    (root / "lib" / "other").write_text("new")
    with pytest.raises(Moved):
        reading.read(str(root), "lib/other", seen(root / "lib" / "other"), folder=folder)
    folder.close()
    assert reading.read(str(root), "lib/other", seen(root / "lib" / "other"), folder=folder) == b"new"
    folder.close()


def test_a_file_that_changed_is_not_read(root):
    file = root / "lib" / "file"
    before = seen(file)
    file.write_text("changed")
    with pytest.raises(Moved):
        reading.read(str(root), "lib/file", before)
