from __future__ import annotations

import pytest

from compose.base import labels
from compose.load.instances import resolve
from compose.load.pipeline import project_name

FILE = {
    "compose.yaml": """
    name: shop
    services: {a: {image: i, environment: {P: "${COMPOSE_PROJECT_NAME}"}, volumes: ["data:/d"]}}
    volumes: {data: }
    """
}


def test_a_copy_has_its_own_name_everywhere(files):
    project = files(FILE).project(instance="b")
    assert (project.name, project.instance) == ("shop-b", "b")
    assert project.services["a"].environment["P"] == "shop-b"
    assert project.volumes["data"].name == "shop-b_data"
    assert project.labels == {labels.INSTANCE: "b", labels.INSTANCE_OF: "shop"}


@pytest.mark.parametrize(
    ("env_file", "environment", "name"),
    [("COMPOSE_INSTANCE=c", {}, "shop-c"), ("COMPOSE_INSTANCE=c", {"COMPOSE_INSTANCE": "d"}, "shop-d"), ("X=1", {}, "shop")],
)
def test_the_environment_may_name_the_copy(files, env_file, environment, name):
    directory = files({**FILE, ".env": env_file})
    assert directory.project(environment=environment).name == name
    assert project_name(directory.request(environment=environment)) == name


def test_a_copy_of_a_project_named_on_the_command_line(files):
    assert files(FILE).project(project_name="other", instance="b").name == "other-b"


def test_a_name_that_names_cannot_have_is_refused(files):
    assert [one.code for one in files(FILE).problems(instance="b/c")] == ["invalid-instance-name"]


def test_auto_is_the_worktree_and_differs_for_those_of_one_name(tmp_path):
    names = []
    for place in ("one/shop-feature", "two/shop-feature"):
        below = tmp_path / place / "deploy"
        below.mkdir(parents=True)
        (below.parent / ".git").write_text("gitdir: elsewhere")
        names.append(resolve("auto", "shop", str(below)))
        assert resolve("auto", "shop", str(below.parent)) == names[-1]
    assert all(name.startswith("feature-") for name in names)
    assert names[0] != names[1]


def test_auto_without_git_is_the_directory(tmp_path):
    directory = tmp_path / "shop"
    directory.mkdir()
    assert len(resolve("auto", "shop", str(directory))) == 4
