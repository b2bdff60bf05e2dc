from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compose.base.errors import ComposeError
from compose.load.allot import PORTS, allot
from compose.load.isolation import Wanted, port_range
from compose.plan.subnets import SUBNETS_4, free_subnet

WEB = Wanted(key="port/80", kind="port")
RANGE = Wanted(key="port/90-92", kind="port", count=3)
NET = Wanted(key="subnet/n/0", kind="subnet", subnet="172.30.0.0/24")


def numbers(copy, *wanted, kept=None, taken=(), subnets=()):
    return allot(copy, wanted, kept or {}, is_free=lambda port: port not in taken, subnets_in_use=lambda: subnets)


def test_the_same_copy_gets_the_same_again():
    assert numbers("a", WEB, RANGE, NET) == numbers("a", WEB, RANGE, NET)
    assert numbers("a", WEB) != numbers("b", WEB)


def test_what_was_given_before_is_kept_also_when_it_is_in_use_now():
    assert numbers(
        "a", WEB, NET, kept={"port/80": "20001", "subnet/n/0": "10.64.9.0/24"}, taken=PORTS, subnets=["10.64.0.0/10"]
    ) == {
        "port/80": "20001",
        "subnet/n/0": "10.64.9.0/24",
    }


def test_what_fits_no_more_is_chosen_anew():
    found = numbers("a", RANGE, NET, kept={"port/90-92": "20001", "subnet/n/0": "10.64.0.0/16"})
    assert len(port_range(found["port/90-92"])) == 3
    assert found["subnet/n/0"].endswith("/24")


def test_nothing_left_is_an_error_with_a_reason():
    with pytest.raises(ComposeError, match="no 1 free host ports"):
        numbers("a", WEB, taken=PORTS)
    with pytest.raises(ComposeError, match="no free subnet"):
        numbers("a", NET, subnets=["10.0.0.0/8"])


def test_subnets_of_the_sixth_version_come_from_private_space():
    assert free_subnet("a", [], like="fd00::/64").is_private


@settings(max_examples=50, deadline=None)
@given(copies=st.lists(st.text("abc-", min_size=1, max_size=6), min_size=2, max_size=20, unique=True))
def test_no_two_copies_get_the_same(copies):
    ports, subnets = set(), []
    for copy in copies:
        found = numbers(copy, WEB, RANGE, NET, taken=ports, subnets=subnets)
        got = {number for key in ("port/80", "port/90-92") for number in port_range(found[key])}
        assert len(got) == 4
        assert not got & ports
        network = ip_network(found["subnet/n/0"])
        assert network.subnet_of(SUBNETS_4)
        assert not any(network.overlaps(ip_network(other)) for other in subnets)
        ports |= got
        subnets.append(str(network))
