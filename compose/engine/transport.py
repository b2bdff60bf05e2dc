"""What an engine client needs of a transport: one HTTP exchange, and its socket when it becomes a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from compose.base.value import Value


class Request(Value, frozen=True, kw_only=True):
    """One HTTP request; `target` is the path with its query, `timeout` the seconds to wait for bytes (None = for ever)."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | Iterator[bytes] | None = None
    timeout: float | None = None


class Answer(Protocol):
    """The answer to a request; its body is read by exactly one of `read`, `read_some` or the raw methods."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    def header(self, name: str) -> str:
        """Return a header of the answer, "" when it has none of this name."""
        ...

    def read(self) -> bytes:
        """Return the whole body and give the connection back."""
        ...

    def read_some(self) -> bytes:
        """Return the next bytes of the body as soon as there are any, empty at its end."""
        ...

    def receive(self) -> bytes:
        """Return the next bytes of a connection that left HTTP, empty at its end."""
        ...

    def send(self, data: bytes) -> None:
        """Send bytes over a connection that left HTTP."""
        ...

    def send_end(self) -> None:
        """Say that nothing more will be sent."""
        ...

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        ...

    def close(self) -> None:
        """Drop the connection; a read that is blocked in another thread ends."""
        ...


class Transport(Protocol):
    """Carries requests to one endpoint; safe to use from several threads.

    Every method raises only `EngineError` and `EngineUnreachable`.
    """

    def exchange(self, request: Request) -> Answer:
        """Send a request and return its answer as soon as the headers are there."""
        ...

    def registry_auth(self, reference: str) -> str:
        """Return the `X-Registry-Auth` value for an image reference, "" when nothing is known."""
        ...

    def registry_config(self) -> str:
        """Return the `X-Registry-Config` value: all known credentials, for builds."""
        ...

    def close(self) -> None:
        """Drop every connection, also those in use; the next request opens a new one."""
        ...
