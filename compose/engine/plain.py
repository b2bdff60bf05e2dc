"""Requests to an engine on this machine, over the standard library's HTTP client.

Most commands talk to a Unix socket or a plain TCP port, and docker-py with its libraries costs 100 ms to load,
more than such a command takes otherwise. Everything else (TLS, SSH, Windows pipes, credential stores) is
`compose.engine.docker`'s.
"""

from __future__ import annotations

import select
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from compose.base.errors import EngineError
from compose.base.pattern import compiled_lazily
from compose.engine import endpoint as endpoints
from compose.engine import errors
from compose.engine.chunked import Dechunker
from compose.engine.credentials import auth_header, config_header, read_logins
from compose.engine.endpoint import Endpoint
from compose.engine.transport import Request

with compiled_lazily():  # it imports all that reads mail, of which nothing but header lines is wanted
    from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead

if TYPE_CHECKING:
    from compose.engine.docker import DockerTransport

CONNECT_SECONDS = 30.0
_CHUNK = 65536
_FOREIGN = (OSError, HTTPException)
_HEADERS = {"Host": "docker", "User-Agent": "compose", "Accept-Encoding": "identity"}


def carries(endpoint: Endpoint) -> bool:
    """Whether this transport reaches the endpoint."""
    return endpoint.url.startswith(("unix:", "tcp:", "http:")) and endpoint.tls is None


class PlainTransport:
    """Carries requests to one endpoint over connections of its own (the `Transport` protocol)."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._lock = threading.Lock()
        self._credentials: DockerTransport | None = None
        self._base = "" if endpoint.url.startswith("unix:") else urlsplit(endpoint.url).path.rstrip("/")

    def exchange(self, request: Request) -> PlainAnswer:
        """Send a request and return its answer as soon as the headers are there.

        Raises:
            EngineError: the connection broke or nothing came in time.
            EngineUnreachable: nothing answers.
        """
        what = f"{request.method} {urlsplit(request.target).path}"
        connection = self._take()
        try:
            response = self._send(connection, request)
        except _FOREIGN as error:
            self._drop(connection)
            raise self._translated(error, what, request.timeout, connected=connection.last is not None) from error
        return PlainAnswer(self, connection, response, what, request.timeout)

    def registry_auth(self, reference: str) -> str:
        """Return the `X-Registry-Auth` value for an image reference, "" when nothing is known."""
        logins = read_logins(self._endpoint.config)
        header = None if logins is None else auth_header(logins, reference)
        return self._docker().registry_auth(reference) if header is None else header

    def registry_config(self) -> str:
        """Return the `X-Registry-Config` value for builds, "" when nothing is known."""
        logins = read_logins(self._endpoint.config)
        return self._docker().registry_config() if logins is None else config_header(logins)

    def close(self) -> None:
        """Drop every connection, also those in use."""
        with self._lock:
            connections = [*self._idle, *self._busy]
            self._idle.clear()
            self._busy.clear()
        for connection in connections:
            connection.shut()

    def give_back(self, connection: _Connection) -> None:
        """Keep a connection whose answer was read to its end."""
        with self._lock:
            known = connection in self._busy
            self._busy.discard(connection)
            if known and connection.sock is not None:
                self._idle.append(connection)

    def _take(self) -> _Connection:
        """Return a kept connection that the engine has not closed meanwhile, else a new one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else _Connection(self._endpoint)
                self._busy.add(connection)
            if not connection.is_stale():
                return connection
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        with self._lock:
            self._busy.discard(connection)
        connection.shut()

    def _send(self, connection: _Connection, request: Request) -> HTTPResponse:
        connection.limit(request.timeout)
        headers = {**_HEADERS, **request.headers}
        try:
            connection.request(request.method, self._base + request.target, body=request.body, headers=headers)
        except BrokenPipeError:
            if request.body is None:
                raise
            return connection.getresponse()  # an engine that refuses does not listen to the end, but says why
        return connection.getresponse()

    def _docker(self) -> DockerTransport:
        with self._lock:
            if self._credentials is None:
                from compose.engine.docker import DockerTransport  # noqa: PLC0415 - only pulls, pushes and builds log in

                self._credentials = DockerTransport(self._endpoint)
            return self._credentials

    def _translated(self, error: Exception, what: str, timeout: float | None, *, connected: bool) -> EngineError:
        if connected and isinstance(error, TimeoutError):
            return errors.timed_out(what, timeout or CONNECT_SECONDS)
        reason = endpoints.describe(error) if isinstance(error, OSError) else str(error)
        if connected:
            return errors.connection_lost(what, reason)
        return endpoints.unreachable(self._endpoint, reason, denied=isinstance(error, PermissionError))


