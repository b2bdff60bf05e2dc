"""One service of a stack, as a test handles it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from compose.api.results import Address
from compose.base.errors import fail
from compose.base.events import LogLine
from compose.commands.captured import Completed
from compose.engine.port import Call, path
from compose.health.observation import Observation, from_inspect
from compose.state.observed import ContainerState

if TYPE_CHECKING:
    from compose.testing.ready import Condition
    from compose.testing.snapshots import Snapshot
    from compose.testing.stack import Stack


class StackService:
    """`stack["web"]`: where it can be reached, what it writes, commands in it, faults.

    Methods raise `ComposeError` as those of `compose.Project` do.
    """

    def __init__(self, stack: Stack, name: str) -> None:
        self.stack = stack
        self.name = name

    # -- where it is

    def port(self, port: int = 0, *, protocol: str = "tcp", index: int = 0) -> Address:
        """Return where a published port can be reached from here; without `port` the only one that is published."""
        return self.stack.address_of(self.name, port or self._only_port(), protocol=protocol, index=index)

    def url(self, port: int = 0, path: str = "", *, scheme: str = "http", index: int = 0) -> str:
        """Return the URL of a published port: `http://127.0.0.1:49153` and `path`."""
        return f"{scheme}://{self.port(port, index=index)}{path}"

    def address(self, port: int = 0, *, index: int = 0) -> str:
        """Return the container's address in its network, with `:port` when one is given: for use inside the stack."""
        data = self._inspect(index)
        found = [one["IPAddress"] for one in data["NetworkSettings"]["Networks"].values() if one.get("IPAddress")]
        if not found:
            raise fail(
                "no-address", f"`{self.name}` has no address of its own", hint="it shares another network, or does not run"
            )
        return f"{found[0]}:{port}" if port else str(found[0])

    def _only_port(self) -> int:
        ports = {port.target for port in self.stack.project.model.services[self.name].ports}
        if len(ports) != 1:
            if not ports:
                hint = "`stack.run` and other services reach it by its name, and `.address()` is for this machine's engine"
                raise fail("no-such-port", f"`{self.name}` publishes no port", hint=hint)
            names = ", ".join(str(one) for one in sorted(ports))
            raise fail("no-such-port", f"say which port of `{self.name}`: it publishes {names}")
        return ports.pop()

    # -- what it does

    def containers(self) -> tuple[ContainerState, ...]:
        """Return its containers, those that ended too, by number."""
        found = self.stack.project.ps(self.name, all=True)
        return tuple(sorted((one for one in found if not one.oneoff), key=lambda one: one.number))

    def observe(self, index: int = 0) -> Observation:
        """Return what the engine says of its container: state, health with the last probes, exit code."""
        return from_inspect(self._inspect(index))

    def started_at(self) -> float:
        """Return when its first container started (seconds since the epoch by the engine's clock)."""
        return self.observe().started_at

    def last_ended_at(self) -> float:
        """Return when the run before its first container's present one ended, by the engine's clock, 0 without one.

        An engine may stamp the first lines of a run before its start, but not before this.
        """
        return self.observe().finished_at

    def logs(self, *, since: float | str = "", until: float | str = "", tail: str = "all") -> list[LogLine]:
        """Return the lines it wrote, by the engine's time; `since` may be what `stack.mark()` returned."""
        return list(self.stack.project.logs(self.name, since=moment(since), until=moment(until), tail=tail))

    def exec(
        self,
        *command: str,
        input: str | bytes | None = None,  # noqa: A002 - as subprocess.run has it
        environment: Mapping[str, str] | None = None,
        user: str = "",
        workdir: str = "",
        index: int = 0,
        check: bool = False,
    ) -> Completed:
        """Run a command in its container; see `compose.Project.exec`."""
        return self.stack.project.exec(
            self.name, *command, input=input, environment=environment, user=user, workdir=workdir, index=index, check=check
        )

    def wait(self, *conditions: Condition, timeout: float = 60.0) -> None:
        """Wait until conditions of `compose.testing.ready` hold, one after the other; without any, until it is ready.

        Raises:
            StackFailed: not in time, or a container ended meanwhile, which is noticed at once.
        """
        self.stack.wait_for(self.name, conditions, timeout)

    # -- faults

    def stop(self, *, timeout: int | None = None) -> None:
        """Stop it; `timeout` in seconds, None = its own grace period."""
        self.stack.changing(lambda project: project.stop(self.name, timeout=timeout))

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send it a signal."""
        self.stack.changing(lambda project: project.kill(self.name, signal=signal))

    def start(self, *, timeout: float = 60.0) -> None:
        """Start it again, and wait until it is ready."""
        self.stack.changing(lambda project: project.start(self.name, wait=False))
        self.wait(timeout=timeout)

    def restart(self, *, stop_timeout: int | None = None, timeout: float = 60.0) -> None:
        """Stop it and start it again, and wait until it is ready."""
        self.stack.changing(lambda project: project.restart(self.name, timeout=stop_timeout, no_deps=True))
        self.wait(timeout=timeout)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Freeze its processes inside a `with` block: connections stay open, nobody answers."""
        self.stack.project.pause(self.name)
        try:
            yield
        finally:
            self.stack.project.unpause(self.name)

    # -- data

    def snapshot(self) -> Snapshot:
        """Keep what its named volumes hold; `.restore()` brings that back."""
        return self.stack.snapshot(self.name)

    def reset(self) -> None:
        """Bring it back to how it began; see `Stack.reset`."""
        self.stack.reset(self.name)

    def _inspect(self, index: int = 0) -> dict[str, Any]:
        containers = [one for one in self.containers() if not index or one.number == index]
        if not containers:
            raise fail("no-container", f'no container found for service "{self.name}"')
        data: dict[str, Any] = self.stack.project.engine.call(
            Call(method="GET", path=path("/containers/{}/json", containers[0].id))
        )
        return data


def moment(time: float | str) -> str:
    """Return a time as the log commands take it."""
    return time if isinstance(time, str) else f"{time:.9f}"
