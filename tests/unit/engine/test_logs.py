"""Output read back, followed through restarts, and put in order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from compose.base import labels
from compose.base.clock import SystemClock
from compose.base.events import ContainerExited, ContainerRecreated, Event, LogLine, Notice
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_script import Exit, Fault, Line, ManualClock, Script
from compose.engine.follow import FROM_NOW, Follower
from compose.engine.logs import EVERYTHING, LogSource, Range, display_name, in_order, log_line, merged, tail
from compose.engine.lookout import Lookout
from compose.engine.memory import Memory, seconds_of
from compose.engine.merge import ROOM_LINES, Merger
from compose.engine.observe import list_containers, observe
from compose.engine.output import Output, _Met
from compose.engine.serial import Serial
from compose.engine.show import follow_logs, show_logs
from compose.engine.streams import Written
from compose.health.observation import Observation
from tests.unit.engine.builders import PROJECT, StopButton, body

SECONDS = 10


class Shown:
    """Keeps what is shown, and waits for a number of lines."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, events: Sequence[Event]) -> None:
        with self._changed:
            self.events.extend(events)
            self._changed.notify_all()

    @property
    def texts(self) -> list[str]:
        return [_text(event) for event in self.events]

    def wait_for(self, *texts: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: set(texts) <= set(self.texts), SECONDS), self.texts


def _text(event: Event) -> str:
    match event:
        case LogLine(text=text):
            return text
        case ContainerExited(container=container, exit_code=code, restarting=restarting):
            return f"{container} exited {code}{' restarting' if restarting else ''}"
        case ContainerRecreated(container=container):
            return f"{container} recreated"
        case Notice(diagnostic=diagnostic):
            return diagnostic.summary
        case _:
            return type(event).__name__


def add(engine: FakeEngine, service: str, number: int = 1, **more) -> str:
    with engine.world.lock:
        return engine.world.add_container(f"{PROJECT}-{service}-{number}", body(service, number, **more)).id


def act(engine: FakeEngine, what: str, *given, **more) -> None:
    with engine.world.lock:
        getattr(engine.world, what)(*given, **more)


def start(engine: FakeEngine, identifier: str) -> None:
    act(engine, "start", engine.world.containers[identifier])


def write(engine: FakeEngine, identifier: str, text: str, stream: str = "stdout") -> None:
    engine.clock.advance(0.001)
    act(engine, "write", engine.world.containers[identifier], text, stream)


def end(engine: FakeEngine, identifier: str, code: int = 0) -> None:
    engine.clock.advance(0.001)
    act(engine, "die", engine.world.containers[identifier], code)


def source(identifier: str, name: str = "web-1") -> LogSource:
    return LogSource(id=identifier, name=name, service="web", number=1)


# -- names, times


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("shop-web-1", "web-1"),
        ("0123456789ab_shop-web-1", "web-1"),
        ("my-own", "my-own"),
        ("shop-web-2", "shop-web-2"),
    ],
)
def test_the_display_name_leaves_the_project_out_of_a_default_name(name, shown):
    assert display_name(name, "shop", "web", 1) == shown


def test_a_time_is_given_back_with_all_its_digits():
    assert seconds_of("2023-11-14T22:13:20.000000123Z") == "1700000000.000000123"
    assert seconds_of("2023-11-14T22:13:20Z") == "1700000000.000000000"
    assert seconds_of("2023-11-14T23:13:20.5+01:00") == "1700000000.500000000"


# -- reading


def test_containers_are_merged_by_time_and_keep_their_own_order():
    engine = FakeEngine()
    one, two = add(engine, "a"), add(engine, "b")
    start(engine, one)
    start(engine, two)
    for index in range(6):
        write(engine, (one, two)[index % 2], str(index))
    found = merged(engine, [source(one), source(two)])
    assert [line.text for _, line in found] == ["0", "1", "2", "3", "4", "5"]


def test_lines_stamped_out_of_order_keep_their_place():
    def line(time: float) -> LogLine:
        return LogLine(time=time, service="", container="", number=1, stream="stdout", text=str(time))

    assert [(one.text, one.time) for one in in_order([line(1.0), line(3.0), line(2.0), line(4.0)])] == [
        ("1.0", 1.0),
        ("3.0", 3.0),
        ("2.0", 3.0),
        ("4.0", 4.0),
    ]


def test_the_tail_counts_for_each_container():
    engine = FakeEngine()
    one, two = add(engine, "a"), add(engine, "b")
    for identifier in (one, two):
        start(engine, identifier)
        for index in range(5):
            write(engine, identifier, f"{engine.world.containers[identifier].name}{index}")
    found = merged(engine, [source(one), source(two)], Range(tail="1"))
    assert [line.text for _, line in found] == ["shop-a-14", "shop-b-14"]


