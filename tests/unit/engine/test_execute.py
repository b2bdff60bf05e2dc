"""Carrying plans out on an engine in memory."""

from __future__ import annotations

import threading

import pytest

from compose.base.clock import SystemClock
from compose.base.errors import ComposeError, fail
from compose.base.events import HealthChanged, PlanFinished, PlanStarted, StepFailed, StepFinished, StepSkipped, StepStarted
from compose.engine import retry
from compose.engine.execute import Outcome, execute
from compose.engine.fake import FakeEngine, calls_to, writes
from compose.engine.fake_script import Exit, Fault, Health, InstantClock, Line, Script
from compose.engine.handlers import HANDLERS
from compose.engine.work import Finished, Handlers
from compose.plan import operation as ops
from compose.plan.plan import Plan, Step
from tests.unit.engine.builders import HEALTHCHECK, Heard, StopButton, body, create, plan, start, step, target, wait


def carry_out(
    what: Plan,
    engine: FakeEngine,
    *,
    heard: Heard | None = None,
    stop: StopButton | None = None,
    handlers: Handlers = HANDLERS,
    **more,
) -> tuple[Outcome, Heard]:
    heard = heard or Heard()
    outcome = execute(what, engine, handlers, heard, SystemClock(), stop or StopButton(), **more)
    return outcome, heard


def names(engine: FakeEngine) -> dict[str, str]:
    return {one.name: one.state for one in engine.world.containers.values()}


def test_an_empty_plan_does_nothing():
    engine = FakeEngine()
    outcome, heard = carry_out(plan(), engine)
    assert (outcome.done, outcome.failed, engine.calls) == ((), (), [])
    assert [type(event) for event in heard.events] == [PlanStarted, PlanFinished]


def test_steps_run_in_the_order_of_their_dependencies():
    engine = FakeEngine()
    outcome, heard = carry_out(plan(start("2", "web", "1"), create("1", "web")), engine)
    assert outcome.done == ("2", "1")
    assert heard.words == ["+1", "-1", "+2", "-2"]
    assert names(engine) == {"shop-web-1": "running"}
    assert outcome.containers == {("web", 1): next(iter(engine.world.containers))}


def test_events_are_emitted_on_the_callers_thread_only():
    _, heard = carry_out(plan(create("1", "a"), create("2", "b"), create("3", "c")), FakeEngine())
    assert heard.threads == {threading.get_ident()}


def test_words_and_groups_are_told():
    _, heard = carry_out(plan(create("1", "web", group="g")), FakeEngine())
    (begun,) = heard.of(StepStarted)
    (ended,) = heard.of(StepFinished)
    assert (begun.action, begun.group, begun.address, begun.resource) == ("Creating", "g", "container:web:1", "Thing 1")
    assert (ended.action, ended.group) == ("Created", "g")


def test_independent_steps_run_at_the_same_time():
    engine = FakeEngine()
    gate = engine.hold(calls_to("POST", "create"))
    heard = Heard()
    begun = heard.when("+2")
    threading.Thread(target=lambda: (begun.wait(5), gate.open()), daemon=True).start()
    outcome, _ = carry_out(plan(create("1", "a"), create("2", "b")), engine, heard=heard)
    assert outcome.done == ("1", "2")
    assert heard.words[:2] == ["+1", "+2"]


def test_parallel_limits_how_many_run_at_once():
    running, most = [0], [0]
    lock = threading.Lock()

    def count(_operation: ops.Operation, _work: object) -> Finished:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.002)
        with lock:
            running[0] -= 1
        return Finished()

    steps = [step(str(n), ops.CreateVolume(key="v", name="v", body={})) for n in range(12)]
    carry_out(plan(*steps), FakeEngine(), handlers={ops.CreateVolume: count}, parallel=2)
    assert most[0] == 2


