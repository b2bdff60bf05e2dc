"""One look at an engine: a list call per kind, all at once; details only where they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from functools import partial

from msgspec.structs import replace

from compose.base import labels
from compose.base.errors import EngineError
from compose.base.pattern import lazy_pattern
from compose.engine.errors import NOT_FOUND
from compose.engine.port import JSON, Call, Engine, path
from compose.engine.retry import is_lost, persist
from compose.engine.workers import Workers
from compose.health.observation import instant
from compose.state.image import image_from_inspect, serves
from compose.state.observed import ContainerState, EngineFacts, ImageState, NetworkState, Observed, VolumeState
from compose.state.parse import HEALTH_WORDS, container_from_list, facts_from, network_from_list, volume_from_list, with_inspect

Inspect = bool | Callable[[ContainerState], bool]

_NEVER = threading.Event()
_MANIFESTS_SINCE = (1, 48)
_THREADS = 16
_ID = lazy_pattern(r"[0-9a-f]{12,64}")


def observe(
    engine: Engine,
    project: str,
    *,
    networks: Collection[str] = (),
    volumes: Collection[str] = (),
    images: Collection[str] | Mapping[str, str] = (),
    inspect: Inspect = False,
) -> Observed:
    """Return what the engine has for a project.

    - `networks`, `volumes`: real names to look for besides what carries the project's label (external ones, and
      those whose name another owner may hold).
    - `images`: references to look up, or a mapping of reference to wanted platform; an image of another platform
      counts as absent.
    - `inspect`: which containers to inspect, all or those a function says yes to.

    Raises:
        EngineError: the engine refused a call.
        EngineUnreachable: nothing answers.
    """
    facts = engine.facts
    platforms = images if isinstance(images, Mapping) else dict.fromkeys(images, "")
    workers = Workers(_THREADS, name="engine-observe")
    try:
        listed = workers.start(partial(_labelled, engine, project))
        connected = workers.start(partial(_networks, engine, project, networks))
        stored = workers.start(partial(_volumes, engine, project, volumes))
        present = [workers.start(partial(_image, engine, name, platform, facts)) for name, platform in platforms.items()]
        everything = listed.result()
        return Observed(
            project=project,
            engine=facts,
            containers=_inspected(engine, workers, _ordinary(everything), _with_hidden_health(facts.name, inspect)),
            hooks=tuple(one for one in everything if labels.HOOK in one.labels),
            networks=connected.result(),
            volumes=stored.result(),
            images={image.reference: image for image in (future.result() for future in present) if image is not None},
        )
    finally:
        workers.close()


def inspected(engine: Engine, observed: Observed, identifiers: Collection[str]) -> Observed:
    """Return what was observed with the details of some containers (GET containers/{id}/json), asked for in parallel.

    Those that went away meanwhile are left out.
    """
    wanted = frozenset(identifiers)
    if not wanted:
        return observed
    workers = Workers(_THREADS, name="engine-observe")
    try:
        return replace(observed, containers=_inspected(engine, workers, observed.containers, lambda one: one.id in wanted))
    finally:
        workers.close()


def list_containers(engine: Engine, project: str, *extra: str) -> tuple[ContainerState, ...]:
    """Return a project's containers, one-offs included, sorted by (service, number, name) (GET containers/json).

    `extra` are further label filters (`key` or `key=value`). Hook containers are left out, as everywhere.
    """
    return _ordinary(_labelled(engine, project, *extra))


def with_health(engine: Engine, containers: Collection[ContainerState]) -> tuple[ContainerState, ...]:
    """Return listed containers with their health, also where the engine's list leaves it out."""
    wanted = _with_hidden_health(engine.name, inspect=False)
    if not wanted:
        return tuple(containers)
    workers = Workers(_THREADS, name="engine-observe")
    try:
        found = _inspected(engine, workers, tuple(containers), wanted)
    finally:
        workers.close()
    return tuple(_with_word(one) for one in found)


def _with_word(container: ContainerState) -> ContainerState:
    """Return a container whose status ends with its health, as Docker's does."""
    word = HEALTH_WORDS.get(container.health, "")
    return container if container.status.endswith(word) else replace(container, status=f"{container.status} {word}")


def _with_hidden_health(engine: str, inspect: Inspect) -> Inspect:
    """Add those whose health the engine's list leaves out, as Podman's does, to those that are to be inspected."""
    if engine != "podman" or inspect is True:
        return inspect
    return lambda one: one.state == "running" or (callable(inspect) and inspect(one))


def list_volumes(engine: Engine, project: str) -> tuple[VolumeState, ...]:
    """Return the volumes that carry a project's label (GET volumes)."""
    return _volumes(engine, project, ())


def detailed_facts(engine: Engine) -> EngineFacts:
    """Return the engine's facts with what only GET info tells: swarm, rootless, cgroups, storage driver."""
    version = _ask(engine, Call(method="GET", path="/version"))
    info = _ask(engine, Call(method="GET", path="/info"))
    return facts_from(version, info, api_version=engine.facts.api_version)


def read_clock(engine: Engine) -> float:
    """Return what the engine's clock shows (seconds since the epoch), 0 when it does not tell (GET info)."""
    return instant(_ask(engine, Call(method="GET", path="/info")).get("SystemTime"))


