"""Canonical data becomes the model, and everything that does not fit is reported."""

import json
import subprocess
import sys

import pytest

from compose.base.units import ByteSize, Duration, FileMode
from compose.load.canonical import canonicalise
from compose.load.decode import decode
from compose.model.build import Ulimit
from compose.model.deploy import DeviceRequest, Placement, Resources
from compose.model.develop import Hook
from compose.model.network import IPAM, ServiceNetwork
from compose.model.service import EnvFile, ServiceDependency
from compose.model.storage import BindOptions, Mount


def _decoded(data):
    tree, problems = canonicalise(data)
    decoded = decode(tree)
    assert [problem for problem in (*problems, *decoded.problems) if problem.severity == "error"] == []
    return decoded


def _service(**attributes):
    return _decoded({"services": {"a": attributes}}).services["a"]


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("annotations", ["a=b=c", "d"], {"a": "b=c", "d": ""}),
        ("attach", "no", False),
        ("attach", True, True),
        ("cap_add", ["A"], ("A",)),
        ("command", None, None),
        ("command", "", ()),
        ("command", [], ()),
        ("command", "a 'b c'", ("a", "b c")),
        ("command", ["a b"], ("a b",)),
        ("cpu_percent", "5", 5.0),
        ("cpu_shares", 1.9, 1),
        ("cpu_shares", "3", 3),
        ("cpus", "0.5", 0.5),
        ("cpus", 2, 2.0),
        (
            "depends_on",
            {"b": {"condition": "service_healthy", "restart": "true"}},
            {"b": ServiceDependency(condition="service_healthy", restart=True)},
        ),
        ("deploy", None, None),
        ("environment", {"A": 1, "B": True, "C": None, "D": 1.5}, {"A": "1", "B": "true", "C": None, "D": "1.5"}),
        ("environment", ["A=1=2", "B", "C="], {"A": "1=2", "B": None, "C": ""}),
        ("expose", [80, "90/udp"], ("80", "90/udp")),
        ("extra_hosts", {"b": "1.1.1.1", "a": ["::1", "[::2]"]}, ("a=::1", "a=::2", "b=1.1.1.1")),
        ("extra_hosts", ["b:1.1.1.1", "a=::1,::2", "c:x:y"], ("a=::1", "a=::2", "b=1.1.1.1", "c=x:y")),
        ("group_add", ["g", 5], ("g", "5")),
        ("gpus", "all", (DeviceRequest(count=-1),)),
        ("gpus", [{"count": "2"}], (DeviceRequest(count=2),)),
        ("init", "yes", True),
        ("labels", {"a": 1.0, "b": 1e6, "c": None}, {"a": "1", "b": "1e+06", "c": ""}),
        ("mem_limit", "1.5g", ByteSize(1610612736)),
        ("mem_limit", 100, ByteSize(100)),
        ("mem_limit", "0", None),
        ("memswap_limit", -1, ByteSize(-1)),
        ("mem_swappiness", 0, None),
        ("networks", {"n": None, "m": {"priority": 2.0}}, {"n": None, "m": ServiceNetwork(priority=2)}),
        ("pid", None, ""),
        ("pids_limit", "5", 5),
        ("scale", "3", 3),
        ("scale", 2.0, 2),
        ("stop_grace_period", "1d2h", Duration.parse("26h")),
        ("storage_opt", {"a": 1, "b": None}, {"a": "1", "b": ""}),
        ("tmpfs", "/x", ("/x",)),
        ("ulimits", {"a": 5, "b": {"soft": "1", "hard": 2}}, {"a": Ulimit(single=5), "b": Ulimit(soft=1, hard=2)}),
        ("env_file", "a", (EnvFile(path="a"),)),
        ("post_start", [{"command": None, "user": "u"}], (Hook(user="u"),)),
        ("volumes", ["/a:/bc"], (Mount(type="bind", source="/a", target="/bc", bind=BindOptions(create_host_path=True)),)),
        ("volumes", [{"type": "bind", "source": "/a", "target": "/b"}], (Mount(type="bind", source="/a", target="/b"),)),
    ],
)
def test_values(attribute, value, expected):
    assert getattr(_service(**{attribute: value}), attribute) == expected


def test_build():
    build = _service(
        build={
            "context": ".",
            "args": ["A", "B=1"],
            "ssh": ["default", "k=/p"],
            "additional_contexts": ["a=b"],
            "provenance": True,
            "no_cache_filter": "s",
            "secrets": [{"source": "s", "mode": 0o400}],
            "shm_size": "1k",
        }
    ).build
    assert build.args == {"A": None, "B": "1"}
    assert build.ssh == ("default", "k: /p")
    assert build.additional_contexts == {"a": "b"}
    assert (build.provenance, build.no_cache_filter) == ("true", ("s",))
    assert build.secrets[0].mode == FileMode(0o400)
    assert build.shm_size == 1024


def test_file_modes_are_octal_as_text_and_plain_as_numbers():
    secrets = _service(secrets=[{"source": "s", "mode": "0440"}, {"source": "t", "mode": 256}]).secrets
    assert [str(secret.mode) for secret in secrets] == ["0440", "0400"]


def test_empty_blocks_are_not_the_same_as_no_blocks():
    service = _service(deploy={}, healthcheck={}, build={}, develop={})
    assert service.deploy.resources == Resources()
    assert service.deploy.placement == Placement()
    assert None not in (service.healthcheck, service.build, service.develop)


def test_extensions_are_gathered_where_the_specification_allows_them():
    decoded = _decoded({"x-top": 1, "services": {"a": {"x-a": [1], "healthcheck": {"x-h": 2}}}, "networks": {"n": {"x-n": 3}}})
    assert decoded.extensions == {"x-top": 1}
    assert decoded.services["a"].extensions == {"x-a": [1]}
    assert decoded.services["a"].healthcheck.extensions == {"x-h": 2}
    assert decoded.networks["n"].extensions == {"x-n": 3}


