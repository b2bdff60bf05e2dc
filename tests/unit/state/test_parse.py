import json
from pathlib import Path

import pytest

from compose.base.errors import ComposeError
from compose.state.observed import ContainerState, EngineFacts, Published
from compose.state.parse import (
    container_from_inspect,
    container_from_list,
    facts_from,
    network_from_list,
    volume_from_list,
    with_inspect,
)

ANSWERS = Path(__file__).parent / "answers"
ENGINES = ("docker-20", "docker-26", "docker-28", "podman-4", "podman-5")


def answers(engine):
    return json.loads((ANSWERS / f"{engine}.json").read_text())


def listed(engine):
    return {container.service: container for container in map(container_from_list, answers(engine)["containers"])}


def inspected(engine):
    found = (container_from_inspect(answer) for answer in answers(engine)["inspect"].values())
    return {container.service: container for container in found}


@pytest.mark.parametrize(
    ("engine", "name", "version", "api"),
    [
        ("docker-20", "docker", "20.10.24+dfsg1", (1, 41)),
        ("docker-26", "docker", "26.1.5+dfsg1", (1, 45)),
        ("docker-28", "docker", "28.5.2+dfsg4", (1, 51)),
        ("podman-4", "podman", "4.3.1", (1, 41)),
        ("podman-5", "podman", "5.4.2", (1, 41)),
    ],
)
def test_facts_tell_which_engine_it_is(engine, name, version, api):
    said = answers(engine)
    facts = facts_from(said["version"], said["info"])
    assert (facts.name, facts.version, facts.api_version) == (name, version, api)
    assert (facts.os, facts.arch, facts.cgroup_version, facts.swarm, facts.rootless) == ("linux", "amd64", "1", False, False)
    assert facts.storage_driver in {"overlay2", "overlay"}


def test_the_negotiated_version_wins_over_the_engines():
    assert facts_from({"ApiVersion": "1.51"}, None, api_version=(1, 44)).api_version == (1, 44)


def test_rootless_and_swarm_are_seen():
    info = {"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"], "Swarm": {"LocalNodeState": "active"}}
    facts = facts_from({"ApiVersion": "1.44"}, info)
    assert facts.rootless
    assert facts.swarm


