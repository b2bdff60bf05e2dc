"""Headers as the standard library reads them."""

from __future__ import annotations

import io
import tarfile

from hypothesis import given
from hypothesis import strategies as st

from compose.base import tar

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=150).filter(
    lambda name: name.strip(".") != ""
)
NUMBERS = st.integers(0, 8**7 + 5)
LINKS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=150)


@given(NAMES, LINKS, NUMBERS, NUMBERS, st.integers(0, 2**40))
def test_what_is_written_is_read(name, link, one, other, seconds):
    made = (
        tar.header(name, tar.LINK, mode=0o777, link=link, owner=(one, other), seconds=seconds)
        + tar.header(f"{name}/", tar.DIRECTORY, mode=0o2750)
        + tar.header(name, tar.CHARACTERS, device=(one, other))
        + tar.END
    )
    with tarfile.open(fileobj=io.BytesIO(made), errors="surrogateescape") as archive:
        symlink, directory, device = archive.getmembers()
    assert (symlink.name, symlink.linkname, symlink.type) == (name, link, tarfile.SYMTYPE)
    assert (symlink.uid, symlink.gid, symlink.mtime) == (one, other, seconds)
    assert (directory.isdir(), directory.mode) == (True, 0o2750)
    assert (device.type, device.devmajor, device.devminor) == (tarfile.CHRTYPE, one, other)


def test_a_size_beyond_octal_digits_is_read():
    with tarfile.open(fileobj=io.BytesIO(tar.header("big", tar.FILE, size=8**11 + 7)), mode="r|") as archive:
        member = archive.next()
    assert member is not None
    assert member.size == 8**11 + 7
