"""The steps a plan is made of: one type per API call, wait or external program."""

from __future__ import annotations

from typing import Any, Literal

from compose.base.value import Value
from compose.model.service import Service
from compose.payload.payloads import Binding, Connect, FileCopy


class Target(Value, frozen=True, kw_only=True):
    """The container an operation acts on.

    `id` is the engine's id when it exists already; "" = the one an earlier CreateContainer step of this plan
    makes for (`service`, `number`). `name` is its (final) name, for messages.
    """

    service: str
    number: int
    name: str
    id: str = ""


class _Operation(Value, frozen=True, kw_only=True, tag_field="kind"):
    pass


class CreateNetwork(_Operation, frozen=True, kw_only=True, tag="create-network"):
    """POST networks/create; an answer 409 counts as done."""

    key: str
    name: str
    body: dict[str, Any]


class RemoveNetwork(_Operation, frozen=True, kw_only=True, tag="remove-network"):
    """DELETE networks/{id}; still in use is a warning when `tolerant`."""

    key: str
    name: str
    id: str
    tolerant: bool = True


class ConnectNetwork(_Operation, frozen=True, kw_only=True, tag="connect-network"):
    """POST networks/{name}/connect."""

    network: str
    name: str
    container: Target
    endpoint: dict[str, Any] = {}


class DisconnectNetwork(_Operation, frozen=True, kw_only=True, tag="disconnect-network"):
    """POST networks/{id}/disconnect, forced."""

    network: str
    id: str
    container: Target


class CreateVolume(_Operation, frozen=True, kw_only=True, tag="create-volume"):
    """POST volumes/create."""

    key: str
    name: str
    body: dict[str, Any]


class RemoveVolume(_Operation, frozen=True, kw_only=True, tag="remove-volume"):
    """DELETE volumes/{name}?force=1; still in use is a warning when `tolerant`."""

    key: str
    name: str
    tolerant: bool = True


class PullImage(_Operation, frozen=True, kw_only=True, tag="pull-image"):
    """POST images/create for one reference; `services` are those that want it, `quiet` leaves layers untold."""

    reference: str
    platform: str = ""
    services: tuple[str, ...] = ()
    tolerant: bool = False
    quiet: bool = False


class BuildImage(_Operation, frozen=True, kw_only=True, tag="build-image"):
    """Build one image from the service's `build` section and give it `tags`.

    `if_absent` names a reference that a tolerant pull of this plan tries first: nothing is built when it is
    there by then. The first of `tags` is the name containers use. `services` are all that share the image.
    `every_platform` builds what `build.platforms` lists instead of the one platform containers run on; `check` only
    lints; `memory` is in bytes; `ssh`, `provenance`, `sbom` stand in for what the file says.
    """

    service: str
    tags: tuple[str, ...]
    no_cache: bool = False
    pull: bool = False
    quiet: bool = False
    args: dict[str, str] = {}
    if_absent: str = ""
    services: tuple[str, ...] = ()
    every_platform: bool = False
    push: bool = False
    check: bool = False
    memory: int = 0
    builder: str = ""
    ssh: tuple[str, ...] = ()
    provenance: str = ""
    sbom: str = ""


class PushImage(_Operation, frozen=True, kw_only=True, tag="push-image"):
    """POST images/{name}/push for one reference; `services` are those whose image it is."""

    reference: str
    services: tuple[str, ...] = ()
    quiet: bool = False


class PublishProject(_Operation, frozen=True, kw_only=True, tag="publish-project"):
    """Upload a project's files as an OCI artifact.

    `files` are the names of the project's own; `pins` adds one that pins images to digests, `with_env` the env files.
    `application` copies the images of `services` beside them. `version` of the manifest is "" for the newest that the
    registry takes; `insecure` allows plain HTTP.
    """

    reference: str
    files: tuple[str, ...] = ()
    pins: bool = False
    with_env: bool = False
    application: bool = False
    services: tuple[str, ...] = ()
    version: Literal["", "1.0", "1.1"] = ""
    insecure: bool = False


class RemoveImage(_Operation, frozen=True, kw_only=True, tag="remove-image"):
    """DELETE images/{reference}."""

    reference: str


class CreateContainer(_Operation, frozen=True, kw_only=True, tag="create-container"):
    """POST containers/create?name=, then connect the `connects`.

    `name` is the final name; `temporary_name` is used for the call when the container replaces another that
    still holds the name. If a connect fails the new container is removed again. A body without the image
    label gets it when the plan runs, because the image is pulled or built by an earlier step. The services that
    `bindings` name have no container yet that stays: the first one that this plan creates for them is meant.
    Where there are any, `shared` is the service, of which the label of the config hash is made once their ids are
    known (`compose.payload.sharing.hash_with_ids`).
    """

    target: Target
    body: dict[str, Any]
    image: str
    platform: str = ""
    temporary_name: str = ""
    bindings: tuple[Binding, ...] = ()
    connects: tuple[Connect, ...] = ()
    shared: Service | None = None


