import pytest


def service(directory, name="s", **fields):
    return directory.project(**fields).services[name]


def test_a_service_builds_on_another_of_the_same_file(files):
    directory = files(
        {
            "compose.yaml": """
            services:
              base: {image: i, environment: {A: 1, B: 1}, ports: ['80:80'], depends_on: [other]}
              other: {image: o}
              s: {extends: base, environment: {B: 2}, ports: ['90:90']}
              t: {extends: {service: base}, image: j}
            """
        }
    )
    found = service(directory)
    assert (found.image, found.environment) == ("i", {"A": "1", "B": "2"})
    assert [port.published for port in found.ports] == ["80", "90"]
    assert list(found.depends_on) == ["other"]
    assert service(directory, "t").image == "j"
    assert service(directory, "base").environment == {"A": "1", "B": "1"}


def test_chains_are_followed_in_any_order(files):
    directory = files({"compose.yaml": "services: {s: {extends: t}, t: {extends: u, hostname: t}, u: {image: i, hostname: u}}"})
    assert (service(directory).image, service(directory).hostname) == ("i", "t")


def test_paths_of_another_file_are_relative_to_it(files):
    directory = files(
        {
            "compose.yaml": "services: {s: {extends: {service: base, file: sub/base.yaml}, volumes: ['./mine:/m']}}",
            "sub/base.yaml": """
            services:
              base: {extends: {service: deep, file: deep/deep.yaml}, build: ./ctx, volumes: ['./data:/d', 'n1:/n'], env_file: x}
            volumes: {n1: }
            """,
            "sub/deep/deep.yaml": "services: {deep: {image: i, label_file: ./labels}}",
            "sub/x": "FROM=sub",
            "sub/deep/labels": "l=1",
        }
    )
    problems = directory.problems()
    assert [problem.code for problem in problems] == ["undefined-volume"]
    project = directory.project(no_consistency=True)
    found = project.services["s"]
    root = str(directory.path)
    assert found.build.context == f"{root}/sub/ctx"
    assert [mount.source for mount in found.volumes] == [f"{root}/sub/data", "n1", f"{root}/mine"]
    assert found.environment == {"FROM": "sub"}
    assert found.labels == {"l": "1"}
    assert project.volumes == {}


def test_the_other_file_sees_the_same_variables(files):
    directory = files(
        {
            "compose.yaml": "services: {s: {extends: {service: base, file: b.yaml}}}",
            "b.yaml": "services: {base: {image: '${IMAGE}'}}",
            ".env": "IMAGE=i",
        }
    )
    assert service(directory).image == "i"


def test_reset_takes_from_the_base(files):
    directory = files(
        {
            "compose.yaml": """
            services:
              base: {image: i, ports: ['80:80'], environment: {A: 1}}
              s: {extends: base, ports: !reset null, environment: !override {B: 2}}
            """
        }
    )
    assert service(directory).ports == ()
    assert service(directory).environment == {"B": "2"}


def test_an_empty_base_adds_nothing(files):
    directory = files(
        {"compose.yaml": "services: {s: {extends: {service: base, file: b.yaml}, image: i}}", "b.yaml": "services: {base: }"}
    )
    assert service(directory).image == "i"


def test_values_are_placed_where_they_are_written(files):
    directory = files(
        {
            "compose.yaml": "services:\n  s:\n    extends: {service: base, file: b.yaml}\n    environment:\n      B: 2\n",
            "b.yaml": "services:\n  base:\n    image: i\n    environment:\n      A: 1\n      B: 1\n",
        }
    )
    places = directory.load().model.places
    assert str(places.nearest(("services", "s", "image"))) == "b.yaml:3:12"
    assert str(places.nearest(("services", "s", "environment", "A"))) == "b.yaml:5:10"
    layers = places.layers(("services", "s", "environment", "B"))
    assert [(str(layer.span), layer.via) for layer in layers] == [("compose.yaml:5:10", ""), ("b.yaml:6:10", "extends")]
    assert str(layers[1].cause).startswith("compose.yaml:3:")


@pytest.mark.parametrize(
    ("text", "code", "summary", "hint"),
    [
        (
            "services: {s: {extends: bse}, base: {image: i}}",
            "extends-unknown-service",
            'cannot extend service "s" in compose.yaml: service "bse" not found',
            "did you mean `base`?",
        ),
        (
            "services: {s: {extends: {service: x, file: b.yaml}}}",
            "extends-unknown-service",
            'cannot extend service "s" in compose.yaml: service "x" not found in b.yaml',
            "",
        ),
        (
            "services: {s: {extends: {service: x, file: none.yaml}}}",
            "extends-no-services",
            'cannot extend service "s" in none.yaml: no services section',
            "",
        ),
        ("services: {s: {extends: {file: b.yaml}}}", "extends-without-service", "extends.s.service is required", None),
        ("services: {s: {extends: {service: base, file: gone.yaml}}}", "file-not-found", None, None),
    ],
)
def test_mistakes(text, code, summary, hint, files):
    directory = files({"compose.yaml": text, "b.yaml": "services: {base: {image: i}}", "none.yaml": "volumes: {v: }"})
    (problem,) = directory.problems()
    assert problem.code == code
    assert problem.span.file == "compose.yaml"
    assert summary is None or problem.summary == summary
    assert hint is None or problem.hint == hint


def test_a_circle_shows_every_edge(files):
    directory = files(
        {
            "compose.yaml": "services:\n  a:\n    extends: b\n  b:\n    extends: {service: c, file: other.yaml}\n",
            "other.yaml": "services:\n  c:\n    extends: {service: a, file: compose.yaml}\n",
        }
    )
    problem = directory.problems()[0]
    assert problem.code == "extends-cycle"
    assert problem.summary.startswith("Circular reference: ")
    assert {str(note.span).split(":")[0] for note in problem.notes} == {"compose.yaml", "other.yaml"}
    assert "  extends c in other.yaml" in problem.detail


def test_a_service_cannot_extend_itself(files):
    (problem,) = files({"compose.yaml": "services: {a: {image: i, extends: a}}"}).problems()
    assert problem.summary == "Circular reference: a -> a"
