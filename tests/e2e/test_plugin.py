"""The program as a plugin of the docker command line, called as docker calls it."""

from __future__ import annotations

import os
import socket
import subprocess

import pytest

pytestmark = pytest.mark.engine


def test_a_plugin_ends_when_docker_wants_it_to(stack):
    stack.write("services: {web: {image: busybox, command: sleep 600, stop_grace_period: 0s}}\n")
    configuration = {"DOCKER_CONFIG": str(stack.folder / "docker")}
    stack.compose("up", "-d")
    stack.compose("plugin", "install", "--name", "pc", env=configuration)
    program = stack.folder / "docker/cli-plugins/docker-pc"
    address = str(stack.folder / "socket")
    environment = {
        **os.environ,
        "COMPOSE_PROJECT_NAME": stack.name,
        "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND": "docker",
        "DOCKER_CLI_PLUGIN_SOCKET": address,
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()
        plugin = subprocess.Popen([program, "-D", "pc", "wait", "web"], cwd=stack.folder, env=environment)
        connection, _ = server.accept()
        connection.close()
        assert plugin.wait(60) == 130
    assert stack.states() == {"web-1": "running"}
    stack.compose("plugin", "uninstall", env=configuration)
    assert not program.is_symlink()