class CopyFiles(_Operation, frozen=True, kw_only=True, tag="copy-files"):
    """PUT containers/{id}/archive, one call per file; secrets never show their content."""

    container: Target
    files: tuple[FileCopy, ...]


class StartContainer(_Operation, frozen=True, kw_only=True, tag="start-container"):
    """POST containers/{id}/start."""

    container: Target


class StopContainer(_Operation, frozen=True, kw_only=True, tag="stop-container"):
    """POST containers/{id}/stop; `timeout` in seconds, None = the container's own."""

    container: Target
    timeout: int | None = None


class RestartContainer(_Operation, frozen=True, kw_only=True, tag="restart-container"):
    """POST containers/{id}/restart."""

    container: Target
    timeout: int | None = None


class KillContainer(_Operation, frozen=True, kw_only=True, tag="kill-container"):
    """POST containers/{id}/kill."""

    container: Target
    signal: str = "SIGKILL"


class PauseContainer(_Operation, frozen=True, kw_only=True, tag="pause-container"):
    """POST containers/{id}/pause."""

    container: Target


class UnpauseContainer(_Operation, frozen=True, kw_only=True, tag="unpause-container"):
    """POST containers/{id}/unpause."""

    container: Target


class RemoveContainer(_Operation, frozen=True, kw_only=True, tag="remove-container"):
    """DELETE containers/{id}; `volumes` also removes its anonymous volumes."""

    container: Target
    force: bool = True
    volumes: bool = False


class RenameContainer(_Operation, frozen=True, kw_only=True, tag="rename-container"):
    """POST containers/{id}/rename."""

    container: Target
    name: str


class WaitCondition(_Operation, frozen=True, kw_only=True, tag="wait-condition"):
    """Wait until the containers of a service satisfy a condition; takes no worker.

    `condition` is service_started, service_healthy, service_completed_successfully, or running_or_healthy
    (what `--wait` wants: healthy with a healthcheck, running without). `dependant` is the service that waits
    ("" = the user does). `timeout` in seconds, None = without end. `hold` is for how many seconds the condition
    must stay met before it counts. With `exit_ok` a container without restart policy that exited with 0 is as
    good as a running one.
    """

    service: str
    condition: Literal["service_started", "service_healthy", "service_completed_successfully", "running_or_healthy"]
    containers: tuple[Target, ...] = ()
    dependant: str = ""
    required: bool = True
    timeout: float | None = None
    hold: float = 0.0
    exit_ok: bool = False


class Delay(_Operation, frozen=True, kw_only=True, tag="delay"):
    """Let `seconds` pass (between two batches of an update); takes no worker."""

    seconds: float


class CheckFailures(_Operation, frozen=True, kw_only=True, tag="check-failures"):
    """Go on unless more than `at_most` of the replicas that the step groups `groups` replace failed to be; no worker.

    With `forgives` (the last check of an update) the failures are warnings when they are few enough.
    """

    service: str
    groups: tuple[str, ...]
    at_most: int
    forgives: bool = False


class RunHook(_Operation, frozen=True, kw_only=True, tag="run-hook"):
    """Exec a post_start or pre_stop hook in a container, or run a pre_start container to its end.

    `body` is that of POST containers/{id}/exec, or for pre_start of POST containers/create; then `container` is the
    one whose volumes it shares, and `image`, `platform`, `bindings` and `connects` are as in CreateContainer.
    """

    container: Target
    hook: Literal["pre_start", "post_start", "pre_stop"]
    index: int
    body: dict[str, Any]
    image: str = ""
    platform: str = ""
    bindings: tuple[Binding, ...] = ()
    connects: tuple[Connect, ...] = ()


class RunProvider(_Operation, frozen=True, kw_only=True, tag="run-provider"):
    """Run an external provider."""

    service: str
    action: Literal["up", "down", "stop"]


Operation = (
    CreateNetwork
    | RemoveNetwork
    | ConnectNetwork
    | DisconnectNetwork
    | CreateVolume
    | RemoveVolume
    | PullImage
    | BuildImage
    | PushImage
    | PublishProject
    | RemoveImage
    | CreateContainer
    | CopyFiles
    | StartContainer
    | StopContainer
    | RestartContainer
    | KillContainer
    | PauseContainer
    | UnpauseContainer
    | RemoveContainer
    | RenameContainer
    | WaitCondition
    | Delay
    | CheckFailures
    | RunHook
    | RunProvider
)
