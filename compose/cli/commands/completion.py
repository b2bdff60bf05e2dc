"""`compose completion`, and the hidden `compose __complete` that its scripts call."""

from __future__ import annotations

from typing import Annotated, Final

from compose.base.errors import fail
from compose.cli import arity, param, scripts
from compose.cli.command import Definition, Group
from compose.cli.completion import Names, offer
from compose.cli.options import many
from compose.cli.runtime import Runtime
from compose.commands import completion as names
from compose.commands.session import GlobalOptions

_SCRIPTS: Final = {"bash": scripts.BASH, "zsh": scripts.ZSH, "fish": scripts.FISH}
_LOOKUPS: Final = {"services": names.services, "profiles": names.profiles, "projects": names.projects}


def completion(ctx: param.Context, *, shell: Annotated[str, param.Argument(metavar="SHELL")] = "") -> None:
    """Print a script that teaches a shell to complete."""
    if shell not in _SCRIPTS:
        raise fail("invalid-value", f'unsupported shell "{shell}"', hint=f"use {', '.join(_SCRIPTS)}")
    Runtime.of(ctx).write(_SCRIPTS[shell])


def complete(ctx: param.Context, *, words: Annotated[list[str] | None, param.Argument(metavar="WORD")] = None) -> None:
    """Print what fits the last word."""
    runtime = Runtime.of(ctx)
    root = ctx.find_root().command
    assert isinstance(root, Group)

    def lookup(options: GlobalOptions, kind: Names) -> tuple[str, ...]:
        runtime.configure(options)
        return _LOOKUPS[kind](runtime.session(quiet=True))

    runtime.write(str(offer(root, many(words), lookup)))


DEFINITIONS = {
    "completion": Definition(
        call=completion,
        arity=arity.exactly(1),
        usage=("bash|zsh|fish",),
        notes="""bash: `source <(compose completion bash)` in ~/.bashrc

zsh: `source <(compose completion zsh)` in ~/.zshrc, after compinit

fish: `compose completion fish > ~/.config/fish/completions/compose.fish`""",
    ),
    "__complete": Definition(call=complete, interspersed=False),
}
