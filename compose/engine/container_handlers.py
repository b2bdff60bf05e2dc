"""Operations on containers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError, fail
from compose.engine import archive, retry
from compose.engine.errors import CONFLICT, NOT_FOUND
from compose.engine.observe import list_containers, look_up
from compose.engine.port import Call, path
from compose.engine.resource_handlers import connect
from compose.engine.work import Finished, Work
from compose.payload.bindings import bound
from compose.payload.payloads import Binding, Connect
from compose.payload.sharing import hash_with_ids
from compose.state.observed import state_word

if TYPE_CHECKING:
    from compose.plan import operation as ops

_NO_HURRY = 86_400.0
"""Seconds for calls that last as long as a container wants; a user who does not want to wait stops us."""
_SPARE_SECONDS = 60.0
_GONE_OR_GOING = {"removing", "dead"}


def create_container(operation: ops.CreateContainer, work: Work) -> Finished:
    """Create a container, fill what only the engine knows, and put it into its further networks."""
    body = filled(work, operation.body, operation.bindings)
    if operation.shared is not None:
        ids = {binding.service: _first_of(work, binding) for binding in operation.bindings}
        body["Labels"] = {**body["Labels"], labels.CONFIG_HASH: hash_with_ids(operation.shared, ids)}
    _add_image_label(work, body, operation.image, operation.platform)
    identifier = create(work, operation.temporary_name or operation.target.name, body, operation.platform)
    connect_all(work, identifier, operation.connects)
    return Finished(container=identifier)


def create(work: Work, name: str, body: dict[str, Any], platform: str = "") -> str:
    """Create a container (POST containers/create) and return its id; "" lets the engine name it.

    When the connection breaks, the container that was perhaps created is found by its name and taken. A name that
    still belongs to a container on its way out is waited for.

    Raises:
        EngineError: the engine refused.
    """
    call = Call(method="POST", path="/containers/create", query={"name": name or None, "platform": platform or None}, body=body)
    unsure = False

    def attempt() -> str:
        nonlocal unsure
        try:
            answer = work.engine.call(call)
        except EngineError as error:
            owner = _owner(work, name) if unsure and retry.is_name_taken(error) else None
            if owner is not None and _is_made_from(owner, body):
                return str(owner["Id"])
            unsure = unsure or retry.is_lost(error)
            raise
        _tell_warnings(work, answer)
        return str(answer["Id"])

    return work.persist(attempt, again=partial(_name_may_come_free, work, name))


def _name_may_come_free(work: Work, name: str, error: EngineError) -> bool:
    """Whether a call that gives a container a name may succeed later: the one that has it may be on its way out."""
    if not retry.is_name_taken(error):
        return retry.is_passing(error)
    owner = _owner(work, name)
    return owner is None or state_word(owner["State"]["Status"]) in _GONE_OR_GOING


def connect_all(work: Work, identifier: str, connects: Sequence[Connect]) -> None:
    """Put a new container into networks; if one refuses, the container is removed again."""
    try:
        for one in connects:
            connect(work, one.name, identifier, one.endpoint)
    except EngineError:
        remove(work, identifier, volumes=True)
        raise


def filled(work: Work, body: dict[str, Any], bindings: Sequence[Binding]) -> dict[str, Any]:
    """Return a body with the ids of the containers it shares something with.

    Raises:
        ComposeError: one of them is missing.
    """
    return bound(body, bindings, lambda binding: _first_of(work, binding))


def _first_of(work: Work, binding: Binding) -> str:
    """Return the id of the first container of a service: of those this run made, else of those that are there."""
    made = [(number, identifier) for (service, number), identifier in work.run.containers.items() if service == binding.service]
    if made:
        return min(made)[1]
    extra = f"{labels.SERVICE}={binding.service}", f"{labels.ONEOFF}=False"
    found = list_containers(work.engine, work.run.project, *extra)
    if not found:
        what = f"cannot share {binding.sharing or 'namespace'} with service {binding.service}: container missing"
        raise fail("shared-container-missing", what, hint=f"create it as well: `compose up {binding.service}`")
    return min(found, key=lambda one: one.name).id


def _add_image_label(work: Work, body: dict[str, Any], reference: str, platform: str) -> None:
    """Label a container with the identity of its image, which an earlier step may just have pulled or built."""
    if labels.IMAGE in (body.get("Labels") or {}):
        return
    image = work.run.once(("image", reference, platform), lambda: look_up(work.engine, reference, platform=platform))
    if image is not None:
        body["Labels"] = {**(body.get("Labels") or {}), labels.IMAGE: image.identity}


def _owner(work: Work, name: str) -> dict[str, Any] | None:
    """Return the container that has a name, None when it is gone by now."""
    try:
        owner: dict[str, Any] = work.call("GET", path("/containers/{}/json", name))
    except EngineError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    return owner


def _is_made_from(container: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether a container is the one that a lost create call made: never started, with all the body's labels."""
    there = (container.get("Config") or {}).get("Labels") or {}
    wanted = body.get("Labels") or {}
    return state_word(container["State"]["Status"]) == "created" and all(there.get(key) == value for key, value in wanted.items())