def test_a_container_that_is_being_removed_is_not_attached_to():
    engine = FakeEngine(scripts={"web": Script(lines=(Line(text="hello"),))})
    identifier = add(engine, "web")
    start(engine, identifier)
    engine.fail(Fault(matches=calls_to("GET", "/logs"), status=409, message="marked for removal", times=99))
    follower = Follower(engine, lambda _lines: None, SystemClock(), unreadable=lambda *_: pytest.fail("it is gone"))
    quiet = threading.Event()
    follower.follow(LogSource(id=identifier, name="web-1"), EVERYTHING)
    follower.when_all_quiet(quiet.set)
    assert quiet.wait(SECONDS)
    assert not [call for call in engine.calls if call.path.endswith("/attach")]


def test_the_last_words_of_an_unreadable_container_are_none():
    engine = FakeEngine()
    identifier = add(engine, "web")
    engine.fail(Fault(matches=calls_to("GET", "/logs"), status=501, message="configured logging driver does not support reading"))
    assert tail(engine, identifier, lines=3) == ()


# -- memory


def stamped(stamp: str, text: str) -> LogLine:
    return log_line(source("x"), Written(stream="stdout", text=text, stamp=stamp))


def test_what_was_read_is_not_new_after_resuming_and_equal_lines_are_counted():
    memory = Memory()
    stamp = "2023-11-14T22:13:20.000000001Z"
    assert [memory.is_new(stamped(stamp, text)) for text in ("a", "b", "b")] == [True, True, True]
    assert memory.since == "1700000000.000000001"
    memory.resume()
    assert [memory.is_new(stamped(stamp, text)) for text in ("b", "a", "b", "b", "c")] == [False, False, False, True, True]


def test_memory_is_bounded_in_time():
    memory = Memory()
    for second in range(20, 30):
        memory.is_new(stamped(f"2023-11-14T22:13:{second}Z", "x"))
    assert memory.since == "1700000008.000000000"


def test_memory_is_bounded_in_lines_but_never_has_a_part_of_those_of_one_time():
    memory = Memory()
    early, late = "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.5Z"
    assert all(memory.is_new(stamped(early, str(number))) for number in range(5000))
    memory.resume()
    assert not any(memory.is_new(stamped(early, str(number))) for number in range(5000))
    memory.is_new(stamped(late, "x"))
    assert memory.since == "1700000000.5"


# -- following


def test_lines_are_neither_lost_nor_repeated_over_twenty_restarts():
    engine, shown, quiet = FakeEngine(), Shown(), threading.Event()
    identifier = add(engine, "web")
    follower = Follower(engine, shown, SystemClock(), unreadable=lambda _source, _error: None)
    expected = []
    for run in range(20):
        start(engine, identifier)
        write(engine, identifier, f"early {run}")
        follower.follow(source(identifier), Range())
        for index in range(3):
            write(engine, identifier, f"{run}.{index}", "stderr" if index % 2 else "stdout")
        end(engine, identifier)
        expected += [f"early {run}", *(f"{run}.{index}" for index in range(3))]
    follower.when_all_quiet(quiet.set)
    assert quiet.wait(SECONDS)
    assert shown.texts == expected


def test_following_goes_on_after_a_lost_connection():
    engine, shown = FakeEngine(), Shown()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "one")
    follower = Follower(engine, shown, SystemClock(), unreadable=lambda _source, _error: None)
    follower.follow(source(identifier), Range())
    shown.wait_for("one")
    with engine.world.lock:
        (stream,) = engine.world.followers.pop(identifier)
    write(engine, identifier, "two")
    from compose.engine.errors import connection_lost  # noqa: PLC0415 - only here

    stream.cut(connection_lost("GET /logs", "reset"))
    shown.wait_for("two")
    write(engine, identifier, "three")
    shown.wait_for("three")
    follower.close()
    assert shown.texts == ["one", "two", "three"]


def test_a_stream_that_the_engine_ends_too_early_is_opened_again(attach):
    engine = FakeEngine()
    attached = attach(engine)
    attached.open()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "one")
    attached.shown.wait_for("one")
    with engine.world.lock:
        (stream,) = engine.world.followers.pop(identifier)
    write(engine, identifier, "two")
    stream.end()
    attached.shown.wait_for("two")
    write(engine, identifier, "three")
    attached.shown.wait_for("three")
    end(engine, identifier)
    attached.shown.wait_for("web-1 exited 0")
    assert attached.shown.texts == ["one", "two", "three", "web-1 exited 0"]


