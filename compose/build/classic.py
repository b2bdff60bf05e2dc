"""The engine's own builder: POST /build with a tar of the context."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from compose.base import labels
from compose.base.pattern import lazy_pattern
from compose.base.units import ByteSize
from compose.build.context import Upload
from compose.build.dockerfile import locate, parse
from compose.build.job import Job
from compose.build.report import LAST_LINES, Failure, Reporter, Source, failed
from compose.engine.halt import Halt
from compose.engine.port import Call, Engine
from compose.engine.pull import messages
from compose.model.build import Ulimit

_STEP = lazy_pattern(r"(?:\[(\d+/\d+)\] )?(?:Step|STEP) (\d+)/(\d+) ?: (.*)")
_STATUS = lazy_pattern(r" ---> |--> ")
_CHATTER = lazy_pattern(
    r"Remov(?:ed|ing) intermediate container [0-9a-f]+|Successfully (?:built|tagged) \S+|Running in [0-9a-f]+"
    r"|[0-9a-f]{12}|[0-9a-f]{64}|(?:\[\d+/\d+\] )?COMMIT \S+|\s*"
)
_TAIL = lazy_pattern(r"(?<=.) ---> (?:Removed intermediate container )?[0-9a-f]+$")
"""What the builder says right after output that does not end with a line."""
_CACHED = lazy_pattern(r"Using cache.*")
_OURS = lazy_pattern(rf"\[[\d/ ]+\] LABEL \"?{re.escape(labels.OWN_PREFIX)}")
"""The steps that the labels of this tool become; nobody wrote them."""
_CODE = lazy_pattern(r"(?:returned a non-zero code:|exit status) (\d+)")

_UNSUPPORTED: tuple[tuple[str, str, Callable[[Job], object]], ...] = (
    ("platforms", "multi-arch build", lambda job: len(job.build.platforms) > 1),
    ("privileged", "privileged mode", lambda job: job.build.privileged),
    ("additional_contexts", "additional contexts", lambda job: job.build.additional_contexts),
    ("ssh", "SSH keys", lambda job: job.build.ssh),
    ("secrets", "secrets", lambda job: job.build.secrets),
    ("entitlements", "entitlements", lambda job: job.build.entitlements),
    ("", "checks", lambda job: job.check),
)
_IGNORED = ("cache_to", "no_cache_filter", "provenance", "sbom")


def unsupported(job: Job) -> tuple[str, str] | None:
    """Return the first attribute of the build section (and what to call it) this builder would get wrong, if any."""
    return next(((attribute, name) for attribute, name, asked in _UNSUPPORTED if asked(job)), None)


def ignored(job: Job) -> tuple[str, ...]:
    """Return the attributes of the build section that this builder passes over without changing the image."""
    return tuple(name for name in _IGNORED if getattr(job.build, name) not in {"", "false", ()})


def build_classic(
    engine: Engine, job: Job, upload: Upload, reporter: Reporter, *, source: Source | None = None, halt: Halt | None = None
) -> str:
    """Build an image and return its id. Source: POST /build.

    `source` is the Dockerfile, for errors.

    Raises:
        BuildFailed: with the exit code of the failing step.
        Cancelled: the user asked to stop.
        EngineError: the engine refused or went away.
    """
    halt = halt or Halt()
    credentials = engine.registry_config()
    call = Call(
        method="POST",
        path="/build",
        query=query(job, upload.dockerfile),
        data=halt.guarded(upload.blocks),
        content_type="application/x-tar",
        headers={"X-Registry-Config": credentials} if credentials else {},
    )
    log = _Log(job.service, reporter)
    with engine.stream(call) as answer, halt.ending(answer.close):
        for message in messages(answer.chunks()):
            log.feed(message)
            if "error" in message:
                raise failed(log.failure(message, source.text if source else ""), source)
    log.ended("done")
    return log.image


def query(job: Job, dockerfile: str) -> dict[str, Any]:
    """Return the query of POST /build; a tuple stands for a repeated parameter."""
    build = job.build
    found: dict[str, Any] = {
        "t": job.tags,
        "dockerfile": dockerfile,
        "buildargs": job.args,
        "labels": {**build.labels, **job.inputs},  # each of them is a step: none is added that nobody reads
        "target": build.target or None,
        "networkmode": build.network or None,
        "extrahosts": tuple(_classic_host(host) for host in build.extra_hosts) or None,
        "nocache": build.no_cache or None,
        "pull": build.pull or None,
        "memory": job.memory or None,
        "shmsize": build.shm_size or None,
        "ulimits": [_ulimit(name, limit) for name, limit in build.ulimits.items()] or None,
        "cachefrom": [source for source in build.cache_from if "=" not in source] or None,
        "isolation": build.isolation or None,
        "platform": build.platforms[0] if build.platforms else None,
        "rm": True,
        "forcerm": True,
    }
    return {name: int(value) if isinstance(value, ByteSize) else value for name, value in found.items() if value is not None}


def _classic_host(host: str) -> str:
    return host.replace("=", ":", 1)


def _ulimit(name: str, limit: Ulimit) -> dict[str, Any]:
    soft = limit.single if limit.single is not None else limit.soft
    hard = limit.single if limit.single is not None else limit.hard
    return {"Name": name, "Soft": soft or 0, "Hard": hard or 0}


class _Log:
    """Follows the builder's stream: which step it is at, what the step wrote, which image came out."""

    def __init__(self, service: str, reporter: Reporter) -> None:
        self.image = ""
        self._service = service
        self._reporter = reporter
        self._step = ""
        self._number = 0
        self._lines: list[str] = []
        self._partial = ""
        self._is_cached = False

    def feed(self, message: dict[str, Any]) -> None:
        aux = message.get("aux")
        if isinstance(aux, dict) and "ID" in aux:
            self.image = str(aux["ID"])
        if "stream" in message:
            *lines, self._partial = (self._partial + str(message["stream"])).split("\n")
            for line in lines:
                self._line(line)
        elif "status" in message:
            detail = message.get("progressDetail") or {}
            self._reporter.progress(
                str(message.get("id", "")), str(message["status"]), int(detail.get("current") or 0), int(detail.get("total") or 0)
            )

    def failure(self, message: dict[str, Any], dockerfile: str) -> Failure:
        detail = message.get("errorDetail") or {}
        text = str(detail.get("message") or message["error"]).strip()
        code = int(detail.get("code") or 0) or next(iter(int(found) for found in _CODE.findall(text)), 1)
        if self._partial.strip():
            self._line(self._partial)
        self.ended("failed")
        first, last = _place(self._number, self._step, dockerfile)
        return Failure(
            service=self._service,
            message=text,
            step=self._step,
            lines=tuple(self._lines),
            first=first,
            last=last,
            exit_code=code,
        )

    def ended(self, how: str) -> None:
        """Tell how the step came out that was under way."""
        self._tell("cached" if how == "done" and self._is_cached else how)
        self._is_cached = False

    def _tell(self, detail: str, current: int = 0, total: int = 0) -> None:
        if self._step and not _OURS.match(self._step):
            self._reporter.progress(self._step, detail, current, total)

    def _line(self, line: str) -> None:
        line = _TAIL.sub("", line)
        step = _STEP.fullmatch(line)
        if step:
            self.ended("done")
            stage, number, count, text = step.groups()
            self._number = 0 if stage else int(number)
            self._step = f"[{f'{stage} ' if stage else ''}{number}/{count}] {text}"
            self._lines = []
            self._tell("", int(number), int(count))
        elif _STATUS.match(line):
            detail = _STATUS.sub("", line, count=1)
            if _CACHED.fullmatch(detail):
                self._is_cached = True
            elif not _CHATTER.fullmatch(detail):
                self._tell(detail)
        elif not _CHATTER.fullmatch(line):
            self._lines = [*self._lines[-LAST_LINES:], line]
            self._reporter.output(self._step, line)


def _place(number: int, step: str, dockerfile: str) -> tuple[int, int]:
    """Return the first and last line of a step, 0 when unsure: where they have numbers, steps are the instructions in order."""
    parsed = parse(dockerfile)
    instructions = parsed.instructions
    if 0 < number <= len(instructions) and f"] {instructions[number - 1].name}" in step.upper():
        return instructions[number - 1].line, instructions[number - 1].last
    return locate(parsed, step)
