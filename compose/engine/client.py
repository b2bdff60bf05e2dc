"""The Docker API over a transport: versions, queries, JSON, refusals, streams."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import msgspec

from compose.base.errors import EngineError
from compose.engine import errors, retry
from compose.engine.endpoint import Endpoint
from compose.engine.port import JSON, Call
from compose.engine.transport import Answer, Request, Transport
from compose.state.observed import EngineFacts
from compose.state.parse import facts_from, version_of

Version = tuple[int, int]

NEWEST = (1, 51)
"""The newest API version whose requests and answers this tool knows."""
OLDEST = (1, 40)

READ_SECONDS = 60.0
WRITE_SECONDS = 300.0
_READ_PAUSES = 0.05, 0.25
"""Seconds between the attempts of a call that only reads."""
_HIJACK = {"Connection": "Upgrade", "Upgrade": "tcp"}
_UPGRADED = 101
_REFUSED = 400
_JSON = "application/json"


class HttpEngine:
    """An engine behind a transport (the `Engine` port)."""

    def __init__(self, endpoint: Endpoint, transport: Transport) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._facts: EngineFacts | None = None
        self._api_version: Version | None = None
        self._name = ""
        self._lock = threading.RLock()
        self._never = threading.Event()

    @property
    def facts(self) -> EngineFacts:
        """What the engine is (GET /version); asked once, on first use."""
        with self._lock:
            if self._facts is None:
                answer = self._exchange(Call(method="GET", path="/version"), prefix="")
                facts = facts_from(_decode(answer))
                self._facts = msgspec.structs.replace(facts, api_version=_negotiated(facts.api_version, self.address))
            return self._facts

    @property
    def name(self) -> str:
        """`docker` or `podman`, told by the ping as well (GET /_ping)."""
        with self._lock:
            if self._facts is None:
                _ = self.api_version
            return self._name or self.facts.name

    @property
    def api_version(self) -> Version:
        """The API version to speak (GET /_ping): GET /version takes an engine ten times as long as a list of containers."""
        with self._lock:
            if self._facts is not None:
                return self._facts.api_version
            if self._api_version is None:
                told = self._told_version()
                self._api_version = self.facts.api_version if told is None else _negotiated(told, self.address)
            return self._api_version

    def _told_version(self) -> Version | None:
        """Return the API version that the engine's ping tells, None where it, or what stands before it, tells none."""
        try:
            answer = self._exchange(Call(method="GET", path="/_ping"), prefix="")
            answer.read()
        except EngineError as error:
            if not error.status:
                raise
            return None
        self._name = "podman" if answer.header("Libpod-Api-Version") else "docker" if answer.header("Api-Version") else ""
        return version_of(answer.header("Api-Version"))

    @property
    def address(self) -> str:
        """The endpoint as the user would write it in DOCKER_HOST."""
        return self._endpoint.url

    def call(self, call: Call) -> JSON:
        """Do one request and return its decoded answer; one that only reads is repeated when it fails in passing."""
        attempt = partial(self._call, call)
        if call.writes:
            return attempt()
        return retry.persist(attempt, self._never, again=retry.is_passing_for_reads, pauses=_READ_PAUSES)

    def _call(self, call: Call) -> JSON:
        return _decode(self._exchange(call, prefix=self._prefix()))

    def stream(self, call: Call) -> AnswerStream:
        """Do one request and return its open answer."""
        return AnswerStream(self._exchange(call, prefix=self._prefix(), endless=True))

    def hijack(self, call: Call) -> HijackedConnection:
        """Do one request that turns into a two-way stream."""
        return HijackedConnection(self._exchange(call, prefix=self._prefix(), endless=True, headers=_HIJACK))

    def registry_auth(self, reference: str) -> str:
        """Return the `X-Registry-Auth` value for an image reference, "" when nothing is known."""
        return self._transport.registry_auth(reference)

    def registry_config(self) -> str:
        """Return the `X-Registry-Config` value for builds, "" when nothing is known."""
        return self._transport.registry_config()

    def close(self) -> None:
        """Drop every connection, also those in use."""
        self._transport.close()

    def _prefix(self) -> str:
        major, minor = self.api_version
        return f"/v{major}.{minor}"

    def _exchange(self, call: Call, *, prefix: str, endless: bool = False, headers: Mapping[str, str] | None = None) -> Answer:
        body, kind = _body(call)
        timeout = call.timeout or (None if endless else WRITE_SECONDS if call.writes else READ_SECONDS)
        answer = self._transport.exchange(
            Request(
                method=call.method,
                target=f"{prefix}{call.path}{_query(call.query)}",
                headers={**call.headers, **(headers or {}), **({"Content-Type": kind} if kind else {})},
                body=body,
                timeout=timeout,
            )
        )
        if answer.status >= _REFUSED:
            raise errors.refused(f"{call.method} {call.path}", answer.status, _message(answer))
        return answer


