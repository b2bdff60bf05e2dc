"""attach."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine


def test_attach_talks_to_a_terminal_and_returns_the_exit_code(stack):
    stack.write("services:\n  shell: {image: busybox, command: sh, tty: true, stdin_open: true, stop_grace_period: 0s}\n")
    stack.compose("up", "-d")
    first = stack.terminal("attach", "--detach-keys", "ctrl-x", "shell", rows=37, columns=117)
    first.type("while [ \"$(stty size)\" != '37 117' ]; do :; done; echo f''itted\n")
    first.until("fitted\r\n")
    first.type("\x18")
    assert first.wait() == 0
    assert first.is_as_before()
    assert stack.states() == {"shell-1": "running"}
    second = stack.terminal("attach", "shell")
    second.type("exit 4\n")
    assert second.wait() == 4


def test_attach_passes_signals_on(stack):
    program = "trap 'echo got; exit 9' TERM; while :; do echo tick; sleep 0.1; done"
    stack.write(f'services:\n  a: {{image: busybox, command: [sh, -c, "{program}"], stop_grace_period: 0s}}\n')
    stack.compose("up", "-d")
    process = stack.start("attach", "a")
    assert process.stdout.readline() == "tick\n"
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert out.endswith("got\n")
    assert process.returncode == 9


def test_attach_without_signals_leaves_the_container(stack):
    stack.write(
        'services:\n  a: {image: busybox, command: [sh, -c, "while :; do echo tick; sleep 0.1; done"], stop_grace_period: 0s}\n'
    )
    stack.compose("up", "-d")
    process = stack.start("attach", "--no-stdin", "--sig-proxy=false", "a")
    assert process.stdout.readline() == "tick\n"
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert stack.states() == {"a-1": "running"}