def test_labels_and_variables_may_begin_with_x():
    service = _service(labels={"x-a": "1"}, environment={"x-b": "2"})
    assert (service.labels, service.environment) == ({"x-a": "1"}, {"x-b": "2"})


def test_services_know_their_names_and_resources_may_be_null():
    decoded = _decoded({"services": {"a.b_c-d": {}}, "networks": {"n": None}, "volumes": {"v": None}})
    assert decoded.services["a.b_c-d"].name == "a.b_c-d"
    assert decoded.networks["n"].ipam == IPAM()
    assert decoded.volumes["v"].name == ""


def test_decoding_leaves_the_data_alone():
    data = {"services": {"a": {"environment": ["A=1"], "stop_grace_period": "1s", "x-a": 1}}}
    before = json.dumps(data)
    decode(data)
    assert json.dumps(data) == before


SERVICE = ("services", "a")


@pytest.mark.parametrize(
    ("attributes", "path", "code"),
    [
        ({"stop_grace_period": "abc"}, ("stop_grace_period",), "invalid-duration"),
        ({"stop_grace_period": "10"}, ("stop_grace_period",), "invalid-duration"),
        ({"mem_limit": "5x"}, ("mem_limit",), "invalid-size"),
        ({"tty": "maybe"}, ("tty",), "invalid-boolean"),
        ({"scale": "many"}, ("scale",), "invalid-number"),
        ({"cpus": "1,5"}, ("cpus",), "invalid-number"),
        ({"healthcheck": {"retries": -1}}, ("healthcheck", "retries"), "negative-number"),
        ({"secrets": [{"source": "s", "mode": "9"}]}, ("secrets", 0, "mode"), "invalid-mode"),
        ({"gpus": [{"count": "some"}]}, ("gpus", 0, "count"), "invalid-count"),
        ({"command": "it's"}, ("command",), "invalid-command"),
        ({"environment": ["A =1"]}, ("environment", 0), "trailing-space"),
        ({"extra_hosts": ["a"]}, ("extra_hosts", 0), "invalid-host"),
        ({"extra_hosts": {"": "1.1.1.1"}}, ("extra_hosts", ""), "invalid-host"),
        ({"image": 5}, ("image",), "wrong-type"),
        ({"imag": "x"}, ("imag",), "unknown-key"),
        ({"build": {"contxt": "."}}, ("build", "contxt"), "unknown-key"),
        ({"cgroup": "x"}, ("cgroup",), "not-allowed-value"),
        ({"oom_score_adj": 5000}, ("oom_score_adj",), "out-of-range"),
        ({"security_opt": ["a", "a"]}, ("security_opt", 1), "repeated-item"),
        ({"ulimits": {"n": {"soft": 1}}}, ("ulimits", "n"), "missing-key"),
        ({"ports": [True]}, ("ports", 0), "wrong-type"),
        ({"volumes": [{"type": "bid", "target": "/x"}]}, ("volumes", 0, "type"), "not-allowed-value"),
        ({"environment": None}, ("environment",), "wrong-type"),
    ],
)
def test_one_mistake_is_one_problem_at_its_place(attributes, path, code):
    tree, problems = canonicalise({"services": {"a": attributes}})
    assert problems == ()
    (problem,) = decode(tree).problems
    assert (problem.path, problem.code) == ((*SERVICE, *path), code)


def test_all_mistakes_are_reported_together():
    attributes = {"image": 5, "imag": 1, "tty": "maybe", "mem_limit": "5x", "cgroup": "x", "command": "it's"}
    data = {"services": {"a": attributes, "b c": {}}, "network": {}, "volumes": {"v": {"drivr": "x"}}}
    assert {problem.path for problem in decode(data).problems} == {
        *((*SERVICE, key) for key in attributes),
        ("services", "b c"),
        ("network",),
        ("volumes", "v", "drivr"),
    }


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"tty": "yes"}, "old-boolean"),
        ({"mem_limit": 1e9}, "ignored-value"),
        ({"gpus": [{"foo": 1}]}, "ignored-key"),
        ({"command": "a && b"}, "command-cut-off"),
    ],
)
def test_warnings(attributes, code):
    decoded = decode({"services": {"a": attributes}})
    assert [(problem.severity, problem.code) for problem in decoded.problems] == [("warning", code)]
    assert "a" in decoded.services


def test_a_valid_file_never_loads_jsonschema():
    program = (
        "import sys; from compose.load.decode import decode;"
        "decode({'services': {'a': {'image': 'x'}}}); print('jsonschema' in sys.modules);"
        "decode({'services': {'a': {'image': 5}}}); print('jsonschema' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["False", "True"]


@pytest.mark.parametrize("text", ["9" * 5000, "0" * 5000 + "5", "1e999", "-" + "9" * 30])
@pytest.mark.parametrize("attribute", ["scale", "cpus", "mem_limit", "stop_grace_period", "pids_limit", "oom_score_adj"])
def test_huge_numbers_are_refused_or_read_but_never_a_crash(attribute, text):
    decoded = decode({"services": {"a": {attribute: text}}})
    assert ("a" in decoded.services) != any(problem.severity == "error" for problem in decoded.problems)


def test_numbers_have_64_bits():
    data = {"services": {"a": {"cpu_quota": 2**70, "mem_limit": 2**70, "cpus": 2**70, "scale": "9223372036854775808"}}}
    assert {problem.code for problem in decode(data).problems} == {"out-of-range"}
    assert decode({"services": {"a": {"scale": "0009223372036854775807"}}}).services["a"].scale == 2**63 - 1
