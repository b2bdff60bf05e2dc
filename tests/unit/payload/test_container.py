import json

import pytest

from compose.base.errors import ComposeError
from compose.model.network import Network
from compose.model.storage import FileObject
from compose.payload.bindings import bound
from compose.payload.container import render_container
from compose.payload.hash import service_hash
from compose.payload.labels import VERSION
from compose.payload.payloads import Binding, FileCopy
from compose.payload.security import profile_paths
from compose.payload.surroundings import Surroundings
from compose.state.observed import EngineFacts, ImageState

NEW = EngineFacts(api_version=(1, 51))


def test_the_body_of_a_plain_service(make, project_of):
    service = make("web", image="nginx", command=["sleep", "1"], networks={"default": None})
    payload = render_container(project_of(service), service, 2, NEW)
    assert (payload.service, payload.number, payload.name, payload.image) == ("web", 2, "shop-web-2", "nginx")
    assert payload.networks == ("default",)
    assert payload.body == {
        "Cmd": ["sleep", "1"],
        "Image": "nginx",
        "AttachStdout": True,
        "AttachStderr": True,
        "Labels": {
            "com.docker.compose.project": "shop",
            "com.docker.compose.service": "web",
            "com.docker.compose.version": VERSION,
            "com.docker.compose.project.working_dir": "/srv/shop",
            "com.docker.compose.project.config_files": "/srv/shop/compose.yaml",
            "com.docker.compose.config-hash": service_hash(service),
            "com.docker.compose.depends_on": "",
            "com.docker.compose.oneoff": "False",
            "com.docker.compose.container-number": "2",
        },
        "HostConfig": {"PortBindings": {}, "ExtraHosts": [], "OomKillDisable": False, "NetworkMode": "shop_default"},
        "NetworkingConfig": {"EndpointsConfig": {"shop_default": {"Aliases": ["shop-web-2", "web"]}}},
    }


def test_rendering_is_pure_and_gives_plain_json(shop):
    project = shop()
    payload = render_container(project, project.services["web"], 1, NEW)
    assert payload == render_container(project, project.services["web"], 1, NEW)
    assert json.loads(json.dumps(payload.body)) == payload.body


@pytest.mark.parametrize(
    ("engine", "test", "sent"),
    [
        ("podman", ["CMD", "sh", "-c", "echo a b"], ["CMD-SHELL", "sh -c 'echo a b'"]),
        ("podman", ["CMD", "test", ""], ["CMD-SHELL", "test ''"]),
        ("podman", ["CMD", "test", "-f", "/x"], ["CMD", "test", "-f", "/x"]),
        ("podman", ["CMD-SHELL", "a b"], ["CMD-SHELL", "a b"]),
        ("docker", ["CMD", "sh", "-c", "echo a b"], ["CMD", "sh", "-c", "echo a b"]),
    ],
)
def test_podman_gets_a_probe_that_it_cannot_take_apart(make, project_of, engine, test, sent):
    service = make("web", image="nginx", healthcheck={"test": test})
    facts = EngineFacts(name=engine, api_version=(1, 41))
    assert render_container(project_of(service), service, 1, facts).body["Healthcheck"]["Test"] == sent


def test_what_the_surroundings_tell(make, project_of):
    service = make("web", image="nginx", environment={"HTTP_PROXY": "mine"}, security_opt=["seccomp=p.json", "label=disable"])
    surroundings = Surroundings(
        images={"nginx": ImageState(reference="nginx", id="sha256:1")},
        proxies={"HTTP_PROXY": "http://proxy", "no_proxy": "localhost"},
        seccomp={"p.json": '{ "defaultAction" : "SCMP_ACT_ALLOW" }'},
    )
    body = render_container(project_of(service), service, 1, NEW, surroundings=surroundings).body
    assert body["Env"] == ["HTTP_PROXY=mine", "no_proxy=localhost"]
    assert body["Labels"]["com.docker.compose.image"] == "sha256:1"
    assert body["HostConfig"]["SecurityOpt"] == ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}', "label=disable"]


