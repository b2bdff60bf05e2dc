"""The Docker API over a transport that answers from a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from compose.base.errors import EngineError
from compose.engine.client import HttpEngine
from compose.engine.endpoint import Endpoint
from compose.engine.port import Call, path
from compose.engine.transport import Request

VERSION = {"Version": "28.1", "ApiVersion": "1.48", "Os": "linux", "Arch": "amd64"}


class Reply:
    """An answer with a ready body."""

    def __init__(
        self,
        body: Any = None,
        status: int = 200,
        kind: str = "application/json",
        *,
        chunks: tuple[bytes, ...] = (),
        version: str = "",
        libpod: str = "",
    ) -> None:
        self.version, self.libpod = version, libpod
        self.status = status
        self.kind = kind
        self.body = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.rest = list(chunks)
        self.error: EngineError | None = None
        self.closed = False
        self.sent: list[bytes] = []

    def header(self, name: str) -> str:
        said = {"content-type": self.kind, "api-version": self.version, "libpod-api-version": self.libpod}
        return said.get(name.lower(), "")

    def read(self) -> bytes:
        return self.body

    def read_some(self) -> bytes:
        if self.error:
            raise self.error
        return self.rest.pop(0) if self.rest else b""

    receive = read_some

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def send_end(self) -> None:
        self.sent.append(b"<end>")

    def fileno(self) -> int:
        return 7

    def close(self) -> None:
        self.closed = True


class Scripted:
    """A transport that gives the next reply, and keeps the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.replies: Iterator[Reply] = iter(replies)
        self.requests: list[Request] = []

    def exchange(self, request: Request) -> Reply:
        self.requests.append(request)
        return next(self.replies)

    def registry_auth(self, reference: str) -> str:
        return f"auth for {reference}"

    def registry_config(self) -> str:
        return "all"

    def close(self) -> None:
        self.requests.append(Request(method="CLOSE", target="", headers={}))


def engine(*replies: Reply, version: dict[str, Any] | None = None) -> tuple[HttpEngine, Scripted]:
    """Return an engine whose first answer tells its version, whether it is to a ping or to the question; and its transport."""
    said = version or VERSION
    transport = Scripted(Reply(said, version=said["ApiVersion"]), *replies)
    return HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport), transport


def lost() -> EngineError:
    from compose.engine import errors  # noqa: PLC0415 - one place needs it

    return errors.connection_lost("GET /events", "reset")


def targets(transport: Scripted) -> list[str]:
    return [request.target for request in transport.requests]


def test_the_version_is_asked_once_without_a_version_in_the_path():
    one, transport = engine(Reply([]), Reply([]))
    assert one.facts.version == "28.1"
    one.call(Call(method="GET", path="/containers/json"))
    one.call(Call(method="GET", path="/containers/json"))
    assert targets(transport) == ["/version", *["/v1.48/containers/json"] * 2]


def test_a_call_needs_no_more_than_the_version_that_a_ping_tells():
    transport = Scripted(Reply(b"OK", version="1.47"), Reply([]), Reply([]), Reply(VERSION))
    one = HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport)
    one.call(Call(method="GET", path="/containers/json"))
    one.call(Call(method="GET", path="/containers/json"))
    assert targets(transport) == ["/_ping", *["/v1.47/containers/json"] * 2]
    assert one.facts.version == "28.1"
    assert one.api_version == (1, 48)


@pytest.mark.parametrize(("libpod", "name"), [("", "docker"), ("4.3.1", "podman")])
def test_a_ping_tells_which_engine_it_is_too(libpod, name):
    transport = Scripted(Reply(b"OK", version="1.47", libpod=libpod))
    assert HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport).name == name
    assert targets(transport) == ["/_ping"]


def test_where_a_ping_tells_nothing_the_engine_is_asked_which_it_is():
    transport = Scripted(Reply(b"OK"), Reply(VERSION))
    assert HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport).name == "docker"


@pytest.mark.parametrize("ping", [Reply(b"OK"), Reply({"message": "forbidden"}, status=403), Reply(b"OK", version="new")])
def test_where_a_ping_tells_no_version_the_engine_is_asked_for_it(ping):
    transport = Scripted(ping, Reply(VERSION), Reply([]))
    HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport).call(Call(method="GET", path="/containers/json"))
    assert targets(transport) == ["/_ping", "/version", "/v1.48/containers/json"]


def test_a_ping_of_a_too_old_engine_is_enough_to_refuse_it():
    transport = Scripted(Reply(b"OK", version="1.30"))
    one = HttpEngine(Endpoint(url="unix:///x.sock", source="test"), transport)
    with pytest.raises(EngineError, match=r"speaks API 1\.30, at least 1\.40 is needed"):
        one.call(Call(method="GET", path="/containers/json"))


def test_a_newer_engine_is_spoken_to_in_the_newest_known_version():
    one, transport = engine(Reply(), version={**VERSION, "ApiVersion": "1.99"})
    assert one.facts.api_version == (1, 51)
    one.call(Call(method="GET", path="/_ping"))
    assert transport.requests[1].target == "/v1.51/_ping"


def test_a_too_old_engine_is_refused_with_both_versions():
    one, _ = engine(version={**VERSION, "ApiVersion": "1.30"})
    with pytest.raises(EngineError, match=r"speaks API 1\.30, at least 1\.40 is needed"):
        _ = one.facts


