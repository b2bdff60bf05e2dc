"""E. up and the life of services."""

from __future__ import annotations

import signal

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"


def test_up_labels_and_network(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}    labels: {{my-label: test}}\n")
    stack.compose("up", "-d")
    labels = stack.container("web").labels
    assert labels["com.docker.compose.container-number"] == "1"
    assert labels["com.docker.compose.project"] == stack.name
    assert labels["com.docker.compose.oneoff"] == "False"
    assert len(labels["com.docker.compose.config-hash"]) == 64
    assert labels["com.docker.compose.project.config_files"] == str(stack.folder / "compose.yaml")
    assert labels["com.docker.compose.project.working_dir"] == str(stack.folder)
    assert labels["com.docker.compose.service"] == "web"
    assert labels["com.docker.compose.version"]
    assert labels["my-label"] == "test"
    assert stack.networks() == [f"{stack.name}_default"]
    network = stack.client.networks.get(f"{stack.name}_default").attrs["Labels"]
    assert network["com.docker.compose.network"] == "default"
    stack.compose("down")
    assert stack.containers() == []
    assert stack.networks() == []


def test_second_up_changes_nothing(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}    volumes: ['data:/data']\nvolumes: {{data: }}\n")
    stack.compose("up", "-d")
    before = stack.ids()
    again = stack.compose("up", "-d")
    assert stack.ids() == before
    assert f"Container {stack.name}-web-1 Running" in again.stderr
    stack.compose("down", "-v")
    assert stack.volumes() == []


def test_down_keeps_volumes_unless_asked(stack):
    stack.write(f"services:\n  web:\n    {SLEEPER}    volumes: ['data:/data']\nvolumes: {{data: }}\n")
    stack.compose("up", "-d")
    stack.compose("down")
    assert stack.volumes() == [f"{stack.name}_data"]
    stack.compose("down", "-v")
    assert stack.volumes() == []


def test_changed_environment_recreates_only_its_service(stack):
    text = f"services:\n  a:\n    {SLEEPER}    environment: {{X: '1'}}\n  b:\n    {SLEEPER}"
    stack.write(text)
    stack.compose("up", "-d")
    a, b = stack.container("a").id, stack.container("b").id
    stack.write(text.replace("'1'", "'2'"))
    stack.compose("up", "-d")
    assert stack.container("a").id != a
    assert stack.container("a").name == f"{stack.name}-a-1"
    assert stack.container("b").id == b
    assert "X=2" in stack.container("a").attrs["Config"]["Env"]


