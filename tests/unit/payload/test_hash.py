"""The config hash is Docker Compose's, byte for byte; expectations were printed by `docker compose config --hash`."""

import hashlib

import pytest

from compose.base.units import ByteSize, Duration, FileMode
from compose.model.build import Build, Ulimit
from compose.model.deploy import Deploy, Resource, Resources, UpdateConfig
from compose.model.develop import Develop, WatchRule
from compose.model.health import Healthcheck
from compose.model.network import IPAM, IPAMPool, Network
from compose.model.service import BlkioConfig, Port, Service, ServiceDependency, ThrottleDevice, WeightDevice
from compose.model.storage import BindOptions, FileReference, Mount, Volume
from compose.payload.hash import network_hash, service_hash, volume_hash

BASE = Service(name="a", image="busybox", command=("sleep", "1000"), networks={"default": None})


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_hashed_text_is_compact_json_in_the_order_of_the_struct():
    text = '{"command":["sleep","1000"],"entrypoint":null,"image":"busybox","networks":{"default":null}}'
    assert service_hash(BASE) == _sha(text)


def test_a_service_with_much_in_it_has_the_hash_that_the_peer_printed():
    service = Service(
        name="a",
        image="x",
        networks={"default": None},
        memswap_limit=ByteSize(-1),
        shm_size=ByteSize(1610612736),
        cpu_shares=1,
        cpus=0.123456789,
        cpu_percent=5.0,
        labels={"m": "1.234567895e+08", "f": "1", "g": "1e+06", "h": "1e+25", "i": "16", "j": "493", "k": "true", "l": "1.5e-07"},
        ports=(
            Port(mode="ingress", host_ip="127.0.0.1", target=80, published="80", protocol="udp"),
            Port(mode="ingress", host_ip="127.0.0.1", target=81, published="81", protocol="udp"),
            Port(mode="ingress", target=90, published="9000", protocol="tcp"),
            Port(mode="ingress", target=3000, protocol="tcp"),
        ),
        ulimits={"nofile": Ulimit(single=0), "nproc": Ulimit(soft=0, hard=5)},
        blkio_config=BlkioConfig(
            weight=5,
            weight_device=(WeightDevice(path="/dev/sda", weight=5),),
            device_read_bps=(ThrottleDevice(path="/dev/x", rate=ByteSize(1024)),),
        ),
        healthcheck=Healthcheck(test=("CMD-SHELL", "a $b"), retries=3, interval=Duration.parse("1d")),
        deploy=Deploy(resources=Resources(limits=Resource(cpus=0.123456789)), update_config=UpdateConfig(max_failure_ratio=0.3)),
    )
    assert service_hash(service) == "addead53d3b3758f3e92e56e6b958e9b41f6c4c6ef5d6ff3a8dcf5a52ea1e0c0"


@pytest.mark.parametrize(
    "change",
    [
        {"build": Build(context="/x")},
        {"pull_policy": "always"},
        {"scale": 3},
        {"depends_on": {"b": ServiceDependency()}},
        {"profiles": ("debug",)},
        {"extensions": {"x-a": 1}},
        {"name": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_does_not_touch_a_container_does_not_change_its_hash(change):
    service = Service(**{"name": "a", "image": "busybox", "command": ("sleep", "1000"), "networks": {"default": None}} | change)
    assert service_hash(service) == service_hash(BASE)


def test_replicas_do_not_change_the_hash_but_the_rest_of_deploy_does():
    def hashed(**deploy):
        return service_hash(Service(name="a", image="x", deploy=Deploy(**deploy)))

    assert hashed(replicas=2) == hashed(replicas=5)
    assert hashed(mode="global") != hashed()
    assert hashed() == _sha('{"command":null,"deploy":{"resources":{},"placement":{}},"entrypoint":null,"image":"x"}')


def test_nested_structs_and_special_characters_are_written_as_go_writes_them():
    service = Service(
        name="a",
        image="<&>\u2028",
        develop=Develop(watch=(WatchRule(path="/p", action="rebuild"),)),
        volumes=(Mount(type="bind", source="/s", target="/t", bind=BindOptions(create_host_path=True)),),
        secrets=(FileReference(source="s", mode=FileMode(0o400)),),
    )
    text = (
        '{"develop":{"watch":[{"path":"/p","action":"rebuild","exec":{"command":null}}]},"command":null,"entrypoint":null,'
        '"image":"\\u003c\\u0026\\u003e\\u2028","secrets":[{"source":"s","mode":"0400"}],'
        '"volumes":[{"type":"bind","source":"/s","target":"/t","bind":{"create_host_path":true}}]}'
    )
    assert service_hash(service) == _sha(text)


def test_networks_and_volumes():
    assert network_hash(Network(name="p_default")) == _sha('{"name":"p_default","ipam":{}}')
    pool = IPAMPool(subnet="10.0.0.0/8")
    network = Network(name="n", ipam=IPAM(config=(pool,)), labels={"b": "1", "a": "2"})
    assert network_hash(network) == _sha('{"name":"n","ipam":{"config":[{"subnet":"10.0.0.0/8"}]},"labels":{"a":"2","b":"1"}}')
    assert volume_hash(Volume(name="p_data")) == _sha('{"name":"p_data","driver":"local"}')
    assert volume_hash(Volume(name="p_data", driver="nfs")) == _sha('{"name":"p_data","driver":"nfs"}')


def test_a_create_host_path_of_false_does_not_count():
    mount = Mount(type="bind", source="/tmp", target="/src", read_only=True, bind=BindOptions(create_host_path=False))
    service = Service(name="a", image="busybox", networks={"default": None}, volumes=(mount,))
    assert service_hash(service) == "f5c683219c8f2c1a490b317ba21c1dc476c4b23095efec7d48af3f21248b4740"


def test_what_the_peer_does_not_tell_apart_has_one_hash():
    def mounted(**bind):
        return service_hash(Service(name="a", volumes=(Mount(type="bind", source="/s", target="/t", bind=BindOptions(**bind)),)))

    assert mounted(create_host_path=False) == mounted() != mounted(create_host_path=True)
    assert network_hash(Network(name="n", ipam=IPAM(options={"a": "b"}))) == network_hash(Network(name="n"))
