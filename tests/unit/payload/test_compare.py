"""The recorded container was made by Docker Compose from the project of `shop`."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.model.network import Network, ServiceNetwork
from compose.model.storage import FileObject
from compose.payload.compare import differences
from compose.payload.container import render_container
from compose.payload.labels import VERSION
from compose.payload.surroundings import Surroundings
from compose.state.observed import EngineFacts, ImageState
from compose.state.parse import container_from_inspect, image_from_inspect

ANSWERS = Path(__file__).parent / "answers"
DOCKER = EngineFacts(api_version=(1, 51), cgroup_version="1", logging_driver="json-file", default_runtime="runc")
FACTS = {"docker-28": DOCKER, "podman-5": EngineFacts(name="podman", cgroup_version="1")}


def recorded(engine="docker-28"):
    answer = json.loads((ANSWERS / f"{engine}.json").read_text())
    return container_from_inspect(answer["container"]), image_from_inspect(answer["image"], "nginx:alpine")


def compared(project, container=None, image=None, engine="docker-28", **keywords):
    known_container, known_image = recorded(engine)
    image = known_image if image is None else image
    payload = render_container(
        project, project.services["web"], 1, FACTS[engine], surroundings=Surroundings(images={"nginx:alpine": image})
    )
    return differences(payload, container or known_container, image, FACTS[engine], project=project, **keywords)


def made_from_another_config(container, version=VERSION):
    return replace(container, config_hash="another", labels={**container.labels, labels.VERSION: version})


@pytest.mark.parametrize("engine", ["docker-28", "podman-5"])
def test_a_container_made_from_the_same_file_has_no_differences(shop, engine):
    assert compared(shop(), engine=engine) == ()


@pytest.mark.parametrize("engine", ["docker-28", "podman-5"])
@pytest.mark.parametrize(
    ("change", "path", "values"),
    [
        ({"command": ["nginx"]}, "command", (["nginx", "-g", "daemon off;"], ["nginx"])),
        ({"entrypoint": ["/bin/sh"]}, "entrypoint", (["/docker-entrypoint.sh"], ["/bin/sh"])),
        ({"user": "0"}, "user", ("1000", "0")),
        ({"user": None}, "user", ("1000", "")),
        ({"hostname": "www"}, "hostname", ("web", "www")),
        ({"working_dir": "/srv"}, "working_dir", ("", "/srv")),
        ({"tty": True}, "tty", (False, True)),
        ({"stop_signal": "SIGTERM"}, "stop_signal", ("QUIT", "TERM")),
        ({"stop_grace_period": "4s"}, "stop_grace_period", (3, 4)),
        ({"labels": {"tier": "back"}}, "labels.tier", ("front", "back")),
        ({"labels": None}, "labels.tier", ("front", None)),
        ({"restart": "always"}, "restart", ("on-failure:3", "always")),
        ({"restart": None}, "restart", ("on-failure:3", None)),
        ({"dns": ["192.0.2.2"]}, "dns", (["192.0.2.1"], ["192.0.2.2"])),
        ({"extra_hosts": None}, "extra_hosts", (["one:10.0.0.1"], None)),
        ({"privileged": True}, "privileged", (None, True)),
        ({"read_only": True}, "read_only", (None, True)),
        ({"tmpfs": ["/run:size=2m"]}, "tmpfs./run", ("size=1m", "size=2m")),
        ({"ulimits": {"nofile": {"single": 300}}}, "ulimits.nofile", ({"soft": 100, "hard": 200}, {"soft": 300, "hard": 300})),
    ],
)
def test_a_change_is_told_in_the_words_of_the_file(shop, engine, change, path, values):
    found = {difference.path: (difference.old, difference.new) for difference in compared(shop(**change), engine=engine)}
    assert found[f"services.web.{path}"] == values


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"image": "nginx:latest"}, "image"),
        ({"ports": None}, "ports"),
        ({"volumes": None}, "volumes./scratch"),
        ({"cap_add": None}, "cap_add"),
        ({"cap_drop": ["ALL"]}, "cap_drop"),
        ({"sysctls": {"net.core.somaxconn": "1"}}, "sysctls.net.core.somaxconn"),
        ({"devices": None}, "devices"),
        ({"security_opt": None}, "security_opt"),
        ({"security_opt": ["no-new-privileges", "systempaths=unconfined"]}, "security_opt"),
        ({"logging": {"driver": "json-file", "options": {"max-size": "2m"}}}, "logging.options.max-size"),
        ({"logging": {"driver": "local"}}, "logging.driver"),
        ({"healthcheck": {"test": ["CMD", "false"]}}, "healthcheck.test"),
        ({"healthcheck": {"test": ["CMD", "true"], "interval": "6s", "start_period": "10s"}}, "healthcheck.interval"),
        ({"healthcheck": {"disable": True}}, "healthcheck.test"),
        ({"expose": ["9001"]}, "expose"),
        ({"pid": "host"}, "pid"),
        ({"ipc": "shareable"}, "ipc"),
        ({"annotations": {"a": "b"}}, "annotations.a"),
        ({"gpus": [{"count": -1}]}, "gpus"),
        ({"oom_score_adj": 5}, "oom_score_adj"),
        ({"mac_address": "02:42:00:00:00:01"}, "mac_address"),
        ({"links": ["db"]}, "links"),
        ({"network_mode": "host", "networks": {}}, "network_mode"),
    ],
)
def test_docker_shows_these_as_well(shop, make, change, path):
    project = shop(**change)
    project = replace(project, services={**project.services, "db": make("db", image="busybox")})
    assert f"services.web.{path}" in [difference.path for difference in compared(project)]


def test_limits_are_told_where_they_stand_with_their_place(shop):
    limits = {"memory": "134217728", "pids": 50, "cpus": 0.75}
    memory, cpus = compared(shop(deploy={"resources": {"limits": limits}}))
    assert (memory.path, memory.old, memory.new) == ("services.web.deploy.resources.limits.memory", 67108864, 134217728)
    assert (cpus.path, cpus.old, cpus.new) == ("services.web.deploy.resources.limits.cpus", 0.5, 0.75)
    assert memory.span.line == len(("services", "web", "deploy", "resources", "limits", "memory"))
    (plain, _, _) = compared(shop(deploy=None, mem_limit="134217728"))
    assert plain.path == "services.web.mem_limit"


def test_mounts_are_told_by_their_place_in_the_list(shop):
    volumes = [
        {"type": "volume", "source": "other", "target": "/data", "volume": {}},
        {"type": "bind", "source": "/srv/shop", "target": "/src", "bind": {"create_host_path": True}},
        {"type": "volume", "target": "/cache", "volume": {}},
        {"type": "tmpfs", "target": "/scratch", "tmpfs": {"size": "2048"}},
        {"type": "volume", "target": "/more"},
    ]
    found = {difference.path: (difference.old, difference.new) for difference in compared(shop(volumes=volumes))}
    assert found == {
        "services.web.volumes[0]": ("shop_data:rw", "shop_other:rw"),
        "services.web.volumes[1]": ("/srv/shop:ro:rprivate", "/srv/shop:rw:rprivate"),
        "services.web.volumes[3]": ("tmpfs:rw:SizeBytes=1048576", "tmpfs:rw:SizeBytes=2048"),
        "services.web.volumes[4]": (None, "volume:rw"),
    }


def test_a_secret_that_moved_is_told_where_it_is_asked_for(shop):
    project = replace(shop(), secrets={"key": FileObject(name="shop_key", file="/srv/other")})
    (found,) = compared(project)
    assert (found.path, found.old, found.new) == (
        "services.web.secrets[0]",
        "/srv/shop/compose.yaml:ro:rprivate",
        "/srv/other:ro:rprivate",
    )


def test_networks_are_told_by_their_keys(shop):
    project = shop(networks={"default": {"aliases": ["shop"]}, "extra": None})
    project = replace(project, networks={**project.networks, "extra": Network(name="shop_extra")})
    found = {difference.path: (difference.old, difference.new) for difference in compared(project)}
    assert found["services.web.networks.shop_back"] == ("connected", None)
    assert found["services.web.networks.extra"] == (None, "connected")
    assert found["services.web.networks.default.aliases"][1] == ["shop", "shop-web-1", "web"]


def test_networks_joined_after_creation_are_compared_too(shop):
    container, image = recorded()
    project = shop()
    payload = render_container(project, project.services["web"], 1, EngineFacts(api_version=(1, 41)))
    assert [connect.network for connect in payload.connects] == ["default"]
    assert differences(payload, container, image, DOCKER) == ()


def test_an_address_that_moved_is_seen(shop):
    networks = {"default": ServiceNetwork(aliases=("www",)), "back": ServiceNetwork(ipv4_address="10.77.3.10")}
    project = shop()
    web = replace(project.services["web"], networks=networks)
    (found,) = compared(replace(project, services={"web": web}))
    assert (found.path, found.old, found.new) == ("services.web.networks.back.ipv4_address", "10.77.3.9", "10.77.3.10")


def test_secret_looking_values_are_masked(shop):
    environment = {"DB_URL": "postgres://app:hunter3@db/shop", "API_TOKEN": "xyz", "MODE": "other", "BARE": None}
    found = {difference.path: (difference.old, difference.new) for difference in compared(shop(environment=environment))}
    assert found == {
        "services.web.environment.API_TOKEN": ("***", "***"),
        "services.web.environment.DB_URL": ("postgres://app:***@db/shop", "postgres://app:***@db/shop"),
        "services.web.environment.MODE": ("plain", "other"),
    }


def test_the_content_of_secrets_is_masked_wherever_it_turns_up(shop):
    project = shop(command=["serve", "--with=swordfish"])
    project = replace(project, secrets={**project.secrets, "word": FileObject(name="word", content="swordfish")})
    (found,) = compared(project)
    assert found.new == ["serve", "--with=***"]


def test_a_variable_without_value_is_told_from_an_empty_one(shop):
    environment = {"DB_URL": "postgres://app:hunter2@db/shop", "API_TOKEN": "abc", "MODE": "plain", "BARE": ""}
    (found,) = compared(shop(environment=environment))
    assert (found.path, found.old, found.new) == ("services.web.environment.BARE", None, "")


def test_defaults_of_another_image_do_not_count(shop):
    _, image = recorded()
    newer = replace(image, id="sha256:new", identity="sha256:new", config={**image.config, "Env": ["NEW=1"], "Cmd": ["new"]})
    assert compared(shop(command=None), image=newer) == ()
    same = replace(newer, id=image.id, identity=image.identity)
    found = [difference.path for difference in compared(shop(command=None), image=same)]
    assert found[0] == "services.web.command"
    assert "services.web.environment.NEW" in found


def test_an_unknown_image_leaves_what_only_the_image_could_tell(shop):
    project = shop()
    container, _ = recorded()
    payload = render_container(project, project.services["web"], 1, DOCKER)
    assert differences(payload, container, None, DOCKER) == ()


@pytest.mark.parametrize(("version", "is_certain"), [(VERSION, True), ("2.40.3", True), ("2.24.0", False), ("", False)])
def test_what_a_daemon_may_have_added_counts_only_when_the_config_changed_for_sure(shop, version, is_certain):
    project = shop(logging=None, ulimits=None, shm_size=None)
    container, _ = recorded()
    found = [difference.path for difference in compared(project, made_from_another_config(container, version))]
    assert found == (["services.web.logging.options.max-size", "services.web.ulimits.nofile"] if is_certain else [])


def test_with_the_same_hash_it_never_counts(shop):
    project = shop(logging=None)
    container, _ = recorded()
    payload = render_container(project, project.services["web"], 1, DOCKER)
    assert compared(project, replace(made_from_another_config(container), config_hash=payload.hash)) == ()


def test_nor_where_the_hash_depends_on_other_containers(shop):
    container, _ = recorded()
    project = shop(logging=None, volumes_from=["db"])
    shared = {**container.inspect, "HostConfig": {**container.inspect["HostConfig"], "VolumesFrom": ["abc"]}}
    assert compared(project, made_from_another_config(replace(container, inspect=shared))) == ()


def test_doubtful_differences_are_not_named_beside_certain_ones(shop):
    container, _ = recorded()
    found = compared(shop(logging=None, user="0"), made_from_another_config(container))
    assert [difference.path for difference in found] == ["services.web.user"]


def test_a_limit_the_kernel_dropped_does_not_count_once_it_was_asked_for(shop):
    project = shop(mem_swappiness="10", oom_kill_disable=True, blkio_config={"weight": 300})
    container, _ = recorded()
    assert len(compared(project, container)) == 3
    payload = render_container(project, project.services["web"], 1, DOCKER)
    assert compared(project, replace(container, config_hash=payload.hash)) == ()


def test_podman_does_not_show_all_so_there_the_hash_counts(shop):
    container, _ = recorded("podman-5")
    project = shop(cap_add=["SYS_TIME"])
    payload = render_container(project, project.services["web"], 1, FACTS["podman-5"])
    (found,) = compared(project, engine="podman-5", container=container)
    assert (found.path, found.old, found.new) == (
        "services.web",
        f"config hash {container.config_hash[:12]}",
        f"config hash {payload.hash[:12]}",
    )
    assert compared(project, engine="podman-5", container=replace(container, config_hash=payload.hash)) == ()


def test_shared_namespaces_are_compared_where_the_container_is_known(shop):
    container, _ = recorded()
    project = shop(ipc="service:db")
    shared = {**container.inspect, "HostConfig": {**container.inspect["HostConfig"], "IpcMode": "container:abc"}}
    container = replace(container, inspect=shared)
    assert compared(project, container) == ()
    assert compared(project, container, ids={"db": "abc"}) == ()
    (found,) = compared(project, container, ids={"db": "def"})
    assert (found.path, found.old, found.new) == ("services.web.ipc", "container:abc", "container:def")
    (alone,) = compared(project)
    assert (alone.path, alone.old) == ("services.web.ipc", "private")


def test_the_comparison_wants_an_inspected_container(shop):
    container, _ = recorded()
    with pytest.raises(ValueError, match="inspect"):
        compared(shop(), replace(container, inspect=None))


def test_without_a_project_the_engines_names_are_used(shop):
    container, image = recorded()
    project = shop(networks={"default": {"aliases": ["www"]}})
    payload = render_container(project, project.services["web"], 1, DOCKER)
    paths = [difference.path for difference in differences(payload, container, image, DOCKER)]
    assert paths == ["services.web.networks", "services.web.networks.shop_back"]


def test_an_unknown_image_state_is_not_the_containers(shop):
    other = ImageState(reference="nginx:alpine", id="sha256:other", config={"User": "nobody"})
    assert compared(shop(user=None), image=other) == ()
