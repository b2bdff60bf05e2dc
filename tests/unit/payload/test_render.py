"""Networks and volumes, and what is refused or ignored before anything is made."""

import pytest
from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.model.network import IPAM, IPAMPool, Network
from compose.model.storage import FileObject, Volume
from compose.payload.hash import network_hash, volume_hash
from compose.payload.labels import VERSION
from compose.payload.network import render_network
from compose.payload.render import render
from compose.payload.versions import engine_with
from compose.state.observed import EngineFacts

NEW = EngineFacts(api_version=(1, 51))
OLD = EngineFacts(api_version=(1, 41))


def labels_of(kind, key, config_hash):
    tags = {kind: key, "project": "shop", "version": VERSION, "config-hash": config_hash}
    return {f"com.docker.compose.{name}": value for name, value in tags.items()}


def test_a_plain_network_and_volume(make, project_of):
    network, volume = Network(name="shop_default"), Volume(name="shop_data")
    project = project_of(make("web", image="x"), networks={"default": network}, volumes={"data": volume})
    payloads = render(project, NEW)
    assert payloads.warnings == ()
    assert payloads.networks["default"].body == {
        "Name": "shop_default",
        "Labels": labels_of("network", "default", network_hash(network)),
    }
    assert payloads.volumes["data"].body == {"Name": "shop_data", "Labels": labels_of("volume", "data", volume_hash(volume))}
    assert payloads.volumes["data"].hash == volume_hash(volume)


def test_everything_a_network_and_a_volume_may_say(make, project_of):
    pool = IPAMPool(subnet="10.0.0.0/24", gateway="10.0.0.1", ip_range="10.0.0.128/25", aux_addresses={"a": "10.0.0.9"})
    network = Network(
        name="edge",
        driver="bridge",
        driver_opts={"o": "1"},
        ipam=IPAM(driver="default", config=(pool,), options={"x": "y"}),
        internal=True,
        attachable=True,
        labels={"tier": "front"},
        enable_ipv4=False,
        enable_ipv6=True,
    )
    volume = Volume(name="kept", driver="local", driver_opts={"type": "tmpfs"}, labels={"a": "b"})
    payloads = render(project_of(make("web", image="x"), networks={"front": network}, volumes={"data": volume}), NEW)
    body = payloads.networks["front"].body
    assert body.pop("Labels") == {"tier": "front", **labels_of("network", "front", network_hash(network))}
    assert body == {
        "Name": "edge",
        "Driver": "bridge",
        "Options": {"o": "1"},
        "IPAM": {
            "Driver": "default",
            "Config": [
                {
                    "Subnet": "10.0.0.0/24",
                    "IPRange": "10.0.0.128/25",
                    "Gateway": "10.0.0.1",
                    "AuxiliaryAddresses": {"a": "10.0.0.9"},
                }
            ],
            "Options": {"x": "y"},
        },
        "Internal": True,
        "Attachable": True,
        "EnableIPv4": False,
        "EnableIPv6": True,
    }
    made = payloads.volumes["data"].body
    assert (made["Driver"], made["DriverOpts"], made["Labels"]["a"]) == ("local", {"type": "tmpfs"}, "b")


def test_external_ones_have_no_body(make, project_of):
    networks, volumes = {"out": Network(name="out", external=True)}, {"kept": Volume(name="kept", external=True)}
    payloads = render(project_of(make("web", image="x"), networks=networks, volumes=volumes), NEW)
    assert (payloads.networks["out"].external, payloads.networks["out"].body) == (True, {})
    assert (payloads.volumes["kept"].external, payloads.volumes["kept"].body) == (True, {})


def test_an_old_engine_is_told_to_look_for_duplicates_and_spared_what_it_does_not_know(make, project_of):
    project = project_of(make("web", image="x"), networks={"default": Network(name="n", enable_ipv4=True)})
    body = render_network(project, "default", OLD).body
    assert body["CheckDuplicate"] is True
    assert "EnableIPv4" not in body
    (warning,) = render(project, OLD).warnings
    assert warning.summary == (
        "`networks.default.enable_ipv4` is ignored: it needs Engine API 1.47 (Docker Engine 27.2 or later), this engine has 1.41"
    )


@pytest.mark.parametrize(
    ("attributes", "path", "version"),
    [
        ({"annotations": {"a": "b"}}, "annotations", "1.43"),
        ({"volumes": [{"type": "volume", "target": "/d", "volume": {"subpath": "x"}}]}, "volumes[0].volume.subpath", "1.45"),
        ({"volumes": [{"type": "cluster", "source": "x", "target": "/d"}]}, "volumes[0]", "1.42"),
        (
            {
                "volumes": [
                    {"type": "bind", "source": "/s", "target": "/d", "bind": {"create_host_path": True, "propagation": "slave"}}
                ]
            },
            "volumes[0].bind.create_host_path",
            "1.42",
        ),
        ({"networks": {"default": {"gw_priority": 1}}}, "networks.default.gw_priority", "1.48"),
        ({"networks": {"a": None, "b": {"mac_address": "02:00:00:00:00:01"}}}, "networks.b.mac_address", "1.44"),
        ({"devices": [{"source": "v.com/c=n", "target": "v.com/c=n"}]}, "devices", "1.44"),
    ],
)
def test_what_an_engine_is_too_old_for_is_said_with_its_place(make, project_of, attributes, path, version):
    networks = {key: Network(name=key) for key in ("default", "a", "b")}
    (warning,) = render(project_of(make("web", image="x", **attributes), networks=networks), OLD).warnings
    assert (warning.severity, warning.code) == ("warning", "engine-too-old")
    assert warning.summary.startswith(f"`services.web.{path}` is ignored: it needs Engine API {version} ")
    assert warning.span is not None
    assert warning.span.line == len(warning.path)