def test_what_a_stream_left_out_at_the_end_is_read_afterwards(attach):
    engine = FakeEngine()
    attached = attach(engine)
    attached.open()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "one")
    attached.shown.wait_for("one")
    with engine.world.lock:
        (stream,) = engine.world.followers.pop(identifier)
    write(engine, identifier, "last")
    end(engine, identifier)
    stream.end()
    attached.shown.wait_for("web-1 exited 0")
    assert attached.shown.texts == ["one", "last", "web-1 exited 0"]


def test_following_from_now_leaves_out_what_was_written_but_nothing_after_a_restart():
    engine, shown = FakeEngine(), Shown()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "old")
    follower = Follower(engine, shown, SystemClock(), unreadable=lambda _source, _error: None)
    asked = engine.hold(calls_to("GET", "/logs"))
    follower.follow(source(identifier), FROM_NOW)
    assert asked.reached.wait(SECONDS)
    asked.open()
    while identifier not in engine.world.followers:
        threading.Event().wait(0.001)
    end(engine, identifier)
    start(engine, identifier)
    write(engine, identifier, "new")
    follower.follow(source(identifier), FROM_NOW)
    shown.wait_for("new")
    follower.close()
    assert shown.texts == ["new"]


def test_a_driver_that_gives_nothing_back_is_told_and_attached_to():
    engine, shown, told = FakeEngine(), Shown(), []
    identifier = add(engine, "web")
    start(engine, identifier)
    engine.fail(Fault(matches=calls_to("GET", "/logs"), status=501, message="does not support reading", times=99))
    follower = Follower(engine, shown, SystemClock(), unreadable=lambda one, error: told.append((one.name, error.message)))
    follower.follow(source(identifier), Range())
    while identifier not in engine.world.followers:
        threading.Event().wait(0.001)
    with engine.world.lock:
        (stream,) = engine.world.followers[identifier]
        stream.feed(engine.world.line(engine.world.containers[identifier], (0.0, "stdout", "seen"), timestamps=False))
    shown.wait_for("seen")
    follower.close()
    assert told == [("web-1", "does not support reading")]


# -- merging


def line_at(time: float, text: str, container: str = "a-1") -> LogLine:
    return LogLine(time=time, service="", container=container, number=1, stream="stdout", text=text)


def test_lines_that_arrive_in_time_are_put_in_order():
    shown = Shown()
    merger = Merger(shown, ManualClock(), lateness=1.0)
    for time in (3.0, 1.0, 2.0):
        merger.push((line_at(time, str(time), f"c-{time}"),))
    merger.push((ContainerExited(time=9.0, service="a", container="a-1", exit_code=0),))
    merger.close()
    assert shown.texts == ["1.0", "2.0", "3.0", "a-1 exited 0"]


def test_a_containers_own_lines_keep_their_order_whatever_their_times():
    shown = Shown()
    merger = Merger(shown, ManualClock(), lateness=1.0)
    merger.push((line_at(3.0, "first"), line_at(2.0, "second")))
    merger.push((line_at(2.5, "third"),))
    merger.push((line_at(1.0, "other", "b-1"),))
    merger.close()
    assert shown.texts == ["other", "first", "second", "third"]


def test_a_line_that_is_too_late_is_shown_all_the_same():
    shown = Shown()
    merger = Merger(shown, SystemClock(), lateness=0.0)
    merger.push((line_at(2.0, "second"),))
    shown.wait_for("second")
    merger.push((line_at(1.0, "first", "b-1"),))
    shown.wait_for("first")
    merger.close()
    assert shown.texts == ["second", "first"]


def test_whoever_writes_faster_than_can_be_shown_waits_and_nothing_is_lost():
    shown, gate, began = Shown(), threading.Event(), threading.Event()

    def slow(events: Sequence[Event]) -> None:
        began.set()
        assert gate.wait(SECONDS)
        shown(events)

    merger = Merger(slow, SystemClock(), lateness=0.0)
    pushed: dict[str, int] = {"a-1": 0, "b-1": 0}
    number = ROOM_LINES * 4

    def write_all(container: str) -> None:
        for start in range(0, number, 100):
            lines = [line_at(float(index), f"{container} {index}", container) for index in range(start, min(start + 100, number))]
            merger.push(lines)
            pushed[container] += len(lines)

    threads = [threading.Thread(target=write_all, args=(one,)) for one in pushed]
    for thread in threads:
        thread.start()
    assert began.wait(SECONDS)
    for thread in threads:
        thread.join(0.1)
        assert thread.is_alive()
    assert max(pushed.values()) <= ROOM_LINES * 3
    gate.set()
    for thread in threads:
        thread.join(SECONDS)
    merger.close()
    for container in pushed:
        assert [text for text in shown.texts if text.startswith(container)] == [f"{container} {i}" for i in range(number)]


