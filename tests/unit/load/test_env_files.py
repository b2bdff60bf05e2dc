import pytest


def service(directory, **fields):
    return directory.project(**fields).services["s"]


def test_files_are_folded_in_order_under_environment(files):
    directory = files(
        {
            "compose.yaml": "services: {s: {image: i, env_file: [a.env, sub/b.env], environment: {C: own}}}",
            "a.env": "A=a\nB=a\nC=a",
            "sub/b.env": "B=b\nC=b",
        }
    )
    found = service(directory)
    assert found.environment == {"A": "a", "B": "b", "C": "own"}
    assert found.env_file == ()


def test_variables_in_a_file_see_the_project_then_the_service_then_earlier_lines(files):
    directory = files(
        {
            "compose.yaml": "services: {s: {image: i, env_file: a.env, environment: {S: service, P: service}}}",
            "a.env": "L=line\nOUT=$P-$S-$L\nP=line\nBARE\n",
        }
    )
    environment = service(directory, environment={"P": "project", "BARE": "given"}).environment
    assert environment["OUT"] == "project-service-line"
    assert environment["P"] == "service"
    assert environment["BARE"] == "given"


def test_a_bare_variable_is_not_filled_by_a_file(files):
    directory = files(
        {"compose.yaml": "services: {s: {image: i, env_file: a.env, environment: [X, Y]}}", "a.env": "X=file\nY=file"}
    )
    assert service(directory, environment={"Y": "process"}).environment == {"X": None, "Y": "process"}


def test_raw_files_are_taken_as_they_are(files):
    directory = files(
        {"compose.yaml": "services: {s: {image: i, env_file: [{path: a.env, format: raw}]}}", "a.env": "A='$X' # y\n"}
    )
    assert service(directory).environment == {"A": "'$X' # y"}


def test_a_file_may_be_optional(files):
    directory = files({"compose.yaml": "services: {s: {image: i, env_file: [{path: no.env, required: false}]}}"})
    assert service(directory).environment == {}


def test_every_mistake_of_all_services_is_told(files):
    directory = files(
        {
            "compose.yaml": """
            services:
              s:
                image: i
                env_file:
                  - no.env
                  - bad.env
              t:
                image: i
                env_file: [{path: a.env, format: odd}]
                label_file: gone
            """,
            "bad.env": "A B=1",
            "a.env": "",
        }
    )
    root = str(directory.path)
    assert [(problem.summary, str(problem.span)) for problem in directory.problems()] == [
        (f"env file {root}/no.env not found: stat {root}/no.env: no such file or directory", "compose.yaml:5:9"),
        ("failed to read bad.env: line 1: key cannot contain a space", "bad.env:1:1"),
        ('unsupported env_file format "odd"', "compose.yaml:9:16"),
        (f"label file {root}/gone not found", "compose.yaml:10:17"),
    ]


def test_files_of_services_that_are_not_selected_are_never_opened(files):
    directory = files(
        {"compose.yaml": "services: {s: {image: i}, t: {image: i, env_file: n}, u: {image: i, profiles: [p], env_file: n}}"}
    )
    assert list(directory.project(services=("s",)).services) == ["s"]
    assert list(directory.project(no_env_resolution=True).services) == ["s", "t"]


def test_labels_win_over_label_files_which_see_no_environment(files):
    directory = files(
        {
            "compose.yaml": "services: {s: {image: i, label_file: [a, b], labels: {own: o, x: o}}}",
            "a": "x=a\ny=a",
            "b": "y=b-$x-$HOME",
        }
    )
    found = service(directory)
    assert found.labels == {"own": "o", "x": "o", "y": "b-a-"}
    assert found.label_file == ()


def test_values_are_placed_in_the_file_that_sets_them(files):
    directory = files(
        {
            "compose.yaml": "services:\n  s:\n    image: i\n    env_file: [a.env, b.env]\n    environment:\n      - C=own\n",
            "a.env": "A=a\nB=a\n",
            "b.env": "B=b\nC=b\n",
        }
    )
    places = directory.load().model.places

    def layers(name):
        return [str(layer.span) for layer in places.layers(("services", "s", "environment", name))]

    assert layers("A") == ["a.env:1:3"]
    assert layers("B") == ["b.env:1:3", "a.env:2:3"]
    assert layers("C") == ["compose.yaml:6:9", "b.env:2:3"]


@pytest.mark.parametrize("value", ["hunter2", "'hunter2"])
def test_no_problem_quotes_a_value(files, value):
    directory = files({"compose.yaml": "services: {s: {image: i, env_file: a.env}}", "a.env": f"PASSWORD={value}\nhunter2/x\n"})
    assert "hunter2" not in repr(directory.problems())
