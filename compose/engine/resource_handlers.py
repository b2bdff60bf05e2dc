"""Operations on networks, volumes and images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from compose.base.errors import EngineError
from compose.engine import address_pools
from compose.engine import pull as pulling
from compose.engine.errors import CONFLICT, NOT_FOUND
from compose.engine.port import path
from compose.engine.retry import is_passing
from compose.engine.words import IN_USE
from compose.engine.work import Finished, Work

if TYPE_CHECKING:
    from compose.plan import operation as ops

_FORBIDDEN = 403
_MEGABYTE = 1_000_000
_WORTH_TELLING = 0.1
"""Megabytes."""
_INSTANT = 0.001
"""Seconds, in which nothing was measured."""
_IN_USE = "active endpoints", "in use", "is using", "being used"


def create_network(operation: ops.CreateNetwork, work: Work) -> Finished:
    """Create a network; one that is there already counts as created.

    When the engine has no subnet left to give it, it gets a small one of our choice.
    """
    try:
        work.call("POST", "/networks/create", body=operation.body)
    except EngineError as error:
        if address_pools.are_used_up(error, operation.body):
            return Finished(detail=address_pools.create_small(operation, work, error))
        if error.status != CONFLICT:
            raise
    return Finished()


def remove_network(operation: ops.RemoveNetwork, work: Work) -> Finished:
    """Remove a network; one that is gone already counts as removed.

    Podman names are unique, and by its id Podman removes even a network that is in use.
    """
    by_name = not operation.id or work.engine.facts.name == "podman"
    return _remove(work, path("/networks/{}", operation.name if by_name else operation.id), tolerant=operation.tolerant)


def connect_network(operation: ops.ConnectNetwork, work: Work) -> Finished:
    """Put a container into a network; one that is in it already counts as connected."""
    connect(work, operation.name, work.id(operation.container), operation.endpoint)
    return Finished()


def connect(work: Work, network: str, container: str, endpoint: dict[str, object]) -> None:
    """Put a container into a network by name (POST networks/{name}/connect)."""
    body = {"Container": container, "EndpointConfig": endpoint}
    try:
        work.call("POST", path("/networks/{}/connect", network), body=body)
    except EngineError as error:
        if "already exists in network" not in error.message:
            raise


def disconnect_network(operation: ops.DisconnectNetwork, work: Work) -> Finished:
    """Take a container out of a network, by force; one that is not in it counts as disconnected."""
    body = {"Container": work.id(operation.container), "Force": True}
    try:
        work.call("POST", path("/networks/{}/disconnect", operation.id), body=body)
    except EngineError as error:
        if error.status != NOT_FOUND and "is not connected" not in error.message:
            raise
    return Finished()


def create_volume(operation: ops.CreateVolume, work: Work) -> Finished:
    """Create a volume; the engine answers with the one that is there."""
    work.call("POST", "/volumes/create", body=operation.body)
    return Finished()


def remove_volume(operation: ops.RemoveVolume, work: Work) -> Finished:
    """Remove a volume; one that is gone already counts as removed."""
    return _remove(work, path("/volumes/{}", operation.name), tolerant=operation.tolerant, force=True)


def remove_image(operation: ops.RemoveImage, work: Work) -> Finished:
    """Remove an image; one that is gone already counts as removed, one in use stays."""
    return _remove(work, path("/images/{}", operation.reference), tolerant=True)


def pull_image(operation: ops.PullImage, work: Work) -> Finished:
    """Pull an image; a tolerant pull that fails is told and leaves the image to be built."""
    try:
        auth = work.engine.registry_auth(operation.reference)
    except EngineError as error:
        # Perhaps the image is there for everybody; if not, the registry will say so.
        work.notice(replace(error.diagnostics[0], severity="warning"))
        auth = ""

    amount = _Amount(work)

    def attempt() -> None:
        found = pulling.pulled(
            work.engine, operation.reference, platform=operation.platform, auth=auth, clock=work.run.clock, halt=work.run.halt
        )
        for progress in found:
            amount.count(progress)
            if not operation.quiet:
                _report(work, progress)

    try:
        work.persist(attempt)
    except EngineError as error:
        if not operation.tolerant:
            raise
        return Finished(action="Warning", detail=error.message)
    return Finished(detail=amount.words())


def push_image(operation: ops.PushImage, work: Work) -> Finished:
    """Push an image to the registry in its name."""
    auth = work.engine.registry_auth(operation.reference) or pulling.ANONYMOUS
    amount = _Amount(work)

    def attempt() -> None:
        found = pulling.pushed(work.engine, operation.reference, auth=auth, clock=work.run.clock, halt=work.run.halt)
        for progress in found:
            amount.count(progress)
            if not operation.quiet:
                _report(work, progress)

    work.persist(attempt)
    return Finished(detail=amount.words())


class _Amount:
    """How much a transfer moved, and how fast."""

    def __init__(self, work: Work) -> None:
        self._clock = work.run.clock
        self._began = self._clock.monotonic()
        self._sizes: dict[str, int] = {}

    def count(self, progress: pulling.Progress) -> None:
        """Take in how far a layer has come."""
        if progress.total:
            self._sizes[progress.part] = max(progress.total, self._sizes.get(progress.part, 0))

    def words(self) -> str:
        """Return `12.3MB, 4.1MB/s`, "" when nothing worth telling was moved."""
        moved = sum(self._sizes.values()) / _MEGABYTE
        seconds = max(self._clock.monotonic() - self._began, _INSTANT)
        return f"{moved:.1f}MB, {moved / seconds:.1f}MB/s" if moved >= _WORTH_TELLING else ""


def _report(work: Work, progress: pulling.Progress) -> None:
    work.progress(progress.detail, part=progress.part, current=progress.current, total=progress.total)


def _remove(work: Work, where: str, *, tolerant: bool, force: bool | None = None) -> Finished:
    """Remove something; when it is in use and that is tolerated, say so."""
    try:
        work.persist(lambda: work.call("DELETE", where, force=force), again=is_passing)
    except EngineError as error:
        if error.status == NOT_FOUND:
            return Finished()
        in_use = error.status in {CONFLICT, _FORBIDDEN} and any(words in error.message for words in _IN_USE)
        if tolerant and in_use:
            return Finished(action=IN_USE)
        raise
    return Finished()
