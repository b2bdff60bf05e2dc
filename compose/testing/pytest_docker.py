"""The fixtures of pytest-docker, on stacks of this package: a way to switch without touching tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from compose.testing.plugin import _stacks

if TYPE_CHECKING:
    from compose.testing.stack import Stack

_FIRST_PAUSE = 0.025


class Services:
    """What `docker_services` is: ports of services, and waiting for them; `stack` is the whole."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def port_for(self, service: str, container_port: int) -> int:
        """Return the host's side of a published port."""
        return self.stack[service].port(container_port).port

    def wait_until_responsive(
        self,
        check: Callable[[], object],
        timeout: float,
        pause: float,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Call `check` until it returns something true, at least every `pause` seconds.

        Raises:
            Exception: it did not within `timeout` seconds.
        """
        import threading  # noqa: PLC0415 - only here
        import time  # noqa: PLC0415 - likewise

        now = clock or time.perf_counter
        end, rest = now() + timeout, min(_FIRST_PAUSE, pause)
        while not check():
            if now() >= end:
                raise Exception("Timeout reached while waiting on service!")  # noqa: TRY002 - as pytest-docker raises it
            threading.Event().wait(rest)
            rest = min(rest * 2, pause)


@pytest.fixture(scope="session")
def docker_compose_file(pytestconfig: pytest.Config) -> str | Sequence[str]:
    """The Compose files; override it to name others."""
    return os.path.join(str(pytestconfig.rootpath), "tests", "docker-compose.yml")  # noqa: PTH118 - text, as pytest-docker has it


@pytest.fixture(scope="session")
def docker_compose_project_name() -> str:
    """The project's name; empty = one of its own."""
    return ""


@pytest.fixture(scope="session")
def docker_ip(pytestconfig: pytest.Config) -> str:
    """The address under which published ports can be reached."""
    return _stacks(pytestconfig).host()


@pytest.fixture(scope="session")
def docker_services(
    pytestconfig: pytest.Config, docker_compose_file: str | Sequence[str], docker_compose_project_name: str
) -> Iterator[Any]:
    """The services, up and ready."""
    files = [docker_compose_file] if isinstance(docker_compose_file, str) else list(docker_compose_file)
    stacks = _stacks(pytestconfig)
    stack = stacks.open([str(file) for file in files], {"name": docker_compose_project_name}, shareable=True)
    yield Services(stack)
    stacks.close(stack)
