"""What everything above the engine port relies on, the same on an engine in memory and on a real one."""

from __future__ import annotations

import io
import os
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from compose.base import labels
from compose.base.clock import SystemClock
from compose.base.errors import EngineError
from compose.base.events import ContainerExited, Event, LogLine
from compose.engine import archive, inside
from compose.engine.attach import Ending, attach, interact, resize
from compose.engine.connect import connect
from compose.engine.endpoint import Endpoint
from compose.engine.events import Occurrence, Opened, Signal, Subscription
from compose.engine.fake import FakeEngine
from compose.engine.fake_script import Exit, Line, Script
from compose.engine.fake_streams import frame
from compose.engine.follow import Follower
from compose.engine.logs import LogSource, Range, merged, read, request
from compose.engine.lookout import Lookout
from compose.engine.observe import detailed_facts, observe
from compose.engine.output import Output
from compose.engine.port import Call, Engine, path
from compose.engine.serial import Serial
from compose.engine.streams import demultiplex, lines
from compose.payload.payloads import FileCopy

SECONDS = 30


class Site:
    """An engine and a project on it."""

    def __init__(self, engine: Engine, project: str) -> None:
        self.engine = engine
        self.project = project

    @property
    def fake(self) -> FakeEngine | None:
        return self.engine if isinstance(self.engine, FakeEngine) else None

    def script(self, service: str, script: Script) -> None:
        """Tell the fake what the command of the real container does."""
        if self.fake is not None:
            self.fake.script(service, script)

    def labels(self, service: str = "") -> dict[str, str]:
        own = {labels.PROJECT: self.project, labels.CONFIG_HASH: "hash", labels.ONEOFF: "False"}
        return own | ({labels.SERVICE: service, labels.CONTAINER_NUMBER: "1"} if service else {})

    def name(self, service: str) -> str:
        return f"{self.project}-{service}-1"

    def do(self, method: str, where: str, *parts: str, body: Any = None, **query: Any) -> Any:
        return self.engine.call(Call(method=method, path=path(where, *parts), body=body, query=query))

    def create(self, service: str, command: str = "exec sleep 600", **more: Any) -> str:
        body = {"Image": "busybox", "Cmd": ["sh", "-c", command], "Labels": self.labels(service), "StopSignal": "SIGKILL", **more}
        return str(self.do("POST", "/containers/create", body=body, name=self.name(service))["Id"])

    def start(self, identifier: str) -> None:
        self.do("POST", "/containers/{}/start", identifier)

    def ended(self, identifier: str) -> int:
        return int(self.do("POST", "/containers/{}/wait", identifier)["StatusCode"])

    def state(self, identifier: str) -> str:
        return str(self.do("GET", "/containers/{}/json", identifier)["State"]["Status"])


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engine)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    if request.param == "fake":
        yield Site(FakeEngine(), f"ct-{uuid.uuid4().hex[:10]}")
        return
    project = request.getfixturevalue("project_name")
    engine = connect(Endpoint(url=request.getfixturevalue("engine_host"), source="test"))
    one = Site(engine, project)
    yield one
    for container in one.do("GET", "/containers/json", all=True, filters={"label": [f"{labels.PROJECT}={project}"]}):
        one.do("DELETE", "/containers/{}", container["Id"], force=True, v=True)
    for network in one.do("GET", "/networks", filters={"label": [f"{labels.PROJECT}={project}"]}):
        one.do("DELETE", "/networks/{}", network["Id"])
    for volume in one.do("GET", "/volumes", filters={"label": [f"{labels.PROJECT}={project}"]})["Volumes"] or ():
        one.do("DELETE", "/volumes/{}", volume["Name"])
    engine.close()


