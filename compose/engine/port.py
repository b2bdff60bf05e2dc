"""The narrow seam between us and an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote

from compose.base.value import Value
from compose.state.observed import EngineFacts

JSON = Any
"""Decoded JSON: dict, list, str, int, float, bool or None."""


class Call(Value, frozen=True, kw_only=True):
    """One request to the Docker API.

    `path` has no version prefix and starts with `/` (`/containers/json`); its variable parts are quoted by
    `path()`. `query` values are sent as text, dicts and lists as JSON (filters), a tuple as the same name several
    times, None left out. `body` is sent as JSON; `data` as is with `content_type`. `timeout`: seconds without a
    byte of the answer, None = the adapter's (streams: none).
    """

    method: str
    path: str
    query: Mapping[str, Any] = {}
    body: JSON = None
    data: bytes | Iterator[bytes] | None = None
    content_type: str = ""
    headers: Mapping[str, str] = {}
    timeout: float | None = None

    @property
    def writes(self) -> bool:
        """Whether the call can change something on the engine."""
        return self.method not in {"GET", "HEAD"}


def path(template: str, *parts: str) -> str:
    """Return `template` with its `{}` replaced by `parts`, quoted; slashes and colons of image names stay."""
    return template.format(*(quote(part, safe="/:@") for part in parts))


class Stream(Protocol):
    """An open answer. Closing it from another thread ends a blocked read."""

    def header(self, name: str) -> str:
        """Return a header of the answer, "" when it has none of this name."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Yield raw bytes as they arrive."""
        ...

    def close(self) -> None:
        """End the stream."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None: ...


class Connection(Stream, Protocol):
    """A hijacked, two-way stream (attach, exec)."""

    def write(self, data: bytes) -> None:
        """Send bytes to the other side."""
        ...

    def close_write(self) -> None:
        """Say that nothing more will be sent (end of stdin)."""
        ...

    def fileno(self) -> int:
        """Return the descriptor, for select."""
        ...


class Engine(Protocol):
    """A Docker API endpoint. Safe to use from several threads.

    Every method raises `EngineError` (with the engine's own message and status) for refusals, and
    `EngineUnreachable` when nothing answers.
    """

    @property
    def facts(self) -> EngineFacts:
        """What the engine is; asked once, on first use."""
        ...

    @property
    def name(self) -> str:
        """`docker` or `podman`; as cheap to learn as the API version."""
        ...

    @property
    def api_version(self) -> tuple[int, int]:
        """The API version that both sides speak; cheaper to learn than all facts, and enough for most calls."""
        ...

    @property
    def address(self) -> str:
        """The endpoint as the user would write it in DOCKER_HOST."""
        ...

    def call(self, call: Call) -> JSON:
        """Do one request and return its decoded answer (None when empty; text when it is no JSON)."""
        ...

    def stream(self, call: Call) -> Stream:
        """Do one request and return its open answer (events, logs, pull and build progress, archives)."""
        ...

    def hijack(self, call: Call) -> Connection:
        """Do one request that turns into a two-way stream."""
        ...

    def registry_auth(self, reference: str) -> str:
        """Return the `X-Registry-Auth` value for pulling or pushing an image, "" when the user is not logged in."""
        ...

    def registry_config(self) -> str:
        """Return the `X-Registry-Config` value for builds: every known credential, "" when there are none."""
        ...

    def close(self) -> None:
        """Drop all connections, also those in use by other threads; a later call opens a new one."""
        ...
