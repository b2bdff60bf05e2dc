import pytest

from compose.base.errors import InvalidProject
from compose.load.select import select

PROJECT = """
services:
  web: {image: i, depends_on: [api], networks: [front]}
  api:
    image: i
    depends_on: {db: {condition: service_started}, cache: {condition: service_started, required: false}}
    volumes: ['vol:/v']
  db: {image: i, secrets: [key]}
  cache: {image: i, profiles: [extra], networks: [back]}
  debug: {image: i, profiles: [tools], configs: [conf]}
  probe: {image: i, profiles: [tools, more]}
networks: {front: , back: }
volumes: {vol: , unused: }
secrets: {key: {file: k}}
configs: {conf: {file: c}}
"""


@pytest.fixture
def directory(files):
    return files({"compose.yaml": PROJECT})


@pytest.mark.parametrize(
    ("profiles", "enabled"),
    [
        ((), ["api", "db", "web"]),
        (("tools",), ["api", "db", "debug", "probe", "web"]),
        (("more", "extra"), ["api", "cache", "db", "probe", "web"]),
        (("*",), ["api", "cache", "db", "debug", "probe", "web"]),
        (("unknown",), ["api", "db", "web"]),
    ],
)
def test_profiles_enable_services(directory, profiles, enabled):
    project = directory.project(profiles=profiles)
    assert sorted(project.services) == enabled
    assert sorted([*project.services, *project.disabled]) == ["api", "cache", "db", "debug", "probe", "web"]


def test_the_variable_names_profiles_unless_some_are_given(directory):
    assert "cache" in directory.project(environment={"COMPOSE_PROFILES": " extra , x"}).services
    assert "cache" not in directory.project(environment={"COMPOSE_PROFILES": "extra"}, profiles=("tools",)).services


def test_named_services_come_with_what_they_depend_on(directory):
    project = directory.project(services=("api",))
    assert sorted(project.services) == ["api", "db"]
    assert list(project.services["api"].depends_on) == ["db"]
    assert sorted(project.disabled) == ["cache", "debug", "probe", "web"]


def test_without_dependencies(directory):
    project = directory.project(services=("web",), no_deps=True)
    assert sorted(project.services) == ["web"]
    assert project.services["web"].depends_on == {}


def test_naming_a_disabled_service_activates_its_profiles(directory):
    project = directory.project(services=("debug",))
    assert sorted(project.services) == ["debug"]
    assert project.profiles == ("tools",)


def test_names_may_be_patterns(directory):
    assert sorted(directory.project(services=("[dw]*",)).services) == ["api", "db", "web"]


def test_unknown_names_are_told_together(directory):
    problems = directory.problems(services=("wbe", "db", "nothing"))
    assert [(problem.code, problem.summary, problem.hint) for problem in problems] == [
        ("unknown-service", "no such service: wbe", "did you mean `web`?"),
        ("unknown-service", "no such service: nothing", ""),
    ]


def test_a_disabled_service_that_is_selected_later_is_explained(directory):
    with pytest.raises(InvalidProject) as caught:
        select(directory.project(), ("debug",))
    assert caught.value.diagnostics[0].hint == "it is disabled: activate one of its profiles with `--profile tools`"


def test_resources_that_no_enabled_service_uses_are_left_out(directory):
    project = directory.project()
    assert sorted(project.networks) == ["default", "front"]
    assert list(project.volumes) == ["vol"]
    assert list(project.secrets) == ["key"]
    assert project.configs == {}
    everything = directory.project(all_resources=True)
    assert sorted(everything.networks) == ["back", "default", "front"]
    assert sorted(everything.volumes) == ["unused", "vol"]
    assert list(everything.configs) == ["conf"]
