"""`compose plan`: any command that changes something, as a dry run whose plan is shown, kept, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec.structs import replace

from compose.base.errors import fail
from compose.cli import param
from compose.cli.catalogue import ENTRIES, find
from compose.cli.command import INSTANCE, Command, Definition, HelpWanted, build, load
from compose.cli.flags import Flag, Parsed, parse
from compose.cli.param import Context
from compose.cli.runtime import Runtime
from compose.commands.plan import keep
from compose.plan.encode import shown
from compose.plan.plan import Plan
from compose.plan.text import render

CHANGES: Final = 2
"""The exit code when there is something to do."""
PLANNED: Final = (
    *("up", "create", "scale", "run", "start", "stop", "restart", "kill", "pause", "unpause", "rm", "down"),
    *("pull", "build", "push", "publish"),
)
"""The commands that can be planned; the first is meant when none is named."""
_OWNER_ONLY: Final = 0o600


def plan(
    ctx: param.Context,
    *,
    drift: Annotated[  # noqa: ARG001 - a flag of the command that is planned
        bool, param.Option("--drift", help="Also find what was changed by hand in containers that the files did not change")
    ] = False,
    form: Annotated[str, param.Option("--format", show_default="text", help="How to print: text or json")] = "",
    json: Annotated[bool, param.Option("--json", help="The same as --format json")] = False,
    output: Annotated[str, param.Option("-o", "--output", metavar="FILE", help="Keep the plan, for `compose apply FILE`")] = "",
) -> int:
    """Show what a command would do; exit 0 for nothing, 2 for changes."""
    if form not in {"", "text", "json"}:
        raise fail("unsupported-format", f'unsupported format "{form}"', hint="use text or json")
    runtime = Runtime.of(ctx)
    plans = _plans(runtime, ctx.meta[_TARGET])
    if output:
        _write(runtime, output, plans)
    for one in plans:
        runtime.write(f"{shown(one).decode()}\n" if json or form == "json" else render(one))
    return CHANGES if any(one.steps or one.confirmations for one in plans) else 0


def _plans(runtime: Runtime, target: Context) -> list[Plan]:
    """Run the command dry and return its plans (`run` has one for what the service depends on, and one of its own)."""
    runtime.options = replace(runtime.options, dry_run=True)
    runtime.previewed = []
    target.command.invoke(target)
    return runtime.previewed


def _write(runtime: Runtime, output: str, plans: Sequence[Plan]) -> None:
    if len(plans) != 1:
        raise fail("plan-not-kept", "this command makes several plans one after the other; they cannot be kept as one")
    runtime.save(output, keep(plans[0], runtime.sighting), mode=_OWNER_ONLY)


_TARGET: Final = "compose.plan.target"
"""Where the context keeps the context of the command that is planned."""


class Preview(Command):
    """`plan`: takes its own flags, then the name of a command and all that the command takes."""

    def parse_args(self, ctx: Context, args: list[str]) -> None:
        """Fill the parameters of `plan` and those of the command that is planned.

        Raises:
            ComposeError: flags or arguments are wrong.
            HelpWanted: `--help` is among them.
        """
        default = _command(PLANNED[0])
        start = parse([*self.flags, *default.flags, INSTANCE], args, interspersed=False)
        if start.help:
            raise HelpWanted(ctx)
        name, *rest = start.arguments or ("",)
        words, target = list(args), default
        if name in PLANNED:
            words, target = [*args[: len(args) - len(start.arguments)], *rest], _command(name)
        below = Context(target, parent=ctx)
        parsed = parse([*_merged(self.flags, target.flags), INSTANCE], words, interspersed=target.definition.interspersed)
        if parsed.help:
            raise HelpWanted(below)
        if parsed.values.get("drift") and not any(flag.dest == "drift" for flag in target.flags):
            raise fail("contradicting-options", f"--drift cannot be combined with `{target.name}`", hint="plan `up` or `create`")
        own = {flag.dest for flag in self.flags}
        self.fill(ctx, Parsed(values={key: value for key, value in parsed.values.items() if key in own}, arguments=()))
        target.fill(below, parsed)
        ctx.meta[_TARGET] = below


def _command(name: str) -> Command:
    entry = find(ENTRIES, name)
    assert entry is not None  # PLANNED names entries
    return build(entry, load(entry))


def _merged(own: Sequence[Flag], others: Sequence[Flag]) -> list[Flag]:
    taken = {name for flag in own for name in flag.names}
    return [*own, *(flag for flag in others if not taken & set(flag.names))]


DEFINITION = Definition(
    call=plan,
    kind=Preview,
    usage=("[OPTIONS] [COMMAND] [ARGS...]",),
    notes=f"""Every step comes with its reason; nothing is changed. The exit code is 0 with nothing to do, 2 with changes.

    COMMAND is {", ".join(PLANNED[:-1])} or {PLANNED[-1]}, with its own options and arguments; without one it is {PLANNED[0]}.""",
)
