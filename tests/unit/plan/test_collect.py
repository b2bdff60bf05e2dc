from __future__ import annotations

from compose.plan.collect import plan_gc
from compose.state.lease import Lease, Leased

LEASE = Lease(expires=1.0)


def leased(kind, name, project="t"):
    return Leased(kind=kind, id=name, name=name, project=project, lease=LEASE)


def test_networks_and_volumes_go_once_the_containers_of_their_project_ended_somehow():
    found = [leased("volume", "t_v"), leased("network", "t_n"), leased("container", "t-1"), leased("network", "u_n", "u")]
    plan = plan_gc(found, {"t": "its owner, process 7, has ended"})
    assert str(plan).splitlines() == [
        "[] -> #1 service:t-1, RemoveContainer, lease-over",
        "[1?] -> #2 network:t_n, RemoveNetwork, lease-over",
        "[] -> #3 network:u_n, RemoveNetwork, lease-over",
        "[1?] -> #4 volume:t_v, RemoveVolume, lease-over",
    ]
    assert plan.steps[0].reason.text == "its owner, process 7, has ended"
