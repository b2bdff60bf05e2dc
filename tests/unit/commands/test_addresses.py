from __future__ import annotations

from types import SimpleNamespace

import pytest

from compose.base.errors import ComposeError
from compose.commands.addresses import address, addresses_of, engine_host, reachable_host
from compose.commands.env import variables
from compose.model.project import Project
from compose.model.service import Port, Service
from compose.state.observed import ContainerState, Published
from tests.unit.commands.canned import container, session_with

LOCAL = "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (LOCAL, "127.0.0.1"),
        ("npipe:////./pipe/docker_engine", "127.0.0.1"),
        ("tcp://10.1.2.3:2376", "10.1.2.3"),
        ("https://engine.example:2376", "engine.example"),
        ("ssh://ann@builder:22", "builder"),
        ("tcp://[fd00::1]:2375", "fd00::1"),
    ],
)
def test_ports_answer_at_the_machine_of_the_engine(endpoint, host):
    assert engine_host(endpoint) == host


@pytest.mark.parametrize(
    ("endpoint", "published", "host"),
    [
        (LOCAL, "0.0.0.0", "127.0.0.1"),
        (LOCAL, "::", "127.0.0.1"),
        (LOCAL, "127.0.0.2", "127.0.0.2"),
        (LOCAL, "192.168.1.5", "192.168.1.5"),
        ("tcp://box:2375", "0.0.0.0", "box"),
        ("tcp://box:2375", "10.0.0.9", "10.0.0.9"),
        ("tcp://box:2375", "127.0.0.1", ""),
        ("ssh://box", "::1", ""),
        ("tcp://localhost:2375", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_loopback_address_of_another_machine_is_out_of_reach(endpoint, published, host):
    assert reachable_host(endpoint, published) == host


def replica(*ports, service="web"):
    return ContainerState(id="1", name="p-web-1", service=service, number=1, ports=ports)


def published(private, public, where="0.0.0.0", protocol="tcp"):
    return Published(private=private, public=public, address=where, protocol=protocol)


def test_one_address_for_each_port_those_for_browsers_first():
    ports = [
        published(5432, 5000),
        published(8080, 5001, "::"),
        published(8080, 5002),
        published(443, 5003),
        published(53, 5004, protocol="udp"),
        published(9, 0),
    ]
    assert [one.url for one in addresses_of(replica(*ports), LOCAL)] == [
        "https://127.0.0.1:5003",
        "http://127.0.0.1:5002",
        "udp://127.0.0.1:5004",
        "postgresql://127.0.0.1:5000",
    ]


def test_an_address_of_the_sixth_version_stands_in_brackets():
    assert addresses_of(replica(published(80, 5000, "fd00::7")), LOCAL)[0].url == "http://[fd00::7]:5000"


def test_the_file_may_name_the_protocol():
    service = Service(name="web", ports=(Port(target=5432, protocol="tcp", app_protocol="h2c"),))
    project = Project(name="p", directory="/", services={"web": service})
    assert addresses_of(replica(published(5432, 5000)), LOCAL, project)[0].scheme == "h2c"


def test_variables_are_for_the_main_port_and_for_each():
    ports = addresses_of(
        replica(published(9000, 5001), published(80, 5000), published(53, 5002, protocol="udp"), service="my-web"), LOCAL
    )
    assert variables(ports) == {
        "MY_WEB_HOST": "127.0.0.1",
        "MY_WEB_PORT": "5000",
        "MY_WEB_PORT_80": "5000",
        "MY_WEB_PORT_9000": "5001",
        "MY_WEB_PORT_53_UDP": "5002",
        "MY_WEB_URL": "http://127.0.0.1:5000",
        "MY_WEB_URL_80": "http://127.0.0.1:5000",
        "MY_WEB_URL_9000": "http://127.0.0.1:5001",
        "MY_WEB_URL_53_UDP": "udp://127.0.0.1:5002",
    }


@pytest.fixture
def session():
    """A session whose project has a web service, on an engine elsewhere."""
    ports = [
        {"PrivatePort": 80, "PublicPort": 8080, "IP": "0.0.0.0", "Type": "tcp"},
        {"PrivatePort": 81, "PublicPort": 8081, "IP": "127.0.0.1", "Type": "tcp"},
        {"PrivatePort": 82, "Type": "tcp"},
    ]
    made, _, _ = session_with({"/containers/json": [container("p-web-1", Ports=ports)]})
    made._endpoint = SimpleNamespace(url="tcp://box:2375")
    return made


def test_the_address_of_a_service_comes_from_the_endpoint(session):
    assert address(session, "web").url == "http://box:8080"
    assert address(session, "web", 80).url == "http://box:8080"


def test_what_is_not_reached_from_here_is_told_with_a_way_to_reach_it(session):
    with pytest.raises(ComposeError) as caught:
        address(session, "web", 81)
    assert caught.value.diagnostics[0].code == "port-out-of-reach"
    assert "ssh -L 8081:127.0.0.1:8081 box" in caught.value.diagnostics[0].hint


def test_a_port_that_is_not_published_is_told_with_those_that_are(session):
    with pytest.raises(ComposeError) as caught:
        address(session, "web", 82)
    assert caught.value.diagnostics[0].hint == "it publishes 80/tcp, 81/tcp"
