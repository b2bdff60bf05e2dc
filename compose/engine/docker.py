"""The one home of docker-py: its connection pools carry our requests, its credential stores log us in.

Requests go to the pools directly (urllib3): the bodies are ours, and requests' session would double the cost
of a call. SSH is our own connection class, because docker-py's needs paramiko or a process for each request.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import ssl
import threading
import weakref
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from docker import auth
from docker.api.client import APIClient
from docker.credentials.constants import PROGRAM_PREFIX
from docker.errors import DockerException
from docker.tls import TLSConfig
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from compose.base.errors import EngineError
from compose.engine import endpoint as endpoints
from compose.engine import errors
from compose.engine.contexts import TLS
from compose.engine.duplex import bridged
from compose.engine.endpoint import Endpoint
from compose.engine.ssh import Tunnel
from compose.engine.transport import Request

POOL_SIZE = 128
"""Connections kept for reuse; more are opened when needed and closed after use."""
CONNECT_SECONDS = 30.0
_CHUNK = 65536
_FOREIGN = (OSError, HTTPException, urllib3.exceptions.HTTPError)
_NEVER_CONNECTED = (
    ConnectionRefusedError,
    FileNotFoundError,
    socket.gaierror,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
)


class DockerTransport:
    """Carries requests to one endpoint over docker-py's connection pools (the `Transport` protocol)."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._pool, self._base = _open_pool(endpoint)
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._answers: weakref.WeakSet[HttpAnswer] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._credentials: auth.AuthConfig | None = None
        create = self._pool._new_conn  # noqa: SLF001 - the hook urllib3 has for pools with connections of their own

        def tracked() -> Any:  # noqa: ANN401 - urllib3's own connection types differ by scheme
            connection = create()
            with self._lock:
                self._connections.add(connection)
            return connection

        self._pool._new_conn = tracked  # type: ignore[method-assign] # noqa: SLF001 - as above

    def exchange(self, request: Request) -> HttpAnswer:
        """Send a request and return its answer as soon as the headers are there.

        Raises:
            EngineError: the connection broke or nothing came in time.
            EngineUnreachable: nothing answers.
        """
        what = f"{request.method} {urlsplit(request.target).path}"
        try:
            response = self._pool.urlopen(
                request.method,
                self._base + request.target,
                body=request.body,
                headers={"Host": "docker", "User-Agent": "compose", "Accept-Encoding": "identity", **request.headers},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=request.timeout),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except _FOREIGN as error:
            raise _translated(error, self._endpoint, what, request.timeout) from error
        answer = HttpAnswer(response, self._endpoint, what, request.timeout)
        with self._lock:
            self._answers.add(answer)
        return answer

    def registry_auth(self, reference: str) -> str:
        """Return the `X-Registry-Auth` value for an image reference, "" when nothing is known.

        Raises:
            EngineError: the credential helper failed or is not there.
        """
        credentials = self._known_credentials()
        if credentials.is_empty:
            return ""
        try:
            registry, _ = auth.resolve_repository_name(reference.partition("@")[0])
            _require_helper(credentials.get_credential_store(registry))
            found = credentials.resolve_authconfig(registry)
        except DockerException as error:
            raise _no_credentials(str(error)) from error
        return auth.encode_header(found).decode() if found else ""

    def registry_config(self) -> str:
        """Return the `X-Registry-Config` value: all known credentials, "" when there are none.

        Raises:
            EngineError: a credential helper failed or is not there.
        """
        credentials = self._known_credentials()
        if credentials.is_empty:
            return ""
        for helper in (credentials.creds_store, *credentials.cred_helpers.values()):
            _require_helper(helper)
        try:
            everything: dict[str, Any] = credentials.get_all_credentials()  # type: ignore[no-untyped-call]
        except DockerException as error:
            raise _no_credentials(str(error)) from error
        return base64.urlsafe_b64encode(json.dumps(everything).encode()).decode()

    def close(self) -> None:
        """Drop every connection, also those in use."""
        with self._lock:
            answers, connections = list(self._answers), list(self._connections)
        for answer in answers:
            answer.close()
        for connection in connections:
            _shut(connection.sock)

    def _known_credentials(self) -> auth.AuthConfig:
        with self._lock:
            if self._credentials is None:
                file = Path(self._endpoint.config) / "config.json"
                self._credentials = (
                    auth.load_config(config_path=str(file)) if self._endpoint.config and file.is_file() else auth.AuthConfig({})
                )
            return self._credentials


