"""The calls a fake engine answers, as a table of method, path and function."""

from __future__ import annotations

import io
import json
import re
import tarfile
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from compose.engine.fake_streams import FakeConnection, FakeStream, frame
from compose.engine.fake_things import FakeContainer, FakeImage
from compose.engine.fake_world import Refusal, tagged
from compose.engine.port import Call

if TYPE_CHECKING:
    from compose.engine.fake import FakeEngine

Variables = Mapping[str, str]
Route = Callable[["FakeEngine", Call, Variables], Any]

_MANY_ENDPOINTS_SINCE = (1, 44)


class Blocked(NamedTuple):
    """An answer that comes when `event` is set."""

    event: threading.Event
    result: Callable[[], Any]


def _container(engine: FakeEngine, given: Variables) -> FakeContainer:
    return engine.world.container(unquote(given["id"]))


def _version(engine: FakeEngine, _call: Call, _given: Variables) -> Any:  # noqa: ANN401 - JSON, as all answers here
    facts = engine.facts
    return {"Version": facts.version, "ApiVersion": ".".join(map(str, facts.api_version)), "Os": facts.os, "Arch": facts.arch}


def _info(engine: FakeEngine, _call: Call, _given: Variables) -> Any:  # noqa: ANN401
    return {
        "Driver": engine.facts.storage_driver,
        "CgroupVersion": engine.facts.cgroup_version,
        "Swarm": {"LocalNodeState": "active" if engine.facts.swarm else "inactive"},
        "SecurityOptions": ["name=rootless"] if engine.facts.rootless else [],
        "NCPU": 2,
    }


# -- containers