@pytest.mark.parametrize("engine", ENGINES)
def test_a_listed_container_tells_its_place_in_the_project(engine):
    web, done = listed(engine)["web"], listed(engine)["done"]
    assert (web.name, web.service, web.number, web.oneoff) == ("shop-web-1", "web", 1, False)
    assert (web.state, done.state, done.exit_code) == ("running", "exited", 3)
    assert web.exit_code is None
    assert len(web.config_hash) == 64
    assert set(web.networks) == {"shop_default", "shop_back"}
    assert {(mount["Type"], mount["Destination"]) for mount in web.mounts} == {("volume", "/data"), ("bind", "/src")}
    assert Published(private=80, public=18080, protocol="tcp") in [
        Published(private=port.private, public=port.public, protocol=port.protocol) for port in web.ports
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_inspect_agrees_with_the_list(engine):
    for service, container in listed(engine).items():
        detailed = inspected(engine)[service]
        assert (detailed.id, detailed.name, detailed.number, detailed.state) == (
            container.id,
            container.name,
            container.number,
            container.state,
        )
        assert detailed.image_id.removeprefix("sha256:") == container.image_id.removeprefix("sha256:")
        assert detailed.created == pytest.approx(container.created, abs=1)
        assert (detailed.exit_code, detailed.labels) == (container.exit_code, container.labels)


@pytest.mark.parametrize("engine", ["docker-20", "docker-26", "docker-28"])
def test_the_list_tells_health_in_its_status(engine):
    assert listed(engine)["web"].health == inspected(engine)["web"].health == "healthy"
    assert listed(engine)["db"].health == ""


def test_a_newer_engine_tells_health_in_a_field():
    container = container_from_list({"Id": "a", "Status": "Up 2 seconds", "Health": {"Status": "starting", "FailingStreak": 0}})
    assert container.health == "starting"


@pytest.mark.parametrize(
    ("status", "health"),
    [("Up 1 second (health: starting)", "starting"), ("Up 3 days (unhealthy)", "unhealthy"), ("Up 1 hour (Paused)", "")],
)
def test_health_words(status, health):
    assert container_from_list({"Id": "a", "Status": status}).health == health


def test_inspect_keeps_the_words_of_the_list():
    container = listed("docker-28")["done"]
    answer = answers("docker-28")["inspect"]["/shop-done-1"]
    detailed = with_inspect(container, answer)
    assert (detailed.status, detailed.command) == (container.status, "sh -c 'exit 3'")
    assert detailed.inspect == answer


def test_inspected_ports_have_their_addresses():
    web = inspected("docker-28")["web"]
    assert Published(private=80, public=18080, address="0.0.0.0") in web.ports
    assert Published(private=80, public=18080, address="::") in web.ports


def test_an_unpublished_port_has_no_public_one():
    answer = {"Id": "a", "NetworkSettings": {"Ports": {"53/udp": None}}}
    assert container_from_inspect(answer).ports == (Published(private=53, protocol="udp"),)


def test_a_published_port_without_an_address_is_published_everywhere():
    listed = {"Id": "a", "Ports": [{"PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}]}
    looked_at = {"Id": "a", "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}}}
    expected = (Published(private=80, public=8080, address="0.0.0.0"),)
    assert container_from_list(listed).ports == container_from_inspect(looked_at).ports == expected


def test_a_container_without_anything_but_an_id_is_tolerated():
    assert container_from_list({"Id": "a"}) == ContainerState(id="a", name="")
    assert container_from_inspect({"Id": "a"}) == ContainerState(id="a", name="", inspect={"Id": "a"})


def test_nulls_are_empty():
    item = dict.fromkeys(("Names", "Labels", "Ports", "Mounts", "NetworkSettings", "State", "Status", "ImageID"))
    assert container_from_list({"Id": "a", **item}) == ContainerState(id="a", name="")


def test_names_of_links_are_not_the_containers_own():
    assert container_from_list({"Id": "a", "Names": ["/web/db", "/db"]}).name == "db"


def test_podmans_own_states_read_as_dockers():
    assert container_from_list({"Id": "a", "State": "configured"}).state == "created"
    assert container_from_list({"Id": "a", "State": "stopped"}).state == "exited"


def test_one_offs_are_told_apart():
    labels = {
        "com.docker.compose.oneoff": "True",
        "com.docker.compose.service": "web",
        "com.docker.compose.container-number": "x",
    }
    container = container_from_list({"Id": "a", "Labels": labels})
    assert (container.oneoff, container.service, container.number) == (True, "web", 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_networks_and_volumes_tell_their_keys(engine):
    said = answers(engine)
    networks = {network.key: network for network in map(network_from_list, said["networks"])}
    assert {key: network.name for key, network in networks.items()} == {"default": "shop_default", "back": "shop_back"}
    assert networks["back"].project == "shop"
    assert len(networks["back"].config_hash) == 64
    (volume,) = map(volume_from_list, said["volumes"]["Volumes"])
    assert (volume.name, volume.key, volume.project, volume.driver) == ("shop_data", "data", "shop", "local")
    assert volume_from_list(said["volume_inspect"]).config_hash == volume.config_hash


@pytest.mark.parametrize(
    ("parse", "answer", "detail"),
    [
        (container_from_list, ["no", "object"], "expected a mapping, got a list"),
        (container_from_list, {"Names": ["/a"]}, "`Id` is missing"),
        (container_from_list, {"Id": "a", "Labels": ["x"]}, "`Labels`: expected a mapping, got a list"),
        (container_from_list, {"Id": "a", "Labels": {"x": 1}}, "`Labels`: expected a mapping of texts"),
        (
            container_from_list,
            {"Id": "a", "Ports": [{"PrivatePort": True}]},
            "`PrivatePort`: expected a number, got true or false",
        ),
        (container_from_list, {"Id": "a", "Names": [1]}, "`Names`: expected a list of texts"),
        (container_from_inspect, {"Id": "a", "Created": "yesterday"}, "`yesterday` is not a time"),
        (container_from_inspect, {"Id": "a", "Created": "2024-13-01T00:00:00Z"}, "`2024-13-01T00:00:00Z` is not a time"),
        (container_from_inspect, {"Id": "a", "NetworkSettings": {"Ports": {"all": None}}}, "`all` is no port"),
        (network_from_list, {"Id": "a"}, "`Name` is missing"),
        (volume_from_list, "x", "expected a mapping, got text"),
        (facts_from, {"ApiVersion": "new"}, "`ApiVersion` is `new`"),
    ],
)
def test_answers_of_another_shape_are_refused(parse, answer, detail):
    with pytest.raises(ComposeError) as caught:
        parse(answer)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.detail) == ("unexpected-engine-answer", detail)


def test_default_facts_are_an_old_linux_docker():
    assert facts_from({"ApiVersion": "1.41"}) == EngineFacts()
