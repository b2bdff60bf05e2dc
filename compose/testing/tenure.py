"""For how long a stack stays: as long as the process that it is for, whatever ends that."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compose.base.clock import SystemClock
from compose.commands import reaper
from compose.commands.lease import hold, owner_of, place_of, release, renew
from compose.engine.endpoint import Endpoint
from compose.state.lease import Lease, lease_labels

_LONGEST_SECONDS = 24 * 3600.0
"""After so long a stack may go although nobody can tell whether its owner lives, because that is on another machine."""


class Tenure:
    """The lease of one stack. `pid` is the process that it is for, 0 = this one."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str], project: str, pid: int = 0) -> None:
        self._endpoint = endpoint
        self._environ = environ
        self._project = project
        self._place = place_of(environ, endpoint.url, project)
        self._is_own = not pid
        self._lease = Lease(owner=owner_of(pid), expires=float(int(SystemClock().now() + _LONGEST_SECONDS)))
        self._reaper: reaper.Reaper | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything that the stack has."""
        return lease_labels(self._lease)

    def begin(self) -> None:
        """From now on the stack goes when the process ends that it is for."""
        with hold(self._place, self._lease):
            pass
        if not self._is_own:
            reaper.start_detached(self._endpoint, self._environ, self._project, self._lease)
        elif self._reaper is None:
            self._reaper = reaper.start(self._endpoint, self._environ, self._project, self._lease)

    def end(self, down: Callable[[], None]) -> None:
        """Take the stack down, and give the lease back."""
        with release(self._place, self._lease):
            down()
        self._dismiss()

    def keep(self) -> None:
        """Let the stack stay when the process ends."""
        renew(self._place, Lease())
        with release(self._place, self._lease):
            pass
        self._dismiss()

    def _dismiss(self) -> None:
        if self._reaper is not None:
            self._reaper.dismiss()
            self._reaper = None
