"""Both transports against a server that behaves as it is told; what only docker-py's does stands at the end."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from compose.base.errors import EngineError, EngineUnreachable
from compose.engine.contexts import TLS
from compose.engine.credentials import auth_header, config_header, read_logins
from compose.engine.docker import DockerTransport
from compose.engine.endpoint import Endpoint
from compose.engine.plain import PlainTransport
from compose.engine.transport import Request, Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
Behave = Callable[[socket.socket], None]


class Server:
    """Takes connections one after another and gives each to the next behaviour, the last one again and again."""

    def __init__(self, file: Path, kind: type[DockerTransport | PlainTransport]) -> None:
        self.kind = kind
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(file))
        self.listener.listen()
        self.url = f"unix://{file}"
        self.behaviours: list[Behave] = []
        self.received: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            behave = self.behaviours[min(self.connections, len(self.behaviours) - 1)]
            self.connections += 1
            threading.Thread(target=self._run, args=(behave, connection), daemon=True).start()

    def _run(self, behave: Behave, connection: socket.socket) -> None:
        with connection:
            behave(connection)

    def request(self, connection: socket.socket) -> bytes:
        """Read a request without a body; empty when the other side is gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(4096)
            if not chunk:
                return b""
            data += chunk
        self.received.append(data)
        return data

    def answering(self, *answers: bytes) -> Behave:
        """Answer every request of a connection with the next answer, then with the last one."""

        def behave(connection: socket.socket) -> None:
            index = 0
            while self.request(connection):
                connection.sendall(answers[min(index, len(answers) - 1)])
                index += 1

        return behave

    def transport(self) -> Transport:
        return self.kind(Endpoint(url=self.url, source="test"))


@pytest.fixture(params=[DockerTransport, PlainTransport], ids=["docker", "plain"])
def kind(request):
    return request.param


@pytest.fixture
def server(tmp_path: Path, kind):
    one = Server(tmp_path / "x.sock", kind)
    yield one
    one.listener.close()


def get(target: str = "/x", timeout: float | None = 5.0) -> Request:
    return Request(method="GET", target=target, headers={}, timeout=timeout)


def test_connections_are_used_again(server):
    server.behaviours = [server.answering(OK)]
    transport = server.transport()
    assert [transport.exchange(get()).read() for _ in range(5)] == [b"hi"] * 5
    assert server.connections == 1


def test_a_hundred_threads_share_one_transport(server):
    server.behaviours = [server.answering(OK)]
    transport = server.transport()
    results: list[bytes] = []
    threads = [threading.Thread(target=lambda: results.append(transport.exchange(get()).read())) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [b"hi"] * 100


def test_a_missing_socket_is_told_with_what_was_tried(tmp_path, kind):
    transport = kind(Endpoint(url=f"unix://{tmp_path}/none.sock", source="x", tried=("here: no", "there: no")))
    with pytest.raises(EngineUnreachable, match="Cannot connect to the Docker daemon at unix://") as caught:
        transport.exchange(get())
    assert "there: no" in caught.value.diagnostics[0].detail
    assert "compose engine start --install" in caught.value.diagnostics[0].hint


def test_a_refused_tcp_connection_is_unreachable(kind):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineUnreachable) as caught:
        kind(Endpoint(url=f"tcp://127.0.0.1:{port}", source="x")).exchange(get())
    assert caught.value.diagnostics[0].detail == "connection refused"


def test_silence_is_a_timeout(server):
    server.behaviours = [lambda connection: (server.request(connection), connection.recv(1))]
    with pytest.raises(EngineError, match=r"did not answer within 0\.05s") as caught:
        server.transport().exchange(get("/slow?a=1", timeout=0.05))
    assert caught.value.diagnostics[0].detail == "while waiting for GET /slow"


def test_a_connection_cut_before_the_answer_is_lost_not_unreachable(server):
    server.behaviours = [server.request]
    with pytest.raises(EngineError) as caught:
        server.transport().exchange(get())
    assert not isinstance(caught.value, EngineUnreachable)
    assert caught.value.diagnostics[0].code == "engine-connection-lost"


