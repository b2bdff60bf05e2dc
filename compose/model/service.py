"""`services.*`."""

from typing import Any

from compose.base.units import ByteSize, Duration
from compose.model.build import Build, Ulimit
from compose.model.deploy import Deploy, DeviceRequest
from compose.model.develop import Develop, Hook
from compose.model.health import Healthcheck
from compose.model.network import ServiceNetwork
from compose.model.spec import Extensible
from compose.model.storage import FileReference, Mount


class WeightDevice(Extensible, frozen=True, kw_only=True):
    """`blkio_config.weight_device[]`."""

    path: str = ""
    weight: int = 0


class ThrottleDevice(Extensible, frozen=True, kw_only=True):
    """`blkio_config.device_*[]`; bytes or operations a second."""

    path: str = ""
    rate: ByteSize | None = None


class BlkioConfig(Extensible, frozen=True, kw_only=True):
    """`blkio_config`."""

    weight: int = 0
    weight_device: tuple[WeightDevice, ...] = ()
    device_read_bps: tuple[ThrottleDevice, ...] = ()
    device_read_iops: tuple[ThrottleDevice, ...] = ()
    device_write_bps: tuple[ThrottleDevice, ...] = ()
    device_write_iops: tuple[ThrottleDevice, ...] = ()


class CredentialSpec(Extensible, frozen=True, kw_only=True):
    """`credential_spec`."""

    config: str = ""
    file: str = ""
    registry: str = ""


class ServiceDependency(Extensible, frozen=True, kw_only=True):
    """`depends_on.*`."""

    condition: str = "service_started"
    restart: bool = False
    required: bool = True


class Device(Extensible, frozen=True, kw_only=True):
    """`devices[]`."""

    source: str = ""
    target: str = ""
    permissions: str = ""


class EnvFile(Extensible, frozen=True, kw_only=True):
    """`env_file[]`; folded into the environment when loading."""

    path: str = ""
    required: bool = True
    format: str = ""


class Provider(Extensible, frozen=True, kw_only=True):
    """An external program that stands in for a container."""

    type: str = ""
    options: dict[str, tuple[str, ...]] = {}


class Logging(Extensible, frozen=True, kw_only=True):
    """`logging`."""

    driver: str = ""
    options: dict[str, str] = {}


class ModelBinding(Extensible, frozen=True, kw_only=True):
    """`services.*.models.*`."""

    endpoint_var: str = ""
    model_var: str = ""


class Port(Extensible, frozen=True, kw_only=True):
    """One published port; `published` is text because it may be a range, empty = a free one."""

    name: str = ""
    mode: str = ""
    host_ip: str = ""
    target: int = 0
    published: str = ""
    protocol: str = ""
    app_protocol: str = ""


class Service(Extensible, frozen=True, kw_only=True):
    """A service in canonical form. `name` is its key in the file and is not part of the printed mapping.

    `command` and `entrypoint`: None = the image's, empty = cleared. `environment` holds the resolved
    variables (env files folded in); a None value is a variable without one. `networks` is keyed by the
    project's network keys; None means joined without options.
    """

    name: str = ""
    profiles: tuple[str, ...] = ()
    annotations: dict[str, str] = {}
    attach: bool | None = None
    build: Build | None = None
    develop: Develop | None = None
    blkio_config: BlkioConfig | None = None
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cgroup_parent: str = ""
    cgroup: str = ""
    cpu_count: int = 0
    cpu_percent: float = 0.0
    cpu_period: int = 0
    cpu_quota: int = 0
    cpu_rt_period: int = 0
    cpu_rt_runtime: int = 0
    cpus: float = 0.0
    cpuset: str = ""
    cpu_shares: int = 0
    command: tuple[str, ...] | None = None
    configs: tuple[FileReference, ...] = ()
    container_name: str = ""
    credential_spec: CredentialSpec | None = None
    depends_on: dict[str, ServiceDependency] = {}
    deploy: Deploy | None = None
    device_cgroup_rules: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    dns: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    domainname: str = ""
    entrypoint: tuple[str, ...] | None = None
    provider: Provider | None = None
    environment: dict[str, str | None] = {}
    env_file: tuple[EnvFile, ...] = ()
    expose: tuple[str, ...] = ()
    external_links: tuple[str, ...] = ()
    extra_hosts: tuple[str, ...] = ()
    group_add: tuple[str, ...] = ()
    gpus: tuple[DeviceRequest, ...] = ()
    hostname: str = ""
    healthcheck: Healthcheck | None = None
    image: str = ""
    init: bool | None = None
    ipc: str = ""
    isolation: str = ""
    labels: dict[str, str] = {}
    label_file: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    logging: Logging | None = None
    mem_limit: ByteSize | None = None
    mem_reservation: ByteSize | None = None
    memswap_limit: ByteSize | None = None
    mem_swappiness: ByteSize | None = None
    mac_address: str = ""
    models: dict[str, ModelBinding | None] = {}
    network_mode: str = ""
    networks: dict[str, ServiceNetwork | None] = {}
    oom_kill_disable: bool = False
    oom_score_adj: int = 0
    pid: str = ""
    pids_limit: int = 0
    platform: str = ""
    ports: tuple[Port, ...] = ()
    privileged: bool = False
    pull_policy: str = ""
    read_only: bool = False
    restart: str = ""
    runtime: str = ""
    scale: int | None = None
    secrets: tuple[FileReference, ...] = ()
    security_opt: tuple[str, ...] = ()
    shm_size: ByteSize | None = None
    stdin_open: bool = False
    stop_grace_period: Duration | None = None
    stop_signal: str = ""
    storage_opt: dict[str, str] = {}
    sysctls: dict[str, str] = {}
    tmpfs: tuple[str, ...] = ()
    tty: bool = False
    ulimits: dict[str, Ulimit] = {}
    use_api_socket: bool = False
    user: str = ""
    userns_mode: str = ""
    uts: str = ""
    volumes: tuple[Mount, ...] = ()
    volumes_from: tuple[str, ...] = ()
    working_dir: str = ""
    pre_start: tuple[Hook, ...] = ()
    post_start: tuple[Hook, ...] = ()
    pre_stop: tuple[Hook, ...] = ()

    @property
    def replicas(self) -> int:
        """How many containers the file asks for: `scale`, else `deploy.replicas`, else 1."""
        if self.scale is not None:
            return self.scale
        if self.deploy is not None and self.deploy.replicas is not None:
            return self.deploy.replicas
        return 1


class Model(Extensible, frozen=True, kw_only=True):
    """A top-level AI model."""

    name: str = ""
    model: str = ""
    context_size: int = 0
    runtime_flags: tuple[str, ...] = ()


def extension(service: Service, key: str) -> Any:  # noqa: ANN401 - extensions are free-form
    """Return the value of an `x-*` key of a service, or None."""
    return service.extensions.get(key)
