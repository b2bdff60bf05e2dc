"""Pulling and pushing images, with their progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.pattern import lazy_pattern
from compose.base.value import Value
from compose.engine import errors
from compose.engine.halt import Halt
from compose.engine.port import Call, Engine, path

ANONYMOUS = "e30="
"""The header the engine wants even from those who are not logged in: an empty object."""
_DENIED = lazy_pattern(r"denied|unauthorized|authentication required|no basic auth credentials|incorrect username or password")
_UNREACHABLE = lazy_pattern(r"connection refused|no such host|no route to host|network is unreachable|i/o timeout|TLS handshake")
_MOVING = frozenset({"Downloading", "Pushing"})
_EVERY_SECONDS = 0.1
"""How often at most a layer's numbers are told; its words are told at once."""


class Progress(Value, frozen=True, kw_only=True):
    """A layer (`part`, "" for the whole image) moved on; `current` and `total` are bytes."""

    part: str = ""
    detail: str = ""
    current: int = 0
    total: int = 0


def split(reference: str) -> tuple[str, str]:
    """Return the name of an image, and its digest or tag (`latest` when it has neither)."""
    name, _, digest = reference.partition("@")
    head, colon, tag = name.rpartition(":")
    has_tag = bool(colon) and "/" not in tag
    bare = head if has_tag else name
    return bare, digest or (tag if has_tag else "latest")


def pulled(
    engine: Engine, reference: str, *, platform: str = "", auth: str = "", clock: Clock, halt: Halt | None = None
) -> Iterator[Progress]:
    """Pull an image (POST images/create), yielding its progress; it is there when the iterator ends.

    `auth` is a value of `Engine.registry_auth`. `halt` ends it; the engine keeps the layers that are complete.

    Raises:
        Cancelled: the user asked to stop.
        EngineError: the registry or the engine refused; the message is theirs.
    """
    name, tag = split(reference)
    query = {"fromImage": name, "tag": tag, "platform": platform or None}
    headers = {"X-Registry-Auth": auth} if auth else {}
    call = Call(method="POST", path="/images/create", query=query, headers=headers)
    yield from _transferred(engine, call, Transfer(reference, has_login=bool(auth)), clock, halt or Halt())


def pushed(
    engine: Engine, reference: str, *, auth: str = ANONYMOUS, clock: Clock, halt: Halt | None = None
) -> Iterator[Progress]:
    """Push an image (POST images/{name}/push), yielding its progress; it is at the registry when the iterator ends.

    Raises:
        Cancelled: the user asked to stop.
        EngineError: the registry or the engine refused; the message is theirs.
    """
    name, tag = split(reference)
    call = Call(method="POST", path=path("/images/{}/push", name), query={"tag": tag}, headers={"X-Registry-Auth": auth})
    yield from _transferred(engine, call, Transfer(reference, has_login=auth != ANONYMOUS), clock, halt or Halt())


def registry_of(reference: str) -> str:
    """Return the registry in a reference as it is written, "" when the engine's default is meant."""
    first, slash, _ = reference.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


class Transfer(NamedTuple):
    """What is pulled or pushed, and whether a login was sent along."""

    reference: str
    has_login: bool


def _transferred(engine: Engine, call: Call, what: Transfer, clock: Clock, halt: Halt) -> Iterator[Progress]:
    halt.check()
    try:
        with engine.stream(call) as stream, halt.ending(stream.close):
            yield from throttled(counted(told(stream.chunks())), clock)
    except EngineError as error:
        explained = _explained(error, what)
        if explained is None:
            raise
        raise EngineError(explained, status=error.status, message=error.message) from error


def _explained(error: EngineError, what: Transfer) -> Diagnostic | None:
    """Return a failure of a registry in words that say what to do, None when the engine's own words do."""
    host = registry_of(what.reference)
    registry = f"registry `{host}`" if host else "the default registry"
    diagnostic = error.diagnostics[0]
    if _DENIED.search(error.message):
        login = f"`{f'docker login {host}'.strip()}`"
        why = f"{registry} wants a login for `{what.reference}`"
        hint = f"log in with {login}; if you need none there, check the name"
        if what.has_login:
            why = f"{registry} does not let the login that is kept for it at `{what.reference}`"
            hint = f"log in again with {login}; if that is not it, check the name, and what the login may do there"
        return msgspec.structs.replace(diagnostic, code="registry-denied", summary=f"{why}: {error.message}", hint=hint)
    if _UNREACHABLE.search(error.message):
        hint = f"{registry} does not answer: check its name and port, and the way there from the engine"
        return msgspec.structs.replace(diagnostic, hint=hint)
    return None


def told(chunks: Iterable[bytes]) -> Iterator[Progress]:
    """Yield the progress in an answer of POST images/create or images/{name}/push.

    Raises:
        EngineError: the answer tells of a failure.
    """
    for message in messages(chunks):
        if message.get("error") or message.get("errorDetail"):
            raise _failed(message)
        numbers = message.get("progressDetail") or {}
        yield Progress(
            part=str(message.get("id") or ""),
            detail=str(message.get("status") or ""),
            current=int(numbers.get("current") or 0),
            total=int(numbers.get("total") or 0),
        )


def counted(progress: Iterable[Progress]) -> Iterator[Progress]:
    """Yield progress whose numbers are bytes that were transferred: a layer that is there stays full while it is unpacked."""
    sizes: dict[str, int] = {}
    for one in progress:
        if one.detail in _MOVING:
            sizes[one.part] = max(one.total, sizes.get(one.part, 0))
            yield one
        else:
            size = sizes.get(one.part, 0)
            yield msgspec.structs.replace(one, current=size, total=size)


def messages(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a stream, one a line; they may be cut anywhere."""
    rest = b""
    for chunk in chunks:
        *complete, rest = (rest + chunk).split(b"\n")
        for line in complete:
            yield from _message(line)
    yield from _message(rest)


def throttled(progress: Iterable[Progress], clock: Clock) -> Iterator[Progress]:
    """Yield progress with new words at once, and of the same words one in so many seconds."""
    known: dict[str, tuple[str, float]] = {}
    for one in progress:
        detail, time = known.get(one.part, ("", 0.0))
        now = clock.monotonic()
        if one.detail != detail or now - time >= _EVERY_SECONDS:
            known[one.part] = (one.detail, now)
            yield one


def _message(line: bytes) -> Iterator[dict[str, Any]]:
    if line.strip():
        decoded = msgspec.json.decode(line)
        if isinstance(decoded, dict):
            yield decoded


def _failed(message: dict[str, Any]) -> EngineError:
    detail = message.get("errorDetail") or {}
    text = str(detail.get("message") or message.get("error"))
    return errors.refused("the registry", int(detail.get("code") or errors.SERVER_ERROR), text)