class PlainAnswer:
    """An answer whose connection is still ours (the `Answer` protocol)."""

    def __init__(
        self, transport: PlainTransport, connection: _Connection, response: HTTPResponse, what: str, timeout: float | None
    ) -> None:
        self._transport = transport
        self._connection = connection
        assert connection.last is not None  # there is an answer
        self._socket = connection.last
        self._response = response
        self._buffer = response.fp
        self._what = what
        self._timeout = timeout
        self._chunks = Dechunker() if response.chunked else None
        self._lock = threading.Lock()
        self._ours = True
        self.status = response.status

    def header(self, name: str) -> str:
        """Return a header of the answer, "" when it has none of this name."""
        return self._response.getheader(name) or ""

    def read(self) -> bytes:
        """Return the whole body and give the connection back."""
        try:
            data = self._response.read()
        except _FOREIGN as error:
            raise self._translated(error) from error
        self._give_back()
        return data

    def read_some(self) -> bytes:
        """Return the next bytes of the body as soon as there are any, empty at its end."""
        try:
            data = self._response.read1(_CHUNK) if self._chunks is None else self._dechunked(self._chunks)
        except (*_FOREIGN, ValueError, AttributeError) as error:  # the last two: closed while reading
            raise self._translated(error) from error
        if not data:
            self._give_back()
        return data

    def _dechunked(self, chunks: Dechunker) -> bytes:
        """Return the next bytes of a body in chunks."""
        while not chunks.ended:
            data = self._buffer.read1(_CHUNK)
            if not data:
                raise IncompleteRead(data)
            body = chunks.feed(data)
            if body:
                return body
        return b""

    def receive(self) -> bytes:
        """Return the next bytes of a connection that left HTTP; first what came along with the headers."""
        try:
            return self._buffer.read1(_CHUNK)
        except (*_FOREIGN, ValueError) as error:
            raise self._translated(error) from error

    def send(self, data: bytes) -> None:
        """Send bytes over a connection that left HTTP."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._translated(error) from error

    def send_end(self) -> None:
        """Say that nothing more will be sent."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise self._translated(error) from error

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._socket.fileno()

    def close(self) -> None:
        """Drop the connection, unless it was given back; a read that is blocked in another thread ends."""
        with self._lock:
            if self._ours:
                self._ours = False
                _shut(self._socket)
                self._transport._drop(self._connection)  # noqa: SLF001 - the two classes are one mechanism

    def _give_back(self) -> None:
        """Let others use the connection; from now on it is not ours to close."""
        with self._lock:
            if self._ours:
                self._ours = False
                self._response.close()  # http.client does not notice the end of a body of known length by itself
                self._transport.give_back(self._connection)

    def _translated(self, error: Exception) -> EngineError:
        return self._transport._translated(error, self._what, self._timeout, connected=True)  # noqa: SLF001 - likewise


class _Connection(HTTPConnection):
    """One connection; `last` is its socket, also after http.client let go of it."""

    def __init__(self, endpoint: Endpoint) -> None:
        url = urlsplit(endpoint.url)
        super().__init__(url.hostname or "docker", url.port)
        self._unix = url.path if url.scheme == "unix" else ""
        self.last: socket.socket | None = None
        self._limit: float | None = None

    def connect(self) -> None:
        """Open the socket within `CONNECT_SECONDS`."""
        if self._unix:
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                opened.settimeout(CONNECT_SECONDS)
                opened.connect(self._unix)
            except OSError:
                opened.close()
                raise
        else:
            opened = socket.create_connection((self.host, self.port), CONNECT_SECONDS)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(self._limit)
        self.sock = self.last = opened

    def limit(self, seconds: float | None) -> None:
        """Set how long to wait for bytes, None = for ever."""
        self._limit = seconds
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def is_stale(self) -> bool:
        """Whether the other side closed the connection, or sent what nobody asked for."""
        if self.sock is None:
            return False
        poll = select.poll() if hasattr(select, "poll") else None
        if poll is None:
            return bool(select.select([self.sock], [], [], 0)[0])
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(0))

    def shut(self) -> None:
        """End the connection; reads that block in other threads end."""
        if self.sock is not None:
            _shut(self.sock)
        self.close()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
