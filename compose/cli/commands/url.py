"""`compose url`."""

from __future__ import annotations

from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import Form, Index, Service, wants_json
from compose.cli.runtime import Runtime
from compose.commands import addresses as use_case
from compose.view.json_form import complete, json_line

_HIGHEST = 65535


def url(
    ctx: param.Context,
    *,
    service: Service = "",
    port: Annotated[str, param.Argument(metavar="PORT")] = "",
    form: Form = "",
    index: Index = 0,
) -> None:
    """Print where a service can be reached."""
    number, protocol = parse_port(port)
    as_json = wants_json(form)
    runtime = Runtime.of(ctx)
    found = use_case.address(runtime.session(), service, number, protocol, index)
    runtime.write(json_line(complete(found) | {"url": found.url}) if as_json else f"{found.url}\n")


def parse_port(text: str) -> tuple[int, str]:
    """Return number and protocol of `80` or `53/udp`; 0 where none is given.

    Raises:
        ComposeError: it is something else.
    """
    number, _, protocol = text.partition("/")
    if text and not (number.isdecimal() and 0 < int(number) <= _HIGHEST):
        raise fail(
            "invalid-value", f'invalid port "{text}"', hint=f"a number from 1 to {_HIGHEST}, as it is inside the container"
        )
    return int(number or 0), protocol.lower() or "tcp"


DEFINITION = Definition(
    call=url,
    arity=arity.between(1, 2),
    usage=("[OPTIONS] SERVICE [PORT]",),
    notes="""PORT is the one inside the container; without it the port for browsers is meant, else the lowest.

    The scheme is the `app_protocol` of the port, else what usually listens there (5432 is postgresql), else http. The host
    is right for this machine also where the engine is on another one.""",
)
