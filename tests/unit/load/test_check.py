"""Does a project fit together: every check, its words and its place."""

import pytest

from compose.load.canonical import canonicalise
from compose.load.check import check
from compose.load.decode import decode
from compose.load.normalise import normalise
from compose.load.select import activate
from compose.model.project import Project


def _checked(data, profiles=()):
    tree, problems = canonicalise(data)
    parts = decode(normalise(tree, "p", {}))
    assert (problems, parts.problems) == ((), ())
    project = Project(
        name="p",
        directory="/p",
        services=parts.services,
        networks=parts.networks,
        volumes=parts.volumes,
        secrets=parts.secrets,
        configs=parts.configs,
        models=parts.models,
    )
    return check(activate(project, profiles))


def _errors(data, profiles=()):
    return [(problem.code, problem.path, problem.summary) for problem in _checked(data, profiles) if problem.severity == "error"]


def _service(**attributes):
    return _errors({"services": {"a": {"image": "x", **attributes}}})


A = ("services", "a")


def test_a_project_that_fits():
    data = {
        "services": {
            "a": {
                "image": "x",
                "depends_on": ["b"],
                "volumes": ["data:/d"],
                "networks": ["n"],
                "secrets": ["s"],
                "configs": ["c"],
            },
            "b": {"build": ".", "networks": ["n"]},
            "p": {"provider": {"type": "x"}},
        },
        "networks": {"n": None},
        "volumes": {"data": None},
        "secrets": {"s": {"file": "f"}},
        "configs": {"c": {"content": "x"}},
    }
    assert _checked(data) == ()


@pytest.mark.parametrize(
    ("attributes", "code", "path", "summary"),
    [
        (
            {"build": {"dockerfile": "D", "dockerfile_inline": "FROM x"}},
            "exclusive-keys",
            ("build", "dockerfile_inline"),
            'service "a" declares mutualy exclusive dockerfile and dockerfile_inline: invalid compose project',
        ),
        (
            {"build": {"additional_contexts": {"n": "service:z"}}},
            "unknown-service",
            ("build", "additional_contexts", "n"),
            'service "a" declares unknown service "z" as additional contexts n',
        ),
        (
            {"platform": "linux/arm64", "build": {"platforms": ["linux/amd64"]}},
            "platform-not-built",
            ("build", "platforms"),
            'service.build.platforms MUST include service.platform "linux/arm64": invalid compose project',
        ),
        (
            {"networks": ["n"]},
            "undefined-network",
            ("networks", "n"),
            'service "a" refers to undefined network n: invalid compose project',
        ),
        (
            {"volumes": ["data:/x"]},
            "undefined-volume",
            ("volumes", 0),
            'service "a" refers to undefined volume data: invalid compose project',
        ),
        (
            {"secrets": ["s"]},
            "undefined-secret",
            ("secrets", 0),
            'service "a" refers to undefined secret s: invalid compose project',
        ),
        (
            {"configs": ["c"]},
            "undefined-config",
            ("configs", 0),
            'service "a" refers to undefined config c: invalid compose project',
        ),
        (
            {"models": ["m"]},
            "undefined-model",
            ("models", "m"),
            'service "a" refers to undefined model m: invalid compose project',
        ),
        (
            {"build": {"secrets": ["s"]}},
            "undefined-secret",
            ("build", "secrets", 0),
            'service "a" refers to undefined build secret s: invalid compose project',
        ),
        (
            {"healthcheck": {"test": ["curl", "x"]}},
            "invalid-healthcheck",
            ("healthcheck", "test"),
            'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
        ),
        (
            {"depends_on": ["b"]},
            "unknown-service",
            ("depends_on", "b"),
            'service "a" depends on undefined service "b": invalid compose project',
        ),
        (
            {"scale": 2, "deploy": {"replicas": 3}},
            "distinct-values",
            ("scale",),
            "services.a: can't set distinct values on 'scale' and 'deploy.replicas': invalid compose project",
        ),
        ({"scale": -1}, "negative-number", ("scale",), "services.a.scale: must be greater than or equal to 0"),
        (
            {"deploy": {"replicas": -1}},
            "negative-number",
            ("deploy", "replicas"),
            "services.a.deploy.replicas: must be greater than or equal to 0",
        ),
        (
            {"container_name": "fixed", "scale": 2},
            "container-name-with-scale",
            ("container_name",),
            "services.scale: can't set container_name and a as container name must be unique: invalid compose project",
        ),
        (
            {"container_name": "fixed", "deploy": {"replicas": 2}},
            "container-name-with-scale",
            ("container_name",),
            "services.deploy.replicas: can't set container_name and a as container name must be unique: invalid compose project",
        ),
        (
            {"develop": {"watch": [{"path": "p", "action": "sync"}]}},
            "missing-target",
            ("develop", "watch", 0),
            "services.a.develop.watch: target is required for non-rebuild actions: invalid compose project",
        ),
        (
            {"tmpfs": ["/x", "/x:size=1"]},
            "target-mounted-twice",
            ("tmpfs", 1),
            "services.a.tmpfs[1]: target /x already mounted as services.a.tmpfs[0]",
        ),
        (
            {"tmpfs": "/xy", "volumes": ["/h:/xy"]},
            "target-mounted-twice",
            ("volumes", 0),
            "services.a.volumes[0]: target /xy already mounted as services.a.tmpfs[0]",
        ),
    ],
)
def test_one_service(attributes, code, path, summary):
    assert _service(**attributes) == [(code, (*A, *path), summary)]