def _tell_warnings(work: Work, answer: dict[str, Any]) -> None:
    for text in answer.get("Warnings") or ():
        work.notice(Diagnostic(severity="warning", code="engine-warning", summary=str(text)))


def copy_files(operation: ops.CopyFiles, work: Work) -> Finished:
    """Put files into a container, one call each; empty ones are left out."""
    container = work.id(operation.container)
    for file in operation.files:
        if file.content:
            call = archive.put(container, archive.packed(file), keep_owner=file.uid >= 0 or file.gid >= 0)
            work.persist(lambda call=call: work.engine.call(call))  # type: ignore[misc] # bound now, called now
    return Finished()


def start_container(operation: ops.StartContainer, work: Work) -> Finished:
    """Start a container; one that runs already stays as it is."""
    work.call("POST", path("/containers/{}/start", work.id(operation.container)))
    return Finished()


def stop_container(operation: ops.StopContainer, work: Work) -> Finished:
    """Stop a container; one that is gone counts as stopped."""
    where = path("/containers/{}/stop", work.id(operation.container))
    _unless_gone(work, where, t=operation.timeout, timeout=_limit(operation.timeout))
    return Finished()


def restart_container(operation: ops.RestartContainer, work: Work) -> Finished:
    """Stop and start a container."""
    where = path("/containers/{}/restart", work.id(operation.container))
    work.call("POST", where, t=operation.timeout, timeout=_limit(operation.timeout))
    return Finished()


def kill_container(operation: ops.KillContainer, work: Work) -> Finished:
    """Send a signal to a container; one that ended meanwhile counts as killed."""
    try:
        work.call("POST", path("/containers/{}/kill", work.id(operation.container)), signal=operation.signal)
    except EngineError as error:
        if error.status != NOT_FOUND and not (error.status == CONFLICT and "is not running" in error.message):
            raise
    return Finished()


def pause_container(operation: ops.PauseContainer, work: Work) -> Finished:
    """Freeze a container."""
    work.call("POST", path("/containers/{}/pause", work.id(operation.container)))
    return Finished()


def unpause_container(operation: ops.UnpauseContainer, work: Work) -> Finished:
    """Thaw a container."""
    work.call("POST", path("/containers/{}/unpause", work.id(operation.container)))
    return Finished()


def remove_container(operation: ops.RemoveContainer, work: Work) -> Finished:
    """Remove a container; one that is gone counts as removed."""
    remove(work, work.id(operation.container), force=operation.force, volumes=operation.volumes)
    return Finished()


def remove(work: Work, identifier: str, *, force: bool = True, volumes: bool = False) -> None:
    """Remove a container by id (DELETE containers/{id})."""
    try:
        work.call("DELETE", path("/containers/{}", identifier), force=force or None, v=volumes or None, timeout=_NO_HURRY)
    except EngineError as error:
        if error.status != NOT_FOUND:
            raise


def rename_container(operation: ops.RenameContainer, work: Work) -> Finished:
    """Give a container another name, which a container that is being removed may still have."""
    identifier = work.id(operation.container)
    call = Call(method="POST", path=path("/containers/{}/rename", identifier), query={"name": operation.name})

    def attempt() -> None:
        try:
            work.engine.call(call)
        except EngineError as error:
            owner = _owner(work, operation.name) if retry.is_name_taken(error) else None
            if owner is None or owner["Id"] != identifier:  # else an earlier attempt did it, and its answer was lost
                raise

    work.persist(attempt, again=partial(_name_may_come_free, work, operation.name))
    return Finished()


def _unless_gone(work: Work, where: str, **query: Any) -> None:  # noqa: ANN401 - as in Call
    try:
        work.call("POST", where, **query)
    except EngineError as error:
        if error.status != NOT_FOUND:
            raise


def _limit(grace: int | None) -> float:
    """Return how long to wait for a stop call; without a grace of ours the container's own decides."""
    return _NO_HURRY if grace is None or grace < 0 else grace + _SPARE_SECONDS
