"""Pushing images, through the engine. Source: POST /images/{name}/push."""

from __future__ import annotations

import base64

from compose.base.errors import ComposeError, fail
from compose.build.classic import messages
from compose.build.reference import Reference, parse_reference
from compose.build.report import Reporter
from compose.engine.port import Call, Engine, path

_ANONYMOUS = base64.urlsafe_b64encode(b"{}").decode()
"""Engines insist on the header, also where nobody is logged in."""
_DENIED = ("unauthorized", "authentication required", "denied", "no basic auth credentials")


def push_image(engine: Engine, text: str, reporter: Reporter) -> str:
    """Push an image and return its digest in the registry ("" when the engine does not tell).

    Raises:
        ComposeError: `push-denied` with how to log in, or `push-failed`.
        EngineError: the engine refused or went away.
    """
    reference = parse_reference(text)
    call = Call(
        method="POST",
        path=path("/images/{}/push", reference.name),
        query={"tag": reference.tag or "latest"},
        headers={"X-Registry-Auth": engine.registry_auth(text) or _ANONYMOUS},
    )
    digest = ""
    with engine.stream(call) as answer:
        for message in messages(answer.chunks()):
            if "error" in message:
                raise _failure(reference, str((message.get("errorDetail") or {}).get("message") or message["error"]))
            aux = message.get("aux")
            if isinstance(aux, dict):
                digest = str(aux.get("Digest") or digest)
            detail = message.get("progressDetail") or {}
            if message.get("status"):
                part = str(message.get("id", ""))
                reporter.progress(part, str(message["status"]), int(detail.get("current") or 0), int(detail.get("total") or 0))
    return digest


def _failure(reference: Reference, said: str) -> ComposeError:
    if any(word in said.lower() for word in _DENIED):
        return fail("push-denied", f"pushing `{reference}` failed: {said}", hint=login_hint(reference))
    return fail("push-failed", f"pushing `{reference}` failed: {said}")


def login_hint(reference: Reference) -> str:
    """Return how to log in to the registry of a reference, named as the user wrote it."""
    where = f" {reference.registry}" if reference.registry else ""
    return f"log in with `docker login{where}`"