@pytest.mark.parametrize(
    ("attribute", "value", "deploy", "other"),
    [
        ("cpus", 0.5, {"limits": {"memory": "1g"}}, "limits.cpus"),
        ("cpus", 0.5, {"limits": {"cpus": "1"}}, "limits.cpus"),
        ("mem_limit", "1g", {"limits": {"cpus": "1"}}, "limits.memory"),
        ("mem_reservation", "1g", {"reservations": {"devices": [{"capabilities": ["gpu"]}]}}, "reservations.memory"),
        ("pids_limit", 5, {"limits": {"pids": 6}}, "limits.pids"),
    ],
)
def test_limits_that_differ(attribute, value, deploy, other):
    words = f"services.a: can't set distinct values on '{attribute}' and 'deploy.resources.{other}': invalid compose project"
    assert _service(**{attribute: value, "deploy": {"resources": deploy}}) == [("distinct-values", (*A, attribute), words)]


@pytest.mark.parametrize(
    ("attribute", "value", "deploy"),
    [
        ("cpus", 0.1, {"limits": {"cpus": "0.1"}}),
        ("mem_limit", "1g", {"limits": {"memory": "1024m"}}),
        ("mem_limit", "1g", {"reservations": {"memory": "1m"}}),
        ("pids_limit", 5, {"limits": {"pids": 5}}),
    ],
)
def test_limits_that_are_the_same(attribute, value, deploy):
    assert _service(**{attribute: value, "deploy": {"resources": deploy}}) == []


def test_a_service_needs_something_to_run():
    assert _errors({"services": {"a": {}}}) == [
        ("no-image", A, 'service "a" has neither an image nor a build context specified: invalid compose project')
    ]


def test_a_context_has_to_be_built():
    data = {
        "services": {"a": {"build": {"additional_contexts": {"n": "service:b"}}}, "b": {"image": "x"}},
    }
    assert _errors(data) == [
        (
            "not-buildable",
            (*A, "build", "additional_contexts", "n"),
            'service "a" declares non-buildable service "b" as additional contexts n',
        )
    ]


def test_network_mode_excludes_networks():
    data = {"services": {"a": {"image": "x", "network_mode": "host", "networks": ["n"]}}, "networks": {"n": None}}
    words = "service a declares mutually exclusive `network_mode` and `networks`: invalid compose project"
    assert _errors(data) == [("exclusive-keys", (*A, "network_mode"), words)]


@pytest.mark.parametrize("attribute", ["network_mode", "ipc", "pid"])
def test_a_shared_namespace_needs_its_service(attribute):
    words = 'service "a" depends on undefined service "b": invalid compose project'
    assert _service(**{attribute: "service:b"}) == [("unknown-service", (*A, "depends_on", "b"), words)]


def test_misspelt_references_are_put_right():
    data = {
        "services": {"web": {"image": "x", "depends_on": ["databse"], "networks": ["frnt"]}, "database": {"image": "x"}},
        "networks": {"front": None},
    }
    assert {problem.hint for problem in _checked(data)} == {"did you mean `database`?", "did you mean `front`?"}


def test_undeclared_resources_say_where_to_declare_them():
    (problem,) = _checked({"services": {"a": {"image": "x", "volumes": ["data:/x"]}}})
    assert problem.hint == "declare it at the top level: `volumes:` `data:`; a path of the host begins with `./`"


OPTIONAL = {"b": {"condition": "service_started", "required": False}}


def test_a_dependency_that_a_profile_disables_has_three_ways_out():
    data = {"services": {"a": {"image": "x", "depends_on": ["b"]}, "b": {"image": "x", "profiles": ["debug", "all"]}}}
    (problem,) = _checked(data)
    assert problem.code == "disabled-dependency"
    assert problem.path == (*A, "depends_on", "b")
    assert problem.detail == "`b` is disabled: none of its profiles is active (`debug` or `all`)"
    assert [path for _, path in problem.notes] == [("services", "b", "profiles")]
    for way in ("`--profile debug`", "`required: false`", "give `a` the same profiles"):
        assert way in problem.hint
    assert _checked(data, ["debug"]) == ()


def test_an_optional_dependency_may_be_disabled_but_not_missing():
    services = {"a": {"image": "x", "depends_on": OPTIONAL}}
    assert _errors({"services": {**services, "b": {"image": "x", "profiles": ["p"]}}}) == []
    assert [code for code, *_ in _errors({"services": services})] == ["unknown-service"]


def test_disabled_services_are_not_looked_at():
    assert _errors({"services": {"a": {"profiles": ["p"], "depends_on": ["zzz"]}}}) == []


