"""A project rewritten so that copies of it can run side by side on one engine. Pure: Project in, Project out.

The project is loaded under the copy's own name, so what is named after the project differs already. What the files fix
(names, host ports, subnets, tags of built images) is rewritten here; what cannot be told apart is named. Host ports and
subnets are chosen by `compose.load.allot`: `wanted` says which are needed, `isolate` takes them.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from compose.load.isolate_addresses import Addresses, subnets_wanted
from compose.load.isolate_names import Names
from compose.load.isolate_ports import fixed_ports, with_ports
from compose.load.isolate_shared import shared
from compose.load.isolation import Change, Isolated, Isolation, Wanted, port_key, port_range
from compose.model.project import Project
from compose.model.service import Service

__all__ = ["Isolated", "Isolation", "Wanted", "isolate", "wanted"]


def wanted(project: Project, isolation: Isolation) -> tuple[Wanted, ...]:
    """Return the host ports and subnets that `isolate` must be given for this project, each once."""
    found: dict[str, Wanted] = {}
    if isolation.ports == "stable":
        for _, _, port in fixed_ports(project, isolation):
            found[port_key(port)] = Wanted(key=port_key(port), kind="port", count=len(port_range(port.published)))
    found |= {one.key: one for one in subnets_wanted(project, isolation)}
    return tuple(found[key] for key in sorted(found))


def isolate(project: Project, isolation: Isolation, given: Mapping[str, str]) -> Isolated:
    """Return the project as a copy that shares nothing with others which can be told apart.

    `given` has the text for each key of `wanted`: `20010` or `20010-20012` for ports, `10.64.7.0/24` for a subnet.
    Disabled services are rewritten too, so that `run` finds them isolated. `depends_on` and what services say inside
    their containers stay as they are; each service is found under its own name and its old `container_name`.

    Raises:
        KeyError: something that is wanted is not given.
    """
    changes: list[Change] = []
    names = Names(project, isolation, changes)
    addresses = Addresses(project, isolation, given, changes)

    def rewritten(service: Service) -> Service:
        service = with_ports(names.service(service), isolation, given, changes)
        return addresses.service(service)

    networks = {key: addresses.network(key, names.network(key)) for key in project.networks}
    result = replace(
        project,
        services={name: rewritten(service) for name, service in project.services.items()},
        disabled={name: rewritten(service) for name, service in project.disabled.items()},
        networks=networks,
        volumes={key: names.volume(key) for key in project.volumes},
    )
    enabled = [change for change in changes if change.path[:1] != ("services",) or change.path[1] in project.services]
    return Isolated(project=result, changes=tuple(enabled), shared=shared(result, enabled, addresses.moved))
