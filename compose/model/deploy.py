"""`services.*.deploy` and device requests."""

from compose.base.units import ByteSize, Duration
from compose.model.spec import Extensible


class DeviceRequest(Extensible, frozen=True, kw_only=True):
    """An entry of `gpus` or of `reservations.devices`; `count` -1 means all."""

    capabilities: tuple[str, ...] = ()
    driver: str = ""
    count: int = 0
    device_ids: tuple[str, ...] = ()
    options: dict[str, str] = {}


class DiscreteResource(Extensible, frozen=True, kw_only=True):
    """`discrete_resource_spec`."""

    kind: str = ""
    value: int = 0


class GenericResource(Extensible, frozen=True, kw_only=True):
    """`reservations.generic_resources[]`."""

    discrete_resource_spec: DiscreteResource | None = None


class Resource(Extensible, frozen=True, kw_only=True):
    """`resources.limits` or `resources.reservations`; `cpus` counts processors."""

    cpus: float = 0.0
    memory: ByteSize | None = None
    pids: int = 0
    devices: tuple[DeviceRequest, ...] = ()
    generic_resources: tuple[GenericResource, ...] = ()


class Resources(Extensible, frozen=True, kw_only=True):
    """`deploy.resources`."""

    limits: Resource | None = None
    reservations: Resource | None = None


class UpdateConfig(Extensible, frozen=True, kw_only=True):
    """`deploy.update_config` or `deploy.rollback_config`."""

    parallelism: int | None = None
    delay: Duration | None = None
    failure_action: str = ""
    monitor: Duration | None = None
    max_failure_ratio: float = 0.0
    order: str = ""


class RestartPolicy(Extensible, frozen=True, kw_only=True):
    """`deploy.restart_policy`."""

    condition: str = ""
    delay: Duration | None = None
    max_attempts: int | None = None
    window: Duration | None = None


class PlacementPreference(Extensible, frozen=True, kw_only=True):
    """`placement.preferences[]`."""

    spread: str = ""


class Placement(Extensible, frozen=True, kw_only=True):
    """`deploy.placement`."""

    constraints: tuple[str, ...] = ()
    preferences: tuple[PlacementPreference, ...] = ()
    max_replicas_per_node: int = 0


class Deploy(Extensible, frozen=True, kw_only=True):
    """How many, and with which limits."""

    mode: str = ""
    replicas: int | None = None
    labels: dict[str, str] = {}
    update_config: UpdateConfig | None = None
    rollback_config: UpdateConfig | None = None
    resources: Resources = Resources()
    restart_policy: RestartPolicy | None = None
    placement: Placement = Placement()
    endpoint_mode: str = ""