def test_circles_are_told_whole_with_every_edge():
    services = {name: {"image": "x", "depends_on": [other]} for name, other in (("b", "c"), ("c", "d"), ("d", "b"), ("e", "b"))}
    (problem,) = _checked({"services": services})
    assert problem.summary == "dependency cycle detected: b -> c -> d -> b"
    assert problem.path == ("services", "b", "depends_on", "c")
    assert problem.notes == (
        ("`c` needs `d`", ("services", "c", "depends_on", "d")),
        ("`d` needs `b`", ("services", "d", "depends_on", "b")),
    )


def test_a_service_that_needs_itself():
    assert [summary for *_, summary in _service(depends_on=["a"])] == ["dependency cycle detected: a -> a"]


def test_every_circle_is_told():
    services = {
        name: {"image": "x", "links": [other]} for name, other in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("e", "a"))
    }
    assert [summary for *_, summary in _errors({"services": services})] == [
        "dependency cycle detected: a -> b -> a",
        "dependency cycle detected: c -> d -> c",
    ]


def test_of_very_many_circles_a_few_are_told():
    def woven(count):
        names = [f"s{number}" for number in range(count)]
        return {"services": {name: {"image": "x", "depends_on": [other for other in names if other != name]} for name in names}}

    assert len(_errors(woven(8))) == 10
    ((code, path, summary),) = _errors(woven(60))
    around = summary.removeprefix("dependency cycle detected: ").split(" -> ")
    assert code == "dependency-cycle"
    assert (path[1], path[3]) == (around[0], around[1])
    assert around[0] == around[-1]
    assert len(set(around)) == len(around) - 1 > 1


def test_container_names_are_unique():
    data = {"services": {name: {"image": "x", "container_name": "same"} for name in ("a", "b")}}
    words = 'services.b: container name "same" is already in use by service a'
    assert _errors(data) == [("container-name-twice", ("services", "b", "container_name"), words)]


def test_a_secret_needs_a_source():
    data = {"services": {"a": {"image": "x"}}, "secrets": {"s": {"driver": "d"}, "t": {"external": True}}}
    words = 'secret "s" must declare either `file` or `environment`: invalid compose project'
    assert _errors(data) == [("secret-without-source", ("secrets", "s"), words)]


def _warnings(data):
    return [(problem.code, problem.path) for problem in _checked(data) if problem.severity == "warning"]


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("8080:80", "8080:81", True),
        ("127.0.0.1:8080:80", "8080:81", True),
        ("127.0.0.1:8080:80", "127.0.0.2:8080:80", False),
        ("8080:80", "8080:80/udp", False),
        ("8080:80", "8081:80", False),
        ("80", "80", False),
        ("0:80", "0:80", False),
    ],
)
def test_the_same_port_of_the_host_published_twice(first, second, clash):
    data = {"services": {"a": {"image": "x", "ports": [first]}, "b": {"image": "x", "ports": [second]}}}
    expected = [("port-published-twice", ("services", "b", "ports", 0))] if clash else []
    assert _warnings(data) == expected


def test_attributes_without_effect_are_told_once_each_with_all_places():
    deploy = {"placement": {"constraints": ["a"]}, "labels": {"a": "b"}}
    problems = _checked({"services": {name: {"image": "x", "deploy": deploy} for name in ("a", "b")}})
    assert [(problem.summary, problem.path, [path for _, path in problem.notes]) for problem in problems] == [
        ("`deploy.labels` has no effect", (*A, "deploy", "labels"), [("services", "b", "deploy", "labels")]),
        ("`deploy.placement` has no effect", (*A, "deploy", "placement"), [("services", "b", "deploy", "placement")]),
    ]


def test_the_former_name_of_develop_has_no_effect():
    service = {"image": "x", "x-develop": {"watch": [{"action": "sync", "path": "a", "target": "/a"}]}}
    assert _warnings({"services": {"a": service}}) == [("ignored-attribute", (*A, "x-develop"))]


def test_owners_of_files_have_no_effect():
    data = {
        "services": {"a": {"image": "x", "secrets": [{"source": "s", "uid": "1"}, {"source": "t", "uid": "1"}]}},
        "secrets": {"s": {"file": "f"}, "t": {"environment": "T"}},
    }
    assert _warnings(data) == [("ignored-attribute", (*A, "secrets", 0))]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"services": {"a": {"image": "x", "dns": ["one.one"]}}}, (*A, "dns", 0)),
        (
            {"services": {"a": {"image": "x", "networks": {"n": {"ipv4_address": "1.2.3"}}}}, "networks": {"n": None}},
            (*A, "networks", "n", "ipv4_address"),
        ),
        (
            {"services": {"a": {"image": "x"}}, "networks": {"n": {"ipam": {"config": [{"gateway": "10.0.0.0/8"}]}}}},
            ("networks", "n", "ipam", "config", 0, "gateway"),
        ),
    ],
)
def test_addresses_that_an_engine_will_refuse(data, path):
    assert _warnings(data) == [("invalid-address", path)]
