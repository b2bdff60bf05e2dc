from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.load.isolate import Isolation, isolate, wanted

EVERYTHING = {
    "compose.yaml": """
    name: shop
    services:
      web:
        build: ./web
        image: shop/web:dev
        container_name: web
        pull_policy: always
        ports: ["8080:80", "8080:80/udp", "127.0.0.1:9000-9002:9000", "81"]
        environment: {SELF: "http://localhost:8080/", DB: "10.5.0.5", OTHER: "http://localhost:3000/"}
        extra_hosts: ["db:10.5.0.5", "away:192.0.2.1"]
        dns: [10.5.0.5]
        networks: {front: {}, back: {ipv4_address: 10.5.0.6}, outside: {}}
      worker:
        image: shop/web:dev
        network_mode: container:db
        volumes_from: ["container:db:ro"]
        external_links: ["db:database", "foreign"]
      db:
        image: postgres
        container_name: db
        networks: {back: {ipv4_address: 10.5.0.5, aliases: [sql]}}
        volumes: ["data:/d", "./init:/init"]
    networks:
      front: {name: shop-front}
      back:
        ipam: {config: [{subnet: 10.5.0.0/16, gateway: 10.5.0.1, ip_range: 10.5.1.0/24}]}
        driver_opts: {com.docker.network.bridge.name: br-shop}
      outside: {external: true}
    volumes:
      data: {name: shop-data}
    """
}
GIVEN = {"port/8080": "20080", "port/9000-9002": "20100-20102", "subnet/back/0": "10.64.0.0/16"}


@pytest.fixture
def project(files):
    return files(EVERYTHING).project(project_name="shop-a")


@pytest.fixture
def isolated(project):
    return isolate(project, Isolation(), GIVEN)


def test_what_is_wanted_is_named_once(project):
    assert [(one.key, one.kind, one.count, one.subnet) for one in wanted(project, Isolation())] == [
        ("port/8080", "port", 1, ""),
        ("port/9000-9002", "port", 3, ""),
        ("subnet/back/0", "subnet", 1, "10.5.0.0/16"),
    ]


def test_a_container_loses_its_name_and_is_found_under_it_in_own_networks(isolated):
    web = isolated.project.services["web"]
    assert web.container_name == ""
    assert {key: joined.aliases if joined else () for key, joined in web.networks.items()} == {
        "front": ("web",),
        "back": ("web",),
        "outside": (),
    }
    assert isolated.project.services["db"].networks["back"].aliases == ("sql", "db")


def test_references_to_named_containers_follow(isolated):
    worker = isolated.project.services["worker"]
    assert worker.network_mode == "container:shop-a-db-1"
    assert worker.volumes_from == ("container:shop-a-db-1:ro",)
    assert worker.external_links == ("shop-a-db-1:database", "foreign")


def test_host_ports_are_those_given(isolated):
    ports = isolated.project.services["web"].ports
    assert [(port.published, port.host_ip, port.target, port.protocol) for port in ports] == [
        ("20080", "", 80, "tcp"),
        ("20080", "", 80, "udp"),
        ("20100-20102", "127.0.0.1", 9000, "tcp"),
        ("", "", 81, "tcp"),
    ]


def test_ephemeral_ports_are_the_engines_choice(project):
    found = isolate(project, Isolation(ports="ephemeral", host_ip="127.0.0.1"), {"subnet/back/0": "10.64.0.0/16"})
    ports = found.project.services["web"].ports
    assert {(port.published, port.host_ip) for port in ports} == {("", "127.0.0.1")}
    assert "services.web.ports.0: 8080 -> a free one (port 80 inside)" in map(str, found.changes)


def test_names_of_networks_and_volumes_are_the_copys(isolated):
    assert {key: one.name for key, one in isolated.project.networks.items()} == {
        "front": "shop-a_front",
        "back": "shop-a_back",
        "outside": "outside",
    }
    assert isolated.project.volumes["data"].name == "shop-a_data"
    assert isolated.project.networks["back"].driver_opts == {}