def test_a_new_engine_ignores_nothing(make, project_of):
    late = {"annotations": {"a": "b"}, "platform": "linux/amd64", "gpus": [{"count": -1}]}
    assert render(project_of(make("web", image="x", **late)), NEW).warnings == ()


BIND = {"type": "bind", "source": "/s", "target": "/d", "read_only": True}


@pytest.mark.parametrize(
    ("attributes", "code", "summary"),
    [
        (
            {"volumes": [{"type": "image", "source": "alpine", "target": "/d"}]},
            "engine-too-old",
            "volume with type=image require Docker Engine v28 or later",
        ),
        (
            {"networks": {"default": {"interface_name": "eth9"}}},
            "engine-too-old",
            "interface_name requires Docker Engine v28.1 or later",
        ),
        (
            {"volumes": [{**BIND, "bind": {"recursive": "readonly"}}]},
            "engine-too-old",
            "bind-recursive=readonly requires API v1.44 or later",
        ),
        (
            {"healthcheck": {"test": ["CMD", "x"], "start_interval": "1s"}},
            "start-interval-alone",
            "healthcheck.start_interval requires healthcheck.start_period to be set",
        ),
        (
            {"mac_address": "02:00:00:00:00:01", "networks": {"default": {"mac_address": "02:00:00:00:00:02"}}},
            "mac-address-mismatch",
            "the service-level mac_address should have the same value as network default",
        ),
        ({"security_opt": ["nonsense"]}, "invalid-security-opt", 'invalid security-opt: "nonsense"'),
        ({"secrets": [{"source": "outside"}]}, "unsupported-external", "unsupported external secret shop_outside"),
        ({"configs": [{"source": "outside"}]}, "unsupported-external", "unsupported external config shop_outside"),
        ({"secrets": [{"source": "driven"}]}, "unsupported-driver", "Docker Compose does not support secrets.*.driver"),
        ({"configs": [{"source": "driven"}]}, "unsupported-driver", "Docker Compose does not support configs.*.template_driver"),
        (
            {"secrets": [{"source": "unset"}]},
            "variable-not-set",
            'environment variable "NOT_THERE" required by secret "shop_unset" is not set',
        ),
        (
            {"read_only": True, "configs": [{"source": "inline"}]},
            "read-only-service",
            'cannot create config "shop_inline" in read-only service web: `file` is the sole supported option',
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_place(make, project_of, attributes, code, summary):
    driven = FileObject(name="shop_driven", driver="x")
    objects = {
        "outside": FileObject(name="shop_outside", external=True),
        "driven": driven,
        "unset": FileObject(name="shop_unset", environment="NOT_THERE"),
        "inline": FileObject(name="shop_inline", content="x"),
    }
    configs = {**objects, "driven": replace(driven, driver="", template_driver="golang")}
    project = project_of(make("web", image="x", **attributes), secrets=objects, configs=configs)
    with pytest.raises(ComposeError) as caught:
        render(project, OLD)
    found = [diagnostic for diagnostic in caught.value.diagnostics if diagnostic.severity == "error"]
    assert [(diagnostic.code, diagnostic.summary) for diagnostic in found] == [(code, summary)]
    assert found[0].path[:2] == ("services", "web")
    assert found[0].span is not None


def test_all_refusals_come_at_once(make, project_of):
    services = [make(name, image="x", security_opt=["nonsense"]) for name in ("a", "b")]
    with pytest.raises(ComposeError) as caught:
        render(project_of(*services), NEW)
    assert len(caught.value.diagnostics) == 2


@pytest.mark.parametrize(
    ("attributes", "summary"),
    [
        (
            {"volumes": [{"type": "bind", "source": "/s", "target": "/d", "volume": {"nocopy": True}}]},
            "mount of type `bind` should not define `volume` option",
        ),
        (
            {"mac_address": "02:00:00:00:00:01", "network_mode": "host"},
            "`mac_address` is ignored where `network_mode` is set",
        ),
    ],
)
def test_what_makes_no_sense_is_said_to_be_ignored(make, project_of, attributes, summary):
    (warning,) = render(project_of(make("web", image="x", **attributes)), NEW).warnings
    assert (warning.severity, warning.code, warning.summary) == ("warning", "ignored-attribute", summary)


def test_engines_are_known_by_their_api():
    assert [engine_with(version) for version in ((1, 43), (1, 44), (1, 49), (9, 9))] == ["24.0", "25.0", "28.1", "a newer one"]
