import subprocess

import pytest

from compose.base.errors import InvalidProject
from compose.load.remote import GitReference, Remote, is_remote, parse_git

URL = "https://git.example/shop.git"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (URL, GitReference(url=URL)),
        (f"{URL}#v1", GitReference(url=URL, ref="v1")),
        (f"{URL}#v1:sub/x.yaml", GitReference(url=URL, ref="v1", subdirectory="sub/x.yaml")),
        (f"{URL}#:sub", GitReference(url=URL, subdirectory="sub")),
        ("github.com/ann/shop#main", GitReference(url="https://github.com/ann/shop", ref="main")),
        ("git@host:ann/shop", GitReference(url="git@host:ann/shop")),
        ("ssh://git@host/shop", GitReference(url="ssh://git@host/shop")),
        ("git://host/shop", GitReference(url="git://host/shop")),
    ],
)
def test_git_references(text, reference):
    assert parse_git(text) == reference
    assert is_remote(text)


@pytest.mark.parametrize(
    "text", ["compose.yaml", "./a.git", "/a/b.git", "https://example.com/compose.yaml", "remote:x", "github.com/ann", "-"]
)
def test_what_is_a_path(text):
    assert parse_git(text) is None
    assert not is_remote(text)


@pytest.fixture
def repository(tmp_path):
    """Return a repository and an environment in which URL stands for it."""
    path = tmp_path / "origin"

    def git(*arguments):
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        return subprocess.run(["git", "-C", path, *identity, *arguments], check=True, capture_output=True, text=True).stdout

    path.mkdir()
    git("init", "--quiet", "--initial-branch=main")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    (path / "compose.yaml").write_text("services: {s: {image: one, volumes: ['./d:/d']}}\n")
    (path / "sub").mkdir()
    (path / "sub" / "docker-compose.yml").write_text("services: {t: {image: sub}}\n")
    (path / "out").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    git("tag", "v1")
    (path / "compose.yaml").write_text("services: {s: {image: two}}\n")
    git("commit", "--quiet", "-am", "two")
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{path}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
    }
    return environment, git


def image(directory, environment, reference):
    services = directory.project(files=(reference,), environment=environment).services
    return next(iter(services.values())).image


def test_a_branch_a_tag_a_commit_and_a_directory(directory, repository):
    environment, git = repository
    assert image(directory, environment, URL) == "two"
    assert image(directory, environment, f"{URL}#v1") == "one"
    assert image(directory, environment, f"{URL}#{git('rev-parse', 'v1').strip()}") == "one"
    assert image(directory, environment, f"{URL}#main:sub") == "sub"
    assert image(directory, environment, f"{URL}#main:sub/docker-compose.yml") == "sub"


def test_relative_paths_are_those_of_the_copy_and_the_name_that_of_the_directory(directory, repository):
    environment, git = repository
    project = directory.project(files=(f"{URL}#v1",), environment=environment)
    commit = git("rev-parse", "v1").strip()
    assert project.services["s"].volumes[0].source == f"{environment['XDG_CACHE_HOME']}/docker-compose/{commit}/d"
    assert project.name == "app"


def test_a_commit_is_fetched_once(directory, repository):
    environment, git = repository
    reference = f"{URL}#{git('rev-parse', 'v1').strip()}"
    assert image(directory, environment, reference) == "one"
    assert image(directory, {**environment, "GIT_CONFIG_COUNT": "0"}, reference) == "one"


def test_include_and_extends_take_remote_files(files, repository):
    environment, _ = repository
    directory = files(
        {
            "compose.yaml": f"""
            include: ['{URL}#main:sub']
            services: {{mine: {{extends: {{service: s, file: '{URL}#v1'}}}}}}
            """
        }
    )
    project = directory.project(environment=environment)
    assert {name: service.image for name, service in project.services.items()} == {"mine": "one", "t": "sub"}


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        (f"{URL}#nothing", "remote-failed"),
        (f"{URL}#main:../x", "remote-outside"),
        (f"{URL}#main:/etc", "remote-outside"),
        (f"{URL}#main:out", "remote-outside"),
        (f"{URL}#main:gone", "file-not-found"),
        ("oci://registry.example/shop", "remote-not-supported"),
    ],
)
def test_what_cannot_be_had(reference, code, directory, repository):
    environment, _ = repository
    assert [problem.code for problem in directory.problems(files=(reference,), environment=environment)] == [code]


def test_the_switch(directory, repository):
    environment, _ = repository
    (problem,) = directory.problems(files=(URL,), environment={**environment, "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false"})
    assert problem.summary == 'git remote resource is disabled by "COMPOSE_EXPERIMENTAL_GIT_REMOTE"'


def test_without_git(tmp_path):
    with pytest.raises(InvalidProject) as caught:
        Remote({"PATH": str(tmp_path), "HOME": str(tmp_path)}).local(URL)
    assert caught.value.diagnostics[0].hint == "install Git"


def test_artifacts_are_fetched_by_who_can(directory, tmp_path):
    file = tmp_path / "unpacked" / "compose.yaml"
    file.parent.mkdir()
    file.write_text("services: {s: {image: one, volumes: ['./d:/d']}}\n---\nservices: {s: {image: two}}\n")
    asked = []

    def artifacts(reference):
        asked.append(reference)
        return str(file)

    reference = "oci://registry.example/shop:1"
    project = directory.project(files=(reference,), artifacts=artifacts)
    assert project.services["s"].image == "two"
    assert asked == [reference]


def test_the_switch_of_artifacts(directory):
    environment = {"COMPOSE_EXPERIMENTAL_OCI_REMOTE": "0"}
    (problem,) = directory.problems(files=("oci://registry.example/shop",), environment=environment, artifacts=str)
    assert problem.summary == 'OCI remote resource is disabled by "COMPOSE_EXPERIMENTAL_OCI_REMOTE"'
