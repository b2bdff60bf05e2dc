"""How many arguments a command takes, and what is said when it is given others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compose.base.errors import ComposeError, fail

Arity = Callable[[str, Sequence[str]], None]
"""Checks the arguments of the command with this full name (`docker compose ls` in messages); raises ComposeError."""


def any_number(_name: str, _arguments: Sequence[str]) -> None:
    """Accept any arguments."""


def none(name: str, arguments: Sequence[str]) -> None:
    """Accept no argument."""
    if arguments:
        raise fail("too-many-arguments", f'unknown command "{arguments[0]}" for "{_full(name)}"', hint=_help(name))


def at_least(least: int) -> Arity:
    """Return the check for `least` arguments or more."""

    def check(name: str, arguments: Sequence[str]) -> None:
        if len(arguments) < least:
            raise _wrong(name, f"requires at least {least} arg(s), only received {len(arguments)}")

    return check


def at_most(most: int) -> Arity:
    """Return the check for up to `most` arguments."""

    def check(name: str, arguments: Sequence[str]) -> None:
        if len(arguments) > most:
            raise _wrong(name, f"accepts at most {most} arg(s), received {len(arguments)}")

    return check


def between(least: int, most: int) -> Arity:
    """Return the check for `least` to `most` arguments."""

    def check(name: str, arguments: Sequence[str]) -> None:
        if not least <= len(arguments) <= most:
            raise _wrong(name, f"accepts between {least} and {most} arg(s), received {len(arguments)}")

    return check


def exactly(number: int) -> Arity:
    """Return the check for `number` arguments."""

    def check(name: str, arguments: Sequence[str]) -> None:
        if len(arguments) != number:
            plural = "" if number == 1 else "s"
            raise _wrong(name, f"docker: '{_full(name)}' requires {number} argument{plural}")

    return check


def required(name: str, arguments: Sequence[str]) -> None:
    """Accept one argument or more, in the words of the docker command line."""
    if not arguments:
        raise _wrong(name, f"docker: '{_full(name)}' requires at least 1 argument")


def _full(name: str) -> str:
    """Return the command as a user of docker writes it, whatever this program is called by."""
    return name if name.startswith("docker ") else f"docker {name.removeprefix('docker-')}"


def _wrong(name: str, summary: str) -> ComposeError:
    return fail("wrong-arguments", summary, hint=_help(name))


def _help(name: str) -> str:
    return f"`{name} --help` shows what it takes"
