from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.payload.network import render_network
from compose.payload.volume import render_volume
from compose.plan.resource_changes import network_changes, volume_changes
from compose.state.observed import NetworkState, VolumeState

BRIDGE = {
    "Name": "shop_default",
    "Driver": "bridge",
    "Options": {"com.docker.network.enable_ipv4": "true"},
    "Internal": False,
    "Attachable": False,
    "EnableIPv6": False,
    "IPAM": {"Driver": "default", "Config": [{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"}]},
    "Labels": {"com.docker.compose.network": "default"},
}


def network(new, inspect=None, **asked):
    world = new(web={})
    world.top("networks", default={"name": "shop_default", **asked})
    payload = render_network(world.project, "default", world.facts)
    state = NetworkState(id="x", name="shop_default", inspect=BRIDGE | (inspect or {}))
    return [(change.path, change.old, change.new) for change in network_changes(world.project, payload, state)]


@pytest.mark.parametrize(
    ("inspect", "asked", "changes"),
    [
        ({}, {}, []),
        ({}, {"driver": "bridge"}, []),
        ({}, {"driver": "macvlan"}, [("driver", "bridge", "macvlan")]),
        ({}, {"driver_opts": {"mtu": "1400"}}, [("driver_opts.mtu", None, "1400")]),
        ({"Options": {"mtu": "1"}}, {}, [("driver_opts.mtu", "1", None)]),
        ({}, {"internal": True}, [("internal", False, True)]),
        ({"Attachable": True}, {}, [("attachable", True, False)]),
        ({}, {"enable_ipv6": True}, [("enable_ipv6", False, True)]),
        ({"EnableIPv6": True}, {}, []),
        ({}, {"ipam": {"config": [{"subnet": "172.18.0.0/16"}]}}, []),
        (
            {},
            {"ipam": {"config": [{"subnet": "10.0.0.0/8", "gateway": "10.0.0.1"}]}},
            [("ipam.config[0].subnet", "172.18.0.0/16", "10.0.0.0/8"), ("ipam.config[0].gateway", "172.18.0.1", "10.0.0.1")],
        ),
        ({"IPAM": {"Config": None}}, {"ipam": {"config": [{"subnet": "s"}]}}, [("ipam.config[0].subnet", None, "s")]),
        ({"Labels": {"mine": "1"}}, {"labels": {"mine": "2"}}, [("labels.mine", "1", "2")]),
    ],
)
def test_networks(new, inspect, asked, changes):
    assert network(new, inspect, **asked) == [(f"networks.default.{path}", old, after) for path, old, after in changes]


@pytest.mark.parametrize(
    ("inspect", "asked", "changes"),
    [
        ({"Driver": "local"}, {}, []),
        ({"Driver": "local", "Options": None, "Labels": {"com.docker.compose.volume": "data"}}, {"driver": "local"}, []),
        ({"Driver": "local"}, {"driver": "nfs"}, [("driver", "local", "nfs")]),
        ({"Driver": "local", "Options": {"type": "a"}}, {"driver_opts": {"type": "b"}}, [("driver_opts.type", "a", "b")]),
        ({"Driver": "local", "Options": {"password": "a"}}, {}, [("driver_opts.password", "***", None)]),
    ],
)
def test_volumes(new, inspect, asked, changes):
    world = new(web={})
    world.top("volumes", data={"name": "shop_data", **asked})
    payload = render_volume(world.project, "data")
    found = volume_changes(world.project, payload, VolumeState(name="shop_data", inspect=inspect))
    assert [(one.path, one.old, one.new) for one in found] == [
        (f"volumes.data.{path}", old, after) for path, old, after in changes
    ]


def test_what_was_not_inspected_tells_nothing(new):
    world = new(web={})
    payload = render_network(world.project, "default", world.facts)
    assert network_changes(world.project, payload, NetworkState(id="x", name="other")) == ()


def test_reasons_carry_them(up):
    world = up(web={"volumes": [{"type": "volume", "source": "data", "target": "/data"}]})
    world.top("networks", default={"name": "shop_default", "internal": True})
    world.top("volumes", data={"name": "shop_data", "driver": "nfs"})
    world.network_states = [replace(one, inspect=BRIDGE) for one in world.network_states]
    world.volume("data", config_hash="old", inspect={"Driver": "local"})
    world.containers = [replace(one, mounts=({"Name": "shop_data"},)) for one in world.containers]
    plan = world.up()
    create = next(step for step in plan.steps if type(step.operation).__name__ == "CreateNetwork")
    assert [change.path for change in create.reason.changes] == ["networks.default.internal"]
    assert [change.path for change in plan.confirmations[0].changes] == ["volumes.data.driver"]
    replaced = next(step for step in world.up(assume_yes=True).steps if type(step.operation).__name__ == "CreateVolume")
    assert [change.path for change in replaced.reason.changes] == ["volumes.data.driver"]
