import pytest

from compose.model.service import Port
from compose.model.storage import Mount
from compose.payload.run import RunOptions, overridden, render_run
from compose.state.observed import EngineFacts

NEW = EngineFacts(api_version=(1, 51))
SLUG = "0123456789abcdef" * 4


@pytest.fixture
def web(make):
    return make(
        "web",
        image="nginx",
        container_name="alone",
        command=["serve"],
        environment={"A": "1", "B": "2"},
        labels={"a": "b"},
        cap_add=["CHOWN"],
        cap_drop=["KILL"],
        ports=[{"target": 80, "published": "8080"}],
        volumes=[{"type": "volume", "target": "/data"}],
        restart="always",
        networks={"default": {"aliases": ["www"]}},
        deploy={"replicas": 3, "restart_policy": {"condition": "any"}, "resources": {"limits": {"pids": 9}}},
        scale=3,
    )


def test_a_one_off_is_no_replica(web, project_of):
    payload = render_run(project_of(web), web, RunOptions(slug=SLUG), NEW)
    labels = payload.body["Labels"]
    assert (payload.name, payload.number) == ("shop-web-run-0123456789ab", 0)
    assert (labels["com.docker.compose.oneoff"], labels["com.docker.compose.slug"]) == ("True", SLUG)
    assert "com.docker.compose.container-number" not in labels
    host = payload.body["HostConfig"]
    assert (host["PortBindings"], "RestartPolicy" in host, host["PidsLimit"]) == ({}, False, 9)
    assert payload.body["NetworkingConfig"]["EndpointsConfig"]["shop_default"]["Aliases"] == [payload.name]
    assert "AttachStdin" not in payload.body


def test_an_interactive_one_off(web, project_of):
    options = RunOptions(
        slug=SLUG, name="mine", interactive=True, tty=True, auto_remove=True, use_aliases=True, service_ports=True
    )
    payload = render_run(project_of(web), web, options, NEW)
    body = payload.body
    assert payload.name == "mine"
    assert (body["AttachStdin"], body["OpenStdin"], body["StdinOnce"], body["Tty"]) == (True, True, True, True)
    assert body["HostConfig"]["AutoRemove"] is True
    assert body["HostConfig"]["PortBindings"] == {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}
    assert body["NetworkingConfig"]["EndpointsConfig"]["shop_default"]["Aliases"] == ["mine", "web", "www"]


@pytest.mark.parametrize(
    ("options", "command", "entrypoint"),
    [
        ({}, ("serve",), None),
        ({"command": ("sh", "-c", "x")}, ("sh", "-c", "x"), None),
        ({"entrypoint": ("/bin/sh",)}, (), ("/bin/sh",)),
        ({"entrypoint": ("/bin/sh",), "command": ("-c", "x")}, ("-c", "x"), ("/bin/sh",)),
    ],
)
def test_an_entrypoint_clears_the_command_unless_there_is_one(web, options, command, entrypoint):
    found = overridden(web, RunOptions(slug=SLUG, **options))
    assert (found.command, found.entrypoint) == (command, entrypoint)


def test_overrides(web):
    options = RunOptions(
        slug=SLUG,
        user="0",
        working_dir="/w",
        environment={"B": "3", "C": "4"},
        labels={"x": "y"},
        cap_add=("KILL",),
        cap_drop=("CHOWN",),
        ports=(Port(target=81, published="81"),),
        volumes=(Mount(type="bind", source="/here", target="/data"), Mount(type="bind", source="/here", target="/more")),
    )
    found = overridden(web, options)
    assert (found.user, found.working_dir) == ("0", "/w")
    assert found.environment == {"A": "1", "B": "3", "C": "4"}
    assert found.labels == {"a": "b", "x": "y"}
    assert (found.cap_add, found.cap_drop) == (("KILL",), ("CHOWN",))
    assert [port.target for port in found.ports] == [81]
    assert [(mount.source, mount.target) for mount in found.volumes] == [("/here", "/data"), ("/here", "/more")]
    assert (found.restart, found.scale, found.deploy.restart_policy) == ("", 1, None)
