"""What can be waited for besides health checks: `ready.http`, `ready.tcp`, `ready.log`, `ready.command`, `ready.exited`.

Each takes what must hold and is awaited with `stack["web"].wait(...)` or `Stack(..., ready={"web": ...})`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol

from compose.base.errors import ComposeError
from compose.base.value import Value

if TYPE_CHECKING:
    from compose.testing.service import StackService

_PATIENCE_SECONDS = 5.0
_QUIET_SECONDS = 0.1
_LISTEN = "0A"
_OK = range(200, 400)


class Condition(Protocol):
    """Something that holds of a service sooner or later."""

    def lacks(self, service: StackService) -> str:
        """Return what is not there yet, in words; "" when it holds."""
        ...


class Http(Value, frozen=True, kw_only=True):
    """A GET of a published port answers with one of `status`."""

    port: int
    path: str = "/"
    status: Collection[int] = _OK
    body: str = ""

    def lacks(self, service: StackService) -> str:
        """Return how the answer is wrong."""
        import http.client as http_client  # noqa: PLC0415 - it is not cheap, and most stacks do without

        host, port = service.port(self.port)
        connection = http_client.HTTPConnection(host, port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", self.path)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http_client.HTTPException) as error:
            return f"GET :{self.port}{self.path}: {error or type(error).__name__}"
        finally:
            connection.close()
        if answer.status not in self.status:
            return f"GET :{self.port}{self.path} answers {answer.status}"
        return "" if re.search(self.body, text) else f"GET :{self.port}{self.path} answers without `{self.body}`"


class Tcp(Value, frozen=True, kw_only=True):
    """Something listens on a port inside the container."""

    port: int

    def lacks(self, service: StackService) -> str:
        """Return that nothing does."""
        return "" if self.port in listening(service, {self.port}) else f"nothing listens on {self.port} inside"


class Listening(Value, frozen=True, kw_only=True):
    """Something listens on at least one of some ports inside the container."""

    ports: frozenset[int]

    def lacks(self, service: StackService) -> str:
        """Return that nothing does."""
        names = ", ".join(str(port) for port in sorted(self.ports))
        return "" if listening(service, self.ports) & self.ports else f"nothing listens on {names} inside"


class Command(Value, frozen=True, kw_only=True):
    """A command run in the container ends with 0."""

    words: tuple[str, ...]
    user: str = ""

    def lacks(self, service: StackService) -> str:
        """Return how it ended."""
        done = service.exec(*self.words, user=self.user)
        said = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
        return "" if done.code == 0 else f"`{' '.join(self.words)}` ends with {done.code}{f': {said}' if said else ''}"


class Log(Value, frozen=True, kw_only=True):
    """The container has written lines that match, since its (last) start."""

    pattern: str
    count: int = 1

    def lacks(self, service: StackService) -> str:
        """Return how many are missing."""
        matching = sum(1 for line in service.logs(since=service.last_ended_at() or "") if self.matches(line.text))
        return "" if matching >= self.count else f"`{self.pattern}` was written {matching} of {self.count} times"

    def matches(self, line: str) -> bool:
        """Return whether a line counts."""
        return re.search(self.pattern, line) is not None


class Exited(Value, frozen=True, kw_only=True):
    """Every container of the service has ended with one of `codes`."""

    codes: Collection[int] = (0,)

    def lacks(self, service: StackService) -> str:
        """Return which runs."""
        running = [one.name for one in service.containers() if one.state != "exited"]
        return f"{', '.join(running)} has not ended" if running else ""


class Check(Value, frozen=True, kw_only=True):
    """A function of the service returns something true; exceptions that are `OSError` count as not yet."""

    function: Callable[[StackService], object]

    def lacks(self, service: StackService) -> str:
        """Return that it does not."""
        name = getattr(self.function, "__name__", "the check")
        try:
            return "" if self.function(service) else f"`{name}` does not hold"
        except OSError as error:
            return f"`{name}`: {error}"


def http(port: int, path: str = "/", *, status: int | Collection[int] = _OK, body: str = "") -> Http:
    """Wait until GET `path` of a published `port` answers with `status` (a code or several), its body matching `body`."""
    return Http(port=port, path=path, status=(status,) if isinstance(status, int) else status, body=body)


def tcp(port: int) -> Tcp:
    """Wait until something listens on `port` inside the container (what the engine itself accepts does not count)."""
    return Tcp(port=port)


def log(pattern: str, *, count: int = 1) -> Log:
    """Wait until `count` lines that match the regular expression were written since the container started."""
    return Log(pattern=pattern, count=count)


def command(*words: str, user: str = "") -> Command:
    """Wait until a command ends with 0 in the container."""
    return Command(words=words, user=user)


def exited(*codes: int) -> Exited:
    """Wait until the containers have ended with one of `codes` (0 when none is given)."""
    return Exited(codes=codes or (0,))


def check(function: Callable[[StackService], object]) -> Check:
    """Wait until a function of the service returns something true."""
    return Check(function=function)


def listening(service: StackService, ports: Collection[int]) -> set[int]:
    """Return on which of `ports` something listens inside the container.

    Asked of its own /proc; where the image has no `cat`, by connecting to what is published: the engine's proxy takes
    every connection, but drops it at once when nothing is behind it.
    """
    try:
        done = service.exec("cat", "/proc/net/tcp", "/proc/net/tcp6")
    except ComposeError:
        return {port for port in ports if _answers(service, port)}
    found = parse_listening(done.stdout)
    return found & set(ports) if done.stdout else {port for port in ports if _answers(service, port)}


def parse_listening(text: str) -> set[int]:
    """Return the ports with a listener in the text of /proc/net/tcp."""
    rows = (line.split() for line in text.splitlines())
    return {int(row[1].rpartition(":")[2], 16) for row in rows if len(row) > 3 and row[3] == _LISTEN}  # noqa: PLR2004 - columns


def _answers(service: StackService, port: int) -> bool:
    import socket  # noqa: PLC0415 - hardly ever needed

    try:
        with socket.create_connection(service.port(port), timeout=_PATIENCE_SECONDS) as connection:
            connection.settimeout(_QUIET_SECONDS)
            return bool(connection.recv(1))
    except TimeoutError:
        return True
    except (OSError, ComposeError):
        return False
