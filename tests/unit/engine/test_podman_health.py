import pytest

from compose.base.errors import EngineError, fail
from compose.engine.podman_health import HealthChecks, interval
from compose.engine.port import Call


class Answers:
    """An engine with given containers, which counts how often each was checked."""

    def __init__(self, containers):
        self.containers = containers
        self.checked = []
        self.on_check = lambda _identity: None

    def call(self, call: Call):
        if call.path == "/containers/json":
            return [{"Id": identity} for identity in self.containers]
        identity = call.path.split("/")[-2]
        if call.path.endswith("/healthcheck"):
            self.checked.append(identity)
            self.on_check(identity)
            return {}
        if identity not in self.containers:
            raise EngineError(fail("x", "no such container").diagnostics[0], status=404)
        return {"Config": {"Healthcheck": self.containers[identity]}}

    def stream(self, _call):
        return self

    def chunks(self):
        yield from ()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


EVERY_MILLISECOND = {"Test": ["CMD", "true"], "Interval": 1_000_000}


@pytest.mark.parametrize(
    ("healthcheck", "seconds"),
    [
        ({}, None),
        ({"Test": ["NONE"]}, None),
        ({"Test": ["CMD", "true"]}, 30.0),
        ({"Test": ["CMD-SHELL", "true"], "Interval": 0}, 30.0),
        ({"Test": ["CMD-SHELL", "true"], "Interval": 1_500_000_000}, 1.5),
    ],
)
def test_interval_is_the_container_s_own_or_docker_s_default(healthcheck, seconds):
    assert interval(healthcheck) == seconds


def test_running_and_started_containers_are_watched_over_split_event_lines():
    started = []
    engine = Answers({"a": EVERY_MILLISECOND, "plain": {}})

    def appearing():
        engine.containers["b"] = EVERY_MILLISECOND
        yield b'{"Action":"start","Actor":{"ID":"b"}}\n{"Action":"sta'
        yield b'rt","Actor":{"ID":"plain"}}\n{"Action":"start","id":"gone"}\n'

    engine.chunks = appearing
    HealthChecks(engine, start=started.append).run()

    assert len(started) == 2


def test_a_container_is_checked_until_it_ends():
    engine = Answers({"a": EVERY_MILLISECOND})
    begun = []
    checks = HealthChecks(engine, start=begun.append)

    def end_after_three(_identity):
        if len(engine.checked) == 3:
            checks.happened({"Action": "died", "Actor": {"ID": "a"}})

    engine.on_check = end_after_three
    checks.started("a")
    begun[0]()

    assert engine.checked == ["a", "a", "a"]


@pytest.mark.parametrize(("status", "checks"), [(409, 3), (404, 1)])
def test_a_restarting_container_is_checked_again_a_removed_one_is_not(status, checks):
    engine = Answers({"a": EVERY_MILLISECOND})
    begun = []
    health = HealthChecks(engine, start=begun.append)

    def refuse(_identity):
        if len(engine.checked) == 3:
            health.happened({"Action": "die", "Actor": {"ID": "a"}})
        raise EngineError(fail("x", "no").diagnostics[0], status=status)

    engine.on_check = refuse
    health.started("a")
    begun[0]()

    assert engine.checked == ["a"] * checks
