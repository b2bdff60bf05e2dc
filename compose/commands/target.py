"""The container, or the containers, that a command such as exec, port or cp is about."""

from __future__ import annotations

from compose.base.errors import ComposeError, fail
from compose.base.similar import did_you_mean
from compose.commands.session import Session
from compose.state.observed import ContainerState


def container_of(
    session: Session, service: str, index: int = 0, *, stopped: bool = False, project_name: str = ""
) -> ContainerState:
    """Return a service's container: number `index`, or the first; those of `run` come last.

    `project_name` is the project's where it is known already. Only running ones, unless `stopped` (GET containers/json).

    Raises:
        ComposeError: there is none.
    """
    from compose.engine.observe import list_containers  # noqa: PLC0415 - needs the engine

    found = list_containers(session.engine, project_name or session.name())
    chosen = [one for one in found if one.service == service and (stopped or one.state == "running")]
    if index:
        chosen = [one for one in chosen if one.number == index and not one.oneoff]
    if not chosen:
        raise _none(service, index, {one.service for one in found}, stopped=stopped)
    return min(chosen, key=lambda one: (one.oneoff, one.number, one.name))


def containers_of(session: Session, service: str, *, oneoff: bool = False) -> tuple[ContainerState, ...]:
    """Return all containers of a service in order, also stopped ones; with `oneoff` those of `run` as well, last.

    Raises:
        ComposeError: there is none.
    """
    from compose.engine.observe import list_containers  # noqa: PLC0415 - needs the engine

    found = list_containers(session.engine, session.name())
    chosen = [one for one in found if one.service == service and (oneoff or not one.oneoff)]
    if not chosen:
        raise _none(service, 0, {one.service for one in found}, stopped=True)
    return tuple(sorted(chosen, key=lambda one: (one.oneoff, one.number, one.name)))


def _none(service: str, index: int, known: set[str], *, stopped: bool) -> ComposeError:
    number = f" container #{index}" if index else ""
    hint = did_you_mean(service, known) if service not in known else f"`compose ps -a {service}` shows its containers"
    if stopped:
        return fail("no-container", f'no container found for service "{service}"{number}', hint=hint)
    return fail("not-running", f'service "{service}" is not running{number}', hint=hint)