# -- attached output


class Attached:
    """Output of a project on a fake engine."""

    def __init__(self, engine: FakeEngine, **more) -> None:
        self.engine = engine
        self.shown = Shown()
        self.lookout = Lookout(engine, PROJECT, engine.clock)
        self.output = Output(engine, self.lookout, PROJECT, Serial(self.shown), engine.clock, **more)

    def open(self, wanted: Range = FROM_NOW) -> None:
        self.output.open(list_containers(self.engine, PROJECT), wanted)
        while not self.engine.world.listeners:
            threading.Event().wait(0.001)

    def wait(self, stop: StopButton | None = None) -> threading.Event:
        returned = threading.Event()
        threading.Thread(target=lambda: (self.output.wait(stop or StopButton()), returned.set()), daemon=True).start()
        return returned

    def close(self) -> None:
        self.output.close()
        self.lookout.close()


@pytest.fixture
def attach():
    made = []

    def new(engine: FakeEngine, **more) -> Attached:
        made.append(Attached(engine, **more))
        return made[-1]

    yield new
    for one in made:
        one.close()


def test_containers_started_later_are_shown_from_their_first_line(attach):
    engine = FakeEngine(scripts={"web": Script(lines=(Line(text="first"),))})
    attached = attach(engine)
    attached.open()
    identifier = add(engine, "web")
    start(engine, identifier)
    attached.shown.wait_for("first")
    returned = attached.wait()
    write(engine, identifier, "second")
    attached.shown.wait_for("second")
    end(engine, identifier, 3)
    assert returned.wait(SECONDS)
    assert attached.shown.texts == ["first", "second", "web-1 exited 3"]


def test_a_container_that_ends_at_once_is_shown_whole(attach):
    engine = FakeEngine(scripts={"job": Script(lines=(Line(text="all of it"),), exit=Exit(code=1))})
    attached = attach(engine)
    attached.open()
    start(engine, add(engine, "job"))
    assert attached.wait().wait(SECONDS)
    assert attached.shown.texts == ["all of it", "job-1 exited 1"]


def test_what_ran_before_is_shown_from_now_on(attach):
    engine = FakeEngine()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "old")
    attached = attach(engine)
    attached.open()
    while identifier not in engine.world.followers:
        threading.Event().wait(0.001)
    write(engine, identifier, "new")
    attached.shown.wait_for("new")
    assert attached.shown.texts == ["new"]


def test_a_stopped_container_that_is_started_shows_only_its_new_run(attach):
    engine = FakeEngine()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "old")
    end(engine, identifier)
    attached = attach(engine)
    attached.open()
    start(engine, identifier)
    write(engine, identifier, "new")
    attached.shown.wait_for("new")
    assert attached.shown.texts == ["new"]


def test_a_restart_by_the_engine_is_told_between_its_runs(attach):
    policy = {"HostConfig": {"RestartPolicy": {"Name": "on-failure"}}}
    runs = (Script(lines=(Line(text="try 1"),), exit=Exit(code=2)), Script(lines=(Line(text="try 2"),), exit=Exit(code=0)))
    engine = FakeEngine(scripts={"web": runs})
    attached = attach(engine)
    attached.open()
    start(engine, add(engine, "web", **policy))
    assert attached.wait().wait(SECONDS)
    assert [text for text in attached.shown.texts if "exited" in text] == ["web-1 exited 2 restarting", "web-1 exited 0"]
    assert [text for text in attached.shown.texts if "try" in text] == ["try 1", "try 2"]


def test_an_end_is_told_once_however_often_the_engine_is_seen_restarting():
    known = _Met(LogSource(id="1", name="web-1"), EVERYTHING)
    looks = [
        ("running", 1, 0),
        ("restarting", 1, 1),
        ("restarting", 1, 1),
        ("running", 2, 1),
        ("restarting", 2, 2),
        ("exited", 3, 2),
    ]
    ends = []
    for state, started, restarts in looks:
        found = Observation(id="1", name="web-1", state=state, started_at=float(started), restarts=restarts, exit_code=1)
        ends += known.ends(found)
        known.take_in(found)
    assert ends == [1, 1, 1]