def refusal(call: Callable[[], object]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


def test_facts_are_known(site):
    facts = site.engine.facts
    assert facts.version
    assert facts.api_version >= (1, 40)
    assert facts.os == "linux"
    assert detailed_facts(site.engine).version == facts.version


def test_a_container_lives_from_created_to_gone(site):
    identifier = site.create("web")
    assert site.state(identifier) == "created"
    site.start(identifier)
    assert site.state(identifier) == "running"
    site.start(identifier)
    site.do("POST", "/containers/{}/pause", identifier)
    assert site.state(identifier) == "paused"
    site.do("POST", "/containers/{}/unpause", identifier)
    site.do("POST", "/containers/{}/stop", identifier)
    assert site.state(identifier) == "exited"
    site.do("POST", "/containers/{}/stop", identifier)
    site.do("DELETE", "/containers/{}", identifier)
    assert refusal(lambda: site.state(identifier)).status == 404


def test_a_container_is_found_by_name_and_by_the_beginning_of_its_id(site):
    identifier = site.create("web")
    for reference in (site.name("web"), identifier[:12]):
        assert site.do("GET", "/containers/{}/json", reference)["Id"] == identifier


def test_a_name_can_be_given_once_and_changed(site):
    identifier = site.create("web")
    error = refusal(lambda: site.create("web"))
    assert error.status == 409
    assert "is already in use" in error.message
    site.do("POST", "/containers/{}/rename", identifier, name=f"{site.project}-other")
    assert site.do("GET", "/containers/{}/json", identifier)["Name"] == f"/{site.project}-other"
    site.create("web")


def test_an_absent_image_is_refused_by_name(site):
    error = refusal(lambda: site.create("web", Image="no-such-image:9"))
    assert error.status == 404
    assert "no-such-image:9" in error.message.lower()


def test_a_running_container_is_removed_only_by_force(site):
    identifier = site.create("web")
    site.start(identifier)
    assert refusal(lambda: site.do("DELETE", "/containers/{}", identifier)).status == 409
    site.do("DELETE", "/containers/{}", identifier, force=True)
    assert refusal(lambda: site.state(identifier)).status == 404


def test_the_exit_code_is_known(site):
    site.script("job", Script(exit=Exit(code=3)))
    identifier = site.create("job", "exit 3")
    site.start(identifier)
    assert site.ended(identifier) == 3
    assert site.do("GET", "/containers/{}/json", identifier)["State"]["ExitCode"] == 3


def test_containers_are_listed_by_label(site):
    site.create("web")
    one = site.create("db")
    site.start(one)
    found = observe(site.engine, site.project).containers
    assert [(each.service, each.number, each.state) for each in found] == [("db", 1, "running"), ("web", 1, "created")]
    assert observe(site.engine, "no-such-project").containers == ()


def test_containers_without_a_hash_are_not_a_services(site):
    site.do(
        "POST",
        "/containers/create",
        body={"Image": "busybox", "Labels": {labels.PROJECT: site.project, labels.HOOK: "pre_start"}},
    )
    observed = observe(site.engine, site.project)
    assert (observed.containers, len(observed.hooks)) == ((), 1)


def test_inspection_is_added_where_asked_for(site):
    site.create("web")
    site.create("db")
    found = observe(site.engine, site.project, inspect=lambda one: one.service == "db").containers
    assert [(one.service, one.inspect is not None) for one in found] == [("db", True), ("web", False)]
    assert all(one.inspect for one in observe(site.engine, site.project, inspect=True).containers)


def test_networks_are_found_by_label_and_by_name(site):
    name = f"{site.project}_front"
    site.do("POST", "/networks/create", body={"Name": name, "Labels": {**site.labels(), labels.NETWORK: "front"}})
    assert [(one.name, one.key) for one in observe(site.engine, site.project).networks] == [(name, "front")]
    by_name = observe(site.engine, "another", networks=[name, "no-such-network", name[:-1]]).networks
    assert [one.name for one in by_name] == [name]
    assert [one.name for one in observe(site.engine, "another", networks=[by_name[0].id]).networks] == [name]


def test_a_network_name_can_be_given_once(site):
    body = {"Name": f"{site.project}_front", "Labels": site.labels(), "CheckDuplicate": True}
    site.do("POST", "/networks/create", body=body)
    assert refusal(lambda: site.do("POST", "/networks/create", body=body)).status == 409


def test_a_network_in_use_is_not_removed(site):
    name = f"{site.project}_front"
    network = site.do("POST", "/networks/create", body={"Name": name, "Labels": site.labels()})["Id"]
    identifier = site.create("web", HostConfig={"NetworkMode": name})
    site.start(identifier)
    assert refusal(lambda: site.do("DELETE", "/networks/{}", name)).status == 403
    site.do("POST", "/networks/{}/disconnect", network, body={"Container": identifier, "Force": True})
    site.do("DELETE", "/networks/{}", network)


def test_a_container_joins_a_network_later(site):
    name = f"{site.project}_back"
    network = site.do("POST", "/networks/create", body={"Name": name, "Labels": site.labels()})["Id"]
    identifier = site.create("web")
    site.do("POST", "/networks/{}/connect", name, body={"Container": identifier, "EndpointConfig": {"Aliases": ["w"]}})
    joined = site.do("GET", "/containers/{}/json", identifier)["NetworkSettings"]["Networks"]
    assert joined[name]["Aliases"][0] == "w"
    assert network


def test_volumes_are_found_by_label_and_by_name(site):
    name = f"{site.project}_data"
    body = {"Name": name, "Labels": {**site.labels(), labels.VOLUME: "data"}}
    site.do("POST", "/volumes/create", body=body)
    site.do("POST", "/volumes/create", body=body)
    assert [(one.name, one.key) for one in observe(site.engine, site.project).volumes] == [(name, "data")]
    assert [one.name for one in observe(site.engine, "another", volumes=[name, "none"]).volumes] == [name]


def test_a_volume_in_use_is_not_removed(site):
    name = f"{site.project}_data"
    site.do("POST", "/volumes/create", body={"Name": name, "Labels": site.labels()})
    identifier = site.create("web", HostConfig={"Binds": [f"{name}:/data"]})
    mounts = site.do("GET", "/containers/{}/json", identifier)["Mounts"]
    assert [(mount["Type"], mount["Name"], mount["Destination"]) for mount in mounts] == [("volume", name, "/data")]
    assert refusal(lambda: site.do("DELETE", "/volumes/{}", name)).status == 409
    site.do("DELETE", "/containers/{}", identifier)
    site.do("DELETE", "/volumes/{}", name)
    assert refusal(lambda: site.do("GET", "/volumes/{}", name)).status == 404


def test_images_are_looked_up_by_reference(site):
    images = observe(site.engine, site.project, images=["busybox", "no-such-image:9"]).images
    assert list(images) == ["busybox"]
    assert images["busybox"].identity
    assert images["busybox"].os == "linux"


def test_an_image_of_another_platform_counts_as_absent(site):
    assert observe(site.engine, site.project, images={"busybox": "linux/s390x"}).images == {}
    assert observe(site.engine, site.project, images={"busybox": f"linux/{site.engine.facts.arch}"}).images


def test_events_tell_of_what_happens_and_of_nothing_else(site):
    signals: list[Signal] = []
    opened, died = threading.Event(), threading.Event()

    def deliver(signal: Signal) -> None:
        signals.append(signal)
        if isinstance(signal, Opened):
            opened.set()
        if isinstance(signal, Occurrence) and signal.action == "die":
            died.set()

    subscription = Subscription(site.engine, site.project, deliver, SystemClock() if site.fake is None else site.fake.clock)
    assert opened.wait(SECONDS)
    site.script("job", Script(exit=Exit(code=4)))
    identifier = site.create("job", "exit 4")
    site.start(identifier)
    assert died.wait(SECONDS)
    subscription.close()
    seen = [signal for signal in signals if isinstance(signal, Occurrence)]
    assert [one.action for one in seen][:3] == ["create", "start", "die"]
    assert {one.container for one in seen} == {identifier}
    assert seen[2].attributes["exitCode"] == "4"


WRITES = Script(lines=(Line(text="one"), Line(text="two", stream="stderr"), Line(text="three")), exit=Exit())
SAYS = "echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three"


def test_output_is_read_back_in_order_with_its_streams(site):
    site.script("job", WRITES)
    identifier = site.create("job", SAYS)
    site.start(identifier)
    site.ended(identifier)
    found = list(read(site.engine, LogSource(id=identifier, name="job", service="job", number=1)))
    assert [(line.stream, line.text) for line in found] == [("stdout", "one"), ("stderr", "two"), ("stdout", "three")]
    assert [line.time for line in found] == sorted(line.time for line in found)
    assert all(line.timestamp.startswith("20") for line in found)


def test_the_last_lines_can_be_asked_for(site):
    site.script("job", WRITES)
    identifier = site.create("job", SAYS)
    site.start(identifier)
    site.ended(identifier)
    one = LogSource(id=identifier, name="job")
    assert [line.text for _, line in merged(site.engine, [one], Range(tail="2"))] == ["two", "three"]
    assert [line.text for _, line in merged(site.engine, [one], Range(tail="0"))] == []


def test_followed_output_comes_to_an_end_with_the_container(site):
    site.script("job", Script(lines=(Line(text="here"),)))
    identifier = site.create("job", "echo here; exec sleep 600")
    site.start(identifier)
    with site.engine.stream(request(identifier, follow=True)) as stream:
        found = lines(demultiplex(stream.chunks()), stamped=True)
        assert next(found).text == "here"
        site.do("POST", "/containers/{}/kill", identifier)
        assert list(found) == []


def test_a_terminal_has_no_framing(site):
    site.script("job", Script(lines=(Line(text="here"),), exit=Exit()))
    identifier = site.create("job", "echo here", Tty=True)
    site.start(identifier)
    site.ended(identifier)
    assert [line.text for line in read(site.engine, LogSource(id=identifier, name="job"))] == ["here"]


def test_a_command_runs_inside_with_its_streams_and_exit_code(site):
    if site.fake is not None:
        site.fake.run_inside = lambda _container, _command: (5, b"out\n", b"err\n")
    identifier = site.create("web")
    site.start(identifier)
    told: list[tuple[str, str]] = []
    body = {"AttachStdout": True, "AttachStderr": True, "Cmd": ["sh", "-c", "echo out; echo err >&2; exit 5"]}
    code = inside.run(site.engine, identifier, body, lambda line: told.append((line.stream, line.text)))
    assert code == 5
    assert sorted(told) == [("stderr", "err"), ("stdout", "out")]


def test_a_command_needs_a_running_container(site):
    identifier = site.create("web")
    assert refusal(lambda: inside.create(site.engine, identifier, {"Cmd": ["true"]})).status == 409


def test_files_go_into_a_container_that_was_not_started_and_out_again(site):
    identifier = site.create("web")
    file = FileCopy(target="/run/secrets/word", content=b"secret", mode=0o400, uid=7, gid=8)
    site.engine.call(archive.put(identifier, archive.packed(file), keep_owner=True))
    with archive.get(site.engine, identifier, "/run/secrets/word") as stream:
        assert not archive.is_directory(stream)
        data = b"".join(stream.chunks())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        (member,) = tar.getmembers()
        content = tar.extractfile(member)
        assert content is not None
        assert (member.name, content.read()) == ("word", b"secret")
    there = archive.looked_up(site.engine, identifier, "/run/secrets")
    assert (there.is_directory, there.is_link, there.is_special) == (True, False, False)
    assert not archive.looked_up(site.engine, identifier, "/run/secrets/word").is_directory


def test_a_path_that_is_not_there_is_not_found(site):
    identifier = site.create("web")
    assert refusal(lambda: archive.get(site.engine, identifier, "/no/such/file")).status == 404
    assert archive.looked_up(site.engine, identifier, "/no/such/file") is None


def test_closing_the_engine_ends_open_streams(site):
    stream = site.engine.stream(Call(method="GET", path="/events"))
    ended = threading.Event()

    def consume() -> None:
        try:
            for _ in stream.chunks():
                pass
        except EngineError:
            pass
        ended.set()

    threading.Thread(target=consume, daemon=True).start()
    site.engine.close()
    assert ended.wait(SECONDS)
    assert site.create("after")


def test_following_loses_and_repeats_nothing_over_restarts(site):
    runs, each = 5, 50
    text = [f"line {index}" for index in range(each)]
    site.script("web", Script(lines=tuple(Line(text=line) for line in text)))
    identifier = site.create("web", f"for i in $(seq 0 {each - 1}); do echo line $i; done; exec sleep 600")
    told: list[str] = []
    changed = threading.Condition()

    def deliver(lines: Sequence[LogLine]) -> None:
        with changed:
            told.extend(line.text for line in lines)
            changed.notify_all()

    follower = Follower(site.engine, deliver, SystemClock(), unreadable=lambda _source, _error: None)
    source = LogSource(id=identifier, name="web")
    for run in range(runs):
        site.start(identifier)
        follower.follow(source, Range())
        with changed:
            assert changed.wait_for(lambda wanted=each * (run + 1): len(told) >= wanted, SECONDS)
        site.do("POST", "/containers/{}/stop", identifier)
    quiet = threading.Event()
    follower.when_all_quiet(quiet.set)
    assert quiet.wait(SECONDS)
    assert told == text * runs


def test_output_that_is_attached_shows_a_containers_life(site):
    site.script("job", Script(lines=(Line(text="hello"),), exit=Exit(code=2)))
    clock = SystemClock() if site.fake is None else site.fake.clock
    lookout = Lookout(site.engine, site.project, clock)
    events: list[Event] = []
    output = Output(site.engine, lookout, site.project, Serial(events.extend), clock)
    output.open(())
    site.start(site.create("job", "echo hello; exit 2"))
    output.wait(Stopless())
    output.close()
    lookout.close()
    assert [type(event) for event in events] == [LogLine, ContainerExited]
    line, ended = events
    assert (line.container, line.text) == ("job-1", "hello")
    assert (ended.container, ended.exit_code, ended.restarting) == ("job-1", 2, False)


def test_typed_input_goes_in_and_output_and_exit_code_come_out(site):
    body = {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True, "AttachStdout": True, "AttachStderr": True}
    identifier = site.create("job", "cat; echo done >&2; exit 3", **body)
    ending = Ending(site.engine, identifier)
    connection = attach(site.engine, identifier, stdin=True)
    if site.fake is not None:
        _play_cat(site.fake, identifier)
    site.start(identifier)
    reader, writer = os.pipe()
    os.write(writer, b"hello\n")
    os.close(writer)
    written: dict[str, bytes] = {"out": b"", "err": b""}

    def to(name: str) -> Callable[[bytes], None]:
        return lambda data: written.update({name: written[name] + data})

    interact(connection, tty=False, stdin=reader, stdout=to("out"), stderr=to("err"))
    os.close(reader)
    assert ending.code() == 3
    assert written == {"out": b"hello\n", "err": b"done\n"}


def _play_cat(engine: FakeEngine, identifier: str) -> None:
    """Let a fake container do what the real one's command does when its input ends."""
    container = engine.world.containers[identifier]
    (connection,) = engine.world.followers[identifier]

    def received(_connection: object, data: bytes | None) -> None:
        with engine.world.lock:
            if data is None:
                connection.feed(frame("stderr", b"done\n"))
                engine.world.die(container, 3)
            else:
                connection.feed(frame("stdout", data))

    connection._received = received


def test_a_terminal_is_resized_only_while_it_is_there(site):
    identifier = site.create("web", Tty=True)
    site.start(identifier)
    assert resize(site.engine, identifier, rows=24, columns=80)
    site.do("DELETE", "/containers/{}", identifier, force=True)
    assert not resize(site.engine, identifier, rows=24, columns=80)


class Stopless:
    """A stop request that never comes."""

    level = 0

    def subscribe(self, callback: Callable[[int], None]) -> None:
        pass
