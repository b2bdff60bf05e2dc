from __future__ import annotations

import io
import os
import tarfile
import tracemalloc

import pytest

from compose.base.errors import ComposeError
from compose.base.packing import BLOCK
from compose.build.archive import Extra, archive
from compose.build.tree import walk
from compose.source.ignore import Ignore


def members(root, extras=(), patterns=()):
    data = b"".join(archive(walk(str(root), Ignore(patterns)), extras))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: (member, tar.extractfile(member).read() if member.isreg() else None) for member in tar}


def test_content_modes_and_whole_second_times_are_kept_and_owners_are_root(tmp_path):
    file = tmp_path / "run.sh"
    file.write_bytes(b"#!/bin/sh\n")
    file.chmod(0o4755)
    os.utime(file, (1, 1_700_000_000.9))
    member, content = members(tmp_path)["run.sh"]
    assert content == b"#!/bin/sh\n"
    assert (member.mode, member.mtime, member.uid, member.gid, member.uname) == (0o4755, 1_700_000_000, 0, 0, "")


def test_links_keep_their_target_and_hard_links_are_sent_once(tmp_path):
    (tmp_path / "a").write_text("x")
    os.link(tmp_path / "a", tmp_path / "b")
    os.symlink("./../outside/", tmp_path / "c")  # noqa: PTH211 - pathlib would tidy the target
    found = members(tmp_path)
    assert found["b"][0].islnk()
    assert found["b"][0].linkname == "a"
    assert found["c"][0].issym()
    assert found["c"][0].linkname == "./../outside/"


def test_directories_fifos_long_and_odd_names_travel(tmp_path):
    long = "d" * 150 + "/" + "f" * 200
    (tmp_path / long).parent.mkdir(mode=0o700)
    (tmp_path / long).write_text("x")
    (tmp_path / "ünï ☺").write_text("y")
    (tmp_path / os.fsdecode(b"\xff")).touch()
    os.mkfifo(tmp_path / "pipe")
    found = members(tmp_path)
    assert found["d" * 150][0].mode == 0o700
    assert found[long][1] == b"x"
    assert found["ünï ☺"][1] == b"y"
    assert found["\udcff"][1] == b""
    assert found["pipe"][0].isfifo()


def test_an_extra_file_takes_the_place_of_one_of_the_context(tmp_path):
    (tmp_path / ".dockerignore").write_text("old")
    found = members(tmp_path, [Extra(path=".dockerignore", content=b"new"), Extra(path="Dockerfile.gen", content=b"FROM x")])
    assert found[".dockerignore"][1] == b"new"
    assert found["Dockerfile.gen"][1] == b"FROM x"
    assert found["Dockerfile.gen"][0].mtime == 0


def test_a_big_file_is_never_in_memory_as_a_whole(tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    total = sum(len(block) for block in archive(walk(str(tmp_path), Ignore([]))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 64 * 1024 * 1024
    assert peak < 8 * BLOCK


def test_small_files_travel_in_large_blocks(tmp_path):
    for number in range(50):
        (tmp_path / str(number)).write_bytes(bytes(1000))
    assert len(list(archive(walk(str(tmp_path), Ignore([]))))) == 1


def test_a_file_that_shrinks_while_it_is_sent_is_an_error(tmp_path):
    file = tmp_path / "log"
    file.write_bytes(bytes(4 * BLOCK))
    blocks = archive(walk(str(tmp_path), Ignore([])))
    next(blocks)
    os.truncate(file, 10)
    with pytest.raises(ComposeError) as caught:
        list(blocks)
    assert caught.value.diagnostics[0].code == "build-context-changed"


def test_a_file_that_vanished_is_an_error_that_names_it(tmp_path):
    (tmp_path / "a").write_text("x")
    entries = list(walk(str(tmp_path), Ignore([])))
    (tmp_path / "a").unlink()
    with pytest.raises(ComposeError) as caught:
        list(archive(entries))
    assert caught.value.diagnostics[0].code == "build-context-unreadable"
    assert str(tmp_path / "a") in caught.value.diagnostics[0].summary