class AnswerStream:
    """An open answer (the `Stream` port)."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._closed = False

    def header(self, name: str) -> str:
        """Return a header of the answer, "" when it has none of this name."""
        return self._answer.header(name)

    def chunks(self) -> Iterator[bytes]:
        """Yield bytes as they arrive.

        Raises:
            EngineError: the connection broke (never after `close`).
        """
        return self._until_closed(self._answer.read_some)

    def close(self) -> None:
        """End the stream; a blocked read in another thread ends."""
        self._closed = True
        self._answer.close()

    def _until_closed(self, read: Callable[[], bytes]) -> Iterator[bytes]:
        while not self._closed:
            try:
                chunk = read()
            except EngineError:
                if self._closed:
                    return
                raise
            if not chunk:
                return
            yield chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self.close()


class HijackedConnection(AnswerStream):
    """A two-way stream (the `Connection` port)."""

    def chunks(self) -> Iterator[bytes]:
        """Yield bytes as they arrive.

        Raises:
            EngineError: the connection broke (never after `close`).
        """
        return self._until_closed(self._answer.receive)

    def write(self, data: bytes) -> None:
        """Send bytes to the other side."""
        self._answer.send(data)

    def close_write(self) -> None:
        """Say that nothing more will be sent."""
        self._answer.send_end()

    def fileno(self) -> int:
        """Return the descriptor, for select."""
        return self._answer.fileno()


def _negotiated(version: Version, address: str) -> Version:
    """Return the newest API version both sides know.

    Raises:
        EngineError: the engine is too old.
    """
    if version < OLDEST:
        has, needs = (f"{major}.{minor}" for major, minor in (version, OLDEST))
        raise errors.unusable(
            "engine-too-old",
            f"the engine at {address} speaks API {has}, at least {needs} is needed",
            hint="update the engine: Docker 19.03 and Podman 3 are the oldest that work",
        )
    return min(version, NEWEST)


def _query(query: Mapping[str, Any]) -> str:
    pairs = [pair for name, value in query.items() if value is not None for pair in _pairs(name, value)]
    return f"?{urlencode(pairs)}" if pairs else ""


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, tuple):
        return [(name, str(item)) for item in value]
    if isinstance(value, bool):
        return [(name, "1" if value else "0")]
    if isinstance(value, (dict, list)):
        return [(name, json.dumps(value, separators=(",", ":")))]
    return [(name, str(value))]


def _body(call: Call) -> tuple[bytes | Iterator[bytes] | None, str]:
    """Return what to send and its content type."""
    if call.data is not None:
        return call.data, call.content_type
    if call.body is not None:
        return msgspec.json.encode(call.body), _JSON
    return (b"", "") if call.writes else (None, "")


def _decode(answer: Answer) -> JSON:
    data = answer.read()
    if not data:
        return None
    kind = answer.header("content-type")
    if _JSON in kind or (not kind and data[:1] in {b"{", b"["}):  # Podman does not say what its statistics are
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(data)
    return data.decode(errors="replace")


def _message(answer: Answer) -> str:
    """Return the engine's own words of a refusal."""
    decoded = _decode(answer)
    if isinstance(decoded, dict):
        return str(decoded.get("message") or decoded.get("cause") or decoded)
    return "" if decoded is None else str(decoded)
