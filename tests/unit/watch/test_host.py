"""The host's side on real files."""

from __future__ import annotations

from queue import SimpleQueue

import pytest

from compose.base.clock import SystemClock
from compose.watch import host as module
from compose.watch.host import Host
from compose.watch.matching import Filter
from compose.watch.tree import Tree


class Deaf:
    """A watcher on a file system that tells nothing."""

    limited = None

    def __init__(self, *_given):
        pass

    def watch(self, _paths, *, anew=()):
        del anew
        return False

    def merge(self):
        return False

    def close(self):
        pass


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A folder on a shared drive: its path, what changed there, and what is said."""
    monkeypatch.setattr(module, "Watcher", Deaf)
    folder = tmp_path / "drive" / "src"
    folder.mkdir(parents=True)
    (folder / "file").write_text("one")
    (tmp_path / "mounts").write_text(f"/dev/sda / ext4 rw 0 0\nC: {tmp_path / 'drive'} 9p rw 0 0\n")
    changed, said = SimpleQueue(), []
    host = Host(
        [Tree(Filter(str(folder)))],
        lambda _tree, paths: changed.put(paths),
        clock=SystemClock(),
        tell=said.append,
        mounts=str(tmp_path / "mounts"),
    )
    host.look()
    host.start()
    yield folder, changed, said
    host.close()


def test_where_events_do_not_arrive_files_are_looked_at_again_and_again(watched):
    folder, changed, said = watched
    (folder / "file").write_text("changed")
    assert changed.get(timeout=30) == {"file"}
    (folder / "new").mkdir()
    (folder / "new" / "x").write_text("x")
    seen = set()
    while seen != {"new", "new/x"}:
        seen |= changed.get(timeout=30)
    (folder / "file").unlink()
    assert changed.get(timeout=30) == {"file"}
    assert [one.summary for one in said] == [
        f"{folder} is on a folder of the virtual machine's host (9p), which tells no changes: it is looked at again and again"
    ]
    assert "Linux file system" in said[0].hint
