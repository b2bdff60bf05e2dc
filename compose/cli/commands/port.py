"""`compose port`."""

from __future__ import annotations

from typing import Annotated

from compose.base.errors import fail
from compose.cli import arity, param
from compose.cli.command import Definition
from compose.cli.options import Form, Index, Service, wants_json
from compose.cli.runtime import Runtime
from compose.commands import port as use_case
from compose.view.json_form import json_line

_HIGHEST = 65535


def port(
    ctx: param.Context,
    *,
    service: Service = "",
    private: Annotated[str, param.Argument(metavar="PRIVATE_PORT")] = "",
    form: Form = "",
    index: Index = 0,
    protocol: Annotated[str, param.Option("--protocol", help="Which protocol: tcp or udp")] = "tcp",
) -> None:
    """Print where a port of a service can be reached."""
    number = int(private) if private.isdecimal() else 0
    if not 0 < number <= _HIGHEST:
        raise fail("invalid-value", f'invalid port "{private}"', hint=f"a number from 1 to {_HIGHEST}")
    as_json = wants_json(form)
    runtime = Runtime.of(ctx)
    found = use_case.port(
        runtime.session(), use_case.PortOptions(service=service, private=number, protocol=protocol.lower(), index=index)
    )
    host = f"[{found.address}]" if ":" in found.address else found.address
    runtime.write(json_line(found) if as_json else f"{host}:{found.public}\n")


DEFINITION = Definition(call=port, arity=arity.at_least(2), usage=("[OPTIONS] SERVICE PRIVATE_PORT",))
