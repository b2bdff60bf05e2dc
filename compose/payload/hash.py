"""The config hashes, byte for byte those of Docker Compose 2.40: what its label and `config --hash` say.

Source: loading section 15.
"""

from __future__ import annotations

import hashlib

import msgspec
from msgspec.structs import replace

from compose.base.go_text import json_text
from compose.model.network import Network
from compose.model.plain import plain_json
from compose.model.service import Service
from compose.model.storage import Mount, Volume


def service_hash(service: Service) -> str:
    """Return the hash of a service: hex SHA-256 of its JSON without what may change under a running container.

    The label of a container covers the service as created, with `service:` references replaced by container ids.
    """
    deploy = msgspec.structs.replace(service.deploy, replicas=None) if service.deploy is not None else None
    hashed = msgspec.structs.replace(
        service,
        build=None,
        pull_policy="",
        scale=None,
        depends_on={},
        profiles=(),
        deploy=deploy,
        volumes=tuple(_volume(mount) for mount in service.volumes),
    )
    return _digest(hashed)


def _volume(mount: Mount) -> Mount:
    """Return a mount as it is hashed: a `create_host_path` of false does not count."""
    if mount.bind is None or mount.bind.create_host_path:
        return mount
    return msgspec.structs.replace(mount, bind=msgspec.structs.replace(mount.bind, create_host_path=None))


def network_hash(network: Network) -> str:
    """Return the hash of a network with its name on the engine and the labels of the file.

    Docker Compose 2.40 does not know options of `ipam`.
    """
    return _digest(replace(network, ipam=replace(network.ipam, options={})) if network.ipam.options else network)


def volume_hash(volume: Volume) -> str:
    """Return the hash of a volume with its name on the engine and the labels of the file."""
    return _digest(volume if volume.driver else replace(volume, driver="local"))


def _digest(value: msgspec.Struct) -> str:
    return hashlib.sha256(json_text(plain_json(value))).hexdigest()
