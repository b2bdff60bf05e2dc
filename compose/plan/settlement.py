"""What becomes of a service's containers."""

from __future__ import annotations

from compose.base.value import Value
from compose.plan.plan import Reason
from compose.state.observed import ContainerState


class Slot(Value, frozen=True, kw_only=True):
    """The future of one replica.

    - `keep` alone: the container stays. `replace` alone: it gives way to a new one. Neither: one is made.
    - Both: a replacement was interrupted; `keep` is the new container, `replace` the one it was made for.
    - `name` is the final name; `rename`: the kept container still bears a temporary one.
    """

    service: str
    number: int
    name: str
    reason: Reason
    keep: ContainerState | None = None
    replace: ContainerState | None = None
    rename: bool = False

    @property
    def is_new(self) -> bool:
        """Whether a container is created."""
        return self.keep is None


class Settlement(Value, frozen=True, kw_only=True):
    """What becomes of a service: its replicas by number, and the containers that go, with the reason."""

    service: str
    slots: tuple[Slot, ...] = ()
    removed: tuple[tuple[ContainerState, Reason], ...] = ()

    @property
    def first(self) -> Slot | None:
        """The replica that others share namespaces and volumes with: the first by name."""
        return min(self.slots, key=lambda slot: slot.name, default=None)