def test_a_failure_skips_only_what_needs_it_and_all_failures_are_reported():
    engine = FakeEngine(scripts={"a": Script(refuses="no a"), "b": Script(refuses="no b")})
    steps = [create("1", "a"), start("2", "a", "1"), create("3", "x", "2"), start("4", "x", "3")]
    steps += [create("5", "b"), start("6", "b", "5"), create("7", "c"), start("8", "c", "7")]
    outcome, heard = carry_out(plan(*steps), engine)
    assert (outcome.failed, outcome.skipped) == (("2", "6"), ("3", "4"))
    assert outcome.done == ("1", "5", "7", "8")
    assert sorted(one.summary for one in outcome.diagnostics) == [f"Error response from daemon: no {x}" for x in "ab"]
    assert {(one.step, one.because) for one in heard.of(StepSkipped)} == {("3", "2"), ("4", "2")}


def test_what_only_waits_for_an_end_runs_after_a_failure():
    engine = FakeEngine(scripts={"a": Script(refuses="no a")})
    outcome, heard = carry_out(plan(create("1", "a"), start("2", "a", "1"), create("3", "b", settled=("2",))), engine)
    assert (outcome.done, outcome.failed) == (("1", "3"), ("2",))
    assert heard.words.index("!2") < heard.words.index("+3")


def test_an_optional_failure_is_a_warning_and_stops_nobody():
    engine = FakeEngine(scripts={"a": Script(refuses="no a")})
    steps = [create("1", "a"), start("2", "a", "1", optional=True), create("3", "b", "2")]
    outcome, heard = carry_out(plan(*steps), engine)
    assert (outcome.done, outcome.failed, outcome.tolerated, outcome.diagnostics) == (("1", "3"), (), ("2",), ())
    assert [one.summary for one in outcome.warnings] == ["Error response from daemon: no a"]
    assert heard.of(StepFailed)[0].optional


def test_a_defect_in_a_handler_is_a_failed_step_not_a_crash():
    def broken(_operation: ops.Operation, _work: object) -> Finished:
        raise ZeroDivisionError("oops")

    outcome, _ = carry_out(
        plan(step("1", ops.CreateVolume(key="v", name="v", body={}))), FakeEngine(), handlers={ops.CreateVolume: broken}
    )
    assert outcome.diagnostics[0].code == "internal-error"
    assert "ZeroDivisionError: oops" in outcome.diagnostics[0].summary


def test_all_diagnostics_of_an_error_are_reported():
    def broken(_operation: ops.Operation, _work: object) -> Finished:
        raise ComposeError(*fail("a", "first").diagnostics, *fail("b", "second").diagnostics)

    outcome, heard = carry_out(
        plan(step("1", ops.CreateVolume(key="v", name="v", body={}))), FakeEngine(), handlers={ops.CreateVolume: broken}
    )
    assert [one.summary for one in outcome.diagnostics] == ["first", "second"]
    assert [type(event).__name__ for event in heard.events] == [
        "PlanStarted",
        "StepStarted",
        "StepFailed",
        "Notice",
        "PlanFinished",
    ]


def test_the_exit_code_is_that_of_the_first_error():
    def refuse(operation: ops.CreateContainer, _work: object) -> Finished:
        raise fail("refused", "no", exit_code=7 if operation.target.service == "web" else 8)

    what = plan(create("1", "web"), create("2", "api", "1"))
    outcome, _ = carry_out(what, FakeEngine(), handlers={**HANDLERS, ops.CreateContainer: refuse})
    assert (outcome.failed, outcome.exit_code) == (("1",), 7)
    optional = plan(create("1", "web", optional=True), create("2", "api"))
    outcome, _ = carry_out(optional, FakeEngine(), handlers={**HANDLERS, ops.CreateContainer: refuse}, parallel=1)
    assert outcome.exit_code == 8


def test_steps_that_wait_for_each_other_are_refused():
    with pytest.raises(ComposeError, match="wait for each other"):
        carry_out(plan(create("1", "a", "2"), create("2", "b", "1")), FakeEngine())


def test_a_delay_passes():
    outcome, heard = carry_out(
        plan(create("1", "a"), step("2", ops.Delay(seconds=0.01), "1"), create("3", "b", "2")), FakeEngine()
    )
    assert outcome.done == ("1", "2", "3")
    assert heard.words == ["+1", "-1", "+2", "-2", "+3", "-3"]
    assert heard.of(StepStarted)[1].waits_for == "0.01s to pass"


