"""The create body of a network. Source: reconcile section 5."""

from __future__ import annotations

from typing import Any

from compose.base import labels
from compose.model.network import IPAM, IPAMPool
from compose.model.project import Project
from compose.payload.hash import network_hash
from compose.payload.labels import resource_labels
from compose.payload.naming import network_name
from compose.payload.payloads import NetworkPayload
from compose.payload.versions import has
from compose.state.observed import EngineFacts

ENABLE_IPV4 = (1, 47)
_CHECKS_DUPLICATES = (1, 44)
"""From this API on the engine refuses a second network of the same name without being asked."""


def render_network(project: Project, key: str, facts: EngineFacts) -> NetworkPayload:
    """Return the body of POST networks/create for the network `key` of the project."""
    network = project.networks[key]
    name = network_name(project, key)
    if network.external:
        return NetworkPayload(key=key, name=name, external=True)
    config_hash = network_hash(network)
    optional: dict[str, Any] = {
        "Driver": network.driver,
        "Options": network.driver_opts,
        "IPAM": _ipam(network.ipam),
        "Internal": network.internal,
        "Attachable": network.attachable,
        "CheckDuplicate": not has(facts, _CHECKS_DUPLICATES),
    }
    body = {"Name": name} | {field: value for field, value in optional.items() if value}
    if network.enable_ipv6 is not None:
        body["EnableIPv6"] = network.enable_ipv6
    if network.enable_ipv4 is not None and has(facts, ENABLE_IPV4):
        body["EnableIPv4"] = network.enable_ipv4
    body["Labels"] = resource_labels(project, network.labels, kind=labels.NETWORK, key=key, config_hash=config_hash)
    return NetworkPayload(key=key, name=name, hash=config_hash, body=body)


def _ipam(ipam: IPAM) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "Driver": ipam.driver,
        "Config": [_pool(pool) for pool in ipam.config],
        "Options": ipam.options,
    }
    return {field: value for field, value in fields.items() if value}


def _pool(pool: IPAMPool) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "Subnet": pool.subnet,
        "IPRange": pool.ip_range,
        "Gateway": pool.gateway,
        "AuxiliaryAddresses": pool.aux_addresses,
    }
    return {field: value for field, value in fields.items() if value}