def _list_containers(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    filters = call.query.get("filters") or {}
    found = [one for one in engine.world.containers.values() if call.query.get("all") or one.running]
    now = engine.clock.now()
    return [one.listed(now) for one in found if _passes(filters, one.labels, one.name, one.id)]


def _passes(filters: Mapping[str, Any], labels: Mapping[str, str], name: str, identifier: str = "") -> bool:
    for wanted in filters.get("label") or ():
        key, equals, value = wanted.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    names, ids = filters.get("name") or (), filters.get("id") or ()
    return (not names or any(part in name for part in names)) and (not ids or any(identifier.startswith(part) for part in ids))


def _create_container(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    body = dict(call.body)
    endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    if len(endpoints) > 1 and engine.facts.api_version < _MANY_ENDPOINTS_SINCE:
        raise Refusal(400, f"Container cannot be connected to network endpoints: {', '.join(sorted(endpoints))}")
    container = engine.world.add_container(str(call.query.get("name") or ""), body)
    return {"Id": container.id, "Warnings": []}


def _inspect_container(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    return _container(engine, given).shown()


def _start(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.start(_container(engine, given))


def _stop(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.stop(_container(engine, given))


def _restart(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    engine.world.stop(container)
    engine.world.start(container)
    engine.world.emit("restart", container)


def _kill(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    if not container.running:
        raise Refusal(409, f"cannot kill container: {container.id}: container is not running")
    if str(call.query.get("signal") or "SIGKILL").removeprefix("SIG") in {"KILL", "TERM", "INT", "QUIT", "9", "15"}:
        engine.world.stop(container, killed=True)


def _pause(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    if container.state != "running":
        raise Refusal(409, f"Container {container.id} is not running")
    container.state = "paused"
    engine.world.emit("pause", container)


def _unpause(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    if container.state != "paused":
        raise Refusal(409, f"Container {container.id} is not paused")
    container.state = "running"
    engine.world.emit("unpause", container)


def _rename(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.rename(_container(engine, given), str(call.query["name"]))


def _remove_container(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    query = call.query
    engine.world.remove_container(_container(engine, given), force=bool(query.get("force")), volumes=bool(query.get("v")))


def _wait(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    ended = engine.world.wait_for(container, str(call.query.get("condition") or "not-running"))
    return Blocked(ended, lambda: {"StatusCode": container.exit_code})


def _resize(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    if given["id"] not in engine.execs:
        _container(engine, given)


def _logs(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container, query = _container(engine, given), call.query
    streams = {name for name in ("stdout", "stderr") if query.get(name)}
    since, until = float(query.get("since") or 0), float(query.get("until") or 0)
    lines = [one for one in container.lines if one[1] in streams and one[0] >= since and (not until or one[0] <= until)]
    tail = query.get("tail", "all")
    if tail not in {None, "", "all"}:
        lines = lines[len(lines) - min(int(tail), len(lines)) :]
    world = engine.world
    stream = FakeStream([world.line(container, one, timestamps=bool(query.get("timestamps"))) for one in lines])
    if query.get("follow") and container.running:
        world.followers.setdefault(container.id, []).append(stream)
    else:
        stream.end()
    return stream


def _attach(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    container, world = _container(engine, given), engine.world

    def received(_connection: FakeConnection, data: bytes | None) -> None:
        container.stdin += data or b""

    connection = FakeConnection(received=received)
    world.followers.setdefault(container.id, []).append(connection)
    return connection


def _put_archive(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    data = call.data if isinstance(call.data, bytes) else b"".join(call.data or ())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            where = PurePosixPath(str(call.query["path"])) / member.name
            container.files[str(where)] = (content.read() if content else b"", member)


def _get_archive(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container, where = _container(engine, given), str(call.query["path"])
    if where not in container.files:
        raise Refusal(404, f"Could not find the file {where} in container {container.id}")
    content, _ = container.files[where]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(PurePosixPath(where).name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    stream = FakeStream.of(buffer.getvalue())
    stream.headers["X-Docker-Container-Path-Stat"] = _stat(where)
    return stream


def _head_archive(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container, where = _container(engine, given), str(call.query["path"])
    inside = any(name.startswith(f"{where.rstrip('/')}/") for name in container.files)
    if where not in container.files and not inside and where != "/":
        raise Refusal(404, f"Could not find the file {where} in container {container.id}")
    stream = FakeStream.of()
    stream.headers["X-Docker-Container-Path-Stat"] = _stat(where, directory=where not in container.files)
    return stream


def _stat(where: str, *, directory: bool = False) -> str:
    stat = {"name": PurePosixPath(where).name, "mode": 1 << 31 | 0o755 if directory else 0o644, "linkTarget": ""}
    return b64encode(json.dumps(stat).encode()).decode()


# -- exec


def _create_exec(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = _container(engine, given)
    if not container.running:
        raise Refusal(409, f"container {container.id} is not running")
    identifier = engine.world.new_id()
    engine.execs[identifier] = {
        "ID": identifier,
        "Running": False,
        "ExitCode": None,
        "ContainerID": container.id,
        "Asked": call.body,
    }
    return {"Id": identifier}


def _start_exec(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    known = engine.execs[given["id"]]
    container = engine.world.container(known["ContainerID"])
    code, out, err = engine.run_inside(container, known["Asked"].get("Cmd") or ()) if engine.run_inside else (0, b"", b"")
    known["ExitCode"] = code
    if (call.body or {}).get("Detach"):
        return None
    if known["Asked"].get("Tty"):
        connection = FakeConnection([out + err])
    else:
        connection = FakeConnection([frame(name, data) for name, data in (("stdout", out), ("stderr", err)) if data])
    connection.end()
    return connection


def _inspect_exec(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    return engine.execs[given["id"]]


# -- networks, volumes


def _list_networks(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    filters = call.query.get("filters") or {}
    shown = [one.shown() for one in engine.world.networks.values()]
    return [one for one in shown if _passes(filters, one["Labels"], one["Name"], one["Id"])]


def _inspect_network(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    return engine.world.network(unquote(given["id"])).shown()


def _create_network(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    return {"Id": engine.world.add_network(str(call.body["Name"]), dict(call.body)).id, "Warning": ""}


def _remove_network(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.remove_network(unquote(given["id"]))


def _connect(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    container = engine.world.container(str(call.body["Container"]))
    engine.world.connect(unquote(given["id"]), container, call.body.get("EndpointConfig") or {})


def _disconnect(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.disconnect(unquote(given["id"]), engine.world.container(str(call.body["Container"])))


def _list_volumes(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    filters = call.query.get("filters") or {}
    shown = [one.shown() for one in engine.world.volumes.values()]
    return {"Volumes": [one for one in shown if _passes(filters, one["Labels"], one["Name"])], "Warnings": None}


def _inspect_volume(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    return engine.world.volume(unquote(given["id"])).shown()


def _create_volume(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    return engine.world.add_volume(str(call.body.get("Name") or engine.world.new_id()), dict(call.body)).shown()


def _remove_volume(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    engine.world.remove_volume(unquote(given["id"]), force=bool(call.query.get("force")))


# -- images


def _list_images(engine: FakeEngine, _call: Call, _given: Variables) -> Any:  # noqa: ANN401
    return [one.shown() for one in {one.id: one for one in engine.world.images.values()}.values()]


def _inspect_image(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    return engine.world.image(unquote(given["id"])).shown()


def _pull(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    name, tag = str(call.query["fromImage"]), str(call.query.get("tag") or "")
    reference = f"{name}{'@' if tag.startswith('sha256:') else ':'}{tag}" if tag else tagged(name)
    image = engine.registry.get(reference)
    if image is None:
        raise Refusal(404, f"pull access denied for {name}, repository does not exist or may require 'docker login'")
    engine.world.images[reference] = image
    said = [
        {"status": f"Pulling from {name}", "id": tag or "latest"},
        {"status": "Downloading", "id": "0123456789ab", "progressDetail": {"current": 5, "total": 10}},
        {"status": "Pull complete", "id": "0123456789ab", "progressDetail": {}},
        {"status": f"Status: Downloaded newer image for {reference}"},
    ]
    return FakeStream.of(*(json.dumps(one).encode() + b"\r\n" for one in said))


def _remove_image(engine: FakeEngine, _call: Call, given: Variables) -> Any:  # noqa: ANN401
    image = engine.world.image(unquote(given["id"]))
    users = [one for one in engine.world.containers.values() if one.image.id == image.id]
    if users:
        raise Refusal(409, f"conflict: unable to remove repository reference (must force) - container {users[0].id} is using it")
    engine.world.images = {tag: one for tag, one in engine.world.images.items() if one.id != image.id}
    return [{"Deleted": image.id}]


def _tag(engine: FakeEngine, call: Call, given: Variables) -> Any:  # noqa: ANN401
    image: FakeImage = engine.world.image(unquote(given["id"]))
    reference = tagged(f"{call.query['repo']}:{call.query.get('tag') or 'latest'}")
    image.tags.append(reference)
    engine.world.images[reference] = image


def _events(engine: FakeEngine, call: Call, _given: Variables) -> Any:  # noqa: ANN401
    filters = call.query.get("filters") or {}
    actions = tuple(filters.get("event") or ())

    def wanted(event: dict[str, Any]) -> bool:
        attributes = event["Actor"]["Attributes"]
        return event["Action"].startswith(actions or ("",)) and _passes(
            {"label": filters.get("label")}, attributes, attributes["name"]
        )

    since = float(call.query.get("since") or engine.clock.now() + 1)
    world = engine.world
    past = [json.dumps(event).encode() + b"\n" for moment, event in world.events if moment >= since and wanted(event)]

    def forget(closed: FakeStream) -> None:
        with world.lock:
            world.listeners = [(stream, check) for stream, check in world.listeners if stream is not closed]

    stream = FakeStream(past, closing=forget)
    world.listeners.append((stream, wanted))
    return stream


def _ping(_engine: FakeEngine, _call: Call, _given: Variables) -> Any:  # noqa: ANN401
    return "OK"


ROUTES: tuple[tuple[str, re.Pattern[str], Route], ...] = tuple(
    (method, re.compile(pattern.replace("{id}", r"(?P<id>[^/]+)").replace("{name}", r"(?P<id>.+)")), route)
    for method, pattern, route in (
        ("GET", "/_ping", _ping),
        ("GET", "/version", _version),
        ("GET", "/info", _info),
        ("GET", "/events", _events),
        ("GET", "/containers/json", _list_containers),
        ("POST", "/containers/create", _create_container),
        ("GET", "/containers/{id}/json", _inspect_container),
        ("GET", "/containers/{id}/logs", _logs),
        ("POST", "/containers/{id}/start", _start),
        ("POST", "/containers/{id}/stop", _stop),
        ("POST", "/containers/{id}/restart", _restart),
        ("POST", "/containers/{id}/kill", _kill),
        ("POST", "/containers/{id}/pause", _pause),
        ("POST", "/containers/{id}/unpause", _unpause),
        ("POST", "/containers/{id}/rename", _rename),
        ("POST", "/containers/{id}/wait", _wait),
        ("POST", "/containers/{id}/resize", _resize),
        ("POST", "/containers/{id}/attach", _attach),
        ("POST", "/containers/{id}/exec", _create_exec),
        ("PUT", "/containers/{id}/archive", _put_archive),
        ("GET", "/containers/{id}/archive", _get_archive),
        ("HEAD", "/containers/{id}/archive", _head_archive),
        ("DELETE", "/containers/{id}", _remove_container),
        ("POST", "/exec/{id}/start", _start_exec),
        ("POST", "/exec/{id}/resize", _resize),
        ("GET", "/exec/{id}/json", _inspect_exec),
        ("GET", "/networks", _list_networks),
        ("POST", "/networks/create", _create_network),
        ("GET", "/networks/{id}", _inspect_network),
        ("DELETE", "/networks/{id}", _remove_network),
        ("POST", "/networks/{id}/connect", _connect),
        ("POST", "/networks/{id}/disconnect", _disconnect),
        ("GET", "/volumes", _list_volumes),
        ("POST", "/volumes/create", _create_volume),
        ("GET", "/volumes/{id}", _inspect_volume),
        ("DELETE", "/volumes/{id}", _remove_volume),
        ("GET", "/images/json", _list_images),
        ("POST", "/images/create", _pull),
        ("GET", "/images/{name}/json", _inspect_image),
        ("POST", "/images/{name}/tag", _tag),
        ("DELETE", "/images/{name}", _remove_image),
    )
)
