from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from msgspec.structs import replace

from compose.commands.lease import elsewhere, forget, hold, owner_of, place_of, release, renew, settled, this_machine
from compose.state.lease import Lease, Owner, verdict


@pytest.fixture
def place(tmp_path):
    return place_of({"XDG_STATE_HOME": str(tmp_path)}, "unix:///run/docker.sock", "p")


@pytest.fixture
def ended():
    """The owner that a process was."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(process.pid)
    process.communicate()
    return owner


OURS = Lease(owner=owner_of(), expires=5.0)


def test_a_process_is_known_until_it_ends(ended):
    here = this_machine()
    assert owner_of().pid == os.getpid()
    assert verdict(OURS, here, 10.0) == "live"
    assert verdict(Lease(owner=ended), here, 10.0) == "dead"


def test_the_first_to_come_is_told_so_and_the_last_to_go(place):
    other = Lease(expires=0.0, owner=None)
    with hold(place, OURS) as others:
        assert others == ()
    with hold(place, other) as others:
        assert others == (OURS,)
    with release(place, OURS) as is_last:
        assert not is_last
    with release(place, other) as is_last:
        assert is_last
    assert not place.file.exists()


def test_holds_of_dead_processes_do_not_count(place, ended):
    with hold(place, Lease(owner=ended)):
        pass
    with hold(place, OURS) as others:
        assert others == ()
    with settled(place) as holds:
        assert holds == (OURS,)


def test_the_first_is_alone_until_its_block_is_left(place):
    order, came = [], threading.Event()

    def second():
        came.set()
        with hold(place, replace(OURS, expires=6.0)) as others:
            order.append(("second", others))

    with hold(place, OURS):
        thread = threading.Thread(target=second)
        thread.start()
        came.wait(10)
        order.append(("first", ()))
    thread.join(10)
    assert order == [("first", ()), ("second", (OURS,))]


def test_a_renewed_lease_replaces_other_times_but_not_processes(place):
    for lease in (OURS, Lease(expires=9e9)):
        with hold(place, lease):
            pass
    renew(place, Lease(expires=8e9))
    with settled(place) as holds:
        assert holds == (OURS, Lease(expires=8e9))


def test_holds_at_another_address_are_seen(place):
    other = replace(place, address="tcp://127.0.0.1:2375")
    with hold(other, OURS):
        pass
    assert elsewhere(place) == (OURS,)
    assert elsewhere(other) == ()


def test_the_time_of_what_is_taken_down_is_forgotten_but_no_process(place):
    forget(place)
    renew(place, Lease(owner=Owner(host="h"), expires=9e9))
    forget(place)
    assert not place.file.exists()
    with hold(place, OURS):
        forget(place)
    forget(place)
    with settled(place) as holds:
        assert holds == (OURS,)


def test_that_volumes_are_to_stay_is_not_forgotten_while_there_are_any(place):
    renew(place, Lease(owner=Owner(host="h")))
    forget(place, everything=False)
    with settled(place) as holds:
        assert holds == (Lease(owner=Owner(host="h")),)
    forget(place)
    assert not place.file.exists()
