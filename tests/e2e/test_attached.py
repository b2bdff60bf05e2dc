"""Attached `up`: its keys, what ends it, and its exit codes."""

from __future__ import annotations

import signal

import pytest

pytestmark = pytest.mark.engine

TICKER = "image: busybox, command: [sh, -c, 'while :; do echo tick; sleep 0.2; done'], stop_grace_period: 0s"
STUBBORN = (
    """image: busybox, stop_grace_period: 60s, command: [sh, -c, 'trap "" TERM; echo ready; while :; do sleep 0.1; done']"""
)


def _exits(code: int, after: float = 0.0) -> str:
    return f"image: busybox, stop_grace_period: 0s, command: [sh, -c, 'sleep {after}; exit {code}']"


def test_the_detach_key_leaves_everything_running(stack):
    stack.write(f"services:\n  a: {{{TICKER}}}\n")
    terminal = stack.terminal("up")
    terminal.until("d\x1b[0m\x1b[2m Detach")
    terminal.until("tick")
    terminal.type("d")
    assert terminal.wait() == 0
    assert terminal.is_as_before()
    assert stack.states() == {"a-1": "running"}


def test_a_services_logs_are_turned_off_and_on_by_keys(stack):
    stack.write(f"services:\n  a: {{{TICKER}}}\n  b: {{{TICKER.replace('tick', 'tock')}}}\n")
    terminal = stack.terminal("up")
    terminal.until("tick")
    terminal.until("tock")
    terminal.type("l ")
    terminal.until("○ a")
    between = terminal.until("tock") + terminal.until("tock") + terminal.until("tock")
    assert "tick" not in between
    terminal.type(" ")
    terminal.until("tick")
    terminal.type("\x1b")
    terminal.until("Detach")
    terminal.type("ss")
    assert terminal.wait() == 130
    assert terminal.is_as_before()
    assert stack.states() == {"a-1": "exited", "b-1": "exited"}


def test_the_watch_key_says_when_there_is_nothing_to_watch(stack):
    stack.write(f"services:\n  a: {{{TICKER}}}\n")
    terminal = stack.terminal("up")
    terminal.until("Enable Watch")
    terminal.type("w")
    terminal.until("watch is not yet configured")
    terminal.type("d")
    assert terminal.wait() == 0


def test_watching_is_turned_on_and_off_by_a_key(stack):
    stack.write("first", "src/page")
    rule = "develop: {watch: [{path: ./src, target: /src, action: sync}]}"
    stack.write(f"services:\n  a: {{{TICKER}, build: ., {rule}}}\n")
    stack.write("FROM busybox\nCOPY src /src\n", "Dockerfile")
    terminal = stack.terminal("up")
    terminal.until("tick")
    terminal.type("w")
    terminal.until("Disable Watch")
    stack.write("second", "src/page")
    stack.until(lambda: stack.container("a").exec_run("cat /src/page").output == b"second", "the change was carried over")
    terminal.type("w")
    terminal.until("Enable Watch")
    terminal.type("d")
    assert terminal.wait() == 0


@pytest.mark.parametrize("arguments", [("--progress", "plain", "up"), ("up", "--menu=false")])
def test_there_is_no_menu_unless_it_is_wanted(stack, arguments):
    stack.write("services:\n  a: {image: busybox, command: echo hello}\n")
    terminal = stack.terminal(*arguments)
    assert terminal.wait() == 0
    assert b"hello" in terminal.screen
    assert b"Detach" not in terminal.screen


def test_a_second_ctrl_c_kills_at_once(stack):
    stack.write(f"services:\n  a: {{{STUBBORN}}}\n")
    process = stack.start("up")
    while "ready" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    while "Gracefully Stopping" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=40)  # the grace period is 60 s
    assert process.returncode == 130
    assert stack.states() == {"a-1": "exited"}


def test_of_several_failing_containers_the_first_decides(stack):
    stack.write(
        f"services:\n  ok: {{{_exits(0)}}}\n  first: {{{_exits(5, 0.5)}}}\n  second: {{{_exits(7, 20)}}}\n"
        f"  last: {{{_exits(9, 20)}}}\n"
    )
    result = stack.compose("up", "--abort-on-container-failure", code=5)
    assert "ok-1 exited with code 0" in result.stdout
    assert "first-1 exited with code 5" in result.stdout
    assert set(stack.states().values()) == {"exited"}


