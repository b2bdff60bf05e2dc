"""Settling, mounts, owners, records."""

from __future__ import annotations

import pytest

from compose.watch import owner
from compose.watch.entry import Known
from compose.watch.mounts import silent
from compose.watch.record import Record, Records
from compose.watch.settling import BUSY_SECONDS, LONGEST_SECONDS, QUIET_SECONDS, Settling

PASSWD = "root:x:0:0::/:/bin/sh\napp:x:1000:1001::/:/bin/sh\n"
GROUP = "root:x:0:\nweb:x:33:app\n"


def test_a_few_changes_settle_soon_many_later_and_none_never():
    settling = Settling()
    assert settling.due is None
    settling.add(1.0)
    assert settling.due == pytest.approx(1.0 + QUIET_SECONDS)
    settling.add(1.1, 1000)
    assert settling.due == pytest.approx(1.1 + BUSY_SECONDS)
    settling.add(5.0)
    assert settling.due == pytest.approx(1.0 + LONGEST_SECONDS)
    settling.clear()
    assert settling.due is None


@pytest.mark.parametrize(
    ("user", "ids"),
    [
        ("", (0, 0)),
        ("0", (0, 0)),
        ("1234:5", (1234, 5)),
        ("1000", (1000, 1001)),
        ("77", (77, 0)),
        ("app", (1000, 1001)),
        ("app:web", (1000, 33)),
        ("app:44", (1000, 44)),
    ],
)
def test_a_user_is_numbers(user, ids):
    assert owner.ids(user, PASSWD, GROUP) == ids


def test_only_names_and_missing_groups_are_looked_up():
    assert [user for user in ("", "0", "1:2", "1", "app", "1:web") if owner.needs_lookup(user)] == ["1", "app", "1:web"]


def test_silent_file_systems_are_found_by_the_longest_mount():
    table = (
        "/dev/sda / ext4 rw 0 0\nC:\\134 /mnt/c 9p rw 0 0\n"
        "srv:/x /home/my\\040files nfs4 rw 0 0\n/dev/sdb /mnt/c/fast ext4 rw 0 0\n"
    )
    found = silent(["/home/me/x", "/mnt/c/project", "/home/my files/p", "/mnt/c/fast/p", "/mnt/cd"], table)
    assert [(one.path, one.type) for one in found] == [("/mnt/c/project", "9p"), ("/home/my files/p", "nfs4")]
    assert silent(["/s/x"], "host /s fuse.sshfs rw 0 0\n")[0].words == "a file system in user space"


def test_records_are_kept_and_forgotten(tmp_path):
    records = Records(tmp_path / "state", "unix:///x", "p")
    assert records.load("web") == Record()
    record = Record(owned={"/a"}, containers={f"id{n}": {"/a": Known("file", digest=b"x", stamp=(1, 2, 3))} for n in range(12)})
    records.save("web", record)
    again = records.load("web")
    assert again.owned == {"/a"}
    assert list(again.containers)[-1] == "id11"
    assert len(again.containers) == 8
    next((tmp_path / "state").rglob("*.watch")).write_bytes(b"rubbish")
    assert records.load("web") == Record()