def test_force_recreate_and_no_recreate(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    environment: {{X: '${{V}}'}}\n")
    stack.compose("up", "-d", env={"V": "1"})
    first = stack.container("a").id
    stack.compose("up", "-d", "--no-recreate", env={"V": "2"})
    assert stack.container("a").id == first
    stack.compose("up", "-d", "--force-recreate", env={"V": "1"})
    assert stack.container("a").id != first


def test_wait_times_out(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}    healthcheck: {{test: [CMD, 'false'], interval: 1s, start_period: 99s}}\n")
    result = stack.compose("up", "--wait", "--wait-timeout", "2", "-d", code=1)
    assert "application not healthy after 2s" in result.stderr
    assert stack.states() == {"a-1": "running"}


def test_unhealthy_dependency_is_explained(stack):
    stack.write(
        "services:\n"
        f"  fail:\n    {SLEEPER}    healthcheck: {{test: [CMD-SHELL, 'echo no luck; exit 7'], interval: 100ms, retries: 1}}\n"
        f"  depends:\n    {SLEEPER}    depends_on: {{fail: {{condition: service_healthy}}}}\n"
    )
    result = stack.compose("up", "-d", code=1)
    assert f"container {stack.name}-fail-1 is unhealthy" in result.stderr
    for word in ("no luck", "7", "depends", "service_healthy"):
        assert word in result.stderr
    assert stack.states() == {"fail-1": "running", "depends-1": "created"}


def test_exited_dependency_fails_at_once(stack):
    stack.write(
        "services:\n"
        "  db:\n    image: busybox\n    command: sh -c 'echo starting badly; exit 3'\n"
        "    healthcheck: {test: [CMD, 'true'], interval: 60s}\n"
        f"  web:\n    {SLEEPER}    depends_on: {{db: {{condition: service_healthy}}}}\n"
    )
    result = stack.compose("up", "-d", code=1)
    assert "exited (3)" in result.stderr
    assert "starting badly" in result.stderr


def test_completed_job_lets_dependants_start(stack):
    stack.write(
        "services:\n"
        "  job:\n    image: busybox\n    command: 'true'\n"
        f"  web:\n    {SLEEPER}    depends_on: {{job: {{condition: service_completed_successfully}}}}\n"
    )
    stack.compose("up", "-d")
    assert stack.states() == {"job-1": "exited", "web-1": "running"}


def test_failed_job_stops_dependants(stack):
    stack.write(
        "services:\n"
        "  job:\n    image: busybox\n    command: sh -c 'exit 3'\n"
        f"  web:\n    {SLEEPER}    depends_on: {{job: {{condition: service_completed_successfully}}}}\n"
    )
    result = stack.compose("up", "-d", code=1)
    assert """service "job" didn't complete successfully: exit 3""" in result.stderr
    assert stack.states()["web-1"] == "created"


def test_stop_and_start_keep_containers(stack):
    stack.write(f"services:\n  bar:\n    {SLEEPER}  foo:\n    {SLEEPER}    depends_on: [bar]\n")
    stack.compose("up", "-d")
    before = stack.ids()
    stack.compose("stop", "foo")
    assert stack.states() == {"bar-1": "running", "foo-1": "exited"}
    stack.compose("stop")
    assert stack.states() == {"bar-1": "exited", "foo-1": "exited"}
    stack.compose("start", "foo")
    assert stack.states() == {"bar-1": "running", "foo-1": "running"}
    assert stack.ids() == before


def test_stop_already_stopped(stack):
    stack.write(f"services:\n  simple:\n    {SLEEPER}")
    stack.compose("up", "-d")
    stack.compose("stop", "simple")
    again = stack.compose("stop", "simple")
    assert f"Container {stack.name}-simple-1 Stopped" in again.stderr


def test_orphans_are_named_and_removed_on_request(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}  b:\n    {SLEEPER}")
    stack.compose("up", "-d")
    stack.write(f"services:\n  a:\n    {SLEEPER}")
    warned = stack.compose("up", "-d")
    assert f"Found orphan containers ({stack.name}-b-1) for this project" in " ".join(warned.stderr.split())
    assert set(stack.states()) == {"a-1", "b-1"}
    stack.compose("up", "-d", "--remove-orphans")
    assert set(stack.states()) == {"a-1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_attached_up_stops_in_order_on_a_signal(stack, number):
    stack.write("services:\n  a:\n    image: busybox\n    init: true\n    command: sh -c 'echo ready; exec sleep 600'\n")
    process = stack.start("up")
    assert process.stdout is not None
    for line in process.stdout:
        if "ready" in line:
            break
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert stack.states() == {"a-1": "exited"}


def test_attached_up_ends_with_the_last_container(stack):
    stack.write("services:\n  a:\n    image: busybox\n    command: sh -c 'echo out; echo err >&2'\n")
    result = stack.compose("up")
    assert "a-1  | out" in result.stdout
    assert "a-1  | err" in result.stderr
    assert "a-1 exited with code 0" in result.stdout


def test_exit_code_from(stack):
    stack.write(f"services:\n  test:\n    {SLEEPER}  failure:\n    image: busybox\n    command: sh -c 'sleep 0.3; exit 42'\n")
    assert stack.compose("up", "--exit-code-from", "failure", code=None).returncode == 42


def test_abort_on_container_exit(stack):
    stack.write(
        f"services:\n  running:\n    {SLEEPER}  quick:\n    image: busybox\n    command: 'true'\n    depends_on: [running]\n"
    )
    result = stack.compose("up", "--abort-on-container-exit")
    assert "quick-1 exited with code 0" in result.stdout
    assert stack.states() == {"quick-1": "exited", "running-1": "exited"}


def test_equal_container_names_are_refused(stack):
    stack.write("services:\n  a: {image: busybox, container_name: same}\n  b: {image: busybox, container_name: same}\n")
    result = stack.compose("up", "-d", code=1)
    assert 'container name "same" is already in use' in result.stderr


def test_missing_external_network(stack):
    stack.write(
        f"services:\n  test:\n    {SLEEPER}  other:\n    {SLEEPER}    networks: [foo]\n"
        "networks: {foo: {external: true, name: foo_bar_missing}}\n"
    )
    result = stack.compose("up", "-d", code=1)
    assert "network foo_bar_missing declared as external, but could not be found" in result.stderr
    stack.compose("up", "-d", "test")
    assert stack.states() == {"test-1": "running"}


def test_profiles_select_services(stack):
    stack.write(f"services:\n  main:\n    {SLEEPER}  extra:\n    {SLEEPER}    profiles: [test]\n")
    stack.compose("up", "-d")
    assert set(stack.states()) == {"main-1"}
    stack.compose("--profile", "test", "up", "-d")
    assert set(stack.states()) == {"main-1", "extra-1"}
    stack.compose("--profile", "test", "down")
    assert stack.containers() == []


def test_dry_run_writes_nothing(stack):
    stack.write(f"services:\n  a:\n    {SLEEPER}")
    result = stack.compose("--dry-run", "up", "-d")
    assert f"{stack.name}-a-1" in result.stdout + result.stderr
    assert stack.containers() == []
    assert stack.networks() == []