def test_queries_are_encoded_by_kind():
    one, transport = engine(Reply())
    query = {"all": True, "v": False, "none": None, "filters": {"label": ["a=b"]}, "t": ("x:1", "y z"), "n": 3}
    one.call(Call(method="GET", path=path("/images/{}/json", "a/b:c?d"), query=query))
    assert transport.requests[1].target == (
        "/v1.48/images/a/b:c%3Fd/json?all=1&v=0&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D&t=x%3A1&t=y+z&n=3"
    )


def test_bodies_are_json_and_data_goes_as_it_is():
    one, transport = engine(Reply(), Reply(), Reply(), Reply())
    one.call(Call(method="POST", path="/a", body={"A": None, "B": 1}))
    one.call(Call(method="PUT", path="/b", data=b"tar", content_type="application/x-tar", headers={"X-A": "1"}))
    one.call(Call(method="POST", path="/c"))
    one.call(Call(method="GET", path="/d"))
    sent = [(request.body, dict(request.headers)) for request in transport.requests[1:]]
    assert sent == [
        (b'{"A":null,"B":1}', {"Content-Type": "application/json"}),
        (b"tar", {"X-A": "1", "Content-Type": "application/x-tar"}),
        (b"", {}),
        (None, {}),
    ]


def test_answers_are_decoded_by_their_kind():
    replies = [Reply({"Id": "x"}), Reply(), Reply(b"OK", kind="text/plain"), Reply(b"{}\n{}"), Reply(b'{"a":1}', kind="")]
    one, _ = engine(*replies, Reply(b"words", kind=""))
    found = [one.call(Call(method="GET", path="/")) for _ in range(6)]
    assert found == [{"Id": "x"}, None, "OK", "{}\n{}", {"a": 1}, "words"]


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (404, {"message": "No such container: x"}, "engine-not-found", "No such container: x"),
        (409, {"cause": "in use", "response": 409}, "engine-conflict", "in use"),
        (500, b"plain\nwords", "engine-error", "plain words"),
        (418, b"", "engine-refused", "POST /x: status 418"),
    ],
)
def test_a_refusal_carries_the_engines_words(status, body, code, message):
    kind = "text/plain" if isinstance(body, bytes) else "application/json"
    one, _ = engine(Reply(body, status=status, kind=kind))
    with pytest.raises(EngineError) as caught:
        one.call(Call(method="POST", path="/x"))
    assert (caught.value.status, caught.value.message) == (status, message)
    assert caught.value.diagnostics[0].code == code
    assert caught.value.diagnostics[0].summary == f"Error response from daemon: {message}"


def test_a_call_that_only_reads_is_repeated_when_it_fails_in_passing():
    broken = Reply({"message": "tripped"}, status=500)
    one, transport = engine(broken, broken, Reply([]))
    assert one.call(Call(method="GET", path="/x")) == []
    assert len(transport.requests) == 4
    one, transport = engine(broken, broken, broken)
    with pytest.raises(EngineError, match="tripped"):
        one.call(Call(method="GET", path="/x"))
    one, transport = engine(broken)
    with pytest.raises(EngineError, match="tripped"):
        one.call(Call(method="POST", path="/x"))


def test_a_known_refusal_has_a_hint():
    one, _ = engine(Reply({"message": "Bind for 0.0.0.0:80 failed: port is already allocated"}, status=500))
    with pytest.raises(EngineError) as caught:
        one.call(Call(method="POST", path="/x"))
    assert "publish another port" in caught.value.diagnostics[0].hint


def test_calls_have_a_time_limit_and_streams_have_none():
    one, transport = engine(Reply(), Reply(), Reply(), Reply())
    one.call(Call(method="GET", path="/a"))
    one.call(Call(method="POST", path="/b"))
    one.call(Call(method="POST", path="/c", timeout=5))
    one.stream(Call(method="GET", path="/d"))
    assert [request.timeout for request in transport.requests[1:]] == [60.0, 300.0, 5, None]


def test_a_stream_yields_until_its_end_and_closes_its_answer():
    reply = Reply(chunks=(b"a", b"b"))
    one, _ = engine(reply)
    with one.stream(Call(method="GET", path="/events")) as stream:
        assert list(stream.chunks()) == [b"a", b"b"]
    assert reply.closed


def test_a_broken_stream_raises_unless_it_was_closed():
    reply = Reply()
    reply.error = lost()
    one, _ = engine(reply, reply)
    with pytest.raises(EngineError):
        list(one.stream(Call(method="GET", path="/events")).chunks())
    stream = one.stream(Call(method="GET", path="/events"))
    chunks = stream.chunks()
    stream.close()
    assert list(chunks) == []


def test_a_hijacked_connection_goes_both_ways():
    reply = Reply(status=101, chunks=(b"out",))
    one, transport = engine(reply)
    connection = one.hijack(Call(method="POST", path="/attach"))
    connection.write(b"in")
    connection.close_write()
    assert (list(connection.chunks()), reply.sent, connection.fileno()) == ([b"out"], [b"in", b"<end>"], 7)
    assert transport.requests[1].headers == {"Connection": "Upgrade", "Upgrade": "tcp"}
