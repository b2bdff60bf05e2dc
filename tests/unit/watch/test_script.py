"""What is said to a shell, tried with a shell of this machine."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile

import pytest

from compose.base import tar
from compose.watch import batch, listing, script
from compose.watch.batch import Item
from compose.watch.entry import Entry

ODD = ("plain", "sp ace", "quo'te", "dollar$x`y`", "ünï", "-dash", "new\nline", "back\\slash", "x" * 200, "b\udcffad")
OWN = (os.getuid(), os.getgid())


def said(*requests):
    """Ask a shell, and return the status and output of each answer."""
    given = b"".join(script.request(text) + content for text, content in requests)
    done = subprocess.run(["sh", "-c", script.loop("TOK")], input=given, capture_output=True, timeout=60, check=True)
    answers, rest = [], done.stdout
    while rest:
        output, _, rest = rest.partition(b"\nTOK ")
        status, _, rest = rest.partition(b"\n")
        answers.append((int(status), output))
    return answers


def made(items, **fields):
    fields = {"removals": (), "modes": (), "exact": True, "owner": OWN, **fields}
    request = batch.request(tuple(items), **fields)
    return request.text, request.content


def file(place, data=b"x", mode=0o640):
    return Item(place, Entry("file", mode, len(data)), data, 1_000_000)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("names", [ODD[:3], ODD, tuple(f"f{n}" for n in range(100))])
def test_files_of_any_name_appear_and_go(tmp_path, names, exact):
    root = str(tmp_path)
    items = [file(f"{root}/{name}", name.encode("utf-8", "surrogateescape")) for name in names]
    ((status, _),) = said(made(items, roots=frozenset({root}), exact=exact))
    assert status == 0
    assert {os.fsencode(entry.name) for entry in os.scandir(root)} == {os.fsencode(name) for name in names}
    for name in names:
        path = tmp_path / name
        assert path.read_bytes() == os.fsencode(name)
        assert (path.stat().st_mode & 0o7777, path.stat().st_mtime) == (0o640, 1_000_000)
    ((status, _),) = said(made([], removals=tuple(f"{root}/{name}" for name in names), roots=frozenset({root})))
    assert (status, list(tmp_path.iterdir())) == (0, [])


def test_removals_come_first_and_modes_last(tmp_path):
    (tmp_path / "swap").mkdir()
    (tmp_path / "swap" / "x").write_text("x")
    (tmp_path / "folder").mkdir()
    place = f"{tmp_path}/swap"
    request = made([file(place)], removals=(place,), modes=((f"{tmp_path}/folder", 0o711),), roots=frozenset({str(tmp_path)}))
    assert said(request)[0][0] == 0
    assert (tmp_path / "swap").read_text() == "x"
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o711


def test_nothing_is_written_through_a_symlink_and_the_shell_goes_on(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "root" / "sub").symlink_to("../outside")
    refused = made([file(f"{tmp_path}/root/sub/file", b"y" * 100_000)], roots=frozenset({f"{tmp_path}/root"}))
    answers = said(refused, (b"echo still here", b""))
    assert answers[0][0] == script.REFUSED
    assert answers[1] == (0, b"still here\n")
    assert list((tmp_path / "outside").iterdir()) == []


def test_links_are_replaced_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "name").symlink_to("elsewhere")
    for exact in (True, False):
        items = [file(f"{tmp_path}/name"), Item(f"{tmp_path}/link", Entry("link", 0, 0, "/etc/passwd"), b"", 1)]
        assert said(made(items, roots=frozenset({str(tmp_path)}), exact=exact))[0][0] == 0
        assert not (tmp_path / "name").is_symlink()
        assert str((tmp_path / "link").readlink()) == "/etc/passwd"
        (tmp_path / "name").unlink()
        (tmp_path / "name").symlink_to("elsewhere")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_failure_is_an_answer_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    answers = said(made([file(f"{tmp_path}/folder")], roots=frozenset({str(tmp_path)})), (b"echo on", b""))
    assert answers[0][0] != 0
    assert answers[1] == (0, b"on\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_large_file_is_stored_and_finished(tmp_path):
    place, data = f"{tmp_path}/big file", os.urandom(3_000_000)
    temporary = batch.temporary(place)
    finish = script.finish(temporary, mode=0o600, owner=OWN, seconds=5) + b" && " + script.move(temporary, place, exact=True)
    answers = said((script.store(temporary, len(data)), data), (finish, b""))
    assert [status for status, _ in answers] == [0, 0]
    assert (tmp_path / "big file").read_bytes() == data


def test_what_there_is_is_listed(tmp_path):
    (tmp_path / "folder").mkdir(mode=0o750)
    (tmp_path / "folder" / "new\nline").write_text("abc")
    (tmp_path / "link").symlink_to("some where")
    (tmp_path / "skipped").mkdir()
    (tmp_path / "skipped" / "x").write_text("x")
    os.utime(tmp_path / "folder" / "new\nline", (7, 7))
    ((status, output),) = said((listing.ask([str(tmp_path), "/nowhere"], [f"{tmp_path}/skipped"]), b""))
    found = {place.removeprefix(str(tmp_path)): known for place, known in listing.parse(output).items()}
    assert status == 0
    assert found.keys() == {"", "/folder", "/folder/new\nline", "/link"}
    assert (found["/folder/new\nline"].size, found["/folder/new\nline"].seconds) == (3, 7)
    assert found["/folder"].mode == 0o750
    ((_, links),) = said((listing.ask_links([f"{tmp_path}/link"]), b""))
    assert links == b"some where\n"


def test_digests_are_told_of_files_of_any_name(tmp_path):
    names = ["plain", "with  two spaces", "new\nline", "back\\slash", "quo'te", "-dash"]
    for name in names:
        (tmp_path / name).write_text(name)
    places = [f"{tmp_path}/{name}" for name in (*names, "gone", "gone\n too")]
    ((status, output),) = said((listing.ask_digests(places), b""))
    assert status == 0
    found = listing.parse_digests(output, places)
    assert {place.removeprefix(f"{tmp_path}/"): digest for place, digest in found.items()} == {
        name: hashlib.sha256(name.encode()).digest() for name in names
    }
    ((_, output),) = said((listing.ask_digests(["/gone"]), b""))
    assert listing.parse_digests(output, ["/gone"]) == {}


def test_a_program_is_run_not_a_builtin_and_has_no_input():
    answers = said((script.run(["printf", "%s|", "a b", "$x"]), b""), (script.run(["cat"]), b""), (script.run(["/nowhere"]), b""))
    assert answers[0] == (0, b"a b|$x|")
    assert answers[1] == (0, b"")
    assert answers[2][0] in {126, 127}


@pytest.mark.parametrize("name", ["a", "d/" * 60 + "x", "ü" * 70])
def test_archives_are_read_by_others(name):
    long = "t" * 150
    data = b"".join(
        (
            tar.header(name, tar.FILE, mode=0o755, size=5, seconds=9, owner=(3_000_000, 4)),
            b"hello",
            tar.padding(5),
            tar.header("link", tar.LINK, link=long),
            tar.header("folder/", tar.DIRECTORY, mode=0o711),
            tar.END,
        )
    )
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        first, link, folder = archive.getmembers()
        assert archive.extractfile(first).read() == b"hello"
    assert (first.name, first.mode, first.mtime, first.uid, first.gid) == (name, 0o755, 9, 3_000_000, 4)
    assert (link.linkname, link.issym(), folder.isdir(), folder.mode) == (long, True, True, 0o711)
