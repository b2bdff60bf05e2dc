"""D. run, exec."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n"
ONE = f"services:\n  simple:\n    {SLEEPER}"


@pytest.fixture
def simple(stack):
    """A project with one service that runs."""
    stack.write(ONE)
    stack.compose("up", "-d")
    return stack


def test_exec_returns_the_commands_exit_code(simple):
    simple.compose("exec", "simple", "/bin/true")
    simple.compose("exec", "simple", "/bin/false", code=1)
    missing = simple.compose("exec", "simple", "not-there", code=None)
    assert "not-there" in missing.stdout
    assert missing.returncode in {126, 127}  # Docker 20 says 126
    simple.compose("exec", "simple", "/etc/passwd", code=126)


def test_exec_takes_variables_from_the_shell_and_from_dotenv(simple):
    simple.write("FROM_FILE=file\n", ".env")
    arguments = ("exec", "-e", "FOO", "-e", "FROM_FILE", "-e", "SET=1", "simple", "env")
    lines = simple.compose(*arguments, env={"FOO": "BAR"}).stdout.splitlines()
    assert {"FOO=BAR", "FROM_FILE=file", "SET=1"} <= set(lines)
    assert "FOO=" not in simple.compose(*arguments).stdout


def test_exec_keeps_the_streams_apart_and_passes_flags_of_the_command(simple):
    result = simple.compose("exec", "simple", "sh", "-c", "echo out; echo err >&2; exit 3", code=3)
    assert (result.stdout, result.stderr) == ("out\n", "err\n")
    assert simple.compose("exec", "-u", "nobody", "-w", "/tmp", "simple", "sh", "-c", "id -un; pwd").stdout == "nobody\n/tmp\n"


def test_exec_carries_much_binary_data_both_ways(simple):
    data = os.urandom(4_000_000)
    result = simple.piped("exec", "-T", "simple", "cat", stdin=data)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout == data


def test_exec_detached_returns_at_once(simple):
    simple.compose("exec", "-d", "simple", "sh", "-c", "touch /started; sleep 600")
    simple.until(lambda: simple.container("simple").exec_run(["test", "-f", "/started"]).exit_code == 0, "the command ran")


def test_exec_refuses_a_terminal_without_one(simple):
    assert "stdin is not a terminal" in simple.compose("exec", "-t", "simple", "true", code=1).stderr


def test_exec_says_what_does_not_run(simple):
    assert 'service "simple" is not running container #2' in simple.compose("exec", "--index=2", "simple", "true", code=1).stderr
    assert 'service "other" is not running' in simple.compose("exec", "other", "true", code=1).stderr


def test_exec_gives_a_terminal_with_its_size_keys_and_exit_code(simple):
    terminal = simple.terminal("exec", "simple", "sh", rows=31, columns=107)
    terminal.until("# ")
    terminal.type("tty; stty size; echo e''nd\n")
    seen = terminal.until("end\r\n")
    assert "/dev/pts/" in seen
    assert "31 107" in seen
    terminal.resize(44, 133)
    terminal.type("while [ \"$(stty size)\" != '44 133' ]; do :; done; echo re''sized\n")
    terminal.until("resized\r\n")
    terminal.type("echo sle''eping; sleep 600\n")
    terminal.until("sleeping\r\n")
    terminal.type("\x03")
    terminal.until("# ")
    terminal.type("exit 42\n")
    assert terminal.wait() == 42
    assert terminal.is_as_before()


def test_detach_keys_leave_the_command_running(simple):
    terminal = simple.terminal("exec", "simple", "sh")
    terminal.until("# ")
    terminal.type("\x10\x11")
    assert terminal.wait() == 0
    assert terminal.is_as_before()
    assert ["sh"] in [row[3:] for row in simple.container("simple").top(ps_args="-o pid,ppid,user,comm")["Processes"]]


def test_exec_prefers_the_service_to_its_one_offs(stack):
    stack.write("services:\n  test: {image: busybox, command: tail -f /dev/null, stop_grace_period: 0s}\n")
    stack.compose("run", "-d", "test", "cat")
    assert "is not running container #1" in stack.compose("exec", "--index=1", "test", "ps", code=1).stderr
    assert "cat" in stack.compose("exec", "test", "ps").stdout
    stack.compose("up", "-d")
    assert "tail -f /dev/null" in stack.compose("exec", "test", "ps").stdout


def test_run_returns_the_exit_code_and_keeps_the_container_unless_told(stack):
    stack.write(ONE)
    result = stack.compose("run", "simple", "sh", "-c", "echo out; echo err >&2; exit 7", code=7)
    assert result.stdout == "out\n"
    assert result.stderr.endswith("err\n")
    (kept,) = stack.containers(oneoff=True)
    assert kept.name.startswith(f"{stack.name}-simple-run-")
    assert "com.docker.compose.container-number" not in kept.labels
    kept.remove()
    stack.compose("run", "--rm", "simple", "false", code=1)
    stack.compose("run", "--rm", "simple", "not-there", code=127)
    stack.compose("run", "--rm", "simple", "/etc/passwd", code=126)
    assert stack.containers(oneoff=True) == []


def test_run_carries_much_binary_data_both_ways(stack):
    stack.write(ONE)
    data = os.urandom(4_000_000)
    result = stack.piped("run", "--rm", "-T", "simple", "cat", stdin=data)
    assert result.returncode == 0
    assert result.stdout == data


def test_run_changes_what_it_is_told(stack):
    stack.write(f"services:\n  simple:\n    {SLEEPER}    environment: {{A: file, B: file}}\n    cap_add: [NET_ADMIN]\n")
    stack.write("B=from\nC=from\n", "more.env")
    stack.write("hello\n", "data/note")
    flags = ["-d", "--name", f"{stack.name}-mine", "-l", "k=v", "-e", "C=flag", "-e", "D", "--env-from-file", "more.env"]
    flags += ["-v", "./data:/data:ro", "--entrypoint", "cat '/data/note'", "-u", "nobody", "-w", "/tmp"]
    flags += ["--cap-add", "SYS_TIME", "--cap-drop", "NET_ADMIN"]
    printed = stack.compose("run", *flags, "simple").stdout.strip()
    container = stack.client.containers.get(f"{stack.name}-mine")
    assert printed == container.id
    assert container.wait()["StatusCode"] == 0
    assert container.logs() == b"hello\n"
    config, host = container.attrs["Config"], container.attrs["HostConfig"]
    assert {"A=file", "B=from", "C=flag"} <= set(config["Env"])
    assert not [one for one in config["Env"] if one.startswith("D")]
    assert (config["Labels"]["k"], config["User"], config["WorkingDir"], config["Cmd"]) == ("v", "nobody", "/tmp", [])
    assert ([*host["CapAdd"]], [*host["CapDrop"]]) == (["CAP_SYS_TIME"], ["CAP_NET_ADMIN"])


def test_run_refuses_what_it_cannot_read(stack):
    stack.write(ONE)
    assert "label must be set as KEY=VALUE" in stack.compose("run", "-l", "k", "simple", code=1).stderr
    assert "are incompatible" in stack.compose("run", "-P", "-p", "80", "simple", code=1).stderr
    assert "no such service: other" in stack.compose("run", "other", code=1).stderr
    assert stack.containers(oneoff=True) == []


def test_run_publishes_only_what_it_is_told(stack):
    stack.write(f"services:\n  back:\n    {SLEEPER}    ports: ['80']\n")

    def published(*flags):
        container = stack.client.containers.get(stack.compose("run", *flags, "-d", "back").stdout.strip())
        return set(container.attrs["HostConfig"]["PortBindings"] or {})

    assert published() == set()
    assert published("--publish", "81") == {"81/tcp"}
    assert published("--service-ports") == {"80/tcp"}


def test_run_brings_up_what_the_service_needs(stack):
    stack.write(
        f"services:\n  db:\n    {SLEEPER}    healthcheck: {{test: 'test -f /ok', interval: 1s}}\n"
        "    post_start: [{command: touch /ok}]\n  unused: {image: busybox}\n"
        "  job: {image: busybox, command: ping -c 1 db, depends_on: {db: {condition: service_healthy}}}\n"
    )
    stack.compose("run", "--rm", "--no-deps", "job", "true")
    assert stack.states() == {}
    assert "1 packets received" in stack.compose("run", "--rm", "job").stdout
    assert stack.states() == {"db-1": "running"}


def test_run_leaves_out_a_dependency_that_is_not_required(stack):
    stack.write(
        "services:\n  foo: {image: busybox, command: echo foo,\n"
        "    depends_on: {bar: {condition: service_started, required: false}}}\n"
        "  bar: {image: busybox, profiles: [other]}\n"
    )
    assert stack.compose("run", "--rm", "foo").stdout == "foo\n"
    assert stack.containers() == []


def test_a_detached_run_with_rm_is_removed_when_it_ends(stack):
    stack.write(ONE)
    stack.compose("run", "--rm", "-d", "simple")
    (container,) = stack.containers(oneoff=True)
    container.stop(timeout=0)
    stack.until(lambda: not stack.containers(oneoff=True), "the container was removed")


def test_run_passes_signals_on(stack):
    stack.write(ONE)
    process = stack.start(
        "run", "--rm", "simple", "sh", "-c", "trap 'echo got; exit 9' TERM; echo up; while :; do sleep 0.1; done"
    )
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.communicate(timeout=60)[0] == "got\n"
    assert process.returncode == 9


def test_run_shows_files_hooks_and_aliases(stack):
    stack.write(
        f"services:\n  a:\n    {SLEEPER}    configs: [c]\n    post_start: [{{command: touch /hooked}}]\n"
        "configs: {c: {content: inside}}\n"
    )
    identifier = stack.compose("run", "-d", "--use-aliases", "a").stdout.strip()
    container = stack.client.containers.get(identifier)
    assert container.exec_run(["cat", "/c"]).output == b"inside"
    assert container.exec_run(["test", "-f", "/hooked"]).exit_code == 0
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    assert "a" in network["Aliases"]
    waiting = "until test -f /hooked; do :; done; echo hooked"
    assert stack.compose("run", "--rm", "a", "sh", "-c", waiting).stdout == "hooked\n"


def test_run_gives_a_terminal_with_its_size_keys_and_exit_code(stack):
    stack.write(ONE)
    terminal = stack.terminal("run", "--rm", "simple", "sh", rows=33, columns=111)
    terminal.until("# ")
    terminal.type("stty size; echo e''nd\n")
    assert "33 111" in terminal.until("end\r\n")
    terminal.resize(41, 121)
    terminal.type("while [ \"$(stty size)\" != '41 121' ]; do :; done; echo re''sized\n")
    terminal.until("resized\r\n")
    terminal.type("exit 5\n")
    assert terminal.wait() == 5
    assert terminal.is_as_before()
    assert stack.containers(oneoff=True) == []


def test_run_dry_makes_nothing(stack):
    stack.write(ONE)
    assert "simple-run-" in stack.compose("--dry-run", "run", "simple").stdout
    assert stack.containers(oneoff=True) == []
    assert stack.networks() == []
