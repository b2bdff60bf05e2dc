"""What went wrong with an engine, in words a user can act on.

Built by the transport, which translates every foreign exception here; nothing else makes an `EngineError`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError, EngineUnreachable
from compose.base.pattern import lazy_pattern

NOT_FOUND = 404
CONFLICT = 409
SERVER_ERROR = 500
NOT_IMPLEMENTED = 501

_CODES = {
    400: "engine-bad-request",
    401: "engine-denied",
    403: "engine-denied",
    404: "engine-not-found",
    409: "engine-conflict",
    501: "engine-unsupported",
    503: "engine-unavailable",
}

_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        lazy_pattern(r"port is already allocated|address already in use|ports are not available"),
        "another container or program on the engine's host uses this port: stop it, or publish another port",
    ),
    (lazy_pattern(r"no space left on device"), "the engine's disk is full: `docker system df` shows what uses it"),
    (
        lazy_pattern(r"pull access denied|unauthorized|authentication required|denied: requested access"),
        "check the image's name; for a private registry log in with `docker login` first",
    ),
    (
        lazy_pattern(r"manifest unknown|manifest for .* not found|no matching manifest"),
        "the registry has no such tag for this platform: check the tag and `platform`",
    ),
    (lazy_pattern(r"could not select device driver"), "the engine has no driver for the devices that are asked for"),
    (
        lazy_pattern(r"Pool overlaps with other one|could not find an available.*address pool|all predefined address pools"),
        "choose another `subnet`, or remove networks that are not used any more (`docker network prune`)",
    ),
    (
        lazy_pattern(r"executable file not found|exec format error|OCI runtime create failed.*no such file"),
        "check `command` and `entrypoint` against what the image contains, and the image's platform",
    ),
)

_MEANINGS: tuple[tuple[re.Pattern[str], int], ...] = (
    (lazy_pattern(r"is already in use|already used: network already exists|volume already exists|container state improper"), 409),
    (lazy_pattern(r"network is being used"), 403),
    (lazy_pattern(r"\bno such (container|network|volume|image|pod)\b|(network|volume|image) not (found|known)"), 404),
)
"""What Podman's answers with status 500 amount to in the Docker API."""

START_HINT = "start one with `compose engine start --install`, or name another with `--host`, `--context` or DOCKER_HOST"


def refused(what: str, status: int, message: str) -> EngineError:
    """Return the error for an answer of 400 or more.

    `what` is the call (`POST /containers/create`), `message` the engine's own text. The error's status is what the
    Docker API promises for such a message, where Podman just says 500.
    """
    text = " ".join(message.split()) or f"{what}: status {status}"
    if status == SERVER_ERROR:
        status = next((meant for pattern, meant in _MEANINGS if pattern.search(text)), status)
    code = _CODES.get(status, "engine-error" if status >= SERVER_ERROR else "engine-refused")
    hint = next((hint for pattern, hint in _HINTS if pattern.search(text)), "")
    return EngineError(
        Diagnostic(
            severity="error",
            code=code,
            summary=f"Error response from daemon: {text}",
            detail=f"{what} answered {status}" if status else "",
            hint=hint,
        ),
        status=status,
        message=text,
    )


def timed_out(what: str, seconds: float) -> EngineError:
    """Return the error for an engine that took a request and did not answer in time."""
    return EngineError(
        Diagnostic(
            severity="error",
            code="engine-timeout",
            summary=f"the engine did not answer within {seconds:g}s",
            detail=f"while waiting for {what}",
            hint="the engine is overloaded or stuck: look at its log and at the load of its host",
        )
    )


def connection_lost(what: str, reason: str) -> EngineError:
    """Return the error for a connection that broke after it had been made."""
    return EngineError(
        Diagnostic(
            severity="error",
            code="engine-connection-lost",
            summary="the connection to the engine was lost",
            detail=f"during {what}: {reason}",
            hint="the engine stopped or restarted: run the same command again, it goes on from what is there",
        )
    )


def unreachable(address: str, reason: str, *, denied: bool = False, tried: Sequence[str] = ()) -> EngineUnreachable:
    """Return the error for an endpoint that nothing answers at; `tried` are lines about every other place looked at."""
    if denied:
        summary = f"permission denied while trying to connect to the Docker daemon socket at {address}"
        hint = "run as a user who may use it (a member of its group), or start a private engine with `compose engine start`"
    else:
        summary = f"Cannot connect to the Docker daemon at {address}. Is the docker daemon running?"
        hint = START_HINT
    lines = [reason] if reason else []
    if tried:
        lines.append("tried:")
        lines.extend(f"  {line}" for line in tried)
    return EngineUnreachable(
        Diagnostic(severity="error", code="engine-unreachable", summary=summary, detail="\n".join(lines), hint=hint)
    )


def unusable(code: str, summary: str, *, hint: str = "", detail: str = "") -> EngineError:
    """Return the error for an endpoint that cannot be used as it is (too old, no such tool, bad certificate)."""
    return EngineError(Diagnostic(severity="error", code=code, summary=summary, detail=detail, hint=hint))


def internal(error: Exception) -> EngineError:
    """Return the error for a mistake of this tool itself, so that it is told instead of waited for."""
    return unusable(
        "internal-error",
        f"internal error: {type(error).__name__}: {error}",
        hint="this is a defect of compose: please report it with what you ran",
    )
