"""Publishing as a plan: the images a project names are pushed, then its files are uploaded as an artifact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from compose.base.address import Address
from compose.base.reference import DEFAULT_TAG, Reference, parse_reference
from compose.base.value import Value
from compose.build.artifact import OciVersion
from compose.build.oci import open_repository, pinned, publish, publish_application
from compose.build.planning import PushOptions, plan_push
from compose.build.publish import layers
from compose.build.registry import Registry
from compose.engine.port import Engine
from compose.engine.work import Finished, Handlers, Work
from compose.model.project import Project
from compose.plan.operation import PublishProject
from compose.plan.plan import Plan, Reason, Step

_ASKED = Reason(code="publish-asked", text="publishing was asked for")
_NAMED = Reason(code="publish-image", text="whoever gets the project needs this image")


class PublishOptions(Value, frozen=True, kw_only=True):
    """Options of publish; `version` of the manifest is None for the newest that the registry takes."""

    reference: str
    with_env: bool = False
    resolve_digests: bool = False
    application: bool = False
    version: OciVersion | None = None
    insecure: bool = False


def plan_publish(project: Project, options: PublishOptions) -> Plan:
    """Return the plan that pushes the images built here, which may fail, and then uploads the project.

    Raises:
        ComposeError: `invalid-reference`.
    """
    parse_reference(options.reference)
    pushes = plan_push(project, PushOptions(ignore_failures=True)).steps
    images = tuple(name for name, service in project.services.items() if service.image)
    upload = Step(
        id=str(len(pushes) + 1),
        address=Address(kind="project", key=project.name),
        resource=options.reference,
        operation=PublishProject(
            reference=options.reference,
            files=tuple(Path(file).name for file in project.files),
            pins=options.resolve_digests or options.application,
            with_env=options.with_env,
            application=options.application,
            services=images if options.application else (),
            version=options.version or "",
            insecure=options.insecure,
        ),
        reason=_ASKED,
        settled=tuple(step.id for step in pushes),
    )
    return Plan(project=project.name, command="publish", steps=(*(replace(step, reason=_NAMED) for step in pushes), upload))


def publish_handlers(project: Project) -> Handlers:
    """Return the handler of a plan's publishing step."""
    return {PublishProject: _Publication(project)}


class _Publication:
    def __init__(self, project: Project) -> None:
        self._project = project

    def __call__(self, operation: PublishProject, work: Work) -> Finished:
        engine = work.engine

        def tell(name: str) -> None:
            work.progress("uploading", part=name)

        reference = parse_reference(operation.reference)
        digests = pinned(engine, self._project) if operation.pins else {}
        found = layers(self._project, with_env=operation.with_env, digests=digests)
        target = open_repository(engine, reference, insecure=operation.insecure)
        created = f"{datetime.fromtimestamp(int(work.run.clock.now()), tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
        content = publish(target, reference.tag or DEFAULT_TAG, found, created, operation.version or None, tell=tell)
        if operation.application:
            images = [parse_reference(text) for text in dict.fromkeys(_images(digests, operation))]
            source = _Sources(engine, target, insecure=operation.insecure)
            publish_application(target, content, images, source, tell=tell)
        return Finished()


class _Sources:
    """Opens the repositories that images come from; plain HTTP is allowed only where the project itself goes."""

    def __init__(self, engine: Engine, target: Registry, *, insecure: bool) -> None:
        self._engine = engine
        self._target = target
        self._insecure = insecure

    def __call__(self, image: Reference) -> Registry:
        return open_repository(self._engine, image, insecure=self._insecure and image.registry == self._target.host)


def _images(digests: Mapping[str, str], operation: PublishProject) -> list[str]:
    return [digests[name] for name in operation.services if name in digests]