def test_two_keys_of_one_volume_stay_one_volume(files):
    project = files(
        {
            "compose.yaml": """
            services: {a: {image: i, volumes: ["one:/1", "two:/2"]}}
            volumes: {one: {name: same}, two: {name: same}}
            """
        }
    ).project(project_name="x")
    assert {one.name for one in isolate(project, Isolation(), {}).project.volumes.values()} == {"x_one"}


def test_addresses_keep_their_place_in_the_new_subnet(isolated):
    pool = isolated.project.networks["back"].ipam.config[0]
    assert (pool.subnet, pool.gateway, pool.ip_range) == ("10.64.0.0/16", "10.64.0.1", "10.64.1.0/24")
    web = isolated.project.services["web"]
    assert web.networks["back"].ipv4_address == "10.64.0.6"
    assert web.extra_hosts == ("away=192.0.2.1", "db=10.64.0.5")
    assert web.dns == ("10.64.0.5",)


def test_built_images_are_the_copys_own_also_for_who_else_runs_them(isolated):
    web, worker = isolated.project.services["web"], isolated.project.services["worker"]
    assert (web.image, web.pull_policy) == ("shop-a-web", "")
    assert worker.image == "shop-a-web"
    assert isolated.project.services["db"].image == "postgres"


def test_shared_images_are_named_after_the_project_itself(files):
    project = files({"compose.yaml": "services: {a: {build: .}, b: {build: ., image: mine}}"}).project(project_name="x-1")
    found = isolate(project, Isolation(images="shared", image_project="x"), {}).project
    assert (found.services["a"].image, found.services["b"].image) == ("x-a", "mine")


@pytest.mark.parametrize(
    ("keep", "path"),
    [
        ("services.web.container_name", "services.web.container_name"),
        ("services.*.ports", "services.web.ports"),
        ("services.web", "services.web"),
        ("networks", "networks"),
        ("volumes.data", "volumes.data"),
    ],
)
def test_what_is_kept_is_left_alone(project, keep, path):
    found = isolate(project, Isolation(keep=(keep,)), GIVEN)
    changed = [".".join(map(str, change.path)) for change in found.changes]
    assert changed
    assert not any(one.startswith(path) for one in changed)


def test_what_cannot_be_told_apart_is_named(files):
    project = files(
        {
            "compose.yaml": """
            services:
              web:
                image: i
                network_mode: host
                pid: host
                volumes: ["./src:/src", "./ro:/ro:ro", "big:/b", "there:/t"]
              db: {image: i, networks: [out], external_links: ["other:o"]}
            networks: {out: {external: true, name: lan}}
            volumes:
              big: {driver_opts: {type: none, o: bind, device: /srv/big}}
              there: {external: true}
            """
        }
    ).project(project_name="x")
    found = {".".join(map(str, one.path)): one.what for one in isolate(project, Isolation(), {}).shared}
    assert found.pop("services.web.volumes.0").endswith("/app/src, which it may write")
    assert found == {
        "services.web.network_mode": "the network of the host",
        "services.web.pid": "the processes of the host",
        "services.db.external_links.0": "the container other",
        "networks.out": "the external network lan, where all copies of db have the same names",
        "volumes.big": "what is stored at /srv/big",
        "volumes.there": "the external volume there",
    }


def test_variables_that_say_a_moved_port_or_address_are_named(isolated):
    found = {".".join(map(str, one.path)): one.what for one in isolated.shared}
    assert found["services.web.environment.SELF"] == "it says port 8080 of this machine, where this copy has 20080"
    assert found["services.web.environment.DB"] == "it says 10.5.0.5, where this copy has 10.64.0.5"
    assert "services.web.environment.OTHER" not in found


def test_a_project_that_fixes_nothing_stays_as_it_is(files):
    project = files({"compose.yaml": "services: {a: {image: i, ports: ['80']}}"}).project(project_name="x")
    found = isolate(project, Isolation(), {})
    assert (found.project, found.changes, found.shared) == (project, (), ())


def test_disabled_services_are_isolated_as_well_but_not_told(project):
    disabled = replace(project, services={}, disabled=project.services)
    found = isolate(disabled, Isolation(), GIVEN)
    assert found.project.disabled["web"].container_name == ""
    assert not any(change.path[0] == "services" for change in found.changes)
