import pytest

SERVICE = "services: {s: {image: %s}}\n"


def image(directory, **fields):
    return directory.project(**fields).services["s"].image


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("compose.yaml", "compose.yml"), "compose.yaml"),
        (("docker-compose.yaml", "compose.yml"), "compose.yml"),
        (("docker-compose.yaml", "docker-compose.yml"), "docker-compose.yml"),
    ],
)
def test_the_first_of_the_known_names_wins_with_a_warning(files, names, chosen):
    directory = files({name: SERVICE % name for name in names})
    loaded = directory.load()
    assert loaded.project.services["s"].image == chosen
    (warning,) = [warning for warning in loaded.warnings if warning.code == "several-compose-files"]
    assert warning.summary.startswith("Found multiple config files with supported names: ")
    assert warning.detail.endswith(f"/{chosen}")


def test_an_override_file_beside_a_found_one_is_merged_over_it(files):
    directory = files({"compose.yaml": SERVICE % "a", "compose.override.yml": SERVICE % "b"})
    assert image(directory) == "b"
    assert image(directory, files=("compose.yaml",)) == "a"


def test_parents_are_searched_and_become_the_project_directory(files):
    directory = files({"compose.yaml": SERVICE % "a", "sub/deep/x": ""})
    project = directory.project(cwd="sub/deep")
    assert project.directory == str(directory.path)
    assert project.name == "app"


def test_files_are_merged_in_the_order_given(files):
    directory = files({"a.yaml": SERVICE % "a", "sub/b.yaml": SERVICE % "b"})
    project = directory.project(files=("a.yaml", "sub/b.yaml"))
    assert project.services["s"].image == "b"
    assert project.directory == str(directory.path)
    assert project.files == (f"{directory.path}/a.yaml", f"{directory.path}/sub/b.yaml")
    assert directory.project(files=("sub/b.yaml", "a.yaml")).directory == f"{directory.path}/sub"


def test_standard_input_is_a_file(files):
    directory = files({"a.yaml": SERVICE % "a"})
    project = directory.project(files=("a.yaml", "-"), stdin=lambda: SERVICE % "in")
    assert project.services["s"].image == "in"
    assert project.files[1] == "-"


def test_several_documents_of_a_file_are_merged_in_order(files):
    directory = files({"compose.yaml": SERVICE % "a" + "---\n" + SERVICE % "b"})
    assert image(directory) == "b"


def test_the_variable_names_files(files):
    directory = files({"a.yaml": SERVICE % "a", "b.yaml": SERVICE % "b"})
    assert image(directory, environment={"COMPOSE_FILE": "a.yaml:b.yaml"}) == "b"
    assert image(directory, environment={"COMPOSE_FILE": "b.yaml;a.yaml", "COMPOSE_PATH_SEPARATOR": ";"}) == "a"
    assert image(directory, environment={"COMPOSE_FILE": "a.yaml"}, files=("b.yaml",)) == "b"


def test_the_variable_may_stand_in_the_env_file(files):
    directory = files({"a.yaml": SERVICE % "a", ".env": "COMPOSE_FILE=a.yaml\n"})
    assert image(directory) == "a"


def test_every_missing_file_of_the_variable_is_told(directory):
    problems = directory.problems(environment={"COMPOSE_FILE": "a.yaml:b.yaml"})
    assert [problem.summary.rpartition("/")[2] for problem in problems] == [
        "a.yaml: no such file or directory",
        "b.yaml: no such file or directory",
    ]


def test_no_file_at_all(directory):
    (problem,) = directory.problems(cwd="")
    assert problem.code == "no-compose-file"
    assert problem.summary == "no configuration file provided: not found"


def test_missing_given_file(directory):
    (problem,) = directory.problems(files=("nothing.yaml",))
    assert problem.summary == f"open {directory.path}/nothing.yaml: no such file or directory"


def test_the_project_directory_moves_relative_paths(files):
    directory = files({"a.yaml": "services: {s: {image: i, volumes: ['./x:/x']}}\n", "other/y": ""})
    project = directory.project(files=("a.yaml",), project_directory="other")
    assert project.directory == f"{directory.path}/other"
    assert project.services["s"].volumes[0].source == f"{directory.path}/other/x"


VARIABLE = "services: {s: {image: '${A:-}|${B:-}|${C:-}'}}\n"


def test_the_process_wins_over_env_files_and_later_ones_over_earlier(files):
    directory = files({"compose.yaml": VARIABLE, "1.env": "A=1\nB=1\nC=1", "2.env": "B=2\nC=2"})
    assert image(directory, env_files=("1.env", "2.env"), environment={"C": "process"}) == "1|2|process"


def test_the_default_env_file_is_read_unless_others_are_given_or_it_is_disabled(files):
    directory = files({"compose.yaml": VARIABLE, ".env": "A=default", "other.env": "B=other"})
    assert image(directory) == "default||"
    assert image(directory, env_files=("other.env",)) == "|other|"
    assert image(directory, environment={"COMPOSE_ENV_FILES": "other.env,"}) == "|other|"
    assert image(directory, environment={"COMPOSE_DISABLE_ENV_FILE": "true"}) == "||"


def test_only_given_env_files_are_recorded(files):
    directory = files({"compose.yaml": VARIABLE, ".env": "A=1", "other.env": "B=2"})
    assert directory.project().env_files == ()
    assert directory.project(env_files=("other.env",)).env_files == (f"{directory.path}/other.env",)


def test_the_env_file_of_a_found_parent_adds_to_that_of_the_directory(files):
    directory = files({"compose.yaml": VARIABLE, ".env": "A=parent\nB=parent", "sub/.env": "A=sub"})
    assert image(directory, cwd="sub") == "sub|parent|"


def test_missing_and_broken_env_files(files):
    directory = files({"compose.yaml": VARIABLE, "bad.env": "A B=1\n", "d/x": ""})
    assert directory.problems(env_files=("no.env",))[0].summary == f"couldn't find env file: {directory.path}/no.env"
    assert directory.problems(env_files=("d",))[0].summary == f"{directory.path}/d is a directory"
    assert directory.problems(env_files=("bad.env",))[0].summary == "failed to read bad.env: line 1: key cannot contain a space"


def test_a_malformed_switch_is_told(files):
    from compose.base.errors import ComposeError  # noqa: PLC0415

    directory = files({"compose.yaml": VARIABLE})
    with pytest.raises(ComposeError) as caught:
        directory.load(environment={"COMPOSE_DISABLE_ENV_FILE": "maybe"})
    assert caught.value.diagnostics[0].code == "bad-boolean-variable"
