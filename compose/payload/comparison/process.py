"""What runs in a container: command, environment, user, health, labels. Image defaults count as asked for."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

from compose.base import labels as label_names
from compose.base.place import Path
from compose.payload.comparison.finding import Case, Finding, by_key

_FLAGS = (("tty", "Tty"), ("stdin_open", "OpenStdin"))
_SHORT = 12
_GRACE = 10
"""Seconds an engine gives a container that asks for none."""
_HEALTH = {
    "interval": "Interval",
    "timeout": "Timeout",
    "retries": "Retries",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def findings(case: Case) -> Iterator[Finding]:
    """Yield what differs in `Config`."""
    for part in _PARTS:
        yield from part(case)


def _texts(case: Case) -> Iterator[Finding]:
    for attribute, field, normal in _TEXTS:
        wanted = normal(case.wanted(field) or case.default(field) or "")
        actual = normal(case.actual("Config", field) or "")
        if wanted != actual and not (case.image is None and not case.wanted(field)):
            yield Finding(path=(attribute,), old=actual, new=wanted)


def _same(text: str) -> str:
    return text


def _directory(path: str) -> str:
    return path.rstrip("/")


def signal_name(text: str) -> str:
    """Return a signal without `SIG`, from its name or number; the engine's own default when empty."""
    if text.isdecimal():
        try:
            text = signal.Signals(int(text)).name
        except ValueError:
            return text
    return text.upper().removeprefix("SIG") or "TERM"


_TEXTS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("user", "User", _same),
    ("working_dir", "WorkingDir", _directory),
    ("stop_signal", "StopSignal", signal_name),
    ("domainname", "Domainname", _same),
)


def _flags(case: Case) -> Iterator[Finding]:
    for attribute, field in _FLAGS:
        wanted, actual = bool(case.wanted(field)), bool(case.actual("Config", field))
        if wanted != actual:
            yield Finding(path=(attribute,), old=actual, new=wanted)


def _image(case: Case) -> Iterator[Finding]:
    wanted, actual = case.wanted("Image") or "", case.actual("Config", "Image") or ""
    if actual and not same_image(wanted, actual):
        yield Finding(path=("image",), old=actual, new=wanted)


def same_image(wanted: str, actual: str) -> bool:
    """Whether two references name the same image: the tag may be left out, and the place where it comes from."""
    short, full = sorted((_tagged(wanted), _tagged(actual)), key=len)
    return short == full or full.endswith("/" + short)


def _tagged(reference: str) -> str:
    if "@" in reference or ":" in reference.rpartition("/")[2]:
        return reference
    return f"{reference}:latest"


def _hostname(case: Case) -> Iterator[Finding]:
    wanted, actual = case.wanted("Hostname") or "", case.actual("Config", "Hostname") or ""
    if not wanted and _has_foreign_hostname(case):
        return
    if (wanted or case.container_id[:_SHORT]) != actual:
        yield Finding(path=("hostname",), old=actual, new=wanted or None)


def _has_foreign_hostname(case: Case) -> bool:
    mode = str(case.actual("HostConfig", "NetworkMode") or "")
    return mode == "host" or mode.startswith("container:") or case.actual("HostConfig", "UTSMode") == "host"


def _commands(case: Case) -> Iterator[Finding]:
    command, entrypoint = case.wanted("Cmd"), case.wanted("Entrypoint")
    if not entrypoint and not command:
        command = case.default("Cmd")
    if entrypoint is None:
        entrypoint = case.default("Entrypoint")
    for attribute, field, wanted in (("command", "Cmd", command), ("entrypoint", "Entrypoint", entrypoint)):
        if wanted is None and case.image is None:
            continue
        actual = list(case.actual("Config", field) or [])
        if _spelt(wanted) != _spelt(actual):
            yield Finding(path=(attribute,), old=actual, new=list(wanted or []))


def _spelt(words: Any) -> list[str]:  # noqa: ANN401 - a list or null
    """Return the words of a command; a single empty one says that there is none."""
    return [] if words in (None, [""]) else list(words)


def _environment(case: Case) -> Iterator[Finding]:
    wanted = variables(case.default("Env")) | variables(case.wanted("Env"))
    actual = variables(case.actual("Config", "Env"))
    if case.image is None:
        actual = {name: value for name, value in actual.items() if name in wanted}
    yield from by_key(("environment",), wanted, actual)


def variables(entries: list[str] | None) -> dict[str, str | None]:
    """Return `Env` as a mapping; None for a variable without value."""
    parts = (entry.partition("=") for entry in entries or ())
    return {name: value if separator else None for name, separator, value in parts}


def _labels(case: Case) -> Iterator[Finding]:
    wanted = (case.default("Labels") or {}) | (case.wanted("Labels") or {})
    actual = case.actual("Config", "Labels") or {}
    if case.image is None:
        actual = {name: value for name, value in actual.items() if name in wanted}
    yield from by_key(("labels",), _foreign(wanted), _foreign(actual))


def _foreign(labels: dict[str, str]) -> dict[str, str]:
    """Return the labels that neither this tool nor Docker Compose writes."""
    own = (label_names.PREFIX, label_names.OWN_PREFIX)
    return {name: value for name, value in labels.items() if not name.startswith(own)}


def _stop_timeout(case: Case) -> Iterator[Finding]:
    wanted, actual = case.wanted("StopTimeout"), case.actual("Config", "StopTimeout")
    if _or(wanted, _GRACE) != _or(actual, _GRACE):
        yield Finding(path=("stop_grace_period",), old=actual, new=wanted)


def _or(value: Any, default: Any) -> Any:  # noqa: ANN401 - any JSON
    return default if value is None else value


def _health(case: Case) -> Iterator[Finding]:
    asked, default = case.wanted("Healthcheck") or {}, case.default("Healthcheck") or {}
    actual = case.actual("Config", "Healthcheck") or {}
    if case.image is None and not asked:
        return
    wanted = default | {field: value for field, value in asked.items() if value}
    if case.image is None and "Test" not in asked:
        actual = {**actual, "Test": None}
    if _test(wanted) != _test(actual):
        yield Finding(path=("healthcheck", "test"), old=actual.get("Test"), new=wanted.get("Test"))
        return
    for attribute, field in _HEALTH.items():
        path: Path = ("healthcheck", attribute)
        if (wanted.get(field) or 0) != (actual.get(field) or 0):
            yield Finding(path=path, old=actual.get(field), new=wanted.get(field))


def _test(check: dict[str, Any]) -> list[str]:
    test = list(check.get("Test") or [])
    return [] if test == ["NONE"] else test


_PARTS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _image,
    _commands,
    _environment,
    _texts,
    _hostname,
    _flags,
    _labels,
    _stop_timeout,
    _health,
)