def test_timings_tell_when_each_step_was_ready_began_and_ended():
    outcome, _ = carry_out(plan(create("1", "a"), start("2", "a", "1")), FakeEngine())
    one, two = outcome.timings["1"], outcome.timings["2"]
    assert 0 <= one.ready <= one.start <= one.end <= two.ready <= two.start <= two.end <= outcome.seconds


# -- waits


def test_a_dependant_starts_when_the_dependency_is_healthy():
    health = (Health(status="healthy", after=2.0),)
    engine = FakeEngine(scripts={"db": Script(health=health)})
    heard = Heard()
    begun = heard.when("+3")

    def let_time_pass() -> None:
        begun.wait(5)
        engine.clock.advance(2.0)

    threading.Thread(target=let_time_pass, daemon=True).start()
    steps = [
        create("1", "db", made=body("db", **HEALTHCHECK)),
        start("2", "db", "1"),
        wait("3", "db", "service_healthy", "2", dependant="web"),
        create("4", "web", "3"),
    ]
    outcome, _ = carry_out(plan(*steps), engine, heard=heard)
    assert outcome.done == ("1", "2", "3", "4")
    assert heard.words == ["+1", "-1", "+2", "-2", "+3", "-3", "+4", "-4"]
    assert heard.of(StepStarted)[2].waits_for == "db to be healthy"
    assert heard.of(HealthChanged)[-1].state == "healthy"


def test_a_condition_that_holds_already_needs_no_events():
    engine = FakeEngine()
    outcome, _ = carry_out(plan(create("1", "db"), start("2", "db", "1"), wait("3", "db", "running_or_healthy", "2")), engine)
    assert outcome.done == ("1", "2", "3")
    assert not [call for call in engine.calls if call.path == "/events"]


def test_many_waits_share_one_event_stream():
    engine = FakeEngine(
        clock=InstantClock(), scripts={"db": Script(health=(Health(status="starting"), Health(status="healthy", after=1)))}
    )
    starting, following = engine.hold(calls_to("POST", "/start")), engine.hold(calls_to("GET", "/events"))
    steps = [create("1", "db", made=body("db", **HEALTHCHECK)), start("2", "db", "1")]
    steps += [wait(f"w{n}", "db", "service_healthy", "1", dependant=f"d{n}") for n in range(5)]
    threading.Thread(target=lambda: (following.reached.wait(5), following.open(), starting.open()), daemon=True).start()
    outcome, _ = carry_out(plan(*steps), engine)
    assert not outcome.failed
    assert len([call for call in engine.calls if call.path == "/events"]) == 1


def test_a_dependency_that_exits_fails_its_dependants_at_once_with_its_last_words():
    script = Script(lines=(Line(text="no disk", stream="stderr"),), exit=Exit(code=3))
    engine = FakeEngine(scripts={"db": script})
    steps = [
        create("1", "db", made=body("db", **HEALTHCHECK)),
        start("2", "db", "1"),
        wait("3", "db", "service_healthy", "2", dependant="web"),
        create("4", "web", "3"),
    ]
    outcome, _ = carry_out(plan(*steps), engine)
    assert (outcome.failed, outcome.skipped) == (("3",), ("4",))
    (diagnostic,) = outcome.diagnostics
    assert diagnostic.summary == "dependency failed to start: container shop-db-1 exited (3)"
    assert "no disk" in diagnostic.detail
    assert "exited with code 3" in diagnostic.detail


def test_an_unhealthy_dependency_is_told_with_its_last_probe():
    health = (Health(status="unhealthy", exit_code=1, output="connection refused"),)
    engine = FakeEngine(scripts={"db": Script(health=health, lines=(Line(text="starting up"),))})
    steps = [
        create("1", "db", made=body("db", **HEALTHCHECK)),
        start("2", "db", "1"),
        wait("3", "db", "service_healthy", "2", dependant="web"),
    ]
    outcome, _ = carry_out(plan(*steps), engine)
    (diagnostic,) = outcome.diagnostics
    assert diagnostic.summary == "dependency failed to start: container shop-db-1 is unhealthy"
    for words in ("connection refused", "probe exited with 1", "starting up", "`web` depends on `db`"):
        assert words in diagnostic.detail