@pytest.mark.parametrize(
    ("texts", "code"),
    [({}, "seccomp-profile-unreadable"), ({"p.json": "{"}, "seccomp-profile-invalid")],
    ids=["absent", "broken"],
)
def test_a_profile_that_cannot_be_used_is_refused(make, project_of, texts, code):
    service = make("web", image="nginx", security_opt=["seccomp=p.json"])
    with pytest.raises(ComposeError) as caught:
        render_container(project_of(service), service, 1, NEW, surroundings=Surroundings(seccomp=texts))
    assert caught.value.diagnostics[0].code == code


def test_which_profiles_are_wanted(make, project_of):
    options = ["seccomp=a.json", "seccomp:b.json", "seccomp=unconfined", "seccomp=builtin", "no-new-privileges", "label=x"]
    project = project_of(make("web", image="x", security_opt=options), make("db", image="x", security_opt=["seccomp=a.json"]))
    assert profile_paths(project) == ("a.json", "b.json")


def test_system_paths_are_unmasked_by_empty_lists(make, project_of):
    service = make("web", image="nginx", security_opt=["systempaths=unconfined"])
    host = render_container(project_of(service), service, 1, NEW).body["HostConfig"]
    assert (host["MaskedPaths"], host["ReadonlyPaths"], "SecurityOpt" in host) == ([], [], False)


def test_platform_and_files(make, project_of):
    service = make("web", image="nginx", configs=[{"source": "app"}])
    configs = {"app": FileObject(name="shop_app", content="x")}
    project = project_of(service, configs=configs, environment={"DOCKER_DEFAULT_PLATFORM": "linux/arm64"})
    payload = render_container(project, service, 1, NEW)
    assert payload.platform == "linux/arm64"
    assert payload.files == (FileCopy(target="/app", content=b"x", label="app"),)
    pinned = make("web", image="nginx", platform="linux/amd64")
    assert render_container(project_of(pinned), pinned, 1, NEW).platform == "linux/amd64"


def test_other_services_containers_are_bindings_beside_the_body(make, project_of):
    shared = {"network_mode": "service:db", "ipc": "service:db", "pid": "host"}
    service = make("web", image="nginx", volumes_from=["db:ro", "container:far:rw", "app"], **shared)
    payload = render_container(project_of(service), service, 1, NEW)
    host = payload.body["HostConfig"]
    assert (host["PidMode"], host["VolumesFrom"], "IpcMode" in host, "NetworkMode" in host) == ("host", ["far"], False, False)
    assert payload.bindings == (
        Binding(path=("HostConfig", "NetworkMode"), service="db", form="container:{}", sharing="network namespace"),
        Binding(path=("HostConfig", "IpcMode"), service="db", form="container:{}", sharing="IPC namespace"),
        Binding(path=("HostConfig", "VolumesFrom", 0), service="db", sharing="volume"),
        Binding(path=("HostConfig", "VolumesFrom", 2), service="app", sharing="volume"),
    )
    filled = bound(payload.body, payload.bindings, lambda binding: f"id-{binding.service}")
    assert filled["HostConfig"]["NetworkMode"] == filled["HostConfig"]["IpcMode"] == "container:id-db"
    assert filled["HostConfig"]["VolumesFrom"] == ["id-db", "far", "id-app"]
    assert payload.body["HostConfig"]["VolumesFrom"] == ["far"]


def test_old_engines_get_a_mac_address_at_the_top(make, project_of):
    service = make("web", image="nginx", mac_address="02:00:00:00:00:01", networks={"default": None})
    project = project_of(service, networks={"default": Network(name="shop_default")})
    assert render_container(project, service, 1, EngineFacts()).body["MacAddress"] == "02:00:00:00:00:01"
    assert "MacAddress" not in render_container(project, service, 1, NEW).body
