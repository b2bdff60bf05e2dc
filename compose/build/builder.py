"""Builds the images of one project on one engine, with the builder that is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from msgspec.structs import replace

from compose.base.clock import Clock
from compose.base.errors import ComposeError, EngineError, fail
from compose.base.reference import is_same_image
from compose.base.value import Value
from compose.build import classic
from compose.build.bake import definition as bake_definition
from compose.build.cache import Cache, Manifest, cache_directory
from compose.build.context import Context, Upload, open_context, upload
from compose.build.job import Job, job
from compose.build.kind import kind_of
from compose.build.limits import check_buildkit, check_classic
from compose.build.proxies import read_proxies
from compose.build.report import BuildFailed, Reporter, Source
from compose.build.stale import INPUTS, changed, manifest_of, needs_of
from compose.engine.endpoint import Endpoint
from compose.engine.halt import Halt
from compose.engine.port import Call, Engine, path
from compose.engine.pull import ANONYMOUS, pushed
from compose.model.project import Project
from compose.payload.naming import image_name
from compose.plan.operation import BuildImage
from compose.state.observed import Observed

if TYPE_CHECKING:
    from compose.build.buildx import Plugin

_CONTEXTS = (1, 42)
"""The API version of the first engine whose BuildKit knows named contexts."""
_NO_IMAGE = {400, 404}
"""Answers for what is not on the engine, or no reference at all; the builder will tell the user which."""
_FALSE = {"0", "f", "false", "F", "FALSE", "False"}


def wants_buildkit(environ: Mapping[str, str], engine: Engine) -> bool:
    """Return whether BuildKit is to be used where buildx is there: DOCKER_BUILDKIT decides, else what the engine is.

    The engine is asked only when that decides: `GET /version` takes longer than all else before a build.
    """
    asked = environ.get("DOCKER_BUILDKIT", "")
    if asked:
        return asked not in _FALSE
    return engine.name == "docker" and engine.facts.os != "windows"


class Prepared(Value, frozen=True, kw_only=True):
    """A job beside its context (None for one that is fetched as an archive) and what that holds."""

    job: Job
    context: Context | None = None
    manifest: Manifest | None = None
    bases: tuple[str, ...] = ()


class Builder:
    """Builds for one project. Safe to use from several threads."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        *,
        environ: Mapping[str, str],
        clock: Clock,
        endpoint: Endpoint | None = None,
        stdin: Callable[[], IO[bytes]] | None = None,
        halt: Halt | None = None,
    ) -> None:
        self._project = project
        self._engine = engine
        self._environ = environ
        self._clock = clock
        self._endpoint = endpoint
        self._stdin = stdin
        self._halt = halt or Halt()
        self._cache = Cache(cache_directory(environ))
        self._plugin: Plugin | None = None
        self._looked = False
        self._told = False
        self._lock = threading.Lock()

    def build(self, operations: Sequence[BuildImage], reporters: Mapping[str, Reporter]) -> dict[str, str]:
        """Build all images, together where BuildKit is there, and return their ids by service.

        `reporters` are by service.

        Raises:
            BuildFailed: a context is not there or cannot be read, the builder cannot do what is asked, a build failed.
            EngineError: the engine refused or went away.
            Cancelled: the user asked to stop.
        """
        proxies = read_proxies(self._environ, self._engine.address)
        jobs = [job(self._project, operation, proxies) for operation in operations]
        plugin = self._buildx()
        if plugin is None:
            return {one.service: self._classic(one, reporters[one.service]) for one in jobs}
        return self._bake(plugin, jobs, reporters, builder=operations[0].builder)

    def definition(self, operations: Sequence[BuildImage]) -> dict[str, Any]:
        """Return what BuildKit would be given to make all images: Bake's JSON.

        Raises:
            ComposeError: a context is not there or cannot be read, or what is asked contradicts itself.
        """
        proxies = read_proxies(self._environ, self._engine.address)
        prepared = [self._prepared(job(self._project, operation, proxies)) for operation in operations]
        return bake_definition([one.job for one in prepared], sources=self._sources(prepared))

    def _sources(self, prepared: Sequence[Prepared]) -> dict[str, dict[str, str]]:
        return built_sources(prepared) if self.takes_images_of_others else {}

    @property
    def takes_images_of_others(self) -> bool:
        """Whether the engine's BuildKit can start a build from another of the same bake (Docker 23 and later)."""
        return self._engine.facts.api_version >= _CONTEXTS

    @property
    def uses_bake(self) -> bool:
        """Whether builds are made together by BuildKit.

        Raises:
            ComposeError: `buildx-too-old`.
        """
        return self._buildx() is not None

    def stale(self, observed: Observed, services: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return, for services whose image is older than what it is built from, what changed since (see `stale.changed`).

        Images that this tool did not build, and contexts that are fetched, say nothing.

        Raises:
            ComposeError: a context is not there or cannot be read.
        """
        found: dict[str, tuple[str, ...]] = {}
        for name in services:
            service = self._project.services[name]
            reference = image_name(self._project, service)
            image = observed.images.get(reference)
            built_from = (image.config.get("Labels") or {}) if image is not None else {}
            if service.build is None or INPUTS not in built_from:
                continue
            prepared = self.prepare(job(self._project, BuildImage(service=name, tags=(reference,)), {}), fetch=False)
            if prepared.manifest is not None:
                manifest = replace(prepared.manifest, bases=self.image_ids(prepared.bases))
                found[name] = changed(manifest, built_from, self._cache)
        return {name: names for name, names in found.items() if names}

    def prepare(self, one: Job, *, fetch: bool) -> Prepared:
        """Return a job with its context looked at, and labelled with the digest of its inputs.

        `fetch` also gets remote contexts, which BuildKit gets by itself.

        Raises:
            ComposeError: the context is not there or cannot be read.
        """
        kind = kind_of(one.build.context)
        root = None
        if kind == "git" and fetch:
            from compose.build.remote import checkout, git_source  # noqa: PLC0415 - most contexts are directories

            root = checkout(git_source(one.build.context), self._cache.directory, self._environ)
        elif kind != "directory":
            return Prepared(job=one)
        context = open_context(one.build, root)
        bases = needs_of(one, context).images
        if root is not None:
            return Prepared(job=one, context=context, bases=bases)
        manifest = manifest_of(one, context, self._cache, now=self._clock.now())
        return Prepared(job=replace(one, inputs={INPUTS: manifest.digest}), context=context, manifest=manifest, bases=bases)

    def _unpacked(self, one: Job, stack: ExitStack) -> Job:
        """Return a job whose context is a directory where it was an archive here, kept as long as `stack` is open."""
        kind = kind_of(one.build.context)
        if kind not in {"archive", "stdin"}:
            return one
        import tempfile  # noqa: PLC0415 - as above

        from compose.build.remote import unpacked  # noqa: PLC0415 - as above

        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="compose-context-")))
        try:
            return replace(one, build=unpacked(one.build, kind, self._stdin, place))
        except ComposeError as error:
            raise BuildFailed(one.service, *error.diagnostics, exit_code=error.exit_code) from error

    def _prepared(self, one: Job) -> Prepared:
        try:
            return self.prepare(one, fetch=False)
        except ComposeError as error:
            raise BuildFailed(one.service, *error.diagnostics, exit_code=error.exit_code) from error

    def image_ids(self, references: Sequence[str]) -> dict[str, str]:
        """Return the ids of images by reference, "" for those that are not on the engine."""
        return {reference: self._image_id(reference) for reference in references}

    def _image_id(self, reference: str) -> str:
        try:
            found = self._engine.call(Call(method="GET", path=path("/images/{}/json", reference)))
        except EngineError as error:
            if error.status in _NO_IMAGE:
                return ""
            raise
        return str(found.get("Id", ""))

    def _buildx(self) -> Plugin | None:
        """Return the plugin to build with, None for the classic builder."""
        if not wants_buildkit(self._environ, self._engine):
            return None
        from compose.build.buildx import find_plugin  # noqa: PLC0415 - not for the classic builder

        with self._lock:
            if not self._looked:
                self._looked = True
                self._plugin = find_plugin(self._environ, cache=self._cache)
            return self._plugin

    def _tell_missing(self, reporter: Reporter) -> None:
        """Say once that the plugin is missing, where BuildKit would be used."""
        with self._lock:
            is_new = self._looked and not self._told
            self._told = self._told or is_new
        if is_new:
            from compose.build.buildx import MISSING  # noqa: PLC0415 - as above

            reporter.warn(MISSING)

    def _bake(
        self,
        plugin: Plugin,
        jobs: Sequence[Job],
        reporters: Mapping[str, Reporter],
        *,
        builder: str,
    ) -> dict[str, str]:
        from compose.build import buildx  # noqa: PLC0415 - as above

        for asked in jobs:
            check_buildkit(self._project, asked, reporters[asked.service])
        with ExitStack() as stack:
            prepared = [self._prepared(self._unpacked(one, stack)) for one in jobs]
            result = buildx.bake(
                plugin,
                [one.job for one in prepared],
                reporters,
                environ=buildx.environment({**self._environ, **self._secret_variables(jobs)}, self._endpoint),
                sources=self._sources(prepared),
                builder=builder,
                dockerfiles={one.job.service: self._source(one) for one in prepared},
                halt=self._halt,
            )
        for line in result.text.splitlines():
            reporters[jobs[0].service].output("", line)
        if result.found:
            raise fail("build-checks-found", "the checks found something", hint="see the findings above")
        for one in prepared:
            self._remember(one)
        return {one.service: result.images.get(one.service, "") for one in jobs}

    def _classic(self, one: Job, reporter: Reporter) -> str:
        if check_classic(self._project, one, reporter):
            self._tell_missing(reporter)
        prepared = self.prepare(one, fetch=True)
        context = prepared.context
        sent = upload(context) if context else self._fetched(one)
        source = self._source(prepared)
        image = classic.build_classic(self._engine, prepared.job, sent, reporter, source=source, halt=self._halt)
        self._remember(prepared)
        if one.push and one.named:
            for tag in one.tags:
                auth = self._engine.registry_auth(tag) or ANONYMOUS
                for progress in pushed(self._engine, tag, auth=auth, clock=self._clock):
                    reporter.progress(progress.part, progress.detail, progress.current, progress.total)
        return image

    def _fetched(self, one: Job) -> Upload:
        from compose.build.remote import fetched  # noqa: PLC0415 - as above

        return fetched(one.build, kind_of(one.build.context), self._stdin)

    def _source(self, prepared: Prepared) -> Source:
        inline = None
        if prepared.job.build.dockerfile_inline:
            inline = self._project.span("services", prepared.job.service, "build", "dockerfile_inline")
        context = prepared.context
        return Source(file=context.file, text=context.text, inline=inline) if context else Source(inline=inline)

    def _remember(self, prepared: Prepared) -> None:
        """Keep what an image was built from; base images may have come to the engine by the build."""
        if prepared.manifest is not None:
            known = replace(prepared.manifest, bases=self.image_ids(prepared.bases))
            self._cache.keep_manifest(known.digest, known)

    def _secret_variables(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Return the variables that secrets are taken from; they may be known from an env file only."""
        names = {secret.environment for one in jobs for secret in one.secrets.values() if secret.environment}
        return {name: self._project.environment[name] for name in names if name in self._project.environment}


def built_sources(prepared: Sequence[Prepared]) -> dict[str, dict[str, str]]:
    """Return, by service, the images its Dockerfile starts from that another of these jobs makes, and which."""
    makers = {tag: one.job.service for one in prepared for tag in one.job.tags}
    found: dict[str, dict[str, str]] = {}
    for one in prepared:
        for base in one.bases:
            maker = next((service for tag, service in makers.items() if is_same_image(base, tag)), one.job.service)
            if maker != one.job.service:
                found.setdefault(one.job.service, {})[base] = maker
    return found
