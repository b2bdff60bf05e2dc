"""What has to be done, out of what is wanted and what is known."""

from __future__ import annotations

from compose.watch.difference import IMPLIED, difference, topmost
from compose.watch.entry import Entry, Known

OWNED = {"/t/a", "/t/d", "/t/d/x", "/t/d/y", "/t/d/e/z"}


def file(size=1, stamp=(1, 1, 1), mode=0o644):
    return Entry("file", mode, size, "", stamp)


def known(size=1, stamp=(1, 1, 1), mode=0o644):
    return Known("file", mode, size, "", 0, None, stamp)


FOLDER = Entry("directory", 0o755)
KNOWN_FOLDER = Known("directory", 0o755)


def compared(places, wanted, index, owned=OWNED):
    return difference(places, wanted.get, {"/t": KNOWN_FOLDER, **index}, owned, {"/t"})


def test_what_is_equal_needs_nothing():
    assert compared(["/t/a", "/t"], {"/t/a": file(), "/t": Entry("directory", 0o700)}, {"/t/a": known()}) == difference(
        (), {}.get, {}, (), ()
    )


def test_a_missing_file_is_written_with_the_directories_above_it():
    found = compared(["/t/d/e/z"], {"/t/d/e/z": file(), "/t/d": FOLDER}, {})
    assert found.puts == (("/t/d", FOLDER), ("/t/d/e", IMPLIED), ("/t/d/e/z", file()))


def test_a_missing_target_is_made():
    found = difference(["/t/a"], {"/t/a": file()}.get, {}, OWNED, {"/t"})
    assert found.puts == (("/t", IMPLIED), ("/t/a", file()))


def test_another_size_is_written_and_another_time_looked_at():
    bigger = file(2, (2, 2, 1))
    assert compared(["/t/a"], {"/t/a": bigger}, {"/t/a": known()}).puts == (("/t/a", bigger),)
    assert compared(["/t/a"], {"/t/a": file(stamp=(2, 2, 1))}, {"/t/a": known()}).unsure == (("/t/a", file(stamp=(2, 2, 1))),)


def test_permission_bits_alone_are_changed_alone():
    found = compared(["/t/a"], {"/t/a": file(mode=0o755)}, {"/t/a": known()})
    assert (found.modes, found.puts, found.unsure) == ((("/t/a", 0o755),), (), ())


def test_only_what_came_from_the_host_is_removed():
    index = {"/t/a": known(), "/t/other": known(), "/t/d": KNOWN_FOLDER, "/t/d/x": known()}
    assert compared(["/t/a", "/t/other", "/t/d", "/t/d/x"], {}, index).removals == ("/t/a", "/t/d")
    assert compared(["/t"], {}, {}, {"/t"}).removals == ()


def test_file_directory_and_link_take_each_others_place():
    link = Entry("link", 0, 0, "x")
    for entry, there in ((file(), KNOWN_FOLDER), (FOLDER, known()), (link, KNOWN_FOLDER), (file(), Known("link"))):
        found = compared(["/t/a"], {"/t/a": entry}, {"/t/a": there})
        assert (found.removals, found.puts) == (("/t/a",), (("/t/a", entry),))


def test_a_link_with_another_target_is_written_anew():
    assert compared(["/t/a"], {"/t/a": Entry("link", 0, 0, "x")}, {"/t/a": Known("link", 0, 0, "x")}).puts == ()
    assert len(compared(["/t/a"], {"/t/a": Entry("link", 0, 0, "x")}, {"/t/a": Known("link", 0, 0, "y")}).puts) == 1


def test_a_file_in_the_way_of_a_directory_is_removed():
    found = compared(["/t/d/x"], {"/t/d/x": file(), "/t/d": FOLDER}, {"/t/d": known()})
    assert found.removals == ("/t/d",)
    assert [place for place, _ in found.puts] == ["/t/d", "/t/d/x"]


def test_permissions_of_directories_are_changed_but_for_targets():
    assert compared(["/t/d"], {"/t/d": Entry("directory", 0o700)}, {"/t/d": KNOWN_FOLDER}).modes == (("/t/d", 0o700),)


def test_topmost():
    assert topmost(["/a/b", "/a", "/ab", "/c/d"]) == ("/a", "/ab", "/c/d")