def test_a_connection_cut_inside_the_body_is_lost(server):
    def behave(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi")

    server.behaviours = [behave]
    answer = server.transport().exchange(get())
    with pytest.raises(EngineError) as caught:
        answer.read()
    assert caught.value.diagnostics[0].code == "engine-connection-lost"


def test_a_restarted_server_is_connected_to_again(server):
    gone = threading.Event()

    def once(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(OK)
        connection.close()
        gone.set()

    server.behaviours = [once, server.answering(OK)]
    transport = server.transport()
    assert transport.exchange(get()).read() == b"hi"
    assert gone.wait(5)
    assert transport.exchange(Request(method="POST", target="/x", headers={}, body=b"")).read() == b"hi"
    assert server.connections == 2


def test_chunks_come_as_they_are_sent(server):
    go_on = threading.Event()

    def behave(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        go_on.wait(5)
        connection.sendall(b"3\r\ntwo\r\n0\r\n\r\n")

    server.behaviours = [behave]
    answer = server.transport().exchange(get())
    first = answer.read_some()
    go_on.set()
    assert [first, answer.read_some(), answer.read_some()] == [b"one", b"two", b""]


@pytest.mark.parametrize(
    "answer",
    [b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n", b"Content-Length: 3\r\n\r\none"],
    ids=["chunked", "length"],
)
def test_closing_an_answer_that_was_read_to_its_end_leaves_the_connection_to_others(server, answer):
    server.behaviours = [server.answering(b"HTTP/1.1 200 OK\r\n" + answer, OK)]
    transport = server.transport()
    first = transport.exchange(get())
    assert [first.read_some(), first.read_some()] == [b"one", b""]
    second = transport.exchange(get())
    first.close()
    assert second.read() == b"hi"
    assert server.connections == 1


def test_a_cut_stream_is_an_error_not_an_end(server):
    def behave(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")

    server.behaviours = [behave]
    answer = server.transport().exchange(get())
    assert answer.read_some() == b"one"
    with pytest.raises(EngineError):
        answer.read_some()


@pytest.mark.parametrize("close", ["answer", "transport"])
def test_closing_ends_a_read_that_blocks_in_another_thread(server, close):
    reading = threading.Event()

    def behave(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        connection.recv(1)

    server.behaviours = [behave]
    transport = server.transport()
    answer = transport.exchange(get(timeout=None))
    ended: list[object] = []

    def read() -> None:
        try:
            while True:
                data = answer.read_some()
                reading.set()
                if not data:
                    break
        except EngineError as error:
            ended.append(error)
        else:
            ended.append("end")

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(5)
    (answer if close == "answer" else transport).close()
    thread.join(5)
    assert not thread.is_alive()
    assert ended


def test_closing_the_transport_ends_a_call_that_waits_for_its_answer(server):
    asked = threading.Event()

    def behave(connection: socket.socket) -> None:
        server.request(connection)
        asked.set()
        connection.recv(1)

    server.behaviours = [behave, server.answering(OK)]
    transport = server.transport()
    failed: list[EngineError] = []

    def ask() -> None:
        try:
            transport.exchange(get(timeout=None))
        except EngineError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert asked.wait(5)
    transport.close()
    thread.join(5)
    assert failed
    assert transport.exchange(get()).read() == b"hi"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_a_hijacked_connection_keeps_bytes_that_came_with_the_headers(server, head):
    got: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        server.request(connection)
        connection.sendall(head + b"early")
        while data := connection.recv(100):
            got.append(data)
        connection.sendall(b"late")

    server.behaviours = [behave]
    answer = server.transport().exchange(Request(method="POST", target="/attach", headers={"Upgrade": "tcp"}, body=b""))
    assert answer.receive() == b"early"
    answer.send(b"to you")
    answer.send_end()
    assert (answer.receive(), answer.receive()) == (b"late", b"")
    assert b"".join(got) == b"to you"


def test_an_iterator_is_sent_in_chunks(server):
    bodies: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        data = server.request(connection)
        while b"0\r\n\r\n" not in data:
            data += connection.recv(100)
        bodies.append(data.partition(b"\r\n\r\n")[2])
        connection.sendall(OK)

    server.behaviours = [behave]
    request = Request(method="PUT", target="/archive", headers={}, body=iter([b"ab", b"cd"]))
    assert server.transport().exchange(request).read() == b"hi"
    assert bodies == [b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"]


def test_a_bad_certificate_is_said(tmp_path):
    endpoint = Endpoint(url="tcp://127.0.0.1:1", source="x", tls=TLS(ca=str(tmp_path / "none.pem")))
    with pytest.raises(EngineError, match="certificate"):
        DockerTransport(endpoint)


def logged_in(directory: Path, **document: object) -> DockerTransport:
    (directory / "config.json").write_text(json.dumps(document))
    return DockerTransport(Endpoint(url="unix:///x.sock", source="x", config=str(directory)))


def test_credentials_come_from_the_docker_configuration(tmp_path):
    secret = base64.b64encode(b"me:word").decode()
    transport = logged_in(tmp_path, auths={"registry.example:5000": {"auth": secret}})
    header = json.loads(base64.urlsafe_b64decode(transport.registry_auth("registry.example:5000/team/app:1@sha256:00")))
    assert (header["username"], header["password"]) == ("me", "word")
    assert transport.registry_auth("other.example/app") == ""
    assert "registry.example:5000" in json.loads(base64.urlsafe_b64decode(transport.registry_config()))


def test_without_a_configuration_there_are_no_credentials():
    transport = DockerTransport(Endpoint(url="unix:///x.sock", source="x", config="/nonexistent"))
    assert (transport.registry_auth("app"), transport.registry_config()) == ("", "")


@pytest.mark.parametrize(
    ("registry", "reference"),
    [
        ("registry.example:5000", "registry.example:5000/team/app:1"),
        ("https://registry.example/v2/", "registry.example/app@sha256:00"),
    ],
)
@pytest.mark.parametrize("entry", [{"auth": base64.b64encode(b"me:w:ord").decode()}, {"identitytoken": "t"}, {}])
def test_logins_in_the_configuration_itself_are_read_as_docker_py_reads_them(tmp_path, registry, reference, entry):
    docker = logged_in(tmp_path, auths={registry: entry}, proxies={"default": {}})
    logins = read_logins(str(tmp_path))
    assert decoded(auth_header(logins, reference)) == decoded(docker.registry_auth(reference))
    assert auth_header({}, reference) == ""
    assert auth_header(logins, "other.example/app") is None
    assert auth_header(logins, "me/app") is None
    assert decoded(config_header(logins))[registry] == decoded(docker.registry_config())[registry]


def decoded(header):
    """Return what a header says, keys as the engine reads them (in any case), without what it does not look at."""
    told = json.loads(base64.urlsafe_b64decode(header or "e30="))
    return lower(told)


def lower(told):
    if not isinstance(told, dict):
        return told
    return {key.lower(): lower(value) for key, value in told.items() if key.lower() not in {"serveraddress", "email"}}


def test_what_only_docker_py_reads_is_left_to_it(tmp_path):
    assert read_logins(str(tmp_path)) == {}
    assert read_logins("") == {}
    for text in (
        "{",
        '{"credsStore": "x"}',
        '{"credHelpers": {"a": "b"}}',
        '{"https://registry.example/v1/": {"auth": "bTp3"}}',
        '{"auths": {"a": {"auth": "?"}}}',
        '{"auths": {"a": {"auth": "bWU="}}}',
        '{"auths": {"a": 1}}',
    ):
        (tmp_path / "config.json").write_text(text)
        assert read_logins(str(tmp_path)) is None, text


def test_a_missing_credential_helper_is_said_without_secrets(tmp_path):
    transport = logged_in(tmp_path, credHelpers={"registry.example": "no-such-helper"})
    with pytest.raises(EngineError, match="error getting credentials") as caught:
        transport.registry_auth("registry.example/app")
    assert caught.value.diagnostics[0].code == "credentials-unavailable"