def test_a_job_is_waited_for_until_it_has_completed():
    engine = FakeEngine(scripts={"job": Script(exit=Exit(code=0, after=5.0))})
    heard = Heard()
    begun = heard.when("+3")
    threading.Thread(target=lambda: (begun.wait(5), engine.clock.advance(5.0)), daemon=True).start()
    steps = [create("1", "job"), start("2", "job", "1"), wait("3", "job", "service_completed_successfully", "2", dependant="web")]
    outcome, _ = carry_out(plan(*steps), engine, heard=heard)
    assert outcome.done == ("1", "2", "3")
    assert heard.of(StepFinished)[-1].action == "Exited"


def test_a_container_that_is_removed_ends_the_wait():
    engine = FakeEngine()
    heard = Heard()
    begun = heard.when("+2")

    def remove() -> None:
        begun.wait(5)
        with engine.world.lock:
            engine.world.remove_container(engine.world.container("shop-db-1"), force=True, volumes=False)

    threading.Thread(target=remove, daemon=True).start()
    outcome, _ = carry_out(plan(create("1", "db"), wait("2", "db", "running_or_healthy", "1")), engine, heard=heard)
    assert outcome.diagnostics[0].summary == "container shop-db-1 was removed"


def test_a_wait_survives_the_loss_of_the_event_stream():
    engine = FakeEngine(scripts={"db": Script(health=(Health(status="healthy", after=1.0),))})
    heard = Heard()
    begun = heard.when("+3")

    def lose_the_event() -> None:
        begun.wait(5)
        while not engine.world.listeners:
            threading.Event().wait(0.001)
        gate = engine.hold(calls_to("GET", "/events"))
        engine.cut_streams()
        gate.reached.wait(5)
        engine.clock.advance(1.0)
        gate.open()

    threading.Thread(target=lose_the_event, daemon=True).start()
    steps = [create("1", "db", made=body("db", **HEALTHCHECK)), start("2", "db", "1"), wait("3", "db", "service_healthy", "2")]
    outcome, _ = carry_out(plan(*steps), engine, heard=heard)
    assert outcome.done == ("1", "2", "3")
    assert outcome.interrupted  # as the engine may have restarted, what it ended is looked for


def test_a_failing_look_is_repeated():
    engine = FakeEngine()
    engine.fail(Fault(matches=calls_to("GET", r"/containers/\w+/json"), status=500, times=2))
    outcome, _ = carry_out(plan(create("1", "db"), start("2", "db", "1"), wait("3", "db", "running_or_healthy", "2")), engine)
    assert outcome.done == ("1", "2", "3")
    assert not outcome.interrupted


def test_an_engine_without_events_is_looked_at_again_and_again():
    engine = FakeEngine(scripts={"db": Script(health=(Health(status="healthy", after=1.0),))})
    engine.fail(Fault(matches=calls_to("GET", "/events"), status=501, message="no events here", times=10_000))
    heard = Heard()
    begun = heard.when("+3")
    threading.Thread(target=lambda: (begun.wait(5), engine.clock.advance(1.0)), daemon=True).start()
    steps = [create("1", "db", made=body("db", **HEALTHCHECK)), start("2", "db", "1"), wait("3", "db", "service_healthy", "2")]
    outcome, _ = carry_out(plan(*steps), engine, heard=heard)
    assert outcome.done == ("1", "2", "3")


def test_a_wait_times_out_and_says_what_it_waited_for():
    engine = FakeEngine(scripts={"db": Script(health=(Health(status="healthy", after=60.0),))})
    steps = [
        create("1", "db", made=body("db", **HEALTHCHECK)),
        start("2", "db", "1"),
        wait("3", "db", "running_or_healthy", "2", timeout=0.02),
    ]
    outcome, _ = carry_out(plan(*steps), engine)
    assert outcome.diagnostics[0].summary == "application not healthy after 0.02s"
    assert "shop-db-1 is starting" in outcome.diagnostics[0].detail


