"""BuildKit through the `docker-buildx` plugin: finding it, and one bake for all builds of a run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.build.bake import definition, entitlements, target_name
from compose.build.cache import Cache, stamp
from compose.build.dockerfile import locate, parse
from compose.build.job import Job
from compose.build.rawjson import Transcript
from compose.build.report import Reporter, Source, failed
from compose.engine.contexts import config_directory
from compose.engine.endpoint import Endpoint
from compose.engine.halt import Halt

OLDEST = (0, 17)
MISSING = Diagnostic(
    severity="note",
    code="buildx-missing",
    summary="Docker Compose requires buildx plugin to be installed: using the classic builder",
    hint="install the `docker-buildx` plugin to have what only BuildKit does, or set DOCKER_BUILDKIT=0",
)
_NAME = "docker-buildx"
_SYSTEM_DIRECTORIES = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
_PROBE_SECONDS = 10.0


class Plugin(Value, frozen=True, kw_only=True):
    """An installed buildx."""

    path: str
    version: tuple[int, int]


def find_plugin(
    environ: Mapping[str, str], directories: Sequence[str] = _SYSTEM_DIRECTORIES, *, cache: Cache | None = None
) -> Plugin | None:
    """Return the buildx the docker command line would use, None when there is none; `cache` remembers its version.

    Raises:
        ComposeError: `buildx-too-old`.
    """
    suffix = ".exe" if os.name == "nt" else ""
    for directory in (str(config_directory(environ) / "cli-plugins"), *_extra(environ), *directories):
        file = Path(directory, _NAME + suffix)
        version = _remembered(file, environ, cache) if os.access(file, os.X_OK) else None
        if version is None:
            continue
        if version < OLDEST:
            raise fail(
                "buildx-too-old",
                "compose build requires buildx 0.17 or later",
                detail=f"{file} is {version[0]}.{version[1]}",
                hint="update the plugin, or set DOCKER_BUILDKIT=0 to use the classic builder",
            )
        return Plugin(path=str(file), version=version)
    return None


def environment(environ: Mapping[str, str], endpoint: Endpoint | None) -> dict[str, str]:
    """Return the environment in which buildx talks to the engine we talk to."""
    found = {**environ, "BUILDX_METADATA_PROVENANCE": "disabled", "BUILDX_BAKE_ENTITLEMENTS_FS": "0"}
    if endpoint is None:
        return found
    found |= {"DOCKER_HOST": endpoint.url, "DOCKER_CONTEXT": "default"}
    if endpoint.tls is not None:
        material = endpoint.tls.ca or endpoint.tls.cert
        found["DOCKER_CERT_PATH"] = str(Path(material).parent) if material else ""
        found["DOCKER_TLS_VERIFY"] = "1" if endpoint.tls.verify else ""
    return found


class Bake(Value, frozen=True, kw_only=True):
    """What came of a bake: image ids by service; for checks what they printed and whether they `found` anything."""

    images: dict[str, str] = {}
    text: str = ""
    found: bool = False


def bake(
    plugin: Plugin,
    jobs: Sequence[Job],
    reporters: Mapping[str, Reporter],
    *,
    environ: Mapping[str, str],
    sources: Mapping[str, Mapping[str, str]] | None = None,
    builder: str = "",
    dockerfiles: Mapping[str, Source] | None = None,
    halt: Halt | None = None,
) -> Bake:
    """Build all jobs with one bake and return their images; `reporters` are by service.

    `dockerfiles` are by service, for errors; `halt` ends the program.

    Raises:
        ComposeError: `build-failed`, or `buildx-unusable` when the plugin cannot be run.
        Cancelled: the user asked to stop.
    """
    services = {target_name(job.service): job.service for job in jobs}
    transcript = Transcript({target: reporters[service] for target, service in services.items()})
    arguments = [f"--allow={name}" for name in entitlements(jobs)]
    if builder:
        arguments.append(f"--builder={builder}")
    with tempfile.TemporaryDirectory(prefix="compose-bake-") as directory, tempfile.TemporaryFile("w+") as given:
        metadata, printed = Path(directory, "metadata.json"), Path(directory, "printed")
        json.dump(definition(jobs, sources=sources), given)
        given.seek(0)
        command = [plugin.path, "bake", "--file=-", "--progress=rawjson", f"--metadata-file={metadata}", *arguments]
        with printed.open("w+") as output:
            code = _run(command, transcript, given=given.fileno(), output=output.fileno(), environ=environ, halt=halt or Halt())
        text = printed.read_text()
        if code and not text:
            failure = transcript.failure(services)
            source = (dockerfiles or {}).get(failure.service)
            if source is not None and not failure.first:
                first, last = locate(parse(source.text), failure.step)  # old builders do not tell
                failure = replace(failure, first=first, last=last)
            error = failed(failure, source)
            error.finished = frozenset(services[target] for target in transcript.finished())
            raise error
        return Bake(images=_images(metadata, services), text=text, found=bool(code))


def _run(
    command: Sequence[str],
    transcript: Transcript,
    *,
    given: int,
    output: int,
    environ: Mapping[str, str],
    halt: Halt,
) -> int:
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own plugin, its arguments as a list
            command, stdin=given, stdout=output, stderr=subprocess.PIPE, env=dict(environ), encoding="utf-8", errors="replace"
        )
    except OSError as error:
        raise fail("buildx-unusable", f"cannot run `{command[0]}`: {error.strerror}") from error
    with process, halt.ending(process.terminate):
        assert process.stderr is not None
        for line in process.stderr:
            transcript.feed(line)
    return process.returncode


def _images(metadata: Path, services: Mapping[str, str]) -> dict[str, str]:
    """Return the image ids by service: what containers of that image name as theirs."""
    try:
        told: dict[str, Any] = json.loads(metadata.read_text())
    except (OSError, ValueError):
        return {}  # nothing was made: checks, or an output without image
    return {
        service: str(about.get("containerimage.digest") or about.get("containerimage.config.digest") or "")
        for target, service in services.items()
        if isinstance(about := told.get(target), dict)
    }


def _extra(environ: Mapping[str, str]) -> list[str]:
    """Return the plugin directories the docker configuration adds."""
    try:
        told = json.loads((config_directory(environ) / "config.json").read_text())
    except (OSError, ValueError):
        return []  # whoever needs the configuration says what is wrong with it
    found = told.get("cliPluginsExtraDirs") if isinstance(told, dict) else None
    return [str(directory) for directory in found] if isinstance(found, list) else []


def _remembered(file: Path, environ: Mapping[str, str], cache: Cache | None) -> tuple[int, int] | None:
    """Return a plugin's version; it is asked once, not in every run."""
    if cache is None:
        return _version(file, environ)
    program = file.resolve()
    try:
        mark = stamp(program.stat())
    except OSError:
        return None  # gone since it was found
    version = cache.version(str(program), mark)
    if version is None:
        version = _version(file, environ)
        if version is not None:
            cache.keep_version(str(program), mark, version)
    return version


def _version(file: Path, environ: Mapping[str, str]) -> tuple[int, int] | None:
    """Return a plugin's version as it tells the docker command line, None when it is none."""
    try:
        answer = subprocess.run(  # noqa: S603 - as above
            [str(file), "docker-cli-plugin-metadata"],
            capture_output=True,
            check=True,
            timeout=_PROBE_SECONDS,
            env=dict(environ),
            text=True,
        )
        match = re.match(r"v?(\d+)\.(\d+)", str(json.loads(answer.stdout).get("Version")))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None  # broken plugins are passed over, as the docker command line does
    return (int(match[1]), int(match[2])) if match else OLDEST
