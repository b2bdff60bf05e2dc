"""cp, in both directions, by the rules of docker cp."""

from __future__ import annotations

import io
import os
import tarfile
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

MAKE = "mkdir -p /d/sub; echo a > /d/a; echo b > /d/sub/b; ln -s sub /d/link; touch /ready; exec sleep 600"


@pytest.fixture
def pair(stack):
    """A service of two containers with files in /d."""
    stack.write(f"services:\n  web: {{image: busybox, command: [sh, -c, '{MAKE}'], scale: 2, stop_grace_period: 0s}}\n")
    stack.compose("up", "-d")
    for number in (1, 2):
        stack.until(partial(ready, stack, number), "the files are there")
    return stack


def inside(stack, command, number=1):
    code, output = stack.container("web", number).exec_run(["sh", "-c", command])
    return code, output.decode()


def ready(stack, number):
    return inside(stack, "test -f /ready", number)[0] == 0


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_cp_from_a_service(pair):
    said = pair.compose("cp", "web:/d", "out").stderr
    assert f"{pair.name}-web-1 Copied {pair.name}-web-1:/d to out" in said
    assert names(pair.folder / "out") == ["a", "link", "sub", "sub/b"]
    assert (pair.folder / "out/link").readlink() == Path("sub")
    pair.compose("cp", "web:/d", "out")
    assert (pair.folder / "out/d/sub/b").read_text() == "b\n"
    pair.compose("cp", "web:d/link/.", "out/")
    assert (pair.folder / "out/b").read_text() == "b\n"
    pair.compose("cp", "-L", "web:/d/link", "followed")
    assert names(pair.folder / "followed") == ["b"]
    pair.compose("cp", "web:/d/a", "out/a")
    for arguments, message in (
        (("web:/d/a", "new/"), "no such directory"),
        (("web:/nope", "."), "Could not find the file /nope in container"),
    ):
        assert message in pair.compose("cp", *arguments, code=1).stderr


def test_cp_to_all_containers_of_a_service(pair):
    pair.write("one", "from/one")
    os.link(pair.folder / "from/one", pair.folder / "from/two")
    pair.container("web", 2).stop(timeout=0)
    said = pair.compose("cp", "from", "web:/to").stderr
    assert f"{pair.name}-web-2 Copied from to {pair.name}-web-2:/to" in said
    pair.container("web", 2).start()
    for number in (1, 2):
        assert inside(pair, "cd /to; echo *; cat two", number) == (0, "one two\none")
    pair.compose("cp", "from", "web:/to/")
    pair.compose("cp", "from/.", "web:/d/link")
    assert inside(pair, "cat /to/from/one /d/sub/two") == (0, "oneone")
    pair.compose("cp", "--index", "2", "from/one", "web:/only")
    assert inside(pair, "test -e /only")[0] == 1
    assert "cannot copy a directory to `/d/a`" in pair.compose("cp", "from", "web:/d/a", code=1).stderr
    assert "copy from/one to" in pair.compose("--dry-run", "cp", "from/one", "web:/dry").stdout
    assert inside(pair, "test -e /dry")[0] == 1


def test_cp_through_pipes(pair):
    data = os.urandom(3_000_000)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("data")
        info.size, info.uid = len(data), 1234
        archive.addfile(info, io.BytesIO(data))
    assert pair.piped("cp", "-", "web:/d", stdin=buffer.getvalue()).returncode == 0
    assert inside(pair, "stat -c %u /d/data; wc -c < /d/data", 2) == (0, f"1234\n{len(data)}\n")
    with tarfile.open(fileobj=io.BytesIO(pair.piped("cp", "web:/d/data", "-", stdin=b"").stdout)) as archive:
        assert archive.extractfile("data").read() == data
    assert b"must be a directory" in pair.piped("cp", "-", "web:/d/a", stdin=buffer.getvalue()).stderr
