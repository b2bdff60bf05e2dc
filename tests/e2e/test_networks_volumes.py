"""H, I. Networks, volumes, secrets and configs."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"


def test_aliases_and_links_resolve(stack):
    stack.write(
        f"services:\n  container1:\n    {SLEEPER}    links: ['container2:container']\n"
        f"  container2:\n    {SLEEPER}    networks: {{default: {{aliases: [alias-of-container2]}}}}\n"
    )
    stack.compose("up", "-d")
    one = stack.container("container1")
    for name in ("alias-of-container2", "container", "container2"):
        assert one.exec_run(["nslookup", name]).exit_code == 0 or one.exec_run(["ping", "-c1", name]).exit_code == 0, name


def test_static_address(stack):
    stack.write(
        f"services:\n  test:\n    {SLEEPER}    networks: {{default: {{ipv4_address: 10.231.0.100}}}}\n"
        "networks: {default: {ipam: {config: [{subnet: 10.231.0.0/16}]}}}\n"
    )
    stack.compose("up", "-d")
    endpoint = stack.container("test").attrs["NetworkSettings"]["Networks"][f"{stack.name}_default"]
    assert endpoint["IPAMConfig"]["IPv4Address"] == "10.231.0.100"


def test_changed_subnet_moves_the_container_without_recreating_it(stack):
    stack.write(f"services:\n  test:\n    {SLEEPER}networks: {{default: {{ipam: {{config: [{{subnet: '${{SUBNET}}'}}]}}}}}}\n")
    stack.compose("up", "-d", env={"SUBNET": "172.29.0.0/16"})
    first = stack.container("test")
    network = f"{stack.name}_default"
    assert first.attrs["NetworkSettings"]["Networks"][network]["IPAddress"].startswith("172.29.0.")
    stack.compose("up", "-d", env={"SUBNET": "192.168.230.0/24"})
    second = stack.container("test")
    assert second.id == first.id
    assert second.status == "running"
    assert second.attrs["NetworkSettings"]["Networks"][network]["IPAddress"].startswith("192.168.230.")


def test_two_networks_and_no_network(stack):
    stack.write(
        f"services:\n  both:\n    {SLEEPER}    networks: [front, back]\n  none:\n    {SLEEPER}    network_mode: none\n"
        "networks: {front: , back: {internal: true}}\n"
    )
    stack.compose("up", "-d")
    attached = stack.container("both").attrs["NetworkSettings"]["Networks"]
    assert set(attached) == {f"{stack.name}_front", f"{stack.name}_back"}
    assert "both" in attached[f"{stack.name}_back"]["Aliases"]
    assert stack.container("none").attrs["HostConfig"]["NetworkMode"] == "none"


def test_anonymous_volume_survives_recreation(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    volumes: [/data]\n")
    stack.compose("up", "-d")
    stack.container("a").exec_run(["touch", "/data/kept"])
    stack.compose("up", "-d", "--force-recreate")
    assert stack.container("a").exec_run(["test", "-f", "/data/kept"]).exit_code == 0
    stack.compose("up", "-d", "--force-recreate", "--renew-anon-volumes")
    assert stack.container("a").exec_run(["test", "-f", "/data/kept"]).exit_code == 1
    stack.compose("down", "-v")


def test_bind_mount_is_no_reason_to_recreate(stack):
    stack.write("hello", "page/index.html")
    stack.write(f"services:\n  a:\n    {SLEEPER}    volumes: ['./page:/page:ro']\n")
    stack.compose("up", "-d")
    before = stack.ids()
    assert stack.container("a").exec_run(["cat", "/page/index.html"]).output == b"hello"
    stack.compose("up", "-d")
    assert stack.ids() == before


def test_volume_with_other_options_is_never_lost_without_yes(stack):
    text = f"services:\n  a:\n    {SLEEPER}    volumes: ['data:/data']\nvolumes: {{data: {{labels: {{v: '%s'}}}}}}\n"
    stack.write(text % 1)
    stack.compose("up", "-d")
    stack.container("a").exec_run(["touch", "/data/kept"])
    stack.write(text % 2)
    stack.compose("up", "-d", stdin="n\n")
    assert stack.container("a").exec_run(["test", "-f", "/data/kept"]).exit_code == 0
    stack.compose("up", "-d", "-y")
    assert stack.container("a").exec_run(["test", "-f", "/data/kept"]).exit_code == 1


def test_secrets_and_configs_reach_the_container(stack):
    stack.write("from-file", "secret.txt")
    stack.write(
        f"services:\n  a:\n    {SLEEPER}"
        "    secrets: [plain, {source: env, target: renamed, mode: 0400}]\n"
        "    configs: [{source: inline, target: /etc/inline.conf}]\n"
        "secrets: {plain: {file: ./secret.txt}, env: {environment: TOKEN}}\n"
        "configs: {inline: {content: 'user=${WHO}'}}\n"
    )
    up = stack.compose("--progress", "json", "up", "-d", env={"TOKEN": "hush-hush", "WHO": "me"})
    container = stack.container("a")
    assert container.exec_run(["cat", "/run/secrets/plain"]).output == b"from-file"
    assert container.exec_run(["cat", "/run/secrets/renamed"]).output == b"hush-hush"
    assert container.exec_run(["stat", "-c", "%a", "/run/secrets/renamed"]).output.strip() == b"400"
    assert container.exec_run(["cat", "/etc/inline.conf"]).output == b"user=me"
    assert "hush-hush" not in up.stdout + up.stderr


def test_missing_secret_variable_is_explained(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    secrets: [s]\nsecrets: {{s: {{environment: NOT_THERE_AT_ALL}}}}\n")
    result = stack.compose("up", "-d", code=1)
    assert 'environment variable "NOT_THERE_AT_ALL" required by secret "' + stack.name + '_s" is not set' in result.stderr


def test_missing_secret_file_is_shown_at_its_place(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    secrets: [s]\nsecrets: {{s: {{file: ./not-there.txt}}}}\n")
    result = stack.compose("up", "-d", code=1)
    assert f"secret file {stack.folder}/not-there.txt does not exist" in result.stderr
    assert "--> compose.yaml:" in result.stderr
    assert stack.networks() == []


def test_external_volume_can_be_switched(stack):
    names = [f"{stack.name}_ext_{letter}" for letter in "ab"]
    for name in names:
        stack.client.volumes.create(name, labels={"com.docker.compose.project": stack.name})
    stack.write(f"services:\n  a:\n    {SLEEPER}    volumes: ['dir:/d']\nvolumes: {{dir: {{external: true, name: '${{N}}'}}}}\n")
    for name in names:
        stack.compose("up", "-d", env={"N": name})
        assert [m["Name"] for m in stack.container("a").attrs["Mounts"]] == [name]


def test_all_resources_are_created_without_services(stack):
    stack.write("services: {}\nvolumes: {my_vol: }\nnetworks: {my_net: }\n")
    result = stack.compose("--all-resources", "up", "-d")
    assert f"Volume {stack.name}_my_vol Created" in result.stderr
    assert f"Network {stack.name}_my_net Created" in result.stderr


def test_a_second_network_of_the_same_name_gives_way_to_the_first(stack):
    if tuple(map(int, stack.client.api.version()["ApiVersion"].split("."))) >= (1, 44) or "Podman" in str(stack.client.version()):
        pytest.skip("this engine never makes two networks of one name")
    stack.write(
        f"services:\n  a:\n    {SLEEPER}    networks: [extra]\n  b:\n    {SLEEPER}    networks: [extra]\nnetworks: {{extra: }}\n"
    )
    stack.compose("create")
    (first,) = stack.client.networks.list(names=[f"{stack.name}_extra"])
    stack.client.networks.create(f"{stack.name}_extra", labels=first.attrs["Labels"], check_duplicate=False)
    stack.compose("up", "-d")
    assert [one.id for one in stack.client.networks.list(names=[f"{stack.name}_extra"])] == [first.id]
    assert set(stack.states().values()) == {"running"}
