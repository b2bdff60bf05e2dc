import pytest

from compose.model.network import Network
from compose.payload.networking import by_priority, engine_links, networking
from compose.payload.payloads import Binding
from compose.state.observed import ContainerState, EngineFacts

NEW = EngineFacts(api_version=(1, 51))
OLD = EngineFacts(api_version=(1, 41))
NETWORKS = {"default": Network(name="shop_default"), "back": Network(name="shop_back"), "front": Network(name="edge")}


@pytest.fixture
def joined(make, project_of):
    def join(facts=NEW, *, found=True, **attributes):
        service = make("web", image="nginx", **attributes)
        return networking(project_of(service, networks=NETWORKS), service, facts, name="shop-web-1", found=found, links=())

    return join


def test_the_highest_priority_comes_first_then_the_name(make):
    networks = {"b": None, "a": None, "z": {"priority": 5}, "y": {"priority": 5}, "x": {"priority": -1}}
    assert by_priority(make("web", networks=networks)) == ("y", "z", "a", "b", "x")


def test_a_new_engine_gets_all_networks_at_once(joined):
    found = joined(networks={"front": {"priority": 1, "aliases": ["www"]}, "back": None})
    assert (found.mode, found.keys, found.connects) == ("edge", ("front", "back"), ())
    assert found.endpoints == {
        "edge": {"IPAMConfig": {}, "Aliases": ["shop-web-1", "web", "www"]},
        "shop_back": {"Aliases": ["shop-web-1", "web"]},
    }


def test_an_old_engine_gets_the_primary_network_and_joins_the_others(joined):
    found = joined(OLD, networks={"front": {"priority": 1, "mac_address": "02:00:00:00:00:01"}, "back": None})
    assert found.endpoints == {"edge": {"IPAMConfig": {}, "Aliases": ["shop-web-1", "web"]}}
    assert found.mac_address == "02:00:00:00:00:01"
    (connect,) = found.connects
    assert (connect.network, connect.name, connect.endpoint) == ("back", "shop_back", {"Aliases": ["shop-web-1", "web"]})


def test_an_endpoint_has_what_the_file_asks_for(joined):
    addresses = {"ipv4_address": "10.0.0.2", "ipv6_address": "fd00::2", "link_local_ips": ["169.254.1.1"]}
    options = {"driver_opts": {"a": "b"}, "gw_priority": 3, "interface_name": "eth9"}
    found = joined(networks={"back": {**addresses, **options}}, mac_address="02:00:00:00:00:02")
    assert found.endpoints["shop_back"] == {
        "IPAMConfig": {"IPv4Address": "10.0.0.2", "IPv6Address": "fd00::2", "LinkLocalIPs": ["169.254.1.1"]},
        "Aliases": ["shop-web-1", "web"],
        "MacAddress": "02:00:00:00:00:02",
        "DriverOpts": {"a": "b", "com.docker.network.endpoint.ifname": "eth9"},
        "GwPriority": 3,
    }


def test_what_an_old_engine_does_not_know_is_left_out(joined):
    found = joined(OLD, networks={"back": {"gw_priority": 3, "interface_name": "eth9"}})
    assert found.endpoints["shop_back"] == {"IPAMConfig": {}, "Aliases": ["shop-web-1", "web"]}


def test_a_one_off_is_not_found_under_the_services_name(joined):
    found = joined(found=False, networks={"back": {"aliases": ["www"]}})
    assert found.endpoints["shop_back"]["Aliases"] == ["shop-web-1"]


def test_without_networks_there_is_the_default_one_or_none(joined, make, project_of):
    assert joined().mode == "shop_default"
    service = make("web", image="nginx")
    assert networking(project_of(service, networks={}), service, NEW, name="x", found=True, links=()).mode == "none"


@pytest.mark.parametrize("mode", ["host", "none", "bridge", "container:abc"])
def test_a_network_mode_goes_as_it_is(joined, mode):
    found = joined(network_mode=mode)
    assert (found.mode, found.endpoints, found.keys) == (mode, {}, ())


def test_the_network_of_a_service_is_bound_when_the_plan_runs(joined):
    found = joined(network_mode="service:db")
    assert found.mode == ""
    path = ("HostConfig", "NetworkMode")
    assert found.binding == Binding(path=path, service="db", form="container:{}", sharing="network namespace")


def test_a_mac_address_without_networks_goes_to_old_engines_only(joined):
    assert joined(OLD, network_mode="bridge", mac_address="02:00:00:00:00:03").mac_address == "02:00:00:00:00:03"
    assert joined(NEW, network_mode="bridge", mac_address="02:00:00:00:00:03").mac_address == ""


def test_links_name_each_container_in_three_ways(make, project_of):
    service = make("web", image="nginx", links=["db", "db:base", "gone"], external_links=["far", "far:near"])
    containers = {"db": [ContainerState(id="1", name="shop-db-1"), ContainerState(id="3", name="shop-db-3")]}
    found = engine_links(project_of(service, make("db", image="x")), service, 2, containers)
    assert found == [
        "shop-db-1:db",
        "shop-db-1:db-2",
        "shop-db-1:shop-db-2",
        "shop-db-3:db",
        "shop-db-3:db-2",
        "shop-db-3:shop-db-2",
        "shop-db-1:base",
        "shop-db-1:db-2",
        "shop-db-1:shop-db-2",
        "shop-db-3:base",
        "shop-db-3:db-2",
        "shop-db-3:shop-db-2",
        "far:far",
        "far:near",
    ]


def test_links_to_containers_still_to_come_use_their_names_to_be(make, project_of):
    service = make("web", image="nginx", links=["db", "one"])
    project = project_of(service, make("db", image="x", scale=2), make("one", image="x", container_name="single"))
    found = engine_links(project, service, 1, {})
    assert [link.partition(":")[0] for link in found][::3] == ["shop-db-1", "shop-db-2", "single"]
    assert engine_links(project, service, 1, {"db": [], "one": []}) == []