def test_a_held_condition_must_stay_met():
    engine = FakeEngine(scripts={"db": Script(exit=Exit(code=1, after=1.0))})
    heard = Heard()
    begun = heard.when("+3")
    threading.Thread(target=lambda: (begun.wait(5), engine.clock.advance(1.0)), daemon=True).start()
    steps = [create("1", "db"), start("2", "db", "1"), wait("3", "db", "running_or_healthy", "2", hold=30.0)]
    outcome, _ = carry_out(plan(*steps), engine, heard=heard)
    assert outcome.diagnostics[0].summary == "container shop-db-1 exited (1)"


def test_a_held_condition_that_stays_met_is_met():
    steps = [create("1", "db"), start("2", "db", "1"), wait("3", "db", "running_or_healthy", "2", hold=0.01)]
    outcome, _ = carry_out(plan(*steps), FakeEngine())
    assert outcome.done == ("1", "2", "3")


def test_a_status_from_before_a_restart_does_not_count():
    engine = FakeEngine(scripts={"db": (Script(exit=Exit(code=1)), Script())})
    carry_out(plan(create("1", "db"), start("2", "db", "1")), engine)
    identifier = next(iter(engine.world.containers))
    known = target("db", 1, identifier)
    again = ops.WaitCondition(service="db", condition="running_or_healthy", containers=(known,))
    outcome, _ = carry_out(plan(step("1", ops.StartContainer(container=known)), step("2", again, "1")), engine)
    assert outcome.done == ("1", "2")


# -- taking back


def replacement(old: str) -> list[Step]:
    """Create the new one, stop the old one, start the new one, remove the old one."""
    previous = target("web", 1, old)
    temporary = ops.CreateContainer(target=target("web"), body=body("web"), image="busybox", temporary_name="tmp_web")
    return [
        step("new", temporary, group="g", undo=(ops.RemoveContainer(container=target("web")),)),
        step("stop", ops.StopContainer(container=previous), "new", group="g", undo=(ops.StartContainer(container=previous),)),
        step("start", ops.StartContainer(container=target("web")), "stop", group="g", commit=True),
        step("remove", ops.RemoveContainer(container=previous), "start", group="g"),
        create("next", "after", "remove"),
    ]


def with_old() -> tuple[FakeEngine, str]:
    engine = FakeEngine()
    outcome, _ = carry_out(plan(create("1", "web"), start("2", "web", "1")), engine)
    return engine, outcome.containers["web", 1]


def test_a_group_that_fails_is_taken_back_in_reverse():
    engine, old = with_old()
    engine.script("tmp_web", Script(refuses="port is already allocated"))
    outcome, heard = carry_out(plan(*replacement(old)), engine)
    assert (outcome.failed, outcome.skipped, outcome.undone) == (("start",), ("remove", "next"), ("stop", "new"))
    assert names(engine) == {"shop-web-1": "running"}
    assert heard.words[-4:] == ["+stop:undo", "-stop:undo", "+new:undo", "-new:undo"]


def test_a_committed_group_stays_whatever_fails_later():
    engine, old = with_old()
    engine.fail(Fault(matches=calls_to("DELETE", "containers"), status=500, message="disk on fire", times=9))
    outcome, _ = carry_out(plan(*replacement(old)), engine)
    assert (outcome.failed, outcome.undone) == (("remove",), ())
    assert names(engine) == {"shop-web-1": "exited", "tmp_web": "running"}


def test_taking_back_is_tried_again_whatever_the_engine_says(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0.0, 0.0))
    engine, old = with_old()
    engine.script("tmp_web", Script(refuses="no"))
    engine.fail(Fault(matches=calls_to("POST", f"{old}/start"), status=500, message="not now", times=2))
    outcome, _ = carry_out(plan(*replacement(old)), engine)
    assert [one.summary for one in outcome.diagnostics] == ["Error response from daemon: no"]
    assert names(engine) == {"shop-web-1": "running"}


