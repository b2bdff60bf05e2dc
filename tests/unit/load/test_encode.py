"""What `config` prints; expectations are Docker Compose's output for the same files."""

import json
from pathlib import Path

import pytest

from compose.load.canonical import canonicalise
from compose.load.decode import decode
from compose.load.encode import raw_json, raw_yaml, to_json, to_yaml
from compose.load.resource_types import CONTENT
from compose.model.build import Build, Ulimit
from compose.model.deploy import Deploy
from compose.model.develop import Develop, Hook, WatchRule
from compose.model.network import IPAM, Network
from compose.model.project import Project
from compose.model.service import BlkioConfig, Model, Service, ServiceDependency, ThrottleDevice, WeightDevice
from compose.model.storage import FileObject, Volume
from compose.source.document import Origin
from compose.source.parse import parse

DATA = Path(__file__).parent / "data"


def _project(service=None, **parts):
    services = {"a": service} if service is not None else {}
    return Project(name="p", directory="/p", services=services, **parts)


def _printed(service):
    return json.loads(to_json(_project(service)))["services"]["a"]


def test_services_are_printed_even_when_there_are_none():
    assert to_yaml(_project()) == "name: p\nservices: {}\n"
    assert to_json(_project()) == '{\n  "name": "p",\n  "services": {}\n}\n'


def test_yaml_keeps_the_order_of_the_specification_and_ends_with_extensions():
    service = Service(
        name="a",
        volumes_from=("b",),
        profiles=("q",),
        image="x",
        build=Build(context="/c", dockerfile="D"),
        extensions={"x-b": 1, "x-a": {"k": [1]}},
    )
    project = _project(
        service,
        networks={"net": Network(name="p_net")},
        volumes={"v": Volume(name="p_v", external=True)},
        secrets={"s": FileObject(name="p_s", environment="S", content="hidden")},
        configs={"c": FileObject(name="p_c", content="text")},
        models={"m": Model(model="ai/m")},
        extensions={"x-top": True},
    )
    assert to_yaml(project) == (
        "name: p\n"
        "services:\n"
        "  a:\n"
        "    profiles:\n"
        "      - q\n"
        "    build:\n"
        "      context: /c\n"
        "      dockerfile: D\n"
        "    image: x\n"
        "    volumes_from:\n"
        "      - b\n"
        "    x-a:\n"
        "      k:\n"
        "        - 1\n"
        "    x-b: 1\n"
        "networks:\n"
        "  net:\n"
        "    name: p_net\n"
        "volumes:\n"
        "  v:\n"
        "    name: p_v\n"
        "    external: true\n"
        "secrets:\n"
        "  s:\n"
        "    name: p_s\n"
        "    environment: S\n"
        "configs:\n"
        "  c:\n"
        "    name: p_c\n"
        "    content: text\n"
        "models:\n"
        "  m:\n"
        "    model: ai/m\n"
        "x-top: true\n"
    )


def test_json_sorts_its_sections_and_leaves_out_models_and_inner_extensions():
    project = _project(
        Service(name="a", image="x", extensions={"x-a": 1}),
        networks={"n": Network(name="p_n")},
        models={"m": Model(model="ai/m")},
        extensions={"x-top": 1.0},
    )
    data = json.loads(to_json(project))
    assert list(data) == ["name", "networks", "services", "x-top"]
    assert data["services"]["a"] == {"command": None, "entrypoint": None, "image": "x"}
    assert data["networks"]["n"] == {"name": "p_n", "ipam": {}}


def test_dollars_are_doubled():
    service = Service(name="a", image="$x", labels={"$k": "${v}"})
    assert "image: $$x" in to_yaml(_project(service))
    assert '"$$k": "$${v}"' in to_json(_project(service))


def test_user_keys_are_sorted_numbers_by_value():
    service = Service(name="a", labels={"a10": "", "a9": "", "B": "", "a-b": "", "ab": ""})
    lines = [line.strip() for line in to_yaml(_project(service)).splitlines() if line.startswith("      ")]
    assert lines == ['B: ""', 'a-b: ""', 'a9: ""', 'a10: ""', 'ab: ""']
    assert list(_printed(service)["labels"]) == ["B", "a-b", "a10", "a9", "ab"]