class HttpAnswer:
    """An answer whose connection is still ours (the `Answer` protocol)."""

    def __init__(self, response: urllib3.BaseHTTPResponse, endpoint: Endpoint, what: str, timeout: float | None) -> None:
        self._response = response
        self._endpoint = endpoint
        self._what = what
        self._timeout = timeout
        self.status = response.status
        http: HTTPResponse = response._fp  # type: ignore[attr-defined] # noqa: SLF001 - read1 and the raw connection are only there
        self._http = http
        self._buffer = http.fp
        self._socket = _socket_of(http)
        self._bridge: socket.socket | None = None
        self._lock = threading.Lock()
        self._ours = True

    def header(self, name: str) -> str:
        """Return a header of the answer, "" when it has none of this name."""
        return self._response.headers.get(name, "")

    def read(self) -> bytes:
        """Return the whole body and give the connection back."""
        try:
            data = self._response.read()
            self._give_back()
        except _FOREIGN as error:
            raise self._translated(error) from error
        else:
            return data

    def read_some(self) -> bytes:
        """Return the next bytes of the body as soon as there are any, empty at its end."""
        try:
            data = self._http.read1(_CHUNK)
            if not data:
                self._give_back()
        except (*_FOREIGN, ValueError, AttributeError) as error:  # the last two: closed while reading
            raise self._translated(error) from error
        else:
            return data

    def receive(self) -> bytes:
        """Return the next bytes of a connection that left HTTP; first what came along with the headers."""
        try:
            raw = self._raw()
            data: bytes = self._buffer.read1(_CHUNK) if raw is self._socket else raw.recv(_CHUNK)
        except (*_FOREIGN, ValueError) as error:
            raise self._translated(error) from error
        else:
            return data

    def send(self, data: bytes) -> None:
        """Send bytes over a connection that left HTTP."""
        try:
            self._raw().sendall(data)
        except _FOREIGN as error:
            raise self._translated(error) from error

    def send_end(self) -> None:
        """Say that nothing more will be sent."""
        try:
            _end_writing(self._raw())
        except _FOREIGN as error:
            raise self._translated(error) from error

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return int(self._raw().fileno())

    def _raw(self) -> Any:  # noqa: ANN401 - as for `_socket_of`
        """Return what to read and write once the connection left HTTP: a bridge where it is encrypted."""
        with self._lock:
            if self._bridge is None and isinstance(self._socket, ssl.SSLSocket):
                self._bridge = bridged(self._socket, self._buffer)
            return self._bridge or self._socket

    def close(self) -> None:
        """Drop the connection, unless it was given back; a read that is blocked in another thread ends."""
        with self._lock:
            if self._ours:
                self._ours = False
                _shut(self._bridge or self._socket)
                self._response.close()

    def _give_back(self) -> None:
        """Let others use the connection; from now on it is not ours to close."""
        with self._lock:
            if self._ours:
                self._ours = False
                self._http.close()  # http.client does not notice the end of a body of known length by itself
                self._response.release_conn()

    def _translated(self, error: Exception) -> EngineError:
        return _translated(error, self._endpoint, self._what, self._timeout)


