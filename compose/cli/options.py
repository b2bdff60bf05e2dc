"""Parameters that several commands share, and what their raw values mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from compose.base.errors import fail
from compose.base.pattern import lazy_pattern
from compose.cli import param

Services = Annotated[list[str] | None, param.Argument(metavar="SERVICE")]
Service = Annotated[str, param.Argument(metavar="SERVICE")]
Form = Annotated[str, param.Option("--format", show_default="table", help="How to print: table or json")]
TemplateForm = Annotated[
    str, param.Option("--format", show_default="table", help="How to print: table, json, or a template such as '{{.Name}}'")
]
Timeout = Annotated[
    int | None, param.Option("-t", "--timeout", help="Seconds a container gets to stop before it is killed; 0 kills at once")
]
RemoveOrphans = Annotated[
    bool | None,
    param.Option("--remove-orphans", help="Also remove containers of services that the files do not have (any more)"),
]
Build = Annotated[
    str,
    param.Option(
        "--build",
        metavar="[=auto]",
        help="Build images before containers are made; with `auto` only those that are missing or older than their inputs",
    ),
]
NoBuild = Annotated[bool, param.Option("--no-build", help="Build nothing, also where an image is missing")]
Pull = Annotated[str, param.Option("--pull", show_default="policy", help="When to pull: always, missing, never or build")]
QuietPull = Annotated[bool, param.Option("--quiet-pull", help="Show no progress of layers")]
QuietBuild = Annotated[bool, param.Option("--quiet-build", help="Show nothing of what builds write")]
ForceRecreate = Annotated[bool, param.Option("--force-recreate", help="Replace containers also where nothing changed")]
NoRecreate = Annotated[
    bool, param.Option("--no-recreate", help="Leave existing containers as they are, also where something changed")
]
Drift = Annotated[
    bool,
    param.Option("--drift", help="Also find and repair what was changed by hand in containers that the files did not change"),
]
AlwaysRecreateDeps = Annotated[
    bool, param.Option("--always-recreate-deps", help="Also replace the containers that the named services depend on")
]
RenewAnonVolumes = Annotated[
    bool, param.Option("-V", "--renew-anon-volumes", help="Give new containers new anonymous volumes instead of the old ones")
]
NoDeps = Annotated[bool, param.Option("--no-deps", help="Leave the services alone that the named ones depend on")]
Scale = Annotated[
    list[str] | None, param.Option("--scale", metavar="SERVICE=NUM", help="How many containers a service has; may be repeated")
]
Wait = Annotated[bool, param.Option("--wait", help="Return when every service is running or healthy; implies --detach")]
WaitTimeout = Annotated[int, param.Option("--wait-timeout", help="Most seconds to wait for services, 0 for as long as it takes")]
Yes = Annotated[bool, param.Option("-y", "--yes", "--y", help="Answer yes to every question")]
Since = Annotated[str, param.Option("--since", help="Only what is younger: 2026-01-31T12:00:00Z, or 10m for ten minutes")]
Until = Annotated[str, param.Option("--until", help="Only what is older: 2026-01-31T12:00:00Z, or 10m for ten minutes")]
NoColor = Annotated[bool, param.Option("--no-color", help="Write the names of containers without colour")]
NoLogPrefix = Annotated[bool, param.Option("--no-log-prefix", help="Write lines without the names of containers")]
Index = Annotated[int, param.Option("--index", help="Number of the container, where the service has several")]
Env = Annotated[
    list[str] | None,
    param.Option(
        "-e", "--env", metavar="NAME[=VALUE]", help="Set a variable; a name alone takes the project's value; may be repeated"
    ),
]
NoTty = Annotated[
    bool | None, param.Option("-T", "--no-tty", "--no-TTY", help="Give the command no terminal, also where this is one")
]
Tty = Annotated[bool | None, param.Option("-t", "--tty", hidden=True, help="Give the command a terminal")]
User = Annotated[str, param.Option("-u", "--user", metavar="NAME|UID[:GROUP|GID]", help="Who runs the command")]
Workdir = Annotated[str, param.Option("-w", "--workdir", metavar="DIR", help="Directory to run the command in")]

_SCALE: Final = lazy_pattern(r"([^=]+)=(\d+)")
_PULL_POLICIES: Final = frozenset({"always", "missing", "never", "build", "if_not_present"})


def many(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return the values of an argument or option that may be repeated."""
    return tuple(values or ())


def orphans(given: bool | None, environ: Mapping[str, str]) -> bool:
    """Return whether orphans go: as `--remove-orphans` says, else COMPOSE_REMOVE_ORPHANS."""
    return is_true(environ.get("COMPOSE_REMOVE_ORPHANS", "")) if given is None else given


def is_true(text: str) -> bool:
    """Return whether a variable of the environment means yes."""
    return text.strip().lower() in {"1", "t", "true", "y", "yes", "on"}


def wants_json(form: str) -> bool:
    """Return whether `--format` asks for JSON instead of a table.

    Raises:
        ComposeError: it asks for something else.
    """
    if form not in {"", "table", "json"}:
        raise fail("unsupported-format", f'format value "{form}" could not be parsed: parsing failed', hint="use table or json")
    return form == "json"


def seconds(value: int) -> float | None:
    """Return what `--wait-timeout` asks for: None for no limit.

    Raises:
        ComposeError: it is negative.
    """
    if value < 0:
        raise fail("invalid-value", "--wait-timeout must be a non-negative integer")
    return float(value) if value else None


def replicas(values: Sequence[str] | None) -> dict[str, int]:
    """Return what `--scale SERVICE=NUM` asks for.

    Raises:
        ComposeError: it is written in another way.
    """
    wanted: dict[str, int] = {}
    for text in many(values):
        match = _SCALE.fullmatch(text)
        if match is None:
            raise fail("invalid-value", f'invalid --scale option "{text}". Should be SERVICE=NUM')
        wanted[match[1]] = int(match[2])
    return wanted


def build_mode(value: str) -> dict[str, Any]:
    """Return the fields of `UpOptions` that `--build` sets, as it is read: `true`, `false` or `auto`."""
    return {"build": value == "true", "outdated": "build" if value == "auto" else "tell"}


def pull_policy(value: str) -> str:
    """Return the policy that `--pull` names, "" for that of each service.

    Raises:
        ComposeError: there is no such policy.
    """
    if value and value not in _PULL_POLICIES:
        raise fail("invalid-value", f'invalid --pull option "{value}"', hint="use always, missing, never or build")
    return value


def refuse(*rules: tuple[bool, str]) -> None:
    """Refuse combinations of options: each rule is whether it is there, and what is said of it.

    Raises:
        ComposeError: one of the combinations is there.
    """
    for is_there, message in rules:
        if is_there:
            raise fail("contradicting-options", message)
