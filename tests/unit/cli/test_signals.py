from __future__ import annotations

import os
import signal
import threading

import pytest

from compose.cli.signals import Signals, StopRequest


def test_each_rise_is_told_to_all_who_watch():
    stop, seen = StopRequest(), []
    stop.subscribe(lambda level: seen.append(("a", level)))
    stop.subscribe(lambda level: seen.append(("b", level)))
    assert (stop.rise(), stop.rise(), stop.level) == (1, 2, 2)
    assert seen == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]


def test_a_watcher_may_look_and_subscribe_while_it_is_told():
    stop, seen = StopRequest(), []
    stop.subscribe(lambda _level: stop.subscribe(lambda later: seen.append((later, stop.level))))
    stop.rise()
    stop.rise()
    assert seen == [(2, 2)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_raises_the_level_on_another_thread(number):
    stop, told = StopRequest(), threading.Event()
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


def test_the_third_signal_ends_the_program():
    stop, left = StopRequest(), []
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
    with Signals(StopRequest()), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_afterwards_signals_are_as_before():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Signals(StopRequest()):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
