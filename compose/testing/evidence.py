"""What services did while a test failed, as sections of its report, properties and files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compose.base.errors import ComposeError
from compose.base.value import Value
from compose.health.observation import Observation
from compose.testing.failure import state
from compose.testing.service import StackService

if TYPE_CHECKING:
    from compose.testing.stack import Stack

_LONGEST_NAME = 120


class Section(Value, frozen=True, kw_only=True):
    """What one service did: where it is in one word, and what it wrote."""

    stack: str
    service: str
    state: str
    lines: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The heading of the section."""
        return f"compose: {self.service} of {self.stack}, {self.state}"


def gather(stack: Stack, since: float) -> list[Section]:
    """Return a section for each service, with what it wrote since then (by this process's clock; 0 = all of it).

    Where the engine does not answer there is one that says so.
    """
    try:
        lines: dict[str, list[str]] = {}
        for line in stack.logs(since=stack.clocks.there(since) if since else ""):
            stamp = line.timestamp[11:23] or "            "
            lines.setdefault(line.service, []).append(f"{stamp}  {line.text}")
        return [
            Section(stack=stack.name, service=name, state=_states(stack[name]), lines=tuple(lines.get(name, ())))
            for name in stack.services
        ]
    except ComposeError as error:
        return [Section(stack=stack.name, service="engine", state="no answer", lines=(str(error),))]


def _states(service: StackService) -> str:
    found: list[Observation] = [service.observe(one.number) for one in service.containers()]
    return ", ".join(dict.fromkeys(_word(one) for one in found)) or "no container"


def _word(seen: Observation) -> str:
    restarts = f", restarted {seen.restarts} times" if seen.restarts else ""
    return f"{state(seen)}{restarts}"


def write(directory: Path, test: str, sections: Sequence[Section]) -> None:
    """Write a file for each service that wrote something, and one with where each is, below a directory of the test.

    Raises:
        OSError: the directory cannot be written to.
    """
    where = directory / re.sub(r"[^A-Za-z0-9_.-]+", "-", test)[-_LONGEST_NAME:].strip("-")
    where.mkdir(parents=True, exist_ok=True)
    (where / "services.txt").write_text("".join(f"{one.stack} {one.service}: {one.state}\n" for one in sections))
    for one in sections:
        if one.lines:
            (where / f"{one.stack}-{one.service}.log").write_text("".join(f"{line}\n" for line in one.lines))
