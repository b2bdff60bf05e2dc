"""Life of containers: scenarios named as Docker Compose's own end-to-end tests are."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox, command: sleep 600, stop_grace_period: 0s, network_mode: none"


def services(stack, **lines):
    stack.write("services:\n" + "".join(f"  {name}: {{{line}}}\n" for name, line in lines.items()))


def is_gone(stack, identifier):
    return identifier not in {container.id for container in stack.client.containers.list(all=True, ignore_removed=True)}


def test_commit_and_export_with_replicas(stack):
    services(stack, s=f"{SLEEPER}, scale: 3")
    stack.compose("up", "-d")
    for number in (1, 2):
        name = f"{stack.name}:{number}"
        stack.compose("commit", "-m", "msg", f"--index={number}", "s", name)
        stack.client.images.remove(name, force=True)
        stack.compose("export", "-o", f"r{number}.tar", f"--index={number}", "s")
        assert (stack.folder / f"r{number}.tar").stat().st_size > 0


def test_local_compose_up_down_of_a_service(stack):
    services(stack, db=SLEEPER, web=f"{SLEEPER}, depends_on: [db]")
    stack.compose("up", "-d")
    assert "sleep 600" in stack.compose("top").stdout
    stack.compose("down", "web")
    assert stack.states() == {"db-1": "running"}


def test_rm(stack):
    services(stack, simple=SLEEPER, another=SLEEPER)
    stack.compose("up", "-d")
    stack.compose("rm", "--stop", "--force", "simple")
    assert stack.states() == {"another-1": "running"}
    stack.compose("up", "-d")
    stack.compose("rm", "--stop", "--force")
    assert stack.containers() == []


def test_remove_orphans(stack):
    stack.write("COMPOSE_REMOVE_ORPHANS=true\n", ".env")
    services(stack, main=SLEEPER, orphan="image: busybox, command: 'true', profiles: [other], network_mode: none")
    stack.compose("run", "orphan")
    assert len(stack.containers(oneoff=True)) == 1
    stack.compose("up", "-d")
    assert stack.containers(oneoff=True) == []


def test_pause_service_not_running_and_does_not_exist(stack):
    services(stack, a=SLEEPER)
    assert stack.compose("pause", "a").stdout == ""
    assert "no such service: does_not_exist" in stack.compose("pause", "does_not_exist", code=1).stderr
    stack.compose("up", "-d")
    stack.compose("pause")
    assert stack.states() == {"a-1": "paused"}
    stack.compose("unpause", "a")
    assert stack.states() == {"a-1": "running"}


def test_start_stop_with_dependencies(stack):
    services(stack, foo=f"{SLEEPER}, depends_on: [bar]", bar=SLEEPER)
    stack.compose("up", "-d")
    kept = stack.ids()
    stack.compose("stop", "foo")
    assert stack.states() == {"foo-1": "exited", "bar-1": "running"}
    stack.compose("stop")
    assert stack.states() == {"foo-1": "exited", "bar-1": "exited"}
    stack.compose("start", "foo")
    assert stack.states() == {"foo-1": "running", "bar-1": "running"}
    assert stack.ids() == kept


def test_start_stop_with_one_offs(stack):
    services(stack, foo=f"{SLEEPER}, depends_on: [bar]", bar=SLEEPER)
    stack.compose("up", "-d")
    one = stack.client.containers.get(stack.compose("run", "-d", "bar", "sleep", "600").stdout.strip())
    kept, began = stack.ids(), one.attrs["State"]["StartedAt"]
    for command, state in (("stop", "exited"), ("start", "running"), ("restart", "running")):
        stack.compose(command)
        one.reload()
        assert (one.status, one.attrs["State"]["StartedAt"]) == ("running", began)
        assert (set(stack.states().values()), stack.ids()) == ({state}, kept)
    stack.compose("down", "--remove-orphans")
    assert is_gone(stack, one.id)
    assert stack.containers() == []


def test_start_single_service_and_dependency(stack):
    services(
        stack,
        desired=f"{SLEEPER}, depends_on: [dep_1]",
        dep_1=f"{SLEEPER}, depends_on: [dep_2]",
        dep_2=SLEEPER,
        another=f"{SLEEPER}, depends_on: [another_2]",
        another_2=SLEEPER,
    )
    stack.compose("create", "desired")
    assert stack.states() == {"desired-1": "created", "dep_1-1": "created", "dep_2-1": "created"}
    stack.compose("start", "desired")
    assert stack.states() == {"desired-1": "running", "dep_1-1": "running", "dep_2-1": "running"}


def test_attach_restart(stack):
    services(stack, failing="image: busybox, command: [sh, -c, echo world; exit 1], restart: 'on-failure:2', network_mode: none")
    found = stack.compose("--ansi=never", "up").stdout
    assert found.count("failing-1 exited with code 1") == 3
    assert found.count("failing-1  | world") == 3


def test_cascade_ignores_one_off_container(stack):
    services(stack, running=f"{SLEEPER}, init: true")
    process = stack.start("up", "--abort-on-container-exit", "running")
    stack.until(lambda: stack.states() == {"running-1": "running"}, "it runs")
    stack.compose("run", "--rm", "--no-deps", "running", "true")
    assert process.poll() is None
    assert stack.states() == {"running-1": "running"}
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_stop_with_dependencies_attached(stack):
    services(stack, foo="image: busybox, command: echo foo, depends_on: [bar], network_mode: none", bar=SLEEPER)
    found = stack.compose("up", "--attach-dependencies", "foo").stdout
    assert "foo-1 exited with code 0" in found


def test_up_exit_code_from_container_killed(stack):
    failure = "image: busybox, command: [sh, -c, exit 42], depends_on: [test], network_mode: none"
    services(stack, test="image: busybox, init: true, command: sleep 600, network_mode: none", failure=failure)
    assert stack.compose("up", "--exit-code-from=test", code=None).returncode == 143


def test_pre_start_hook_force_recreate_and_scaled_service(stack):
    hook = "pre_start: [{command: [sh, -c, echo token >> /data/file]}], volumes: ['data:/data']"
    stack.write(f"services:\n  a: {{{SLEEPER}, scale: 2, {hook}}}\nvolumes: {{data: {{}}}}\n")
    stack.compose("up", "-d", "--wait")
    assert stack.container("a").exec_run(["cat", "/data/file"]).output == b"token\n"
    stack.compose("up", "-d", "--force-recreate", "--wait")
    assert stack.container("a").exec_run(["cat", "/data/file"]).output == b"token\n" * 2


def test_post_start_and_pre_stop_hook(stack):
    services(stack, a=f"{SLEEPER}, pre_stop: [{{command: echo sop}}]", b=f"{SLEEPER}, post_start: [{{command: echo start}}]")
    stack.compose("up", "-d")
    assert stack.states() == {"a-1": "running", "b-1": "running"}


def test_up_container_name_conflict(stack):
    name = f"{stack.name}-same"
    services(stack, test=f"image: busybox, container_name: {name}", another_test=f"image: busybox, container_name: {name}")
    assert f'container name "{name}" is already in use' in stack.compose("up", code=1).stderr
    stack.compose("down")
    for service in ("test", "another_test"):
        assert "exited with code 0" in stack.compose("up", service).stdout
        stack.compose("down")
    assert stack.containers() == []


def test_run_build_once_dependency(stack):
    for service in ("nginx", "curl"):
        stack.write(f"FROM busybox\nENV NAME={service}\n", f"{service}.Dockerfile")
    build = "pull_policy: build, network_mode: none, build: {context: ., dockerfile: "
    services(
        stack,
        nginx=f"{build}nginx.Dockerfile}}, command: sleep 600, stop_grace_period: 0s",
        curl=f"{build}curl.Dockerfile}}, command: echo curl service, depends_on: [nginx]",
    )
    try:
        result = stack.compose("run", "--build", "--rm", "curl", env={"DOCKER_BUILDKIT": "0"})
        assert "curl service" in result.stdout
        said = result.stdout + result.stderr
        assert [said.count(f"{stack.name}-{service} Built") for service in ("nginx", "curl")] == [1, 1]
    finally:
        stack.clean()
        for service in ("nginx", "curl"):
            stack.client.images.remove(f"{stack.name}-{service}", force=True)
