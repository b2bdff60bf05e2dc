from compose.model.develop import Hook
from compose.model.network import Network
from compose.payload.hooks import exec_body, exec_start_body, pre_start_container, with_volumes_of
from compose.payload.labels import VERSION
from compose.state.observed import EngineFacts


def test_a_hook_inside_the_container_is_an_exec():
    assert exec_body(Hook(command=("echo", "hi"))) == {"AttachStdout": True, "AttachStderr": True, "Cmd": ["echo", "hi"]}
    full = Hook(command=("x",), user="0", privileged=True, working_dir="/w", environment={"A": "1", "B": None})
    assert exec_body(full) == {
        "AttachStdout": True,
        "AttachStderr": True,
        "Cmd": ["x"],
        "User": "0",
        "Privileged": True,
        "WorkingDir": "/w",
        "Env": ["A=1", "B"],
    }


def test_an_exec_has_a_terminal_where_the_service_has_one(make):
    assert exec_start_body(make("web", tty=True)) == {"Detach": False, "Tty": True}
    assert exec_start_body(make("web"))["Tty"] is False


def test_a_hook_before_the_start_is_a_container_of_its_own(make, project_of):
    hook = Hook(command=("migrate",), image="tools", user="1", privileged=True, working_dir="/w", environment={"B": "2"})
    service = make("web", image="nginx", environment={"A": "1"}, platform="linux/arm64", networks={"default": None, "z": None})
    project = project_of(service, networks={"default": Network(name="shop_default"), "z": Network(name="shop_z")})
    found = pre_start_container(project, service, hook, EngineFacts())
    assert (found.image, found.platform, found.bindings) == ("tools", "linux/arm64", ())
    assert [connect.name for connect in found.connects] == ["shop_z"]
    labels = {"project": "shop", "service": "web", "version": VERSION, "hook": "pre_start"}
    assert found.body == {
        "Image": "tools",
        "Labels": {f"com.docker.compose.{key}": value for key, value in labels.items()},
        "HostConfig": {"Privileged": True, "NetworkMode": "shop_default"},
        "Cmd": ["migrate"],
        "User": "1",
        "WorkingDir": "/w",
        "Env": ["A=1", "B=2"],
        "NetworkingConfig": {"EndpointsConfig": {"shop_default": {"Aliases": ["shop-web-0", "web"]}}},
    }
    assert with_volumes_of(found.body, "abc")["HostConfig"]["VolumesFrom"] == ["abc"]


def test_a_hook_without_image_or_command_uses_the_services(make, project_of):
    service = make("web", image="nginx", network_mode="service:db")
    found = pre_start_container(project_of(service), service, Hook(), EngineFacts())
    assert (found.image, "Cmd" in found.body) == ("nginx", False)
    assert [binding.service for binding in found.bindings] == ["db"]