class _SSHPool(urllib3.HTTPConnectionPool):
    """Connections that are each a `docker system dial-stdio` on the other side of one shared ssh."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__("docker", maxsize=POOL_SIZE)
        self._endpoint = endpoint

    def _new_conn(self) -> HTTPConnection:
        return _SSHConnection(self._endpoint)


class _SSHConnection(HTTPConnection):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__("docker")
        self._endpoint = endpoint
        self._ssh: Tunnel | None = None

    def connect(self) -> None:
        self._ssh = Tunnel(self._endpoint.url)
        self.sock = self._ssh.socket

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # urllib3's class, as it returns itself
        try:
            return super().getresponse()
        except (OSError, HTTPException) as error:
            reason = self._ssh.reason() if self._ssh else ""
            if reason:
                raise endpoints.unreachable(self._endpoint, reason) from error
            raise


def _require_helper(name: str | None) -> None:
    """Fail when a credential helper is not installed; docker-py would only warn, and fail later."""
    if name and shutil.which(PROGRAM_PREFIX + name) is None:
        raise _no_credentials(f"`{PROGRAM_PREFIX}{name}` is not in PATH")


def _no_credentials(reason: str) -> EngineError:
    return errors.unusable("credentials-unavailable", f"error getting credentials: {reason}")


def _open_pool(endpoint: Endpoint) -> tuple[urllib3.HTTPConnectionPool, str]:
    """Return the pool of connections to an endpoint, and the path its requests start with.

    Raises:
        EngineError: the endpoint cannot be used from here (no certificate, no such kind of connection).
    """
    if endpoint.url.startswith("ssh:"):
        return _SSHPool(endpoint), ""
    tls = _tls_config(endpoint.tls or TLS(verify=True)) if endpoint.tls or endpoint.url.startswith("https:") else False
    try:
        client = APIClient(base_url=endpoint.url, version="1.41", tls=tls, max_pool_size=POOL_SIZE)
        for scheme in ("http://", "https://"):
            if scheme in client.adapters:
                client.mount(scheme, HTTPAdapter(pool_maxsize=POOL_SIZE))
        request = requests.Request("GET", f"{client.base_url}/").prepare()
        adapter: Any = client.get_adapter(f"{client.base_url}/")
        pool = adapter.get_connection_with_tls_context(request, client.verify, cert=client.cert)
    except (DockerException, OSError, ValueError) as error:
        raise errors.unusable("engine-unusable", f"cannot use the engine at {endpoint.url}: {error}") from error
    path = "" if endpoint.url.startswith(("unix:", "npipe:")) else urlsplit(client.base_url).path.rstrip("/")
    return pool, path


def _tls_config(tls: TLS) -> TLSConfig:
    pair = (tls.cert, tls.key) if tls.cert and tls.key else None
    try:
        return TLSConfig(client_cert=pair, ca_cert=tls.ca or None, verify=tls.verify)
    except DockerException as error:
        raise errors.unusable("engine-unusable", f"bad TLS certificate: {error}") from error


def _translated(error: Exception, endpoint: Endpoint, what: str, timeout: float | None) -> EngineError:
    """Return our error for one of urllib3's, http.client's or the operating system's."""
    causes = list(_causes(error))
    refusal = next((cause for cause in causes if isinstance(cause, EngineError)), None)
    if refusal is not None:
        return refusal
    if any(isinstance(cause, (urllib3.exceptions.ReadTimeoutError, TimeoutError)) for cause in causes) and not any(
        isinstance(cause, _NEVER_CONNECTED) for cause in causes
    ):
        return errors.timed_out(what, timeout or CONNECT_SECONDS)
    system = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    reason = endpoints.describe(system) if system is not None else str(causes[-1])
    if isinstance(system, PermissionError):
        return endpoints.unreachable(endpoint, reason, denied=True)
    distrust = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if distrust is not None:
        return errors.unusable(
            "engine-untrusted",
            f"cannot trust the engine at {endpoint.url}: {distrust.verify_message}",
            hint="`ca.pem` of DOCKER_CERT_PATH or of the context must be the authority that signed the engine's certificate",
        )
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in causes):
        return endpoints.unreachable(endpoint, reason)
    return errors.connection_lost(what, reason)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps, in urllib3's way and in Python's, outermost first."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        current = queue.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            queue += [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]


def _socket_of(http: HTTPResponse) -> Any:  # noqa: ANN401 - a socket, an SSL socket or docker-py's pipe
    """Return the socket under an answer; http.client keeps it only behind its buffered reader."""
    raw = getattr(http.fp, "raw", None)
    return getattr(raw, "_sock", None) or getattr(raw, "sock", None) or raw


def _end_writing(connection: Any) -> None:  # noqa: ANN401 - as above
    if hasattr(connection, "shutdown"):
        connection.shutdown(socket.SHUT_WR)


def _shut(connection: Any) -> None:  # noqa: ANN401 - as above
    """Shut a socket down both ways, which ends reads that block in other threads."""
    if connection is None:
        return
    try:
        connection.shutdown(socket.SHUT_RDWR) if hasattr(connection, "shutdown") else connection.close()
    except OSError:
        return  # it is down already
