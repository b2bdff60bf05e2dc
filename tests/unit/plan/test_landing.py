from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.plan.landing import CONTENTS, Aim, Landing, Origin, landing

FILE = Origin(name="f", is_directory=False)
FOLDER = Origin(name="d", is_directory=True)
INSIDE = Origin(name=CONTENTS, is_directory=True)


def aim(is_what="", *, slash=False):
    there = {"": (False, False), "file": (True, False), "folder": (True, True)}[is_what]
    return Aim(path="/a/x", parent="/a", name="x", exists=there[0], is_directory=there[1], ends_as_directory=slash)


@pytest.mark.parametrize(
    ("origin", "target", "place"),
    [
        (FILE, aim(), ("/a", "x")),
        (FILE, aim("file"), ("/a", "x")),
        (FILE, aim("folder"), ("/a/x", "f")),
        (FILE, aim("folder", slash=True), ("/a/x", "f")),
        (FOLDER, aim(), ("/a", "x")),
        (FOLDER, aim(slash=True), ("/a", "x")),
        (FOLDER, aim("folder"), ("/a/x", "d")),
        (INSIDE, aim(), ("/a", "x")),
        (INSIDE, aim("folder"), ("/a/x", CONTENTS)),
    ],
)
def test_where_things_land(origin, target, place):
    assert landing(origin, target) == Landing(directory=place[0], name=place[1])


@pytest.mark.parametrize(
    ("origin", "target", "message"),
    [
        (FILE, aim(slash=True), "no such directory"),
        (FILE, aim("file", slash=True), "not a directory"),
        (FOLDER, aim("file"), "cannot copy a directory to `/a/x`, which is a file"),
        (INSIDE, aim("file"), "cannot copy a directory"),
    ],
)
def test_what_does_not_fit_is_refused(origin, target, message):
    with pytest.raises(ComposeError, match=message):
        landing(origin, target)
