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
    assert "not-there" in simple.compose("exec", "simple", "not-there", code=127).stdout
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
