"""Rows of the table: an attribute in canonical form, and the field it becomes."""

import pytest
from msgspec.structs import fields

from compose.model.service import Service
from compose.payload.attributes import ROWS, fields_of
from compose.payload.support import needs
from compose.state.observed import EngineFacts

NEW = EngineFacts(api_version=(1, 51))
OLD = EngineFacts(api_version=(1, 41))
ALWAYS = {"PortBindings": {}, "ExtraHosts": [], "OomKillDisable": False}


def limits(**values):
    return {"deploy": {"resources": {"limits": values}}}


def reserve(**values):
    return {"deploy": {"resources": {"reservations": values}}}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"restart": "no"}, {"RestartPolicy": {"Name": "no"}}),
        ({"restart": "on-failure:5"}, {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5}}),
        ({"restart": "always", "deploy": {"restart_policy": {"condition": "none"}}}, {"RestartPolicy": {"Name": "no"}}),
        ({"deploy": {"restart_policy": {"condition": "any"}}}, {"RestartPolicy": {"Name": "always"}}),
        (
            {"deploy": {"restart_policy": {"condition": "on-failure", "max_attempts": 2}}},
            {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}},
        ),
        ({"cap_add": ["sys_time", "CAP_CHOWN", "NET_ADMIN"]}, {"CapAdd": ["CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_TIME"]}),
        ({"cap_drop": ["chown", "all"]}, {"CapDrop": ["ALL"]}),
        ({"extra_hosts": ["one=10.0.0.1", "six=::1"]}, {"ExtraHosts": ["one:10.0.0.1", "six:::1"]}),
        ({"init": False}, {"Init": False}),
        ({"init": True}, {"Init": True}),
        ({"cpus": 1.5}, {"NanoCpus": 1_500_000_000}),
        ({"cpus": 1.5, **limits(cpus=0.25)}, {"NanoCpus": 250_000_000}),
        ({"mem_limit": "1024", **limits(memory="2048")}, {"Memory": 2048}),
        ({"mem_reservation": "512"}, {"MemoryReservation": 512}),
        (reserve(memory="256"), {"MemoryReservation": 256}),
        ({"memswap_limit": "-1"}, {"MemorySwap": -1}),
        ({"mem_swappiness": "0"}, {}),
        ({"pids_limit": -1}, {"PidsLimit": -1}),
        ({"pids_limit": 5, **limits(pids=7)}, {"PidsLimit": 7}),
        ({"cpu_percent": 12.5}, {"CpuPercent": 1250}),
        ({"oom_kill_disable": True}, {"OomKillDisable": True}),
        ({"shm_size": "65536"}, {"ShmSize": 65536}),
        (
            {"ulimits": {"nproc": {"single": 5}, "nofile": {"soft": 1, "hard": 2}}},
            {"Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}, {"Name": "nproc", "Soft": 5, "Hard": 5}]},
        ),
        ({"logging": {"driver": "local", "options": {"a": "b"}}}, {"LogConfig": {"Type": "local", "Config": {"a": "b"}}}),
        ({"tmpfs": ["/run", "/tmp:size=1m"]}, {"Tmpfs": {"/run": "", "/tmp": "size=1m"}}),
        (
            {"blkio_config": {"weight": 3, "device_read_bps": [{"path": "/dev/sda", "rate": "1024"}]}},
            {"BlkioWeight": 3, "BlkioDeviceReadBps": [{"Path": "/dev/sda", "Rate": 1024}]},
        ),
        (
            {"devices": [{"source": "/dev/a", "target": "/dev/b", "permissions": "r"}]},
            {"Devices": [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/b", "CgroupPermissions": "r"}]},
        ),
        (
            {
                "devices": [{"source": "vendor.com/gpu=all", "target": "vendor.com/gpu=all"}],
                "gpus": [{"count": 1}],
                **reserve(devices=[{"capabilities": ["tpu"], "device_ids": ["1"]}]),
            },
            {
                "DeviceRequests": [
                    {"DeviceIDs": ["1"], "Capabilities": [["tpu"]]},
                    {"Driver": "cdi", "DeviceIDs": ["vendor.com/gpu=all"]},
                    {"Count": 1, "Capabilities": [["gpu"]]},
                ]
            },
        ),
        ({"annotations": {"a": "b"}}, {"Annotations": {"a": "b"}}),
        ({"cgroup": "host"}, {"CgroupnsMode": "host"}),
    ],
)
def test_the_hosts_side(make, attributes, expected):
    assert fields_of(make("web", **attributes), NEW, "HostConfig") == {**ALWAYS, **expected}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {}),
        ({"command": []}, {"Cmd": []}),
        ({"entrypoint": ["a", "b"]}, {"Entrypoint": ["a", "b"]}),
        ({"environment": {"B": None, "A": "1", "E": ""}}, {"Env": ["A=1", "B", "E="]}),
        ({"stop_grace_period": "1500ms"}, {"StopTimeout": 1}),
        ({"stop_grace_period": "0s"}, {"StopTimeout": 0}),
        ({"network_mode": "disabled"}, {"NetworkDisabled": True}),
        ({"healthcheck": {"disable": True}}, {"Healthcheck": {"Test": ["NONE"]}}),
        (
            {
                "healthcheck": {
                    "test": ["CMD", "x"],
                    "interval": "1s",
                    "retries": 3,
                    "start_period": "2s",
                    "start_interval": "5ms",
                }
            },
            {
                "Healthcheck": {
                    "Test": ["CMD", "x"],
                    "Interval": 1_000_000_000,
                    "Retries": 3,
                    "StartPeriod": 2_000_000_000,
                    "StartInterval": 5_000_000,
                }
            },
        ),
        ({"expose": ["3", "7-8/udp"]}, {"ExposedPorts": {"3/tcp": {}, "7/udp": {}, "8/udp": {}}}),
    ],
)
def test_the_processs_side(make, attributes, expected):
    assert fields_of(make("web", **attributes), NEW, "Config") == expected


def test_published_ports(make):
    ports = [
        {"target": 80, "published": "8080", "protocol": "tcp"},
        {"target": 80, "published": "8081", "host_ip": "::1"},
        {"target": 53, "published": "5000-5010", "protocol": "UDP"},
        {"target": 9},
    ]
    service = make("web", ports=ports, expose=["80"])
    assert fields_of(service, NEW, "HostConfig")["PortBindings"] == {
        "80/tcp": [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "::1", "HostPort": "8081"}],
        "53/udp": [{"HostIp": "", "HostPort": "5000-5010"}],
        "9/tcp": [{"HostIp": "", "HostPort": ""}],
    }
    assert list(fields_of(service, NEW, "Config")["ExposedPorts"]) == ["9/tcp", "53/udp", "80/tcp"]


def test_what_the_engine_is_too_old_for_is_left_out_and_said(make, project_of):
    late = {"annotations": {"a": "b"}, "healthcheck": {"test": ["CMD", "x"], "start_interval": "1s", "start_period": "1s"}}
    service = make("web", image="x", **late)
    assert "Annotations" not in fields_of(service, OLD, "HostConfig")
    assert "StartInterval" not in fields_of(service, OLD, "Config")["Healthcheck"]
    needed = {".".join(map(str, need.path[2:])): need.since for need in needs(project_of(service))}
    assert needed["annotations"] == (1, 43)
    assert needed["healthcheck.start_interval"] == (1, 44)


def test_every_row_names_an_attribute_of_the_model():
    known = {field.name for field in fields(Service)}
    assert {row.attribute.split(".")[0] for row in ROWS} <= known
