"""The project's networks, and how a service joins one."""

from compose.model.spec import Extensible


class IPAMPool(Extensible, frozen=True, kw_only=True):
    """`ipam.config[]`."""

    subnet: str = ""
    gateway: str = ""
    ip_range: str = ""
    aux_addresses: dict[str, str] = {}


class IPAM(Extensible, frozen=True, kw_only=True):
    """`networks.*.ipam`."""

    driver: str = ""
    config: tuple[IPAMPool, ...] = ()
    options: dict[str, str] = {}


class Network(Extensible, frozen=True, kw_only=True):
    """A top-level network; `name` is the real name on the engine."""

    name: str = ""
    driver: str = ""
    driver_opts: dict[str, str] = {}
    ipam: IPAM = IPAM()
    external: bool = False
    internal: bool = False
    attachable: bool = False
    labels: dict[str, str] = {}
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None


class ServiceNetwork(Extensible, frozen=True, kw_only=True):
    """`services.*.networks.*`; `priority` only orders (the highest is the primary network)."""

    aliases: tuple[str, ...] = ()
    driver_opts: dict[str, str] = {}
    gw_priority: int = 0
    interface_name: str = ""
    ipv4_address: str = ""
    ipv6_address: str = ""
    link_local_ips: tuple[str, ...] = ()
    mac_address: str = ""
    priority: int = 0
