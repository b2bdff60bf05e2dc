from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.state.lease import Lease, Machine, Owner, lease_labels, lease_of, may_go, verdict

OWNER = Owner(host="h", boot="b", namespace="n", pid=7, started="100")
HERE = Machine(host="h", boot="b", namespace="n", started={7: "100"}.get)
NOW = 1000.0


@pytest.mark.parametrize(
    "lease",
    [Lease(owner=OWNER), Lease(owner=OWNER, expires=2000.0), Lease(expires=5.0), Lease(owner=Owner(host="h"), expires=5.0)],
)
def test_labels_say_the_whole_lease(lease):
    assert lease_of(lease_labels(lease)) == lease


@pytest.mark.parametrize(
    "found", [{}, {labels.LEASE: "2", labels.EXPIRES: "1"}, {labels.LEASE: "1"}, {labels.LEASE: "1", labels.OWNER_PID: "x"}]
)
def test_labels_that_cannot_be_understood_are_no_lease(found):
    assert lease_of(found) is None


@pytest.mark.parametrize(
    ("lease", "machine", "expected"),
    [
        (Lease(owner=OWNER), HERE, "live"),
        (Lease(owner=OWNER, expires=1.0), HERE, "live"),
        (Lease(owner=replace(OWNER, pid=8)), HERE, "dead"),
        (Lease(owner=replace(OWNER, started="99")), HERE, "dead"),
        (Lease(owner=OWNER), replace(HERE, boot="later"), "dead"),
        (Lease(owner=OWNER), replace(HERE, host="other"), "unknown"),
        (Lease(owner=OWNER, expires=1.0), replace(HERE, host="other"), "expired"),
        (Lease(owner=OWNER), replace(HERE, namespace="container"), "unknown"),
        (Lease(owner=OWNER, expires=1.0), replace(HERE, namespace="container"), "expired"),
        (Lease(owner=replace(OWNER, started="")), HERE, "unknown"),
        (Lease(expires=NOW + 1), HERE, "live"),
        (Lease(expires=NOW), HERE, "expired"),
        (Lease(), HERE, "live"),
        (Lease(owner=Owner(host="h"), expires=NOW), HERE, "expired"),
        (Lease(owner=Owner(host="other"), expires=NOW + 1), HERE, "live"),
        (Lease(owner=Owner(host="other"), expires=NOW), HERE, "unknown"),
    ],
)
def test_a_live_owner_is_never_taken_for_a_dead_one(lease, machine, expected):
    assert verdict(lease, machine, NOW) == expected


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ((), True),
        ((Lease(owner=OWNER),), False),
        ((Lease(),), False),
        ((Lease(expires=1.0), Lease(owner=replace(OWNER, pid=9))), True),
        ((Lease(expires=1.0), Lease(expires=NOW + 9)), False),
    ],
)
def test_holds_decide_where_there_are_any(holds, expected):
    assert may_go(Lease(owner=replace(OWNER, pid=8)), holds, HERE, NOW) == expected


def test_a_hold_that_is_over_ends_a_lease_that_would_last_longer():
    assert may_go(Lease(expires=NOW + 99), (Lease(expires=1.0),), HERE, NOW)
