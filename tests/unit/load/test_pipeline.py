import subprocess
import sys

import pytest

LAZY = ("jsonschema", "referencing", "difflib", "subprocess", "networkx", "docker")


def test_a_valid_project_loads_no_library_it_does_not_need(files):
    directory = files({"compose.yaml": "services: {s: {image: i, ports: ['80:80'], env_file: a.env}}", "a.env": "A=1"})
    script = f"""
import sys
from compose.load.pipeline import LoadRequest, load
load(LoadRequest(cwd={str(directory.path)!r}, environment={{}}))
print([name for name in {LAZY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "code", "summary"),
    [
        ("", "empty-compose-file", "empty compose file"),
        ("{}", "empty-compose-file", "empty compose file"),
        ("---\n", "not-a-mapping", "top-level object must be a mapping"),
        ("[a]", "not-a-mapping", "top-level object must be a mapping"),
        ("text", "not-a-mapping", "top-level object must be a mapping"),
        ("services: {}\n---\n---\n{}", "not-a-mapping", "top-level object must be a mapping"),
        ("version: 3\nservices: {}", "wrong-type", "version must be a string"),
    ],
)
def test_files_that_are_no_project(files, text, code, summary):
    problems = files({"compose.yaml": text}).problems()
    assert (problems[0].code, problems[0].summary) == (code, summary)


def test_no_services_at_all(files):
    assert files({"compose.yaml": "services: {}"}).project().services == {}


def test_an_obsolete_version_is_told_once_a_file(files):
    directory = files({"a.yaml": "version: '3'\nservices: {}", "b.yaml": "version: '3'\nservices: {}"})
    warnings = directory.load(files=("a.yaml", "b.yaml")).warnings
    assert [(warning.code, str(warning.span)) for warning in warnings] == [
        ("obsolete-version", "a.yaml:1:10"),
        ("obsolete-version", "b.yaml:1:10"),
    ]


def test_independent_mistakes_are_told_together(files):
    directory = files(
        {
            "compose.yaml": """
            services:
              a: {image: i, ports: [bad, '80:80'], imagee: x}
              b: {image: i, volumes: ['vol:/b:ro:x'], cgroup: odd}
            """
        }
    )
    assert sorted(problem.code for problem in directory.problems()) == [
        "invalid-port",
        "invalid-volume",
        "not-allowed-value",
        "unknown-key",
    ]


def test_syntax_errors_of_several_files_are_told_together(files):
    directory = files({"a.yaml": "a: [", "b.yaml": "b: 1\nb: 2"})
    assert [problem.span.file for problem in directory.problems(files=("a.yaml", "b.yaml"))] == ["a.yaml", "b.yaml"]


def test_a_clash_between_files_shows_both(files):
    directory = files({"a.yaml": "services: {s: {image: i, cap_add: [A]}}", "b.yaml": "services: {s: {cap_add: A}}"})
    (problem,) = directory.problems(files=("a.yaml", "b.yaml"))
    assert (problem.code, problem.span.file, problem.notes[0].span.file) == ("cannot-override", "b.yaml", "a.yaml")


def test_a_variable_that_an_env_file_of_a_service_sets(files):
    directory = files({"compose.yaml": "services: {s: {image: 'i:${TAG}', env_file: app.env}}", "app.env": "TAG=1"})
    (warning,) = directory.load().warnings
    assert warning.code == "unset-variable"
    assert warning.hint.startswith("`TAG` is set in `app.env`, an `env_file` of `s`: that feeds the container")


def test_a_misspelt_variable(files):
    directory = files({"compose.yaml": "services: {s: {image: '${IMAGE_TGA:?}'}}", ".env": "IMAGE_TAG=1"})
    (problem,) = directory.problems()
    assert problem.hint == "did you mean `IMAGE_TAG` for `IMAGE_TGA`?"


def test_the_tree_without_interpolation_keeps_variables_and_knows_no_values(files):
    directory = files(
        {
            "compose.yaml": "name: shop\nservices: {s: {image: '${I}', ports: ['${P}:80'], environment: [SECRET]}}",
            ".env": "SECRET=hunter2\nI=i\nP=1",
        }
    )
    model = directory.model(no_interpolate=True)
    assert model.name == "shop"
    service = model.data["services"]["s"]
    assert (service["image"], service["environment"]) == ("${I}", ["SECRET"])
    assert "hunter2" not in repr(model.data)


def test_the_tree_is_checked_against_the_schema(files):
    from compose.base.errors import InvalidProject  # noqa: PLC0415

    directory = files({"compose.yaml": "services: {s: {imagee: '${I}'}}"})
    with pytest.raises(InvalidProject) as caught:
        directory.model(no_interpolate=True)
    assert [problem.code for problem in caught.value.diagnostics] == ["unknown-key"]


@pytest.mark.parametrize(
    ("switch", "text", "read"),
    [
        (
            "no_path_resolution",
            "services: {s: {image: i, build: ./x}}",
            lambda project: project.services["s"].build.context == "./x",
        ),
        ("no_normalize", "services: {s: {image: i}}", lambda project: project.services["s"].networks == {}),
        ("no_consistency", "services: {s: {image: i, networks: [n]}}", lambda project: "n" in project.services["s"].networks),
        ("no_env_resolution", "services: {s: {image: i, env_file: no.env}}", lambda project: project.services["s"].env_file),
        (
            "no_name_check",
            "services: {a: {image: i, container_name: cc}, b: {image: i, container_name: cc}}",
            lambda project: len(project.services) == 2,
        ),
    ],
)
def test_stages_can_be_left_out(files, switch, text, read):
    assert read(files({"compose.yaml": text}).project(**{switch: True}))


def test_the_separator_of_compatibility_mode(files):
    directory = files({"compose.yaml": "services: {}"})
    assert directory.project().separator == "-"
    assert directory.project(compatibility=True).separator == "_"


def test_an_anchor_a_merge_key_and_an_override_are_all_known(files):
    directory = files(
        {
            "a.yaml": "x-base: &base\n  image: anchor\nservices:\n  s:\n    <<: *base\n    image: explicit\n",
            "b.yaml": "services:\n  s:\n    image: override\n",
        }
    )
    layers = directory.load(files=("a.yaml", "b.yaml")).model.places.layers(("services", "s", "image"))
    assert [str(layer.span) for layer in layers] == ["b.yaml:3:12", "a.yaml:6:12", "a.yaml:2:10"]


@pytest.mark.parametrize(("switch", "source"), [("true", "/c/a/b"), ("0", "C:\\a\\b"), ("", "C:\\a\\b")])
def test_windows_paths_are_converted_on_demand(files, switch, source):
    directory = files({"compose.yaml": "services: {s: {image: i, volumes: [{type: bind, source: 'C:\\a\\b', target: /x}]}}"})
    project = directory.project(environment={"COMPOSE_CONVERT_WINDOWS_PATHS": switch})
    assert project.services["s"].volumes[0].source == source


def test_what_is_wrong_in_one_file_stays_wrong_where_a_later_one_overrides_it(files):
    directory = files(
        {
            "a.yaml": "services: {s: {image: i}}\nnetworks: {n: bridge}",
            "b.yaml": "networks: {n: {name: x}}",
        }
    )
    (problem,) = directory.problems(files=("a.yaml", "b.yaml"))
    assert problem.summary == "networks.n must be a mapping or null"
    assert str(problem.span) == "a.yaml:2:15"
