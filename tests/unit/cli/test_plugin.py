"""The program as a plugin of the docker command line, and as `docker-compose`."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from compose import __version__
from compose.cli.commands import version as version_command
from compose.cli.plugin import follow_docker
from compose.cli.runtime import Runtime

DOCKER = {"DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND": "/usr/bin/docker"}


@pytest.fixture
def docker(compose):
    """Call the program as docker calls its plugin `pc`."""

    def call(*arguments, **rest):
        return compose(*arguments, program="/home/u/.docker/cli-plugins/docker-pc", **DOCKER, **rest)

    return call


def test_docker_is_told_what_this_is(docker):
    said = json.loads(docker("docker-cli-plugin-metadata").out)
    assert (said["SchemaVersion"], said["Version"]) == ("0.1.0", f"v{__version__}")
    assert said["Vendor"]
    assert said["ShortDescription"]


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("pc", "version"), f"compose version v{__version__}\n"),
        (("--context", "x", "-D", "pc", "version"), f"compose version v{__version__}\n"),
        (("pc",), "Usage:  docker pc [OPTIONS] COMMAND\n"),
        (("pc", "down", "--help"), "Usage:  docker pc down [OPTIONS] [SERVICE...]\n"),
        (("help", "pc", "down"), "Usage:  docker pc down [OPTIONS] [SERVICE...]\n"),
        (("__complete", "pc", "vol"), "volumes\tList volumes\n"),
    ],
)
def test_docker_puts_the_name_of_the_plugin_among_the_arguments(docker, arguments, first):
    result = docker(*arguments)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(first)


def test_messages_name_the_command_as_the_user_wrote_it(docker, compose):
    assert 'unknown command "x" for "docker pc ls"' in docker("pc", "ls", "x").err
    assert 'unknown docker command: "pc nope"' in docker("pc", "nope").err
    assert 'unknown command "x" for "docker compose ls"' in compose("ls", "x", program="/usr/bin/docker-compose").err


def test_a_plugin_that_calls_this_program_does_not_make_it_one(compose):
    assert compose("version", program="/usr/bin/compose", **DOCKER).out.startswith("compose version")


@pytest.mark.parametrize("argument", ["-v", "--version", "version"])
def test_docker_compose_is_the_same_program(compose, argument):
    assert compose(argument, program="docker-compose").out == f"compose version v{__version__}\n"
    assert compose("-h", program="docker-compose").out.startswith("Usage:  docker-compose [OPTIONS] COMMAND\n")


@pytest.fixture
def seen(monkeypatch, process):
    """Run `version` and give the runtime it ran in."""

    def run(*arguments, **environ):
        from compose.cli.main import main  # noqa: PLC0415 - after the patches of a test

        found = []
        monkeypatch.setattr(Runtime, "of", staticmethod(lambda context: found.append(context.find_root().obj) or found[0]))
        monkeypatch.setattr(version_command.use_case, "version", lambda: "1")
        assert main(process(*arguments, "version", **environ)) == 0
        return found[0]

    return run


def test_flags_of_the_docker_command_line_are_understood(seen):
    files = ("--tlscacert", "ca", "--tlscert=cert", "--tlskey", "key")
    runtime = seen("-c", "there", "--config", "/d", "-l", "debug", "--tlsverify", *files)
    assert runtime.options.context == "there"
    assert runtime.environ == {
        "DOCKER_CONFIG": "/d",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_TLSCACERT": "ca",
        "DOCKER_TLSCERT": "cert",
        "DOCKER_TLSKEY": "key",
    }


def test_flags_win_over_the_variables_they_stand_for(seen):
    assert "DOCKER_TLS_VERIFY" not in seen("--tlsverify=false", DOCKER_TLS_VERIFY="1").environ
    assert seen("-D").is_debugging


def test_the_end_of_docker_is_noticed(tmp_path):
    address = str(tmp_path / "s")
    ended = threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()
        follow_docker({"DOCKER_CLI_PLUGIN_SOCKET": address}, ended.set)
        connection, _ = server.accept()
        assert not ended.is_set()
        connection.close()
    assert ended.wait(10)


def test_a_socket_that_is_gone_ends_nothing(tmp_path):
    before = threading.active_count()
    follow_docker({}, pytest.fail)
    assert threading.active_count() == before
    ended = threading.Event()
    follow_docker({"DOCKER_CLI_PLUGIN_SOCKET": str(tmp_path / "none")}, ended.set)
    for thread in threading.enumerate():
        if thread.name == "docker":
            thread.join(10)
    assert not ended.is_set()