@pytest.mark.parametrize("config", [FileObject(environment="E", content="value"), FileObject(environment="E")])
def test_values_that_come_from_the_environment_are_not_printed(config):
    for section in ("configs", "secrets"):
        assert "value" not in to_yaml(_project(**{section: {"c": config}}))
        assert json.loads(to_json(_project(**{section: {"c": config}})))[section]["c"] == {"environment": "E"}


def test_cleared_commands_are_printed():
    assert "command: []" in to_yaml(_project(Service(name="a", command=())))
    assert _printed(Service(name="a", command=(), entrypoint=("e",))) == {"command": [], "entrypoint": ["e"]}


def test_quirks_of_json():
    service = Service(
        name="a",
        ulimits={"a": Ulimit(single=0), "b": Ulimit(single=5), "c": Ulimit(soft=0, hard=2)},
        blkio_config=BlkioConfig(
            weight_device=(WeightDevice(path="/d", weight=1),), device_read_bps=(ThrottleDevice(path="/d"),)
        ),
        deploy=Deploy(),
        develop=Develop(watch=(WatchRule(path="/p", action="sync", target="/t"),)),
        post_start=(Hook(user="u"),),
        depends_on={"b": ServiceDependency(required=False)},
    )
    printed = _printed(service)
    assert printed["ulimits"] == {"a": {}, "b": 5, "c": {"hard": 2}}
    assert printed["blkio_config"] == {
        "weight_device": [{"Path": "/d", "Weight": 1}],
        "device_read_bps": [{"Path": "/d", "Rate": "0"}],
    }
    assert printed["deploy"] == {"resources": {}, "placement": {}}
    assert list(printed["develop"]["watch"][0].items())[-2:] == [("target", "/t"), ("exec", {"command": None})]
    assert printed["post_start"] == [{"command": None, "user": "u"}]
    assert printed["depends_on"] == {"b": {"condition": "service_started", "required": False}}


def test_yaml_has_none_of_these_quirks():
    service = Service(
        name="a",
        ulimits={"a": Ulimit(single=0), "b": Ulimit(single=5)},
        deploy=Deploy(),
        develop=Develop(watch=(WatchRule(path="/p", action="sync"),)),
    )
    text = to_yaml(_project(service, networks={"n": Network(name="n", ipam=IPAM())}))
    assert "deploy: {}" in text
    assert "exec" not in text
    assert "ipam" not in text
    assert "      a:\n        soft: 0\n        hard: 0\n      b: 5\n" in text


def test_the_raw_tree_is_sorted_and_otherwise_as_it_stands():
    data = {"services": {"b": {"image": "${X}", "dns": [], "command": []}, "a": None}, "name": "p"}
    assert raw_yaml(data) == "name: p\nservices:\n  a: null\n  b:\n    command: []\n    dns: []\n    image: ${X}\n"


def test_the_raw_tree_in_json_has_null_for_empty_lists_that_nothing_makes_unique():
    data = {"services": {"a": {"dns": [], "ports": [], "command": [], "environment": []}}}
    service = json.loads(raw_json(data))["services"]["a"]
    assert service == {"dns": [], "ports": [], "command": None, "environment": None}


def test_the_raw_tree_has_no_values_of_secrets():
    data = {"secrets": {"s": {"environment": "S", CONTENT: "hidden"}}}
    assert "hidden" not in raw_yaml(data) + raw_json(data)


@pytest.mark.parametrize(("form", "name"), [(to_yaml, "everything.yaml"), (to_yaml, "short.yaml"), (to_json, "short.yaml")])
def test_what_is_printed_loads_as_what_was_printed(name, form):
    def loaded(text):
        tree, problems = canonicalise(parse(Origin(name, text))[0].data)
        for service in tree.get("services", {}).values():
            service.pop("extends", None)
        decoded = decode(tree)
        assert [problem for problem in (*problems, *decoded.problems) if problem.severity == "error"] == []
        return Project(
            name=decoded.name,
            directory="/",
            services=decoded.services,
            networks=decoded.networks,
            volumes=decoded.volumes,
            secrets=decoded.secrets,
            configs=decoded.configs,
            models=decoded.models,
            extensions=decoded.extensions,
        )

    printed = form(loaded((DATA / name).read_text()))
    assert form(loaded(printed.replace("$$", "$"))) == printed
