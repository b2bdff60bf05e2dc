"""Engines in front of an engine: one that remembers every call, one that lets no write through."""

from __future__ import annotations

import threading

from compose.engine import errors
from compose.engine.port import JSON, Call, Connection, Engine, Stream
from compose.state.observed import EngineFacts


class _Wrapper:
    """Passes everything on to `inner`."""

    def __init__(self, inner: Engine) -> None:
        self.inner = inner

    @property
    def facts(self) -> EngineFacts:
        """What the engine is."""
        return self.inner.facts

    @property
    def name(self) -> str:
        """The other's."""
        return self.inner.name

    @property
    def api_version(self) -> tuple[int, int]:
        """The API version that both sides speak."""
        return self.inner.api_version

    @property
    def address(self) -> str:
        """The endpoint as the user would write it in DOCKER_HOST."""
        return self.inner.address

    def call(self, call: Call) -> JSON:
        """Do one request and return its decoded answer."""
        self._before(call)
        return self.inner.call(call)

    def stream(self, call: Call) -> Stream:
        """Do one request and return its open answer."""
        self._before(call)
        return self.inner.stream(call)

    def hijack(self, call: Call) -> Connection:
        """Do one request that turns into a two-way stream."""
        self._before(call)
        return self.inner.hijack(call)

    def registry_auth(self, reference: str) -> str:
        """Return the credentials for an image reference."""
        return self.inner.registry_auth(reference)

    def registry_config(self) -> str:
        """Return all credentials."""
        return self.inner.registry_config()

    def close(self) -> None:
        """Drop all connections."""
        self.inner.close()

    def _before(self, call: Call) -> None:
        raise NotImplementedError


class Recording(_Wrapper):
    """Remembers every call in the order they were made; safe to use from several threads."""

    def __init__(self, inner: Engine) -> None:
        super().__init__(inner)
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls so far."""
        with self._lock:
            return tuple(self._calls)

    @property
    def writes(self) -> tuple[Call, ...]:
        """The calls that can have changed something."""
        return tuple(call for call in self.calls if call.writes)

    def _before(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)


class ReadOnly(_Wrapper):
    """Refuses every call that can change something, whoever makes it; what a dry run holds."""

    def _before(self, call: Call) -> None:
        if call.writes:
            raise errors.unusable("read-only", f"a dry run changes nothing, but {call.method} {call.path} would")
