"""The words for steps, as Docker Compose shows them."""

from __future__ import annotations

from compose.plan import operation as ops
from compose.plan.operation import Operation, WaitCondition

_WORDS: dict[type, tuple[str, str]] = {
    ops.CreateNetwork: ("Creating", "Created"),
    ops.RemoveNetwork: ("Removing", "Removed"),
    ops.ConnectNetwork: ("Connecting", "Connected"),
    ops.DisconnectNetwork: ("Disconnecting", "Disconnected"),
    ops.CreateVolume: ("Creating", "Created"),
    ops.RemoveVolume: ("Removing", "Removed"),
    ops.PullImage: ("Pulling", "Pulled"),
    ops.PushImage: ("Pushing", "Pushed"),
    ops.PublishProject: ("publishing", "published"),
    ops.BuildImage: ("Building", "Built"),
    ops.RemoveImage: ("Removing", "Removed"),
    ops.CreateContainer: ("Creating", "Created"),
    ops.CopyFiles: ("Copying", "Copied"),
    ops.StartContainer: ("Starting", "Started"),
    ops.StopContainer: ("Stopping", "Stopped"),
    ops.RestartContainer: ("Restarting", "Started"),
    ops.KillContainer: ("Killing", "Killed"),
    ops.PauseContainer: ("Pausing", "Paused"),
    ops.UnpauseContainer: ("Unpausing", "Unpaused"),
    ops.RemoveContainer: ("Removing", "Removed"),
    ops.RenameContainer: ("Renaming", "Renamed"),
    ops.WaitCondition: ("Waiting", "Healthy"),
    ops.Delay: ("Waiting", "Waited"),
    ops.CheckFailures: ("Checking", "Checked"),
    ops.RunHook: ("Running", "Ran"),
    ops.RunProvider: ("Running", "Ran"),
}
_REACHED = {"service_started": "Started", "service_completed_successfully": "Exited"}
_WANTED = {
    "service_started": "be started",
    "service_healthy": "be healthy",
    "service_completed_successfully": "complete successfully",
    "running_or_healthy": "be running or healthy",
}
_PROVIDER = {"up": ("Creating", "Created"), "down": ("Removing", "Removed"), "stop": ("Stopping", "Stopped")}

READY = "Ready"
"""The word for a wait that ended because our own probe passed; `Healthy` is the engine's."""
IN_USE = "Resource is still in use"


def beginning(operation: Operation) -> str:
    """Return the word for a step that is under way."""
    return _provider(operation)[0]


def end(operation: Operation) -> str:
    """Return the word for a step that is done."""
    if isinstance(operation, WaitCondition):
        return _REACHED.get(operation.condition, _WORDS[WaitCondition][1])
    return _provider(operation)[1]


def waits_for(operation: Operation) -> str:
    """Return what a step waits for, "" for one that works."""
    if isinstance(operation, WaitCondition):
        return f"{operation.service} to {_WANTED[operation.condition]}"
    if isinstance(operation, ops.Delay):
        return f"{operation.seconds:g}s to pass"
    return ""


def _provider(operation: Operation) -> tuple[str, str]:
    return _PROVIDER[operation.action] if isinstance(operation, ops.RunProvider) else _WORDS[type(operation)]
