"""`compose commit`."""

from __future__ import annotations

from typing import Annotated

from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import commit as use_case


def commit(
    ctx: param.Context,
    *,
    service: shared.Service = "",
    reference: Annotated[str, param.Argument(metavar="REPOSITORY[:TAG]")] = "",
    author: Annotated[str, param.Option("-a", "--author", help="Who made it, such as `Ann <ann@example.com>`")] = "",
    change: Annotated[
        list[str] | None, param.Option("-c", "--change", help="Instruction of a Dockerfile to apply; may be repeated")
    ] = None,
    index: shared.Index = 0,
    message: Annotated[str, param.Option("-m", "--message", help="What was changed")] = "",
    pause: Annotated[bool, param.Option("-p", "--pause", help="Freeze the container meanwhile")] = True,
) -> None:
    """Make an image of what a container has become."""
    options = use_case.CommitOptions(
        service=service,
        reference=reference,
        index=index,
        author=author,
        message=message,
        changes=shared.many(change),
        pause=pause,
    )
    use_case.commit(Runtime.of(ctx).session(), options)


DEFINITION = Definition(call=commit, arity=arity.between(1, 2), usage=("[OPTIONS] SERVICE [REPOSITORY[:TAG]]",))
