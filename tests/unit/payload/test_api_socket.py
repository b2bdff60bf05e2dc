import pytest

from compose.base.errors import ComposeError
from compose.payload.api_socket import with_api_socket
from compose.payload.container import render_container
from compose.payload.payloads import FileCopy
from compose.state.observed import EngineFacts

LINUX = EngineFacts()


def test_the_socket_and_the_credentials_come_into_the_container(make, project_of):
    project = with_api_socket(
        project_of(make("web", image="x", use_api_socket=True), make("db", image="x")), '{"auths":{}}', LINUX
    )
    payload = render_container(project, project.services["web"], 1, LINUX)
    assert payload.body["HostConfig"]["Binds"] == ["/var/run/docker.sock:/var/run/docker.sock:rw"]
    assert payload.body["Env"] == ["DOCKER_CONFIG=/run/secrets/docker"]
    (file,) = payload.files
    assert file == FileCopy(target="/run/secrets/docker/config.json", content=b'{"auths":{}}', secret=True, label="#apisocket")
    other = render_container(project, project.services["db"], 1, LINUX)
    assert (other.files, "Binds" in other.body["HostConfig"]) == ((), False)


def test_a_configuration_of_ones_own_is_left_alone(make, project_of):
    service = make("web", image="x", use_api_socket=True, environment={"DOCKER_CONFIG": "/mine"})
    project = with_api_socket(project_of(service), "{}", LINUX)
    assert project.services["web"].environment == {"DOCKER_CONFIG": "/mine"}


def test_a_project_that_does_not_want_it_is_left_alone(make, project_of):
    project = project_of(make("web", image="x"))
    assert with_api_socket(project, "{}", EngineFacts(os="windows")) is project


def test_windows_engines_cannot(make, project_of):
    with pytest.raises(ComposeError, match="use_api_socket can't be used with a Windows Docker Engine"):
        with_api_socket(project_of(make("web", image="x", use_api_socket=True)), "{}", EngineFacts(os="windows"))
