from __future__ import annotations

from msgspec.structs import replace

from compose.model.project import Project
from compose.plan.inherit import under_lease
from compose.state.lease import Lease, Owner, lease_labels
from compose.state.observed import ContainerState, NetworkState, Observed

PROJECT = Project(name="p", directory="/", labels={"own": "1"})
OLD, NEW = (lease_labels(Lease(owner=Owner(host=host), expires=9.0)) for host in ("old", "new"))


def container(number, labels):
    return ContainerState(id=str(number), name=f"p-{number}", created=number, labels=labels)


def test_the_lease_of_the_newest_container_counts():
    observed = Observed(project="p", containers=(container(1, OLD), container(2, NEW), container(3, {})))
    assert under_lease(PROJECT, observed).labels == {"own": "1", **NEW}


def test_a_network_may_be_all_that_is_left():
    observed = Observed(project="p", networks=(NetworkState(id="n", name="p_n", labels=OLD),))
    assert under_lease(PROJECT, observed).labels == {"own": "1", **OLD}


def test_nothing_changes_without_a_lease_and_with_one_of_its_own():
    assert under_lease(PROJECT, Observed(project="p", containers=(container(1, {}),))) is PROJECT
    leased = replace(PROJECT, labels=NEW)
    assert under_lease(leased, Observed(project="p", containers=(container(1, OLD),))) is leased
