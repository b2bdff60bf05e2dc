"""Who carries out which operation.

`BuildImage` and `RunProvider` start programs and read files, so their handlers live with the edge that knows how
(`compose.build.handlers`, `compose.commands`); waits and delays are the executor's own, because they must not hold
a worker.
"""

from __future__ import annotations

from compose.engine import container_handlers as containers
from compose.engine import resource_handlers as resources
from compose.engine.hook_handlers import run_hook
from compose.engine.work import Handlers
from compose.plan import operation as ops

HANDLERS: Handlers = {
    ops.CreateNetwork: resources.create_network,
    ops.RemoveNetwork: resources.remove_network,
    ops.ConnectNetwork: resources.connect_network,
    ops.DisconnectNetwork: resources.disconnect_network,
    ops.CreateVolume: resources.create_volume,
    ops.RemoveVolume: resources.remove_volume,
    ops.PullImage: resources.pull_image,
    ops.PushImage: resources.push_image,
    ops.RemoveImage: resources.remove_image,
    ops.CreateContainer: containers.create_container,
    ops.CopyFiles: containers.copy_files,
    ops.StartContainer: containers.start_container,
    ops.StopContainer: containers.stop_container,
    ops.RestartContainer: containers.restart_container,
    ops.KillContainer: containers.kill_container,
    ops.PauseContainer: containers.pause_container,
    ops.UnpauseContainer: containers.unpause_container,
    ops.RemoveContainer: containers.remove_container,
    ops.RenameContainer: containers.rename_container,
    ops.RunHook: run_hook,
}
