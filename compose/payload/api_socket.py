"""`use_api_socket`: the engine's socket and the user's registry credentials inside the container.

A rewriting of the project before anything is rendered, so that mounts, files, hashes and plans follow from it as
from any other file. Source: attributes, Identity (`use_api_socket`).
"""

from __future__ import annotations

from msgspec.structs import replace

from compose.base.errors import fail
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject, FileReference, Mount
from compose.payload.files import API_SOCKET
from compose.state.observed import EngineFacts

_SOCKET = "/var/run/docker.sock"
_CONFIG_DIRECTORY = "/run/secrets/docker"


def wants_api_socket(project: Project) -> bool:
    """Whether any service uses the engine's socket."""
    return any(service.use_api_socket for service in project.services.values())


def with_api_socket(project: Project, credentials: str, facts: EngineFacts) -> Project:
    """Return the project with the socket mounted and `credentials` (a docker `config.json`) copied in where wanted.

    Raises:
        ComposeError: the engine is a Windows one.
    """
    if not wants_api_socket(project):
        return project
    if facts.os == "windows":
        raise fail("api-socket-on-windows", "use_api_socket can't be used with a Windows Docker Engine")
    services = {name: _service(service) if service.use_api_socket else service for name, service in project.services.items()}
    configs = {**project.configs, API_SOCKET: FileObject(content=credentials)}
    return replace(project, services=services, configs=configs)


def _service(service: Service) -> Service:
    reference = FileReference(source=API_SOCKET, target=f"{_CONFIG_DIRECTORY}/config.json")
    return replace(
        service,
        volumes=(*service.volumes, Mount(type="bind", source=_SOCKET, target=_SOCKET)),
        configs=(*service.configs, reference),
        environment={"DOCKER_CONFIG": _CONFIG_DIRECTORY, **service.environment},
    )