def test_the_code_asked_for_is_that_services_own_whoever_ended_first(stack):
    stack.write(
        "services:\n"
        f"  bad: {{{_exits(3)}}}\n"
        "  tests: {image: busybox, command: [sh, -c, \"trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done\"]}\n"
    )
    assert stack.compose("up", "--exit-code-from", "tests", code=9).returncode == 9


def test_with_abort_on_failure_the_service_asked_for_may_succeed_first(stack):
    stack.write(f"services:\n  job: {{{_exits(0)}}}\n  bad: {{{_exits(4, 0.5)}}}\n")
    assert stack.compose("up", "--abort-on-container-failure", "--exit-code-from", "job").returncode == 0


def test_logs_are_complete_over_twenty_restarts(stack):
    count = "n=$$(cat /n 2>/dev/null || echo 0); n=$$((n+1)); echo $$n > /n; for i in 1 2 3; do echo run $$n line $$i; done"
    stack.write(
        f'services:\n  a: {{image: busybox, command: [sh, -c, "{count}; echo end $$n >&2"]}}\n'
        "  meanwhile: {image: busybox, command: sleep 600}\n"
    )
    stack.compose("up", "-d")
    follow = stack.start("logs", "-f", "--no-log-prefix")
    container = stack.container("a")
    container.wait(timeout=60)
    for _ in range(20):
        container.start()
        container.wait(timeout=60)
    assert stack.container("a").attrs["State"]["ExitCode"] == 0
    stack.container("meanwhile").kill()
    out, _ = follow.communicate(timeout=60)
    lines = out.splitlines()
    wanted = {n: [f"run {n} line {i}" for i in (1, 2, 3)] for n in range(1, 22)}
    assert [line for line in lines if line.startswith("run")] == [line for run in wanted.values() for line in run]
    assert [line for line in lines if line.startswith("end")] == [f"end {n}" for n in wanted]


def test_logs_of_several_containers_come_in_the_order_they_were_written_in(stack):
    mine = "if [ x$$(cat /turn/n) = x{me} ]; then n=$$((n+1)); echo $$n; sleep 0.05; echo {other} > /turn/n; fi"
    turn = "n=0; while [ $$n -lt 10 ]; do " + mine + "; done"
    common = 'image: busybox, volumes: ["turns:/turn"]'
    after = "depends_on: {go: {condition: service_completed_successfully}}"
    stack.write(
        "services:\n"
        f'  a: {{{common}, {after}, command: [sh, -c, "{turn.format(me=0, other=1)}"]}}\n'
        f'  b: {{{common}, {after}, command: [sh, -c, "{turn.format(me=1, other=0)}"]}}\n'
        f'  go: {{{common}, command: [sh, -c, "echo 0 > /turn/n"], attach: false}}\n'
        "volumes: {turns: {}}\n"
    )
    wanted = [f"{service}-1  | {n}" for n in range(1, 11) for service in "ab"]
    attached = stack.compose("up", "--no-color").stdout.splitlines()
    for service in "ab":
        assert [line for line in attached if line.startswith(f"{service}-1  |")] == [f"{service}-1  | {n}" for n in range(1, 11)]
    assert stack.compose("logs", "--no-color").stdout.splitlines() == wanted


def test_nothing_is_lost_of_containers_that_write_much_at_once(stack):
    number = 4000
    stack.write(f"services:\n  w: {{image: busybox, scale: 8, network_mode: none, command: [seq, '1', '{number}']}}\n")
    lines = stack.compose("up", "--no-color").stdout.splitlines()
    for replica in range(1, 9):
        prefix = f"w-{replica}  | "
        assert [line.removeprefix(prefix) for line in lines if line.startswith(prefix)] == [str(n) for n in range(1, number + 1)]


def test_logs_are_filtered_by_a_pattern(stack):
    stack.write("services:\n  a: {image: busybox, command: [sh, -c, 'echo INFO fine; echo ERROR 42; echo ERROR x']}\n")
    stack.compose("up")
    assert stack.compose("logs", "--no-log-prefix", "--grep", r"ERROR \d+").stdout == "ERROR 42\n"
    assert "invalid value for --grep" in stack.compose("logs", "--grep", "(", code=1).stderr
