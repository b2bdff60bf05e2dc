"""What happens while a plan runs; every view, log and report is folded from these.

The wire form (`--progress json`, the Python API) is the JSON of these types with a `type` tag; it is
described by `schemas/events.schema.json` and versioned by `EVENTS_VERSION`.
"""

from __future__ import annotations

from typing import Literal

from compose.base.diagnostics import Diagnostic
from compose.base.value import Value

EVENTS_VERSION = 1


class _Event(Value, frozen=True, kw_only=True, tag_field="type"):
    time: float
    """Seconds since the epoch at which it happened."""


class PlanStarted(_Event, frozen=True, kw_only=True, tag="plan-started"):
    """Execution begins; `steps` lists what is coming so that a view can show what has not begun."""

    project: str
    command: str
    steps: int


class StepStarted(_Event, frozen=True, kw_only=True, tag="step-started"):
    """A step began.

    `resource` is the user-facing id (`Container shop-web-1`, `Network shop_default`, `Image redis:7`);
    `action` is the progressive word shown for it (`Creating`, `Starting`, `Waiting`, `Pulling`);
    `address` is the `str` of its `Address`; `waits_for` says in words what a wait is waiting for, `dependant` is
    the service that cannot go on before.
    """

    step: str
    address: str
    resource: str
    action: str
    group: str = ""
    waits_for: str = ""
    dependant: str = ""


class StepProgress(_Event, frozen=True, kw_only=True, tag="step-progress"):
    """A long step moved on: bytes or counts (`current` of `total`), or just new words in `detail`.

    `part` names a part of the step (an image layer id), empty for the step as a whole.
    """

    step: str
    resource: str
    part: str = ""
    detail: str = ""
    current: int = 0
    total: int = 0


class StepOutput(_Event, frozen=True, kw_only=True, tag="step-output"):
    """A line written by the program a step runs (a build's log); `part` names the part of the step that wrote it."""

    step: str
    resource: str
    text: str
    part: str = ""
    stream: Literal["stdout", "stderr"] = "stdout"


class StepFinished(_Event, frozen=True, kw_only=True, tag="step-finished"):
    """A step succeeded; `action` is the finished word (`Created`, `Started`, `Healthy`, `Exited`)."""

    step: str
    address: str
    resource: str
    action: str
    seconds: float
    group: str = ""
    detail: str = ""


class StepFailed(_Event, frozen=True, kw_only=True, tag="step-failed"):
    """A step failed; the diagnostic says why and names the culprit."""

    step: str
    address: str
    resource: str
    seconds: float
    diagnostic: Diagnostic
    group: str = ""
    optional: bool = False


class StepSkipped(_Event, frozen=True, kw_only=True, tag="step-skipped"):
    """A step did not run because something it needs failed, or because there was nothing to do."""

    step: str
    address: str
    resource: str
    reason: str
    because: str = ""
    group: str = ""


class ResourceUnchanged(_Event, frozen=True, kw_only=True, tag="resource-unchanged"):
    """Something the plan leaves as it is, said so that the user sees it (`Container shop-web-1 Running`)."""

    address: str
    resource: str
    action: str = "Running"


class HealthChanged(_Event, frozen=True, kw_only=True, tag="health-changed"):
    """A container's state as the health tracker sees it changed."""

    service: str
    container: str
    state: str
    detail: str = ""


class Attached(_Event, frozen=True, kw_only=True, tag="attached"):
    """Output of containers is shown from here on; `containers` maps their display names to their services."""

    containers: dict[str, str]


class ContainerRecreated(_Event, frozen=True, kw_only=True, tag="container-recreated"):
    """A container the user is attached to was replaced by another of the same name."""

    service: str
    container: str


class ContainerExited(_Event, frozen=True, kw_only=True, tag="container-exited"):
    """A container the user is attached to ended (`restarting` when the engine will start it again)."""

    service: str
    container: str
    exit_code: int
    restarting: bool = False


class LogLine(_Event, frozen=True, kw_only=True, tag="log-line"):
    """One line a container wrote; `time` is the engine's timestamp, `text` has no line end.

    `container` is the display name (without the project when the name is the default one); `timestamp` is the
    engine's own text of the time, with all its digits, where it is known.
    """

    service: str
    container: str
    number: int
    stream: Literal["stdout", "stderr"]
    text: str
    timestamp: str = ""


class Notice(_Event, frozen=True, kw_only=True, tag="notice"):
    """A message to the user that belongs to no step."""

    diagnostic: Diagnostic


ActionState = Literal["started", "done", "failed"]


class WatchChanged(_Event, frozen=True, kw_only=True, tag="watch-changed"):
    """Watching of files began or ended; `services` are those it is for."""

    enabled: bool
    services: tuple[str, ...] = ()


class FilesSynced(_Event, frozen=True, kw_only=True, tag="files-synced"):
    """Changes of files reached a container.

    `written` and `removed` count, `paths` are the first of them in the container, `size` is in bytes; `seconds` from
    when the changes had settled; `road` is how: shell, archive, or both.
    """

    service: str
    container: str
    written: int
    removed: int
    paths: tuple[str, ...]
    size: int
    seconds: float
    road: str


class WatchAction(_Event, frozen=True, kw_only=True, tag="watch-action"):
    """What a rule asks for besides copying: rebuild, restart, signal, exec, reload; `state` is started, done or failed."""

    service: str
    action: str
    state: ActionState
    detail: str = ""
    exit_code: int | None = None
    seconds: float = 0.0


class CommandOutput(_Event, frozen=True, kw_only=True, tag="command-output"):
    """A line that the command of a rule wrote."""

    service: str
    container: str
    text: str
    stream: Literal["stdout", "stderr"] = "stdout"


class PathExplained(_Event, frozen=True, kw_only=True, tag="path-explained"):
    """Why a change of a path counts for a rule of a service, or does not."""

    path: str
    service: str
    rule: int
    wanted: bool
    because: str


class PlanFinished(_Event, frozen=True, kw_only=True, tag="plan-finished"):
    """Execution ended; counts of steps by result."""

    done: int
    failed: int
    skipped: int
    seconds: float


Event = (
    PlanStarted
    | StepStarted
    | StepProgress
    | StepOutput
    | StepFinished
    | StepFailed
    | StepSkipped
    | ResourceUnchanged
    | HealthChanged
    | Attached
    | ContainerRecreated
    | ContainerExited
    | LogLine
    | Notice
    | WatchChanged
    | FilesSynced
    | WatchAction
    | CommandOutput
    | PathExplained
    | PlanFinished
)
