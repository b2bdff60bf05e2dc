"""Files of this machine to a tar stream and back."""

from __future__ import annotations

import io
import os
import socket
import tarfile

import pytest

from compose.base.errors import ComposeError
from compose.engine.pack import pack
from compose.engine.unpack import unpack

BIG = os.urandom(700_000)


@pytest.fixture
def tree(tmp_path):
    """A directory with about everything in it."""
    root = tmp_path / "tree"
    (root / "deep/deeper").mkdir(parents=True)
    (root / "big").write_bytes(BIG)
    (root / "deep/run").write_text("#!/bin/sh\n")
    (root / "deep/run").chmod(0o4755)
    (root / "deep/empty").touch()
    (root / "deep/deeper/länge \udcff").write_text("odd name")
    (root / "link").symlink_to("deep/../deep/run")
    (root / "nowhere").symlink_to("/no/such/place")
    os.link(root / "big", root / "same")
    os.mkfifo(root / "pipe")
    os.utime(root / "big", (1_000_000_000, 1_000_000_000))
    os.utime(root / "deep", (1_100_000_000, 1_100_000_000))
    (root / "deep").chmod(0o500)
    yield root
    (root / "deep").chmod(0o700)


def look(root):
    """Return kind, mode, time and content of all that is below a directory."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        time = None if path.is_symlink() else int(status.st_mtime)
        found[str(path.relative_to(root))] = (oct(status.st_mode), time, content)
    return found


def tar(*members):
    """A tar of (name, type, content or link)."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755
            if kind == tarfile.REGTYPE:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                info.linkname = content
                archive.addfile(info)
    return iter([data.getvalue()])


def test_a_directory_comes_out_as_it_went_in(tree, tmp_path):
    data = b"".join(pack(tree, "new"))
    assert unpack(iter([data[at : at + 1000] for at in range(0, len(data), 1000)]), tmp_path / "out", has_root=True) == ()
    assert look(tmp_path / "out") == look(tree)
    assert (tmp_path / "out/same").samefile(tmp_path / "out/big")
    (tmp_path / "out/deep").chmod(0o700)


def test_the_contents_alone_go_into_a_directory_that_is_there(tree, tmp_path):
    (tmp_path / "out").mkdir(mode=0o711)
    (tmp_path / "out/own").touch()
    unpack(pack(tree, ""), tmp_path / "out", has_root=False)
    assert look(tmp_path / "out").keys() == look(tree).keys() | {"own"}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o711
    (tmp_path / "out/deep").chmod(0o700)


def test_names_begin_with_that_of_the_root(tree):
    with tarfile.open(fileobj=io.BytesIO(b"".join(pack(tree / "deep", "x")))) as archive:
        assert archive.getnames()[:3] == ["x", "x/deeper", "x/deeper/länge \udcff"]
        assert archive.getmember("x/run").mode == 0o4755
    with tarfile.open(fileobj=io.BytesIO(b"".join(pack(tree / "link", "y")))) as archive:
        assert [(one.name, one.linkname) for one in archive] == [("y", "deep/../deep/run")]


def test_sockets_are_left_out(tmp_path):
    (tmp_path / "d").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "d/s"))
        with tarfile.open(fileobj=io.BytesIO(b"".join(pack(tmp_path / "d", "d")))) as archive:
            assert archive.getnames() == ["d"]


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ComposeError, match=r"cannot read `.*/none`: no such file or directory"):
        list(pack(tmp_path / "none", "x"))


def test_a_file_takes_the_place_of_a_file_or_link(tmp_path):
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "x").symlink_to("kept")
    unpack(tar(("f", tarfile.REGTYPE, b"new")), tmp_path / "x", has_root=True)
    assert (tmp_path / "x").read_text() == "new"
    assert (tmp_path / "kept").read_text() == "kept"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([("d/../../x", tarfile.REGTYPE, b"evil")], "leads elsewhere"),
        ([("d", tarfile.DIRTYPE, ""), ("d/l", tarfile.SYMTYPE, "/tmp"), ("d/l/x", tarfile.REGTYPE, b"evil")], "no directory"),
        ([("d", tarfile.DIRTYPE, ""), ("d/there", tarfile.REGTYPE, b"")], "cannot overwrite directory"),
        ([("d", tarfile.DIRTYPE, ""), ("d/file", tarfile.DIRTYPE, "")], "with a directory"),
        ([("d", tarfile.DIRTYPE, ""), ("d/new", tarfile.LNKTYPE, "d/../../secret")], "leads elsewhere"),
    ],
)
def test_what_leads_elsewhere_or_does_not_fit_is_refused(tmp_path, members, message):
    (tmp_path / "out/there").mkdir(parents=True)
    (tmp_path / "out/file").touch()
    with pytest.raises(ComposeError, match=message):
        unpack(tar(*members), tmp_path / "out", has_root=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_devices_are_left_out_and_named(tmp_path):
    archive = tar(("d", tarfile.DIRTYPE, ""), ("d/null", tarfile.CHRTYPE, ""), ("d/f", tarfile.REGTYPE, b"x"))
    assert unpack(archive, tmp_path / "out", has_root=True) == ("d/null",)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["f"]


@pytest.mark.parametrize("data", [b"no archive at all" * 100, b"".join(tar(("f", tarfile.REGTYPE, b"x" * 5000)))[:3000]])
def test_what_is_no_archive_or_ends_early_is_an_error(tmp_path, data):
    with pytest.raises(ComposeError):
        unpack(iter([data]), tmp_path / "x", has_root=True)
