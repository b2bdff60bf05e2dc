#!/usr/bin/env python3
"""Gives an engine the images that the samples and tests use: there already, else pulled, else made from Debian packages."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from debian import DebianError, supported
from layers import Builder
from recipes import IMAGES

PULL_SECONDS = 20.0
LOAD_SECONDS = 300.0


class ApiError(Exception):
    """The engine refused; the text is its own."""


class Engine:
    """The few calls of the Docker API that are needed here."""

    def __init__(self, host: str) -> None:
        self._url = urlsplit(host)
        if self._url.scheme not in {"unix", "tcp"}:
            raise SystemExit(f"images: {host}: only unix:// and tcp:// addresses")

    def has(self, tag: str) -> bool:
        with contextlib.suppress(ApiError):
            self.call("GET", f"/images/{quote(tag)}/json")
            return True
        return False

    def pull(self, tag: str) -> None:
        """Pull an image; a registry that says nothing for a while counts as not there."""
        name, _, version = tag.rpartition(":")
        text = self.call("POST", f"/images/create?fromImage={quote(name)}&tag={version}", seconds=PULL_SECONDS)
        for line in (text if isinstance(text, str) else json.dumps(text or {})).splitlines():
            if line and (error := json.loads(line).get("error")):
                raise ApiError(error)

    def load(self, archive: Path, ids: dict[str, str]) -> None:
        with archive.open("rb") as data:
            size = archive.stat().st_size
            self.call("POST", "/images/load?quiet=1", data, {"Content-Type": "application/x-tar", "Content-Length": str(size)})
        for tag, identity in ids.items():
            if not self.has(tag):  # filed under a name that the engine does not find by the short one
                name, _, version = tag.rpartition(":")
                self.call("POST", f"/images/{identity}/tag?repo={quote(name)}&tag={version}")

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, seconds: float = LOAD_SECONDS
    ) -> Any:
        connection = self._connection(seconds)
        try:
            connection.request(method, path, body=body, headers={"Host": "engine", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except OSError as error:
            raise ApiError(str(error) or type(error).__name__) from error
        finally:
            connection.close()
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        if answer.status >= http.client.BAD_REQUEST:
            raise ApiError(value.get("message", text) if isinstance(value, dict) else text)
        return value

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if self._url.scheme == "tcp":
            return http.client.HTTPConnection(self._url.hostname or "127.0.0.1", self._url.port or 2375, timeout=seconds)
        connection = http.client.HTTPConnection("engine", timeout=seconds)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(seconds)
        connection.sock.connect(self._url.path)
        return connection


def provide(engine: Engine, families: list[str], *, stand_ins: bool) -> None:
    """Have all images of the families on the engine, saying what had to be done."""
    refused = "asked for" if stand_ins else ""
    for family in families:
        missing = [tag for tag in IMAGES[family].tags if not engine.has(tag)]
        if not missing:
            continue
        for tag in list(missing):
            if refused:
                break
            try:
                engine.pull(tag)
            except ApiError as error:
                refused = str(error)
                print(f"images: {tag} cannot be pulled: {error}", flush=True)
            else:
                print(f"images: {tag} pulled", flush=True)
                missing.remove(tag)
        if missing:
            stand_in(engine, family, refused)


def stand_in(engine: Engine, family: str, why: str) -> None:
    if not supported():
        raise SystemExit(f"images: {family}: cannot be pulled ({why}), and stand-ins are made on Debian and Ubuntu only")
    with _locked(cache_directory()):
        archive, ids = Builder(cache_directory()).image(family)
    wanted = {tag: identity for tag, identity in ids.items() if not engine.has(tag)}
    engine.load(archive, wanted)
    print(f"images: stand-ins made from Debian packages: {', '.join(wanted)}", flush=True)


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "compose-reconciler" / "images"


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Let one builder work at a time; the second then finds everything made."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=f"one of {', '.join(IMAGES)} (default: all)")
    parser.add_argument(
        "--host", default=os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock", help="default: DOCKER_HOST"
    )
    parser.add_argument("--stand-ins", action="store_true", help="do not try to pull")
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    options = parser.parse_args()
    families = options.families or list(IMAGES)
    if unknown := [family for family in families if family not in IMAGES]:
        parser.error(f"unknown: {', '.join(unknown)}")
    engine = Engine(options.host)
    try:
        engine.call("GET", "/_ping", seconds=5)
        if options.check:
            missing = [tag for family in families for tag in IMAGES[family].tags if not engine.has(tag)]
            print(*(f"images: {tag} is missing" for tag in missing), sep="\n", end="\n" if missing else "")
            sys.exit(1 if missing else 0)
        provide(engine, families, stand_ins=options.stand_ins)
    except (ApiError, DebianError, OSError) as error:
        raise SystemExit(f"images: {error}") from error


if __name__ == "__main__":
    main()
