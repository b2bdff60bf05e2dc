"""Threads made when needed."""

from __future__ import annotations

import threading

import pytest

from compose.engine.workers import Workers


def test_results_come_in_the_order_of_the_items():
    workers = Workers(4)
    assert workers.gather(lambda item: item * 2, range(20)) == [item * 2 for item in range(20)]
    workers.close()


def test_the_first_failure_in_order_is_raised():
    workers = Workers(4)
    with pytest.raises(ZeroDivisionError):
        workers.gather(lambda item: 1 // item, [1, 0, 2])
    workers.close()


def test_no_more_threads_than_allowed_run_at_once_and_idle_ones_are_used_again():
    workers, seen, lock = Workers(2), set(), threading.Lock()

    def note(_item: int) -> None:
        with lock:
            seen.add(threading.get_ident())

    for _ in range(5):
        workers.gather(note, range(10))
    workers.close()
    assert 1 <= len(seen) <= 2


def test_work_given_at_once_runs_at_once():
    workers, meeting = Workers(2), threading.Barrier(2)
    assert sorted(workers.gather(lambda _item: meeting.wait(5), range(2))) == [0, 1]
    workers.close()
