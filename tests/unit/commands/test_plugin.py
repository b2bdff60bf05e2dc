"""Links of the docker command line to this program."""

from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.commands.plugin import install, uninstall
from compose.commands.session import GlobalOptions, Session


@pytest.fixture
def session(tmp_path):
    environ = {"DOCKER_CONFIG": str(tmp_path / "docker")}
    return Session(GlobalOptions(), environ=environ, cwd=str(tmp_path), stop=None, emit=lambda _event: None)


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "bin/compose"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    return str(path)


def test_what_install_makes_uninstall_removes(session, program, tmp_path):
    made = install(session, program, name="pc", standalone=True)
    assert [link.command for link in made] == ["docker pc", "docker-compose"]
    links = [tmp_path / "docker/cli-plugins/docker-pc", tmp_path / "bin/docker-compose"]
    assert [str(link.readlink()) for link in links] == [program, program]
    assert install(session, program, name="pc") == made[:1]
    assert [link.path for link in uninstall(session, program)] == [str(link) for link in links]
    assert not any(link.is_symlink() for link in links)
    assert uninstall(session, program) == ()


def test_several_plugins_are_told_apart(session, program, tmp_path):
    install(session, program, name="compose")
    install(session, program, name="pc")
    assert [link.command for link in uninstall(session, program, name="pc")] == ["docker pc"]
    assert [path.name for path in (tmp_path / "docker/cli-plugins").iterdir()] == ["docker-compose"]


def test_what_others_installed_is_not_touched(session, program, tmp_path):
    folder = tmp_path / "docker/cli-plugins"
    folder.mkdir(parents=True)
    (folder / "docker-compose").write_text("the real one")
    (folder / "docker-buildx").symlink_to("/usr/bin/buildx")
    with pytest.raises(ComposeError, match="is there already and is not this program"):
        install(session, program, name="compose", standalone=True)
    assert not (tmp_path / "bin/docker-compose").exists()
    assert uninstall(session, program) == ()
    assert (folder / "docker-compose").read_text() == "the real one"


def test_a_link_to_an_installation_that_is_gone_is_replaced(session, program, tmp_path):
    folder = tmp_path / "docker/cli-plugins"
    folder.mkdir(parents=True)
    (folder / "docker-pc").symlink_to("/gone/bin/compose")
    install(session, program, name="pc")
    assert str((folder / "docker-pc").readlink()) == program


@pytest.mark.parametrize("name", ["", "A", "a-b", "../x", "1a"])
def test_docker_takes_only_simple_names(session, program, name):
    with pytest.raises(ComposeError, match="invalid plugin name"):
        install(session, program, name=name)


def test_a_directory_that_cannot_be_written_is_an_error(session, program, tmp_path):
    (tmp_path / "docker").write_text("a file")
    with pytest.raises(ComposeError, match="cannot make"):
        install(session, program, name="pc")
