"""What would probably help, by what a failed container said and how it ended: one table of signs."""

from __future__ import annotations

import re
from typing import Final

from compose.base.failure import Failure

_QUICKLY_SECONDS: Final = 90.0

_Signs = tuple[tuple[re.Pattern[str], str], ...]

_PROBE_DEFECTS: Final[_Signs] = (
    (
        re.compile(r"(?:exec: \"|sh: (?:\d+: )?|: )(?P<name>[\w./-]+)\"?: (?:executable file )?not found", re.IGNORECASE),
        "the image of `{service}` has no `{name}`: let the healthcheck use a program that it has",
    ),
    (
        re.compile(r"exceeded timeout|timed? ?out", re.IGNORECASE),
        "the probe takes longer than it may: raise the healthcheck's `timeout`, or let it do less",
    ),
)
_PROBE_SIGNS: Final[_Signs] = (
    (
        re.compile(r"connection refused|could not connect|can't connect|failed to connect|no response", re.IGNORECASE),
        "nothing listens yet where the probe asks: check address and port, or give the healthcheck a longer `start_period`",
    ),
    (
        re.compile(r"\b(401|403)\b|unauthorized|forbidden", re.IGNORECASE),
        "the probe is not let in: ask for a page that needs no login",
    ),
    (re.compile(r"\b404\b|not found", re.IGNORECASE), "what the probe asks for is not there: check its path"),
)
_LOG_SIGNS: Final[_Signs] = (
    (
        re.compile(r"superuser password is not specified|database is uninitialized and password option", re.IGNORECASE),
        "the image wants a password: set it under `environment` of `{service}` (its documentation names the variable)",
    ),
    (
        re.compile(r"exec format error"),
        "the program is made for another processor: set `platform` of `{service}`, or use an image for this one",
    ),
    (
        re.compile(r"(?P<name>[\w./-]+): (?:command )?not found|can't open|cannot find module|no module named", re.IGNORECASE),
        "something that the command of `{service}` needs is not in the image: check `command`, `working_dir` and `volumes`",
    ),
    (
        re.compile(r"permission denied|operation not permitted|read-only file system|wrong ownership", re.IGNORECASE),
        "`{service}` may not do that: check `user`, `read_only`, and who owns what is mounted under `volumes`",
    ),
    (re.compile(r"no space left on device", re.IGNORECASE), "the engine's disk is full: `docker system df` shows what uses it"),
    (
        re.compile(r"address already in use|EADDRINUSE", re.IGNORECASE),
        "another program in the same network namespace has that port: check the port `{service}` listens on",
    ),
    (
        re.compile(
            r"connection refused|ECONNREFUSED|could not translate host|name or service not known|name resolution|ENOTFOUND",
            re.IGNORECASE,
        ),
        "what `{service}` connects to is not ready or not known: add it to `depends_on` with `condition: service_healthy`",
    ),
    (
        re.compile(r"(?:relation|table|database|column) .{1,80} does(?:n't| not) exist|no such table", re.IGNORECASE),
        "the database lacks what `{service}` expects: run its migrations first (a job that it depends on)",
    ),
    (
        re.compile(r"(?:environment variable|env var|variable) .{0,60}(?:not set|missing|required)|KeyError", re.IGNORECASE),
        "a variable is missing: set it under `environment` of `{service}`, or in its `env_file`",
    ),
)
_CODES: Final[dict[int, str]] = {
    126: "the command of `{service}` cannot be run: check that it is executable and made for this platform",
    127: "the image of `{service}` does not have the command: check `command` and `entrypoint`",
    134: "the program of `{service}` gave up (SIGABRT); its last lines say why",
    137: "`{service}` was killed: by somebody (`docker kill`), or by the host for want of memory",
    139: "the program of `{service}` crashed (SIGSEGV): often an image for another processor, or a defect",
}


def likely_fix(failure: Failure, *, now: float) -> str:
    """Return one sentence, "" when nothing points anywhere; `now` by the engine's clock."""
    if failure.oom_killed:
        return f"give `{failure.service}` more memory (`deploy.resources.limits.memory`, `mem_limit`)"
    bad = [probe for probe in failure.probes if probe.exit_code] if failure.exit_code is None else []
    said, log = bad[-1].output if bad else "", "\n".join(failure.logs)
    found = (
        _by_signs(_PROBE_DEFECTS, said)
        or _by_signs(_LOG_SIGNS, log)
        or _by_signs(_PROBE_SIGNS, said)
        or _CODES.get(failure.exit_code or 0, "")
    )
    if not found and bad and len(bad) == len(failure.probes) and now - bad[0].start < _QUICKLY_SECONDS:
        found = "if `{service}` only needs longer to start, give its healthcheck a `start_period`"
    return found.replace("{service}", failure.service)


def _by_signs(signs: _Signs, text: str) -> str:
    for pattern, fix in signs:
        match = pattern.search(text)
        if match is not None:
            return fix.replace("{name}", match.groupdict().get("name") or "")
    return ""
