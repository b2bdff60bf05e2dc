import os
import signal
import subprocess
import sys

from compose.testing.lease import Leases, Note

HOLDER = """
import sys
from pathlib import Path
from compose.testing.lease import Leases, Note
Leases(Path(sys.argv[1])).lease("s", "gw1").join(lambda: Note(name="s"))
print("joined", flush=True)
sys.stdin.read()
"""


def test_the_first_starts_and_the_last_stops(tmp_path):
    leases, calls = Leases(tmp_path), []

    def start():
        calls.append("start")
        return Note(name="s")

    first, second = leases.lease("s", "gw0"), leases.lease("s", "gw1")
    assert first.join(start) == (Note(name="s"), True)
    assert second.join(start) == (Note(name="s"), False)
    first.leave(lambda: calls.append("stop"))
    assert calls == ["start"]
    second.leave(lambda: calls.append("stop"))
    assert calls == ["start", "stop"]
    assert leases.notes() == []


def test_the_one_that_made_the_directory_holds_every_stack():
    leases, calls = Leases.new(), []
    lease = leases.lease("s", "gw0")
    lease.join(lambda: Note(name="s"))
    lease.leave(lambda: calls.append("stop"))
    assert calls == []
    assert leases.notes() == [Note(name="s")]
    leases.end()
    assert not leases.directory.exists()


def test_a_start_that_failed_is_not_tried_again(tmp_path):
    leases = Leases(tmp_path)
    failed = Note(name="s", failure="db: exited")
    assert leases.lease("s", "gw0").join(lambda: failed) == (failed, True)
    assert leases.lease("s", "gw1").join(lambda: Note(name="other")) == (failed, False)


def test_a_holder_that_was_killed_holds_nothing(tmp_path):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert other.stdout.readline() == "joined\n"
    lease, calls = Leases(tmp_path).lease("s", "gw0"), []
    lease.join(lambda: Note(name="never"))
    other.send_signal(signal.SIGKILL)
    other.communicate()
    lease.leave(lambda: calls.append("stop"))
    assert calls == ["stop"]
