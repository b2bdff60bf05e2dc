"""`ps`: the containers of a project."""

from __future__ import annotations

from collections.abc import Sequence

from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session, unknown_service
from compose.state.observed import ContainerState

STATES = ("paused", "restarting", "removing", "running", "dead", "created", "exited")
_SHOWN = frozenset({"running", "paused", "restarting"})


class PsOptions(Value, frozen=True, kw_only=True):
    """Options of ps; `statuses` implies `all`; `filter` is KEY=VALUE as typed."""

    services: tuple[str, ...] = ()
    all: bool = False
    statuses: tuple[str, ...] = ()
    filter: str = ""
    orphans: bool = True


def ps(session: Session, options: PsOptions) -> tuple[ContainerState, ...]:
    """Return the containers to list, sorted by name (GET containers/json, and on Podman GET containers/{id}/json).

    Raises:
        ComposeError: an unknown service or filter.
    """
    from compose.engine.observe import list_containers, with_health  # noqa: PLC0415 - docker-py is not needed to refuse an option

    statuses = _statuses(options)
    scope = session.scope()
    if scope.project is not None:
        for name in options.services:
            if name not in scope.project.services:
                raise unknown_service(name, scope.project)
    found: Sequence[ContainerState] = list_containers(session.engine, scope.name)
    declared = None if scope.project is None else {*scope.project.services, *scope.project.disabled}
    everything = options.all or bool(statuses)
    chosen = (
        one
        for one in found
        if (everything or (not one.oneoff and one.state in _SHOWN))
        and (not statuses or one.state in statuses)
        and (not options.services or one.service in options.services)
        and (options.orphans or declared is None or one.service in declared)
    )
    return tuple(sorted(with_health(session.engine, tuple(chosen)), key=lambda one: one.name))


def _statuses(options: PsOptions) -> frozenset[str]:
    wanted = set(options.statuses)
    if options.filter:
        key, found, value = options.filter.partition("=")
        if not found:
            raise fail(
                "bad-filter", "arguments to --filter should be in form KEY=VAL", hint="for example `--filter status=running`"
            )
        if key == "source":
            raise fail("bad-filter", "filter `source` is not implemented")
        if key != "status":
            raise fail("bad-filter", f"unknown filter {key}", hint="the only filter is `status`")
        wanted.add(value)
    return frozenset(wanted)
