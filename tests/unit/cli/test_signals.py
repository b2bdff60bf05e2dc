from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from compose.cli.signals import Signals
from compose.cli.terminal import Relay
from compose.commands.stopping import Cancellation


def test_each_rise_is_told_to_all_who_watch():
    stop, seen = Cancellation(), []
    stop.subscribe(lambda level: seen.append(("a", level)))
    stop.subscribe(lambda level: seen.append(("b", level)))
    assert (stop.cancel(), stop.cancel(), stop.level) == (1, 2, 2)
    assert seen == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]


def test_a_watcher_may_look_and_subscribe_while_it_is_told():
    stop, seen = Cancellation(), []
    stop.subscribe(lambda _level: stop.subscribe(lambda later: seen.append((later, stop.level))))
    stop.cancel()
    stop.cancel()
    assert seen == [(2, 2)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_raises_the_level_on_another_thread(number):
    stop, told = Cancellation(), threading.Event()
    threads = []

    def note(_level):
        threads.append(threading.current_thread())
        told.set()

    stop.subscribe(note)
    with Signals(stop):
        os.kill(os.getpid(), number)
        assert told.wait(10)
    assert stop.level == 1
    assert threads[0] is not threading.main_thread()


def test_a_signal_is_heard_while_the_main_thread_blocks_and_is_not_woken():
    stop, heard = Cancellation(), []
    read_end, write_end = os.pipe()

    def note(level):
        heard.append(level)
        os.write(write_end, b"x")

    stop.subscribe(note)
    with Signals(stop), Relay({"SIGUSR1": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)}):
        beside = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
        beside.start()
        assert select.select([read_end], [], [], 10)[0]
        assert os.read(read_end, 1) == b"x"
        beside.join()
    assert heard == [1]
    os.close(read_end)
    os.close(write_end)


def test_a_relay_hears_its_own_signals_and_can_be_entered_again():
    heard = []
    relay = Relay({"SIGUSR1": lambda: heard.append("usr1") or told.set()})
    for _ in range(2):
        told = threading.Event()
        with relay:
            os.kill(os.getpid(), signal.SIGUSR1)
            assert told.wait(10)
    assert heard == ["usr1", "usr1"]
    assert signal.set_wakeup_fd(-1) == -1


def test_the_third_signal_ends_the_program():
    stop, left = Cancellation(), []
    ended = threading.Event()

    def leave(code):
        left.append(code)
        ended.set()

    stop.subscribe(lambda _level: None)
    with Signals(stop, leave=leave):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
        assert ended.wait(10)
    assert left == [130]


def test_while_nobody_watches_ctrl_c_interrupts():
    with Signals(Cancellation()), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_afterwards_signals_are_as_before():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Signals(Cancellation()):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


SUSPENDED = """
import os, signal, sys
from compose.cli.signals import Suspension
with Suspension(lambda: print("paused", flush=True), lambda: print("resumed", flush=True)):
    print("ready", flush=True)
    sys.stdin.readline()
"""


def test_ctrl_z_gives_the_terminal_back_until_the_program_goes_on():
    # a group of its own: the kernel does not stop a group that no parent in the session could continue
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", SUSPENDED], process_group=0, **streams) as child:
        assert child.stdout.readline() == "ready\n"
        for _ in range(2):
            child.send_signal(signal.SIGTSTP)
            assert child.stdout.readline() == "paused\n"
            _, status = os.waitpid(child.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            child.send_signal(signal.SIGCONT)
            assert child.stdout.readline() == "resumed\n"
        child.stdin.close()
        assert child.wait(10) == 0
