"""Performing the build steps of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from compose.base.clock import Clock
from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.reference import parse_reference
from compose.base.stop import Stop
from compose.build.bake import SERVICE_CONTEXT
from compose.build.builder import Builder
from compose.build.identical import build_key, share
from compose.build.job import service_of
from compose.build.report import BuildFailed
from compose.engine.endpoint import Endpoint
from compose.engine.halt import Halt
from compose.engine.port import Engine, path
from compose.engine.work import Finished, Handlers, Work
from compose.model.project import Project
from compose.plan.operation import BuildImage
from compose.plan.plan import Plan, Step

_EVERY_SECONDS = 0.1
"""How often at most the numbers of a part are told; its words are told at once."""


def build_handlers(
    plan: Plan,
    project: Project,
    engine: Engine,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    endpoint: Endpoint | None = None,
    stdin: Callable[[], IO[bytes]] | None = None,
    stop: Stop | None = None,
) -> Handlers:
    """Return the handlers of a plan's build steps, to stand beside those of `compose.engine.handlers`.

    `environ` is the caller's (DOCKER_BUILDKIT, DOCKER_CONFIG, XDG_CACHE_HOME, …), `endpoint` tells buildx where the
    engine is, `stdin` gives what a build context `-` reads. A `stop` of any level ends builds at once.
    """
    builder = Builder(project, engine, environ=environ, clock=clock, endpoint=endpoint, stdin=stdin, halt=Halt(stop))
    return {BuildImage: _Builds(plan, project, builder)}


class StepReporter:
    """Passes on what a builder tells as events of a step; `label` tells parts of several builds from one another."""

    def __init__(self, work: Work, *, quiet: bool = False, label: str = "") -> None:
        self._work = work
        self._quiet = quiet
        self._label = label
        self._last: dict[str, tuple[str, float]] = {}

    def progress(self, part: str, detail: str, current: int = 0, total: int = 0) -> None:
        """Note that a part moved on."""
        now = self._work.run.clock.monotonic()
        words, time = self._last.get(part, ("", -_EVERY_SECONDS))
        if (part not in self._last or words != detail or now - time >= _EVERY_SECONDS) and not self._quiet:
            self._last[part] = (detail, now)
            self._work.progress(detail, part=self._labelled(part), current=current, total=total)

    def output(self, part: str, text: str, *, error: bool = False) -> None:
        """Note a line that a step wrote."""
        if not self._quiet:
            self._work.output(text, part=self._labelled(part), stream="stderr" if error else "stdout")

    def _labelled(self, part: str) -> str:
        """Return a part as BuildKit writes it where there are several builds: `[web 1/2] FROM x`."""
        if not self._label:
            return part
        return f"[{self._label} {part[1:]}" if part.startswith("[") else f"[{self._label}] {part}"

    def warn(self, diagnostic: Diagnostic) -> None:
        """Tell the user something that does not end the build."""
        self._work.notice(diagnostic)


class _Builds:
    """The build steps of one plan: with BuildKit one bake for all that wait for nothing else, else each by itself."""

    def __init__(self, plan: Plan, project: Project, builder: Builder) -> None:
        self._project = project
        self._builder = builder
        builds = {step.operation.service: step for step in plan.steps if isinstance(step.operation, BuildImage)}
        together = {name: step for name, step in builds.items() if not if_absent(step)}
        waiting = any(step.after for step in together.values())
        contexts = any(has_service_context(project, name) for name in together)
        self._several = len(builds) > 1
        self._together = together if contexts or not waiting or builder.takes_images_of_others else {}
        equal = share(Plan(project=plan.project, command=plan.command, steps=tuple(self._together.values())), project)
        self._baked = tuple((step, step.operation) for step in equal.steps if isinstance(step.operation, BuildImage))
        self._maker = {name: one.service for _, one in self._baked for name in (one.service, *one.services)}

    def __call__(self, operation: BuildImage, work: Work) -> Finished:
        if operation.if_absent and self._builder.image_ids([operation.if_absent])[operation.if_absent]:
            return Finished(action="Skipped", detail="the image was pulled")
        if operation.service in self._together and self._builder.uses_bake:
            self._with_others(operation, work)
        else:
            self._alone(operation, work)
        return Finished()

    def _with_others(self, operation: BuildImage, work: Work) -> None:
        try:
            work.run.once("bake", lambda: self._bake(work))
        except BuildFailed as error:
            maker = self._maker[operation.service]
            if maker in error.finished:
                return
            if maker == error.service or self._before(work.step.id, error.service):
                raise
            summary = f"`{operation.service}` was not built, because building `{error.service}` failed"
            raise fail("build-not-finished", summary) from error

    def _before(self, step: str, service: str) -> bool:
        """Return whether a service's build waits for a step, so that it will not come to tell of its failure itself."""
        behind: set[str] = set()
        more = {step}
        while more:
            behind |= more
            more = {one.id for one in self._together.values() if behind & set(one.after)} - behind
        return service in self._together and self._together[service].id in behind

    def _bake(self, work: Work) -> None:
        reporters = {one.service: self._reporter(Work(work.run, step), one) for step, one in self._baked}
        self._builder.build([one for _, one in self._baked], reporters)

    def _reporter(self, work: Work, operation: BuildImage) -> StepReporter:
        return StepReporter(work, quiet=operation.quiet, label=operation.service if self._several else "")

    def _alone(self, operation: BuildImage, work: Work) -> None:
        """Build one image; an equal one of this run that is made already only gets further names."""
        mine = False

        def make() -> str:
            nonlocal mine
            mine = True
            return self._builder.build([operation], {operation.service: self._reporter(work, operation)})[operation.service]

        image = work.run.once(("build", build_key(self._project, operation)), make)
        if not mine:
            for tag in operation.tags:
                reference = parse_reference(tag)
                work.call("POST", path("/images/{}/tag", image), repo=reference.name, tag=reference.tag or "latest")


def if_absent(step: Step) -> bool:
    """Return whether a pull of the plan may make a build needless."""
    return isinstance(step.operation, BuildImage) and bool(step.operation.if_absent)


def has_service_context(project: Project, name: str) -> bool:
    """Return whether a build takes files from the image of another service by name."""
    build = service_of(project, name).build
    return build is not None and any(source.startswith(SERVICE_CONTEXT) for source in build.additional_contexts.values())