def test_what_cannot_be_taken_back_is_reported_too(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0.0, 0.0))
    engine, old = with_old()
    engine.script("tmp_web", Script(refuses="no"))
    engine.fail(Fault(matches=calls_to("POST", f"{old}/start"), status=500, message="no way back", times=9))
    outcome, _ = carry_out(plan(*replacement(old)), engine)
    assert [one.summary for one in outcome.diagnostics] == [
        f"Error response from daemon: {text}" for text in ("no", "no way back")
    ]
    assert names(engine) == {"shop-web-1": "exited"}


# -- stopping


def test_the_first_stop_lets_running_steps_end_and_starts_no_others():
    engine, stop, heard = FakeEngine(), StopButton(), Heard()
    gate = engine.hold(calls_to("POST", "create"))

    def press() -> None:
        gate.reached.wait(5)
        stop.press()
        gate.open()

    threading.Thread(target=press, daemon=True).start()
    outcome, _ = carry_out(
        plan(create("1", "a"), start("2", "a", "1"), wait("3", "a", "service_healthy", "2")), engine, stop=stop, heard=heard
    )
    assert (outcome.done, outcome.skipped, outcome.failed) == (("1",), ("2", "3"), ())
    assert names(engine) == {"shop-a-1": "created"}


def test_the_first_stop_gives_transfers_up():
    engine, stop, heard = FakeEngine(registry=["redis:7"]), StopButton(), Heard()
    gate = engine.hold(calls_to("POST", "images/create"))

    def press() -> None:
        gate.reached.wait(5)
        stop.press()

    threading.Thread(target=press, daemon=True).start()
    pull = step("1", ops.PullImage(reference="redis:7"))
    outcome, _ = carry_out(plan(pull, create("2", "a", "1")), engine, stop=stop, heard=heard)
    gate.open()
    assert (outcome.done, outcome.skipped, outcome.failed) == ((), ("1", "2"), ())
    assert outcome.diagnostics == ()


def test_the_first_stop_ends_waits_at_once():
    engine, stop, heard = FakeEngine(scripts={"db": Script(exit=Exit(after=60.0))}), StopButton(), Heard()
    begun = heard.when("+3")
    threading.Thread(target=lambda: (begun.wait(5), stop.press()), daemon=True).start()
    steps = [create("1", "db"), start("2", "db", "1"), wait("3", "db", "service_completed_successfully", "2")]
    outcome, _ = carry_out(plan(*steps), engine, stop=stop, heard=heard)
    assert (outcome.done, outcome.skipped) == (("1", "2"), ("3",))


def test_the_first_stop_takes_back_what_is_half_replaced():
    engine, old = with_old()
    stop = StopButton()
    gate = engine.hold(calls_to("POST", f"{old}/stop"))

    def press() -> None:
        gate.reached.wait(5)
        stop.press()
        gate.open()

    threading.Thread(target=press, daemon=True).start()
    outcome, _ = carry_out(plan(*replacement(old)), engine, stop=stop)
    assert outcome.undone == ("stop", "new")
    assert names(engine) == {"shop-web-1": "running"}


def test_the_second_stop_gives_up_what_is_under_way():
    engine, stop = FakeEngine(), StopButton()
    gate = engine.hold(calls_to("POST", "create"))

    def press() -> None:
        gate.reached.wait(5)
        stop.press()
        stop.press()

    threading.Thread(target=press, daemon=True).start()
    outcome, _ = carry_out(plan(create("1", "a"), start("2", "a", "1")), engine, stop=stop)
    assert (outcome.failed, outcome.skipped) == (("1",), ("2",))
    assert outcome.diagnostics[0].code == "given-up"
    gate.open()


def test_a_stop_before_the_beginning_skips_everything():
    engine = FakeEngine()
    outcome, _ = carry_out(plan(create("1", "a")), engine, stop=StopButton(level=1))
    assert (outcome.skipped, engine.calls) == (("1",), [])


# -- size


def test_a_thousand_services_are_carried_out():
    engine = FakeEngine()
    steps = [one for n in range(1000) for one in (create(f"c{n}", f"s{n}"), start(f"s{n}", f"s{n}", f"c{n}"))]
    outcome, _ = carry_out(plan(*steps), engine)
    assert len(outcome.done) == 2000
    assert len([call for call in engine.calls if writes(call)]) == 2000