def test_a_replaced_container_is_told_and_followed(attach):
    engine = FakeEngine(scripts={"web": Script(lines=(Line(text="hello"),))})
    identifier = add(engine, "web")
    start(engine, identifier)
    attached = attach(engine)
    attached.open()
    act(engine, "remove_container", engine.world.containers[identifier], force=True, volumes=False)
    start(engine, add(engine, "web"))
    attached.shown.wait_for("hello", "web-1 recreated")


def test_other_services_and_one_off_containers_are_not_shown(attach):
    engine = FakeEngine(scripts={"db": Script(lines=(Line(text="not me"),)), "web": Script(lines=(Line(text="me"),))})
    attached = attach(engine, services=["web"])
    attached.open()
    start(engine, add(engine, "db"))
    oneoff = body("web")
    oneoff["Labels"] = {**oneoff["Labels"], labels.ONEOFF: "True"}
    with engine.world.lock:
        engine.world.start(engine.world.add_container("shop-web-run-1", oneoff))
    start(engine, add(engine, "web"))
    attached.shown.wait_for("me")
    assert attached.shown.texts == ["me"]


def test_waiting_ends_at_once_when_nothing_runs(attach):
    engine = FakeEngine()
    add(engine, "web")
    attached = attach(engine)
    attached.open()
    assert attached.wait().wait(SECONDS)


def test_waiting_ends_when_the_user_stops(attach):
    engine, stop = FakeEngine(), StopButton()
    start(engine, add(engine, "web"))
    attached = attach(engine)
    attached.open()
    returned = attached.wait(stop)
    assert not returned.is_set()
    stop.press()
    assert returned.wait(SECONDS)


def test_an_end_that_no_event_told_of_is_noticed(attach):
    engine = FakeEngine()
    identifier = add(engine, "web")
    start(engine, identifier)
    attached = attach(engine)
    attached.open()
    returned = attached.wait()
    while identifier not in engine.world.followers:
        threading.Event().wait(0.001)
    gate = engine.hold(calls_to("GET", "/events"))
    engine.cut_streams()
    assert gate.reached.wait(SECONDS)
    end(engine, identifier, 7)
    with engine.world.lock:
        engine.world.events.clear()
    gate.open()
    assert returned.wait(SECONDS)
    assert attached.shown.texts == ["web-1 exited 7"]


# -- the logs command


def inspected(engine: FakeEngine):
    return observe(engine, PROJECT, inspect=True).containers


def test_logs_are_shown_in_one_order():
    engine, shown = FakeEngine(), Shown()
    one, two = add(engine, "a"), add(engine, "b")
    start(engine, one)
    start(engine, two)
    for index in range(4):
        write(engine, (one, two)[index % 2], str(index))
    show_logs(engine, PROJECT, inspected(engine), emit=shown, clock=engine.clock, stop=StopButton())
    assert shown.texts == ["0", "1", "2", "3"]
    assert [event.container for event in shown.events] == ["a-1", "b-1", "a-1", "b-1"]


def test_an_unreadable_container_does_not_hide_the_others():
    engine, shown = FakeEngine(), Shown()
    one, two = add(engine, "a"), add(engine, "b")
    start(engine, two)
    write(engine, two, "here")
    engine.fail(Fault(matches=calls_to("GET", f"{one}/logs"), status=501, message="does not support reading"))
    show_logs(engine, PROJECT, inspected(engine), emit=shown, clock=engine.clock, stop=StopButton())
    assert sorted(shown.texts) == ['Can\'t retrieve logs for "a-1": does not support reading', "here"]


@pytest.mark.parametrize(
    ("wanted", "first"), [(Range(), ["old 1", "old 2"]), (Range(tail="1"), ["old 2"]), (Range(tail="0"), [])]
)
def test_followed_logs_begin_with_what_was_asked_for_and_go_on_without_a_gap(wanted, first):
    engine, shown = FakeEngine(), Shown()
    identifier = add(engine, "web")
    start(engine, identifier)
    write(engine, identifier, "old 1")
    write(engine, identifier, "old 2")
    containers = inspected(engine)
    arguments = {"emit": shown, "clock": SystemClock(), "stop": StopButton(), "wanted": wanted}
    thread = threading.Thread(target=follow_logs, args=(engine, PROJECT, containers), kwargs=arguments)
    thread.start()
    while identifier not in engine.world.followers:
        threading.Event().wait(0.001)
    write(engine, identifier, "new")
    shown.wait_for("new")
    end(engine, identifier)
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert shown.texts == [*first, "new", "web-1 exited 0"]
