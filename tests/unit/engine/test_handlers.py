"""What each operation does on an engine, and what it makes of the engine's refusals."""

from __future__ import annotations

import threading

import pytest

from compose.base import labels
from compose.base.clock import SystemClock
from compose.base.errors import ComposeError, EngineError
from compose.base.events import Event, Notice, StepOutput, StepProgress
from compose.engine import retry
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_routes import ROUTES
from compose.engine.fake_script import Exit, Fault, Line, Script
from compose.engine.handlers import HANDLERS
from compose.engine.words import IN_USE
from compose.engine.work import Finished, Run, Work
from compose.payload.payloads import Binding, Connect, FileCopy
from compose.plan import operation as ops
from compose.state.observed import EngineFacts
from tests.unit.engine.builders import PROJECT, body, step, target

LOST = 0


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", (0.0, 0.0, 0.0))


class Bench:
    """An engine to perform operations on, and what was told meanwhile."""

    def __init__(self, engine: FakeEngine | None = None) -> None:
        self.engine = engine or FakeEngine()
        self.told: list[Event] = []
        self.run = Run(self.engine, PROJECT, SystemClock(), self.told.append)

    def do(self, operation: ops.Operation) -> Finished:
        done = HANDLERS[type(operation)](operation, Work(self.run, step("1", operation)))
        if isinstance(operation, ops.CreateContainer):
            self.run.containers[operation.target.service, operation.target.number] = done.container
        return done

    def create(self, service: str = "web", **more) -> str:
        given = {"target": target(service), "body": body(service), "image": "busybox", **more}
        return self.do(ops.CreateContainer(**given)).container

    def start(self, service: str = "web") -> None:
        self.do(ops.StartContainer(container=target(service)))

    def fail(self, method: str, pattern: str, **more) -> None:
        self.engine.fail(Fault(matches=calls_to(method, pattern), **more))

    def count(self, method: str, pattern: str = "") -> int:
        matches = calls_to(method, pattern)
        return len([call for call in self.engine.calls if matches(call)])

    @property
    def world(self):
        return self.engine.world


@pytest.fixture
def bench() -> Bench:
    return Bench()


def refusal(bench: Bench, operation: ops.Operation) -> ComposeError:
    with pytest.raises(ComposeError) as caught:
        bench.do(operation)
    return caught.value


# -- networks and volumes


def test_a_network_that_is_there_counts_as_created(bench):
    operation = ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front"})
    bench.do(operation)
    bench.do(operation)
    assert [one.name for one in bench.world.networks.values()].count("shop_front") == 1


