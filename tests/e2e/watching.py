"""`watch` in the background, and what its containers have, read from the engine itself."""

from __future__ import annotations

import io
import signal
import tarfile
import threading

import docker.errors
import requests


class Watcher:
    """A running `compose watch`; `lines` are what it printed, `told` what it said on stderr."""

    def __init__(self, stack, *arguments, env=None, through=()):
        self.stack = stack
        self.process = stack.start("watch", *arguments, env=env, through=through)
        self.lines: list[str] = []
        self.told: list[str] = []
        for stream, kept in ((self.process.stdout, self.lines), (self.process.stderr, self.told)):
            threading.Thread(target=self._read, args=(stream, kept), daemon=True).start()
        self.until_said('"enabled":true' if "--json" in arguments else "Watch enabled")

    @staticmethod
    def _read(stream, kept):
        for line in stream:
            kept.append(line.rstrip("\n"))

    def said(self, text):
        return [line for line in (*self.lines, *self.told) if text in line]

    def until_said(self, text, count=1):
        def enough():
            assert self.process.poll() is None or len(self.said(text)) >= count, "\n".join(self.told)
            return len(self.said(text)) >= count

        try:
            self.stack.until(enough, f"{text!r} is said")
        except BaseException:
            print(*self.lines, *self.told, sep="\n")  # noqa: T201 - it says why the test failed
            raise

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        assert not any("Traceback" in line for line in self.told)
        return code


def tree(container, place):
    """Return what a container has at a place: for each path below it a file's content and mode, a link's target, or None."""
    try:
        chunks, _ = container.get_archive(place)
    except docker.errors.NotFound:
        return {}
    found = {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        for info in archive:
            below = info.name.partition("/")[2]
            if not below:
                if info.isfile():
                    found[""] = (archive.extractfile(info).read(), info.mode)
                continue
            if info.issym():
                found[below] = info.linkname
            elif info.isfile():
                found[below] = (archive.extractfile(info).read(), info.mode & 0o7777)
            elif info.isdir():
                found[below] = None
    return found


def host_tree(folder, left_out=lambda _path: False):
    """Return the same of a folder of the host."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if left_out(name):
            continue
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_dir():
            found[name] = None
        elif path.is_file():
            found[name] = (path.read_bytes(), path.stat().st_mode & 0o7777)
    return found


def until_equal(stack, folder, place, service="web", left_out=lambda _path: False):
    """Wait until all containers of a service have at a place what a folder has."""

    def equal():
        wanted = host_tree(folder, left_out)
        try:
            return all(tree(container, place) == wanted for container in stack.containers(service))
        except (tarfile.ReadError, docker.errors.APIError, requests.RequestException):
            return False  # it changed while the engine packed it

    try:
        stack.until(equal, f"{place} equals {folder}")
    except BaseException:
        wanted = host_tree(folder, left_out)
        for container in stack.containers(service):
            there = tree(container, place)
            odd = {path for path in {*wanted, *there} if wanted.get(path, 0) != there.get(path, 0)}
            told = {path: (_short(wanted.get(path, "nothing")), _short(there.get(path, "nothing"))) for path in sorted(odd)[:20]}
            print(container.name, "host, container:", told)  # noqa: T201 - it says why the test failed
        raise


def _short(what):
    return (len(what[0]), what[0][:8], oct(what[1])) if isinstance(what, tuple) else what
