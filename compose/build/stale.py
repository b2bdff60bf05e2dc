"""Whether an image is older than what it is built from, and what changed since.

A build writes a digest of its inputs into a label of the image; the cache remembers what the digest stands for, and
which base images there were.
Counted are the files that the ignore rules leave and the Dockerfile can read, the Dockerfile itself, arguments,
target and the like, and the ids of local base images.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from compose.base import labels
from compose.base.errors import ComposeError
from compose.build.bake import SERVICE_CONTEXT
from compose.build.cache import Cache, Known, Manifest, stamp
from compose.build.context import Context, open_context
from compose.build.dockerfile import Needs, needs, parse
from compose.build.job import Job
from compose.build.tree import Entry, unreadable
from compose.model.build import Build
from compose.source.ignore import Ignore

INPUTS = labels.OWN_PREFIX + "build-inputs"
"""The label that holds `Manifest.digest`."""

UNKNOWN = "build inputs"
"""Said when the cache no longer knows what a digest stood for."""

_SETTLED = 2_000_000_000
"""Nanoseconds a file must have been left alone before its status is taken to stand for its content."""
_CHUNK = 1024 * 1024
_SETTINGS = ("target", "network", "platforms", "labels", "privileged", "isolation", "no_cache_filter")


def needs_of(job: Job, context: Context) -> Needs:
    """Return what a build takes from outside its Dockerfile, named contexts left out."""
    found = needs(parse(context.text), job.build.target, job.build.args)
    named = job.build.additional_contexts
    return Needs(images=tuple(image for image in found.images if image not in named), paths=found.paths)


def manifest_of(job: Job, context: Context, cache: Cache, *, now: float) -> Manifest:
    """Return what a build with a local context depends on, base images left out; `now` in seconds since the epoch.

    Raises:
        ComposeError: a file of the context cannot be read.
    """
    files = dict(_files(context, needs_of(job, context).paths, cache, now))
    for name, root in local_contexts(job.build).items():
        extra = open_context(Build(context=root, dockerfile_inline="FROM scratch"))
        files |= {f"{name}:{path}": digest for path, digest in _files(extra, None, cache, now)}
    return Manifest(files=files, settings=_settings(job, context))


def local_contexts(build: Build) -> dict[str, str]:
    """Return the additional contexts that are directories here, by name."""
    found = build.additional_contexts
    return {name: root for name, root in found.items() if not root.startswith(SERVICE_CONTEXT) and Path(root).is_dir()}


def changed(manifest: Manifest, image_labels: Mapping[str, str], cache: Cache) -> tuple[str, ...]:
    """Return what changed since an image was built, empty when nothing did or the image does not tell.

    Files are named by their path in the context, settings by their path in the service (`build.args.X`), base images
    by their reference.
    """
    built = image_labels.get(INPUTS, "")
    if not built:
        return ()
    before = cache.manifest(built)
    if before is None:
        return () if built == manifest.digest else (UNKNOWN,)
    newer = (
        name for name, identifier in before.bases.items() if identifier and manifest.bases.get(name, "") not in {"", identifier}
    )
    return (*_different(before.files, manifest.files), *_different(before.settings, manifest.settings), *sorted(newer))


def describe(service: str, names: tuple[str, ...], *, shown: int = 3) -> str:
    """Return the sentence that tells the user: "image of `web` is older than its inputs: `src/app.py` changed"."""
    if names == (UNKNOWN,):
        return f"image of `{service}` is older than its inputs"
    listed = ", ".join(f"`{name}`" for name in names[:shown])
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"image of `{service}` is older than its inputs: {listed}{more} changed"


def _different(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)))


def _settings(job: Job, context: Context) -> dict[str, str]:
    build = job.build
    found: dict[str, object] = {"Dockerfile" if build.dockerfile_inline else _named(context): context.text}
    found |= {f"build.args.{name}": value for name, value in job.file_args.items() if value is not None}
    found |= {f"build.{name}": getattr(build, name) for name in _SETTINGS if getattr(build, name)}
    found |= {f"build.additional_contexts.{name}": value for name, value in build.additional_contexts.items()}
    return {name: _digest(repr(value).encode(errors="surrogateescape")) for name, value in found.items()}


def _named(context: Context) -> str:
    return context.name or os.path.relpath(context.file, context.root)


def _files(context: Context, paths: tuple[str, ...] | None, cache: Cache, now: float) -> Iterator[tuple[str, str]]:
    """Yield path and digest of the files a build can read; digests of files left alone come from the cache."""
    known = cache.known_files(context.root)
    fresh: dict[str, Known] = {}
    for entry in _read_by(context.entries(), paths):
        mode = f"{stat.S_IMODE(entry.status.st_mode):o}"
        if entry.is_directory:
            yield f"{entry.path}/", mode
            continue
        before = known.get(entry.path)
        mark = stamp(entry.status)
        if before is None or before.stamp != mark:
            before = Known(stamp=mark, digest=_content(entry))
        if mark[1] < now * 1e9 - _SETTLED:
            fresh[entry.path] = before
        yield entry.path, f"{mode} {before.digest}"
    if fresh != known:
        cache.keep_files(context.root, fresh if paths is None else {**known, **fresh})


def _read_by(entries: Iterable[Entry], paths: tuple[str, ...] | None) -> Iterator[Entry]:
    """Yield the entries a Dockerfile can read: those its sources, or patterns of them, match."""
    reads = None
    if paths is not None:
        try:
            reads = Ignore(paths)
        except ComposeError:
            reads = None  # the builder will refuse such a source; until then anything may be read
    if reads is None:
        yield from entries
        return
    yield from (entry for entry in entries if reads.ignores(entry.path))


def _content(entry: Entry) -> str:
    if stat.S_ISLNK(entry.status.st_mode):
        return _digest(os.fsencode(os.readlink(entry.file)))  # noqa: PTH115 - pathlib would tidy the target
    if not stat.S_ISREG(entry.status.st_mode):
        return "special"
    digest = sha256()
    try:
        with Path(entry.file).open("rb", buffering=0) as file:
            while data := file.read(_CHUNK):
                digest.update(data)
    except OSError as error:
        raise unreadable(entry.file, error) from error
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
