import pytest


def test_an_included_model_is_part_of_the_project(files):
    directory = files(
        {
            "compose.yaml": """
            include: [sub/inc.yaml]
            services: {s: {image: s, depends_on: [inc]}}
            """,
            "sub/inc.yaml": """
            name: ignored
            x-gone: 1
            services: {inc: {image: '${IMAGE}', volumes: ['./d:/d', vol:/v], networks: [n], secrets: [c]}}
            volumes: {vol: }
            networks: {n: }
            secrets: {c: {file: ./secret}}
            """,
            "sub/.env": "IMAGE=from-sub",
        }
    )
    project = directory.project()
    root = str(directory.path)
    assert project.name == "app"
    assert project.extensions == {}
    included = project.services["inc"]
    assert included.image == "from-sub"
    assert included.volumes[0].source == f"{root}/sub/d"
    assert project.secrets["c"].file == f"{root}/sub/secret"
    assert project.volumes["vol"].name == "app_vol"
    assert project.networks["n"].name == "app_n"


def test_the_long_form_has_overrides_a_directory_and_env_files(files):
    directory = files(
        {
            "compose.yaml": """
            include:
              - path: [sub/a.yaml, sub/b.yaml]
                project_directory: other
                env_file: [one.env, two.env]
            services: {s: {image: s}}
            """,
            "sub/a.yaml": "services: {inc: {image: '${A}', volumes: ['./d:/d']}}",
            "sub/b.yaml": "services: {inc: {hostname: '${B}'}}",
            "one.env": "A=1\nB=1",
            "two.env": "B=2",
            "other/.env": "A=unused",
        }
    )
    included = directory.project().services["inc"]
    assert (included.image, included.hostname) == ("1", "2")
    assert included.volumes[0].source == f"{directory.path}/other/d"


def test_the_environment_of_the_including_project_wins(files):
    directory = files(
        {
            "compose.yaml": "include: [sub/inc.yaml]\nservices: {}",
            "sub/inc.yaml": "services: {inc: {image: '${A}-${B}'}}",
            "sub/.env": "A=sub\nB=sub",
            ".env": "A=main",
        }
    )
    assert directory.project().services["inc"].image == "main-sub"


def test_dev_null_stands_for_no_env_file(files):
    directory = files(
        {
            "compose.yaml": "include: [{path: sub/inc.yaml, env_file: /dev/null}]\nservices: {}",
            "sub/inc.yaml": "services: {inc: {image: 'i${A:-}'}}",
            "sub/.env": "A=sub",
        }
    )
    assert directory.project().services["inc"].image == "i"


def test_nested_includes_and_one_file_included_twice(files):
    directory = files(
        {
            "compose.yaml": "include: [a/a.yaml, b/b.yaml]\nservices: {}",
            "a/a.yaml": "include: [../c/c.yaml]\nservices: {a: {image: a}}",
            "b/b.yaml": "include: [../c/c.yaml]\nservices: {b: {image: b}}",
            "c/c.yaml": "services: {c: {image: c, volumes: ['./x:/x']}}",
        }
    )
    project = directory.project()
    assert sorted(project.services) == ["a", "b", "c"]
    assert project.services["c"].volumes[0].source == f"{directory.path}/c/x"


def test_a_local_service_may_extend_an_included_one(files):
    directory = files(
        {
            "compose.yaml": "include: [inc.yaml]\nservices: {s: {extends: base, hostname: h}}",
            "inc.yaml": "services: {base: {image: i}}",
        }
    )
    assert directory.project().services["s"].image == "i"


def test_an_override_file_changes_what_is_included(files):
    directory = files(
        {
            "compose.yaml": "include: [inc.yaml]\nservices: {}",
            "compose.override.yaml": "services: {inc: {image: mine}}",
            "inc.yaml": "services: {inc: {image: i, hostname: h}}",
        }
    )
    included = directory.project().services["inc"]
    assert (included.image, included.hostname) == ("mine", "h")


def test_values_are_placed_in_the_included_file(files):
    directory = files({"compose.yaml": "include:\n  - inc.yaml\nservices: {}\n", "inc.yaml": "services:\n  s:\n    image: i\n"})
    (layer,) = directory.load().model.places.layers(("services", "s", "image"))
    assert (str(layer.span), layer.via, str(layer.cause)) == ("inc.yaml:3:12", "include", "compose.yaml:2:5")


def test_a_conflict_shows_both_places_and_the_include(files):
    directory = files(
        {
            "compose.yaml": "include:\n  - inc.yaml\nservices:\n  s:\n    image: mine\n",
            "inc.yaml": "services:\n  s:\n    image: theirs\n",
        }
    )
    (problem,) = directory.problems()
    assert (problem.code, problem.summary) == ("include-conflict", "services.s conflicts with imported resource")
    assert str(problem.span) == "compose.yaml:5:5"
    assert [str(note.span) for note in problem.notes] == ["inc.yaml:3:5", "compose.yaml:2:5"]


def test_a_cycle_is_refused(files):
    directory = files({"compose.yaml": "include: [a.yaml]\nservices: {}", "a.yaml": "include: [compose.yaml]\nservices: {}"})
    (problem,) = directory.problems()
    assert problem.code == "include-cycle"
    assert problem.summary == "include cycle detected: compose.yaml -> a.yaml -> compose.yaml"


def test_mistakes_of_several_included_files_are_told_together(files):
    directory = files(
        {
            "compose.yaml": "include: [a.yaml, b.yaml, gone.yaml]\nservices: {}",
            "a.yaml": "services: {a: {image: '${X:?}'}}",
            "b.yaml": "services: [",
        }
    )
    assert {problem.code for problem in directory.problems()} == {"missing-variable", "yaml-syntax", "file-not-found"}


@pytest.mark.parametrize(
    ("text", "code", "summary"),
    [
        ("include: a.yaml\nservices: {}", "include-not-a-list", "`include` must be a list"),
        ("include: [5]\nservices: {}", "bad-include", "an `include` entry must name a file"),
        ("include: [{project_directory: x}]\nservices: {}", "bad-include", "an `include` entry must name a file"),
        ("include: [{path: a.yaml, env_file: no.env}]\nservices: {}", "env-file-not-found", None),
        ("include: [{path: a.yaml, env_file: d}]\nservices: {}", "env-file-is-directory", None),
    ],
)
def test_mistakes(text, code, summary, files):
    directory = files({"compose.yaml": text, "a.yaml": "services: {a: {image: i}}", "d/x": ""})
    (problem,) = directory.problems()
    assert problem.code == code
    assert problem.span.file == "compose.yaml"
    assert summary is None or problem.summary == summary


def test_an_unknown_key_is_ignored_with_a_warning(files):
    directory = files(
        {"compose.yaml": "include:\n  - path: a.yaml\n    project_dir: x\nservices: {}", "a.yaml": "services: {a: {image: i}}"}
    )
    (warning,) = directory.load().warnings
    assert (warning.code, str(warning.span), warning.hint) == (
        "unknown-key",
        "compose.yaml:3:5",
        "did you mean `project_directory`?",
    )
