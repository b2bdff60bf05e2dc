import pytest

from compose.load.names import normal
from compose.load.pipeline import project_name

SERVICE = "services: {s: {image: i}}\n"


@pytest.mark.parametrize(
    ("text", "name"), [("My.Proj", "myproj"), ("Foo.Bar_1", "foobar_1"), ("_-a-_", "a-_"), ("ÄÖ", ""), ("1a", "1a")]
)
def test_names_are_normalised(text, name):
    assert normal(text) == name


def test_precedence(files):
    directory = files({"a.yaml": "name: In.File\n" + SERVICE, "b.yaml": SERVICE, ".env": ""})
    assert directory.project(files=("b.yaml",)).name == "app"
    assert directory.project(files=("a.yaml", "b.yaml")).name == "infile"
    assert directory.project(files=("a.yaml",), environment={"COMPOSE_PROJECT_NAME": "env"}).name == "env"
    assert directory.project(files=("a.yaml",), environment={"COMPOSE_PROJECT_NAME": "env"}, project_name="flag").name == "flag"


def test_the_last_name_of_all_documents_counts_and_is_interpolated(files):
    directory = files({"compose.yaml": f"name: one\n{SERVICE}---\nname: two-${{N:-x}}\n"})
    assert directory.project().name == "two-x"
    assert directory.project(environment={"N": "y"}).name == "two-y"


def test_the_name_may_be_used_in_the_files(files):
    directory = files({"compose.yaml": "name: shop\nservices: {s: {image: '${COMPOSE_PROJECT_NAME}-x'}}\n"})
    assert directory.project().services["s"].image == "shop-x"


@pytest.mark.parametrize("fields", [{"project_name": "My.Proj"}, {"environment": {"COMPOSE_PROJECT_NAME": "My.Proj"}}])
def test_a_given_name_must_be_normal(files, fields):
    (problem,) = files({"compose.yaml": SERVICE}).problems(**fields)
    assert problem.code == "invalid-project-name"
    assert problem.summary.startswith('invalid project name "My.Proj": must consist only of lowercase')
    assert "`myproj` would do" in problem.hint


def test_a_name_that_leaves_nothing(files, tmp_path):
    (tmp_path / "___").mkdir()
    (tmp_path / "___" / "compose.yaml").write_text(SERVICE)
    (problem,) = files({}).problems(project_directory="../___")
    assert problem.summary == "project name must not be empty"


def test_a_symlinked_directory_gives_its_own_name_with_a_warning(files, tmp_path):
    directory = files({"compose.yaml": SERVICE})
    (tmp_path / "link").symlink_to(directory.path)
    loaded = directory.load(project_directory="../link")
    assert loaded.project.name == "link"
    assert [warning.code for warning in loaded.warnings] == ["name-from-symlink"]


def test_the_name_alone(files):
    directory = files({"compose.yaml": "name: shop\nservices: 5\n"})
    assert project_name(directory.request()) == "shop"
    assert project_name(directory.request(project_name="given")) == "given"


def test_no_name_without_files(directory):
    assert project_name(directory.request(cwd="")) is None
    assert project_name(directory.request(cwd="", environment={"COMPOSE_PROJECT_NAME": "env"})) == "env"


@pytest.mark.parametrize("name", ["123", "1.5", "true", "null", "[a]"])
def test_a_name_that_is_no_text_is_refused_at_its_place(files, name):
    (problem,) = files({"compose.yaml": f"name: {name}\n{SERVICE}"}).problems()
    assert (problem.code, problem.summary, problem.span.line) == ("wrong-type", "name must be a string", 1)


def test_a_name_of_which_nothing_is_left_is_refused(files):
    (problem,) = files({"compose.yaml": f"name: '_'\n{SERVICE}"}).problems()
    assert problem.code == "empty-project-name"


def test_a_variable_missing_in_the_name_is_told_once_and_with_all_else(files):
    problems = files({"compose.yaml": "name: ${N:?}\nservices: {s: {imag: i}}\n"}).problems()
    assert sorted(problem.code for problem in problems) == ["missing-variable", "unknown-key"]