def project_images(engine: Engine, project: str) -> tuple[str, ...]:
    """Return the names of images that carry the project's label: those built for it (GET images/json)."""
    found = _ask(engine, Call(method="GET", path="/images/json", query={"filters": {"label": [f"{labels.PROJECT}={project}"]}}))
    return tuple(sorted(tag for image in found or () for tag in image.get("RepoTags") or ()))


def look_up(engine: Engine, reference: str, *, platform: str = "") -> ImageState | None:
    """Return a local image, None when it is absent or of another platform (GET images/{name}/json)."""
    return _image(engine, reference, platform, engine.facts)


def look_at(engine: Engine, reference: str) -> ImageState | None:
    """Return a local image of whatever platform as the engine shows it, None when it is absent (GET images/{name}/json).

    Its `identity` is not to be relied on: see `look_up`.
    """
    answer = _if_there(engine, path("/images/{}/json", reference))
    return None if answer is None else image_from_inspect(answer, reference)


def _inspected(
    engine: Engine, workers: Workers, containers: tuple[ContainerState, ...], inspect: Inspect
) -> tuple[ContainerState, ...]:
    wanted = [one for one in containers if (inspect(one) if callable(inspect) else inspect)]
    answers = workers.gather(lambda one: _if_there(engine, path("/containers/{}/json", one.id)), wanted)
    details = {one.id: answer for one, answer in zip(wanted, answers, strict=True)}
    kept = [one for one in containers if one.id not in details or details[one.id] is not None]
    return tuple(with_inspect(one, details[one.id]) if one.id in details else one for one in kept)


def _labelled(engine: Engine, project: str, *extra: str) -> tuple[ContainerState, ...]:
    filters = {"label": [f"{labels.PROJECT}={project}", *extra]}
    items = _ask(engine, Call(method="GET", path="/containers/json", query={"all": True, "filters": filters}))
    return tuple(sorted(map(container_from_list, items or ()), key=lambda one: (one.service, one.number, one.name)))


def _ordinary(containers: Collection[ContainerState]) -> tuple[ContainerState, ...]:
    """Return those that stand for a service; a hook's container has no configuration hash."""
    return tuple(one for one in containers if labels.CONFIG_HASH in one.labels)


def _networks(engine: Engine, project: str, names: Collection[str]) -> tuple[NetworkState, ...]:
    """Return the project's networks and those of the given names or ids (GET networks).

    The names that no network of the project has cost a second call, because filters of two kinds must hold at once.
    """
    found = {one.id: one for one in _list_networks(engine, {"label": [f"{labels.PROJECT}={project}"]})}
    missing = set(names) - {one.name for one in found.values()}
    if missing:
        named = _list_networks(engine, {"name": sorted(missing)})
        found |= {one.id: one for one in named if one.name in missing}
    for identifier in sorted(name for name in missing - {one.name for one in found.values()} if _ID.fullmatch(name)):
        answer = _if_there(engine, path("/networks/{}", identifier))
        if answer is not None:
            one = network_from_list(answer)
            found[one.id] = one
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.id)))


def _list_networks(engine: Engine, filters: dict[str, list[str]]) -> list[NetworkState]:
    items = _ask(engine, Call(method="GET", path="/networks", query={"filters": filters}))
    return [network_from_list(item) for item in items or ()]


def _volumes(engine: Engine, project: str, names: Collection[str]) -> tuple[VolumeState, ...]:
    """Return the project's volumes and those of the given names (GET volumes); see `_networks`."""
    found = {one.name: one for one in _list_volumes(engine, {"label": [f"{labels.PROJECT}={project}"]})}
    missing = set(names) - found.keys()
    if missing:
        found |= {one.name: one for one in _list_volumes(engine, {"name": sorted(missing)}) if one.name in missing}
    return tuple(found[name] for name in sorted(found))


def _list_volumes(engine: Engine, filters: dict[str, list[str]]) -> list[VolumeState]:
    answer = _ask(engine, Call(method="GET", path="/volumes", query={"filters": filters}))
    return [volume_from_list(item) for item in (answer or {}).get("Volumes") or ()]


def _image(engine: Engine, reference: str, platform: str, facts: EngineFacts) -> ImageState | None:
    manifests = facts.name == "docker" and facts.api_version >= _MANIFESTS_SINCE
    answer = _if_there(engine, path("/images/{}/json", reference), manifests=True if manifests else None)
    if answer is None or not serves(answer, platform, facts):
        return None
    return image_from_inspect(answer, reference, platform=platform, facts=facts)


def _if_there(engine: Engine, where: str, **query: bool | None) -> JSON:
    """Return the answer of a GET, None when the engine has no such thing."""
    try:
        return _ask(engine, Call(method="GET", path=where, query=query))
    except EngineError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def _ask(engine: Engine, call: Call) -> JSON:
    """Return the answer of a call, waiting for an engine that goes away between two of them (it may be restarting)."""
    engine.api_version  # noqa: B018 - an engine that was never there is not waited for
    return persist(partial(engine.call, call), _NEVER, again=is_lost)
