"""An engine in memory that performs plans on an observed state and refuses what an engine would refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from compose.base import labels
from compose.payload.bindings import bound
from compose.payload.sharing import hash_with_ids
from compose.plan.operation import (
    CheckFailures,
    ConnectNetwork,
    CopyFiles,
    CreateContainer,
    CreateNetwork,
    CreateVolume,
    Delay,
    DisconnectNetwork,
    Operation,
    RemoveContainer,
    RemoveNetwork,
    RemoveVolume,
    RenameContainer,
    RunHook,
    StartContainer,
    StopContainer,
    Target,
    UnpauseContainer,
    WaitCondition,
)
from compose.plan.plan import Plan, Step
from compose.state.observed import ContainerState, NetworkState, Observed, VolumeState


class Refused(Exception):
    """The simulated engine says no."""


def _check(fact: object, why: str) -> None:
    if not fact:
        raise Refused(why)


class Simulator:
    """Holds an observed state and performs steps on it.

    `jobs` are services whose containers end well as soon as they start; `health` those with a healthcheck.
    """

    def __init__(self, observed: Observed, jobs: Iterable[str] = (), health: Iterable[str] = ()) -> None:
        self.observed = observed
        self.jobs = set(jobs)
        self.health = set(health)
        self.containers = {one.id: one for one in observed.containers}
        self.bodies: dict[str, dict[str, Any]] = {}
        self.networks = {one.id: one for one in observed.networks}
        self.volumes = {one.name: one for one in observed.volumes}
        self.made: dict[tuple[str, int], str] = {}
        self.clock = max((one.created for one in observed.containers), default=0)
        self.serial = len(self.containers) + len(self.networks) + self.clock * 1000

    def state(self) -> Observed:
        """Return what is there now."""
        containers = sorted(self.containers.values(), key=lambda one: (one.service, one.number, one.name))
        return replace(
            self.observed,
            containers=tuple(containers),
            networks=tuple(sorted(self.networks.values(), key=lambda one: one.name)),
            volumes=tuple(sorted(self.volumes.values(), key=lambda one: one.name)),
        )

    def run(self, plan: Plan, choose: Callable[[list[Step]], Step], *, fail: str = "", most: int | None = None) -> set[str]:
        """Perform a plan, the next step always chosen among those that may run; return the ids of the finished ones.

        The step `fail` fails, and what its group did is taken back. After `most` steps everything stops dead.
        """
        self.made = {}
        self.clock += 1
        waiting = {step.id: step for step in plan.steps}
        done: list[str] = []
        lost: set[str] = set()
        while waiting and (most is None or len(done) < most):
            for step in list(waiting.values()):
                if lost & set(step.after):
                    del waiting[step.id]
                    lost.add(step.id)
            ready = [one for one in waiting.values() if set(one.after) <= set(done) and set(one.settled) <= set(done) | lost]
            if not ready:
                assert not waiting, "steps wait for each other"
                break
            step = choose(ready)
            del waiting[step.id]
            # the owner of a namespace may be a replica whose failure was tolerated: the engine refuses who shares it
            refused = bool(lost) and self.is_homeless(step.operation)
            if step.id == fail or refused or self.is_too_much(step.operation, plan, lost):
                lost.add(step.id)
            else:
                self.perform(step.operation)
                done.append(step.id)
        if lost:
            self._undo(plan, done, lost)
        return set(done)

    @staticmethod
    def is_too_much(operation: Operation, plan: Plan, lost: set[str]) -> bool:
        """Whether an update ends because more replicas failed to be replaced than it tolerates."""
        if not isinstance(operation, CheckFailures):
            return False
        failed = {step.group for step in plan.steps if step.id in lost} & set(operation.groups)
        return len(failed) > operation.at_most

    def _undo(self, plan: Plan, done: list[str], lost: set[str]) -> None:
        steps = {step.id: step for step in plan.steps}
        for group in dict.fromkeys(step.group for step in plan.steps if step.group):
            finished = [steps[one] for one in done if steps[one].group == group]
            if any(steps[one].group == group for one in lost) and not any(step.commit for step in finished):
                for operation in [one for step in reversed(finished) for one in step.undo]:
                    if not self.is_homeless(operation):
                        self.perform(operation)

    def is_homeless(self, operation: Operation) -> bool:
        """Whether a container would start whose namespace belongs to one that was replaced for good meanwhile."""
        if not isinstance(operation, StartContainer):
            return False
        other = self.owner(self.find(operation.container))
        return bool(other) and (other not in self.containers or self.containers[other].state != "running")

    def owner(self, container: ContainerState) -> str:
        """Return the id of the container whose network namespace a container shares, "" for its own."""
        mode: str = self.bodies.get(container.id, {}).get("HostConfig", {}).get("NetworkMode", "")
        return mode.removeprefix("container:") if mode.startswith("container:") else ""

    def perform(self, operation: Operation) -> None:
        """Perform one operation.

        Raises:
            Refused: an engine would refuse it.
        """
        _PERFORM[type(operation)](self, operation)

    def find(self, target: Target) -> ContainerState:
        """Return the container a target means."""
        identifier = target.id or self.made.get((target.service, target.number), "")
        _check(identifier in self.containers, f"no container {target}")
        return self.containers[identifier]

    def change(self, target: Target, **fields: Any) -> None:
        container = self.find(target)
        self.containers[container.id] = replace(container, **fields)

    def fresh(self, prefix: str) -> str:
        self.serial += 1
        return f"{self.serial:012x}{prefix}".ljust(64, "0")

    def create_network(self, operation: CreateNetwork) -> None:
        _check(all(one.name != operation.name for one in self.networks.values()), f"network {operation.name} exists")
        identifier = self.fresh("network")
        own = operation.body.get("Labels", {})
        self.networks[identifier] = NetworkState(
            id=identifier,
            name=operation.name,
            key=own.get(labels.NETWORK, ""),
            project=own.get(labels.PROJECT, ""),
            config_hash=own.get(labels.CONFIG_HASH, ""),
            inspect=operation.body,
        )

    def remove_network(self, operation: RemoveNetwork) -> None:
        used = [one.name for one in self.containers.values() if operation.name in one.networks and one.state == "running"]
        _check(not used or operation.tolerant, f"network {operation.name} is used by {used}")
        if not used:
            del self.networks[operation.id]

    def disconnect(self, operation: DisconnectNetwork) -> None:
        container = self.find(operation.container)
        _check(operation.network in container.networks, "not connected")
        rest = {name: one for name, one in container.networks.items() if name != operation.network}
        self.change(operation.container, networks=rest)

    def connect(self, operation: ConnectNetwork) -> None:
        network = next((one for one in self.networks.values() if one.name == operation.name), None)
        _check(network is not None, f"no network {operation.name}")
        container = self.find(operation.container)
        self.change(operation.container, networks={**container.networks, operation.name: network.id})

    def create_volume(self, operation: CreateVolume) -> None:
        _check(operation.name not in self.volumes, f"volume {operation.name} exists")
        own = operation.body.get("Labels", {})
        self.volumes[operation.name] = VolumeState(
            name=operation.name,
            key=own.get(labels.VOLUME, ""),
            project=own.get(labels.PROJECT, ""),
            config_hash=own.get(labels.CONFIG_HASH, ""),
        )

    def remove_volume(self, operation: RemoveVolume) -> None:
        used = [one.name for one in self.containers.values() if any(m.get("Name") == operation.name for m in one.mounts)]
        _check(not used, f"volume {operation.name} is used by {used}")
        del self.volumes[operation.name]

    def create(self, operation: CreateContainer) -> None:
        name = operation.temporary_name or operation.target.name
        _check(all(one.name != name for one in self.containers.values()), f"name {name} is taken")
        body = bound(operation.body, operation.bindings, lambda binding: self._bound(binding.service))
        by_name = {one.name: one.id for one in self.networks.values()}
        joined = [*body.get("NetworkingConfig", {}).get("EndpointsConfig", {}), *(one.name for one in operation.connects)]
        for network in joined:
            _check(network in by_name, f"no network {network}")
        mounts = [bind.split(":")[0] for bind in body["HostConfig"].get("Binds", ())]
        for volume in mounts:
            _check(volume in self.volumes, f"no volume {volume}")
        own = dict(body["Labels"])
        if operation.shared is not None:
            ids = {binding.service: self._bound(binding.service) for binding in operation.bindings}
            own[labels.CONFIG_HASH] = hash_with_ids(operation.shared, ids)
        identifier = self.fresh("container")
        self.made[operation.target.service, operation.target.number] = identifier
        self.bodies[identifier] = body
        self.containers[identifier] = ContainerState(
            id=identifier,
            name=name,
            service=own[labels.SERVICE],
            number=int(own[labels.CONTAINER_NUMBER]),
            config_hash=own[labels.CONFIG_HASH],
            state="created",
            image=operation.image,
            image_id=self.observed.images[operation.image].id,
            created=self.clock,
            labels=own,
            networks={network: by_name[network] for network in joined},
            mounts=tuple({"Type": "volume", "Name": volume} for volume in mounts),
        )

    def _bound(self, service: str) -> str:
        found = [identifier for (name, _), identifier in sorted(self.made.items()) if name == service]
        _check(found, f"nothing of {service} was made yet")
        self.shared(found[0])
        return found[0]

    def shared(self, identifier: str) -> None:
        _check(identifier in self.containers, "shared container is gone")

    def start(self, operation: StartContainer) -> None:
        container = self.find(operation.container)
        _check(all(one in self.networks for one in container.networks.values()), "network is gone")
        _check(not self.is_homeless(operation), "shared namespace is not there")
        if container.service in self.jobs:
            self.change(operation.container, state="exited", exit_code=0)
        else:
            self.change(operation.container, state="running", health="healthy" if container.service in self.health else "")

    def stop(self, operation: StopContainer) -> None:
        self.change(operation.container, state="exited", exit_code=143, health="")

    def remove(self, operation: RemoveContainer) -> None:
        del self.containers[self.find(operation.container).id]

    def rename(self, operation: RenameContainer) -> None:
        _check(all(one.name != operation.name for one in self.containers.values()), f"name {operation.name} is taken")
        self.change(operation.container, name=operation.name)

    def wait(self, operation: WaitCondition) -> None:
        for target in operation.containers:
            container = self.find(target)
            if operation.condition == "service_completed_successfully":
                if container.service in self.jobs and container.state == "running":
                    self.change(target, state="exited", exit_code=0)
                container = self.find(target)
                _check(container.state == "exited" and container.exit_code == 0, f"{container.name} has not completed")
            elif container.service not in self.jobs:
                _check(container.state == "running", f"{container.name} is {container.state}")
                _check(operation.condition != "service_healthy" or container.health == "healthy", "not healthy")

    def copy(self, operation: CopyFiles) -> None:
        _check(self.find(operation.container).state != "running", "too late for files")

    def hook(self, operation: RunHook) -> None:
        state = self.find(operation.container).state
        _check(operation.hook == "pre_start" or state in {"running", "exited"}, f"hook in a container that is {state}")

    def unpause(self, operation: UnpauseContainer) -> None:
        self.change(operation.container, state="running")

    def nothing(self, operation: Delay | CheckFailures) -> None:
        """Time passes, and nothing has failed."""


_PERFORM: dict[type, Callable[[Simulator, Any], None]] = {
    CreateNetwork: Simulator.create_network,
    RemoveNetwork: Simulator.remove_network,
    DisconnectNetwork: Simulator.disconnect,
    ConnectNetwork: Simulator.connect,
    CreateVolume: Simulator.create_volume,
    RemoveVolume: Simulator.remove_volume,
    CreateContainer: Simulator.create,
    StartContainer: Simulator.start,
    StopContainer: Simulator.stop,
    RemoveContainer: Simulator.remove,
    RenameContainer: Simulator.rename,
    WaitCondition: Simulator.wait,
    CopyFiles: Simulator.copy,
    RunHook: Simulator.hook,
    UnpauseContainer: Simulator.unpause,
    Delay: Simulator.nothing,
    CheckFailures: Simulator.nothing,
}


@pytest.fixture(scope="session")
def simulator():
    """Makes simulators."""
    return Simulator