def test_a_network_is_removed_and_may_be_gone_already(bench):
    bench.do(ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front"}))
    identifier = bench.world.network("shop_front").id
    removal = ops.RemoveNetwork(key="front", name="shop_front", id=identifier)
    assert bench.do(removal).action == ""
    assert bench.do(removal).action == ""
    assert "shop_front" not in [one.name for one in bench.world.networks.values()]


@pytest.mark.parametrize("tolerant", [True, False])
def test_a_network_in_use_stays(bench, tolerant):
    bench.do(ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front"}))
    bench.create(body=body("web", HostConfig={"NetworkMode": "shop_front"}))
    bench.start()
    removal = ops.RemoveNetwork(key="front", name="shop_front", id=bench.world.network("shop_front").id, tolerant=tolerant)
    if tolerant:
        assert bench.do(removal).action == IN_USE
    else:
        assert isinstance(refusal(bench, removal), EngineError)


def test_podman_removes_networks_by_name():
    bench = Bench(FakeEngine(facts=EngineFacts(name="podman", api_version=(1, 41))))
    bench.do(ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front"}))
    bench.do(ops.RemoveNetwork(key="front", name="shop_front", id="some-id"))
    assert bench.count("DELETE", "/networks/shop_front") == 1


def test_joining_and_leaving_a_network_can_be_repeated(bench):
    bench.do(ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front"}))
    bench.create()
    join = ops.ConnectNetwork(network="front", name="shop_front", container=target("web"), endpoint={"Aliases": ["w"]})
    leave = ops.DisconnectNetwork(network="front", id=bench.world.network("shop_front").id, container=target("web"))
    bench.do(join)
    bench.do(join)
    assert bench.world.container("shop-web-1").networks["shop_front"]["Aliases"] == ["w"]
    bench.do(leave)
    bench.do(leave)
    assert "shop_front" not in bench.world.container("shop-web-1").networks


def test_a_volume_in_use_stays(bench):
    bench.do(ops.CreateVolume(key="data", name="shop_data", body={"Name": "shop_data"}))
    bench.create(body=body("web", HostConfig={"Binds": ["shop_data:/data"]}))
    assert bench.do(ops.RemoveVolume(key="data", name="shop_data")).action == IN_USE
    assert refusal(bench, ops.RemoveVolume(key="data", name="shop_data", tolerant=False)).diagnostics[0].code == "engine-conflict"
    bench.do(ops.RemoveContainer(container=target("web")))
    assert bench.do(ops.RemoveVolume(key="data", name="shop_data")).action == ""
    assert "shop_data" not in bench.world.volumes


# -- images


def test_a_pull_tells_its_progress_and_brings_the_image():
    bench = Bench(FakeEngine(registry=["redis:7"]))
    bench.do(ops.PullImage(reference="redis:7", platform="linux/amd64"))
    assert "redis:7" in bench.world.images
    progress = [event for event in bench.told if isinstance(event, StepProgress)]
    assert [(one.part, one.detail, one.current, one.total) for one in progress][1:3] == [
        ("0123456789ab", "Downloading", 5, 10),
        ("0123456789ab", "Pull complete", 10, 10),
    ]
    (call,) = [call for call in bench.engine.calls if call.path == "/images/create"]
    assert (call.query["fromImage"], call.query["tag"], call.query["platform"]) == ("redis", "7", "linux/amd64")
    assert "X-Registry-Auth" not in call.headers


def test_a_quiet_pull_tells_nothing_of_layers():
    bench = Bench(FakeEngine(registry=["redis:7"]))
    bench.do(ops.PullImage(reference="redis:7", quiet=True))
    assert "redis:7" in bench.world.images
    assert [event for event in bench.told if isinstance(event, StepProgress)] == []


def test_a_pull_logs_in_where_the_user_is_logged_in():
    bench = Bench(FakeEngine(registry=["redis:7"], credentials=["redis:7"]))
    bench.do(ops.PullImage(reference="redis:7"))
    (call,) = [call for call in bench.engine.calls if call.path == "/images/create"]
    assert call.headers["X-Registry-Auth"] == "fake:redis:7"


def test_a_pull_that_fails_is_fatal_unless_the_image_can_be_built(bench):
    error = refusal(bench, ops.PullImage(reference="nobody/nothing"))
    assert "pull access denied for nobody/nothing" in error.diagnostics[0].summary
    assert "docker login" in error.diagnostics[0].hint
    done = bench.do(ops.PullImage(reference="nobody/nothing", tolerant=True))
    assert (done.action, "pull access denied" in done.detail) == ("Warning", True)


def test_an_image_in_use_stays_and_one_that_is_gone_counts_as_removed(bench):
    bench.create()
    assert bench.do(ops.RemoveImage(reference="busybox")).action == IN_USE
    assert bench.do(ops.RemoveImage(reference="gone:1")).action == ""


# -- creating


def test_a_container_is_created_with_its_images_identity(bench):
    identifier = bench.create()
    made = bench.world.containers[identifier]
    assert made.name == "shop-web-1"
    assert made.labels[labels.IMAGE] == bench.world.images["busybox:latest"].id


def test_an_image_label_that_is_there_stays_and_costs_no_call(bench):
    made = body("web")
    made["Labels"] = {**made["Labels"], labels.IMAGE: "mine"}
    identifier = bench.create(body=made)
    assert bench.world.containers[identifier].labels[labels.IMAGE] == "mine"
    assert bench.count("GET", "/images") == 0


def test_an_image_is_looked_up_once_for_all_its_containers(bench):
    for service in ("a", "b", "c"):
        bench.create(service)
    assert bench.count("GET", "/images") == 1


def test_a_temporary_name_is_used_for_the_call(bench):
    bench.create(temporary_name="0123_shop-web-1")
    assert list(bench.world.names) == ["0123_shop-web-1"]


def test_a_body_of_the_plan_is_never_changed(bench):
    made = body("web", HostConfig={"NetworkMode": ""})
    bench.create("db")
    binding = Binding(path=("HostConfig", "NetworkMode"), service="db", form="container:{}")
    bench.create(body=made, bindings=(binding,))
    assert (made["HostConfig"], labels.IMAGE in made["Labels"]) == ({"NetworkMode": ""}, False)


def test_what_is_shared_is_the_container_this_run_made(bench):
    shared = bench.create("db")
    binding = Binding(path=("HostConfig", "NetworkMode"), service="db", form="container:{}")
    identifier = bench.create(body=body("web", HostConfig={"NetworkMode": ""}), bindings=(binding,))
    assert bench.world.containers[identifier].host["NetworkMode"] == f"container:{shared}"


def test_else_it_is_the_first_container_there_is(bench):
    with bench.world.lock:
        shared = bench.world.add_container("shop-db-1", body("db")).id
    binding = Binding(path=("HostConfig", "VolumesFrom", 0), service="db")
    identifier = bench.create(body=body("web", HostConfig={}), bindings=(binding,))
    assert bench.world.containers[identifier].host["VolumesFrom"] == [shared]


def test_without_a_container_to_share_with_the_error_says_what_was_to_be_shared(bench):
    binding = Binding(path=("HostConfig", "NetworkMode"), service="db", form="container:{}", sharing="network namespace")
    operation = ops.CreateContainer(target=target("web"), body=body("web", HostConfig={}), image="busybox", bindings=(binding,))
    summary = refusal(bench, operation).diagnostics[0].summary
    assert summary == "cannot share network namespace with service db: container missing"


def test_further_networks_are_joined_and_a_refusal_removes_the_container(bench):
    bench.do(ops.CreateNetwork(key="back", name="shop_back", body={"Name": "shop_back"}))
    connects = (Connect(network="back", name="shop_back", endpoint={"Aliases": ["x"]}),)
    identifier = bench.create(connects=connects)
    assert bench.world.containers[identifier].networks["shop_back"]["Aliases"] == ["x"]
    bad = ops.CreateContainer(
        target=target("db"), body=body("db"), image="busybox", connects=(Connect(network="none", name="no_such_network"),)
    )
    assert "no_such_network not found" in refusal(bench, bad).diagnostics[0].summary
    assert list(bench.world.names) == ["shop-web-1"]


def test_an_absent_image_is_the_engines_refusal(bench):
    operation = ops.CreateContainer(target=target("web"), body=body("web", Image="none:1"), image="none:1")
    assert refusal(bench, operation).diagnostics[0].summary == "Error response from daemon: No such image: none:1"


def test_warnings_of_the_engine_are_told(bench, monkeypatch):
    routes = [(how, where, _warning if where.pattern == "/containers/create" else route) for how, where, route in ROUTES]
    monkeypatch.setattr("compose.engine.fake.ROUTES", routes)
    bench.create()
    (notice,) = [event for event in bench.told if isinstance(event, Notice)]
    assert (notice.diagnostic.severity, notice.diagnostic.summary) == ("warning", "no swap limit support")


def _warning(engine: FakeEngine, call, _given):
    return {"Id": engine.world.add_container(str(call.query["name"]), call.body).id, "Warnings": ["no swap limit support"]}


# -- when calls fail


def test_a_lost_answer_to_create_does_not_make_two_containers(bench):
    bench.fail("POST", "/containers/create", status=LOST, performed=True)
    identifier = bench.create()
    assert list(bench.world.containers) == [identifier]


def test_a_request_that_never_arrived_is_sent_again(bench):
    bench.fail("POST", "/containers/create", status=LOST, times=2)
    identifier = bench.create()
    assert list(bench.world.containers) == [identifier]


def test_a_name_that_another_container_has_is_an_error_at_once(bench):
    bench.create()
    error = refusal(bench, ops.CreateContainer(target=target("web"), body=body("web"), image="busybox"))
    assert "is already in use" in error.diagnostics[0].summary
    assert bench.count("POST", "/containers/create") == 2


def test_a_name_whose_owner_is_being_removed_is_waited_for(bench):
    bench.create()
    old = bench.world.container("shop-web-1")
    old.state = "removing"
    bench.engine.fail(Fault(matches=lambda call: _finish_removal(bench, call), first=99))
    identifier = bench.create()
    assert bench.world.names == {"shop-web-1": identifier}


def _finish_removal(bench: Bench, call) -> bool:
    """Let the old container disappear when it was looked at."""
    if calls_to("GET", "/containers/shop-web-1/json")(call):
        old = bench.world.container("shop-web-1")
        bench.world.remove_container(old, force=True, volumes=False)
        bench.world.containers[old.id], bench.world.names[old.name] = old, old.id
        threading.Thread(target=_forget, args=(bench, old)).start()
    return False


def _forget(bench: Bench, old) -> None:
    with bench.world.lock:
        bench.world.containers.pop(old.id, None)
        bench.world.names.pop(old.name, None)


def test_a_name_taken_by_somebody_else_after_a_lost_answer_is_an_error(bench):
    bench.fail("POST", "/containers/create", status=LOST)
    with bench.world.lock:
        bench.world.add_container("shop-web-1", {"Image": "busybox"})
    error = refusal(bench, ops.CreateContainer(target=target("web"), body=body("web"), image="busybox"))
    assert "is already in use" in error.diagnostics[0].summary


@pytest.mark.parametrize(
    ("status", "message", "attempts"),
    [
        (503, "service unavailable", 4),
        (LOST, "reset", 4),
        (500, "dial tcp: i/o timeout", 4),
        (500, "driver failed programming external connectivity", 1),
        (409, "removal of container x is already in progress", 4),
        (404, "no such thing", 1),
    ],
)
def test_only_failures_that_pass_are_tried_again_and_not_for_ever(bench, status, message, attempts):
    bench.create()
    bench.fail("POST", "/start", status=status, message=message, times=99)
    refusal(bench, ops.StartContainer(container=target("web")))
    assert bench.count("POST", "/start") == attempts


def test_the_user_can_end_the_attempts(bench):
    bench.create()
    bench.fail("POST", "/start", status=LOST, times=99)
    bench.run.abort.set()
    refusal(bench, ops.StartContainer(container=target("web")))
    assert bench.count("POST", "/start") == 1


# -- the rest of a container's life


def test_starting_stopping_pausing_and_killing(bench):
    identifier = bench.create()
    known = target("web", 1, identifier)
    states = []
    for operation in (
        ops.StartContainer(container=known),
        ops.PauseContainer(container=known),
        ops.UnpauseContainer(container=known),
        ops.RestartContainer(container=known),
        ops.KillContainer(container=known, signal="SIGTERM"),
        ops.KillContainer(container=known),
        ops.StopContainer(container=known, timeout=3),
    ):
        bench.do(operation)
        states.append(bench.world.containers[identifier].state)
    assert states == ["running", "paused", "running", "running", "exited", "exited", "exited"]
    (stop,) = [call for call in bench.engine.calls if call.path.endswith("/stop")]
    assert (stop.query["t"], stop.timeout) == (3, 63.0)


def test_a_stop_without_grace_of_ours_leaves_it_to_the_container(bench):
    bench.create()
    bench.do(ops.StopContainer(container=target("web")))
    (stop,) = [call for call in bench.engine.calls if call.path.endswith("/stop")]
    assert stop.query.get("t") is None
    assert stop.timeout > 3600


def test_what_is_gone_counts_as_stopped_killed_and_removed(bench):
    gone = target("web", 1, "f" * 64)
    for operation in (ops.StopContainer, ops.KillContainer, ops.RemoveContainer):
        assert bench.do(operation(container=gone)) == Finished()


def test_a_container_that_no_step_made_is_an_error(bench):
    error = refusal(bench, ops.StartContainer(container=target("ghost")))
    assert error.diagnostics[0].summary == "container shop-ghost-1 was not created"


def test_a_lost_answer_to_rename_is_no_error(bench):
    bench.create(temporary_name="tmp")
    bench.fail("POST", "/rename", status=LOST, performed=True)
    bench.do(ops.RenameContainer(container=target("web"), name="shop-web-1"))
    assert list(bench.world.names) == ["shop-web-1"]


def test_files_are_put_with_owner_and_mode_and_empty_ones_left_out(bench):
    identifier = bench.create()
    files = (
        FileCopy(target="/run/secrets/a", content=b"word", secret=True),
        FileCopy(target="/b", content=b"x", mode=0o400, uid=7),
        FileCopy(target="/empty", content=b""),
    )
    bench.do(ops.CopyFiles(container=target("web"), files=files))
    found = bench.world.containers[identifier].files
    assert {name: (content, info.mode, info.uid, info.gid) for name, (content, info) in found.items()} == {
        "/run/secrets/a": (b"word", 0o444, 0, 0),
        "/b": (b"x", 0o400, 7, 0),
    }
    kept = [call.query["copyUIDGID"] for call in bench.engine.calls if call.method == "PUT"]
    assert kept == [None, True]


# -- hooks


def hook(kind: str = "post_start", **more) -> ops.RunHook:
    return ops.RunHook(container=target("web"), hook=kind, index=0, body={"Cmd": ["do", "it"]}, **more)  # type: ignore[arg-type]


def test_a_hook_runs_inside_and_its_lines_are_told():
    bench = Bench(FakeEngine(run_inside=lambda _container, command: (0, b" ".join(c.encode() for c in command) + b"\n", b"")))
    bench.create()
    bench.start()
    bench.do(hook())
    assert [(one.part, one.text) for one in bench.told if isinstance(one, StepOutput)] == [("shop-web-1", "do it")]


def test_a_hook_that_fails_tells_its_last_words_of_stderr():
    bench = Bench(FakeEngine(run_inside=lambda _container, _command: (7, b"fine\n", b"\n".join(b"%d" % n for n in range(20)))))
    bench.create()
    bench.start()
    tail = "\n".join(str(n) for n in range(10, 20))
    assert refusal(bench, hook()).diagnostics[0].summary == f"web hook exited with status 7: {tail}"


def test_a_pre_stop_hook_of_a_container_that_does_not_run_is_skipped(bench):
    bench.create()
    assert bench.do(hook("pre_stop")).action == "Skipped"
    assert isinstance(refusal(bench, hook("post_start")), EngineError)


def pre_start(bench: Bench, script: Script) -> ops.RunHook:
    bench.engine.script("hook", script)
    tags = {labels.PROJECT: PROJECT, labels.SERVICE: "hook"}
    made = {"Image": "busybox", "Cmd": ["prepare"], "Labels": tags, "HostConfig": {}}
    return ops.RunHook(container=target("web"), hook="pre_start", index=1, body=made, image="busybox")


def test_a_pre_start_hook_runs_in_a_container_of_its_own_that_goes_afterwards(bench):
    bench.create(body=body("web", HostConfig={"Binds": ["data:/data"]}))
    bench.do(pre_start(bench, Script(lines=(Line(text="prepared"),), exit=Exit(code=0))))
    assert [(one.part, one.text) for one in bench.told if isinstance(one, StepOutput)] == [("web pre_start[1]", "prepared")]
    assert list(bench.world.names) == ["shop-web-1"]
    created = [call.body for call in bench.engine.calls if call.path == "/containers/create"][-1]
    assert (created["Cmd"], created["HostConfig"]["VolumesFrom"]) == (["prepare"], [bench.run.containers["web", 1]])


def test_a_pre_start_hook_that_fails_is_kept_and_said(bench):
    bench.create()
    error = refusal(bench, pre_start(bench, Script(lines=(Line(text="bad", stream="stderr"),), exit=Exit(code=4))))
    (kept,) = [one for one in bench.world.containers.values() if one.name != "shop-web-1"]
    expected = f'service "web" pre_start[1] exited with code 4: bad (hook container {kept.id[:12]} retained for inspection)'
    assert error.diagnostics[0].summary == expected


def test_a_pre_start_hook_that_cannot_start_leaves_nothing(bench):
    bench.create()
    refusal(bench, pre_start(bench, Script(refuses="no")))
    assert list(bench.world.names) == ["shop-web-1"]
