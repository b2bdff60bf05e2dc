from __future__ import annotations

import json

import pytest

from compose.base.errors import ComposeError
from compose.commands.models import with_models
from compose.commands.session import GlobalOptions, Session
from compose.commands.stopping import Cancellation

PLUGIN = """#!/bin/sh
echo "$@" >> "$FOLDER/calls"
case "$1" in
ls) cat "$FOLDER/ls";;
status) echo '{"endpoint": "http://runner/v1"}';;
docker-cli-plugin-metadata) echo '{"Version": "v1.0.6"}';;
pull) test ! -e "$FOLDER/broken" || { echo no such model >&2; exit 3; };;
esac
"""
FILE = """
services:
  app:
    image: i
    models:
      my-llm:
      other: {model_var: NAME, endpoint_var: WHERE}
  plain: {image: i}
models:
  my-llm: {model: ai/small, context_size: 4096, runtime_flags: [--temp, "0.1"]}
  other: {model: ai/big}
"""


@pytest.fixture
def project(tmp_path):
    """Load a project with models, with a plugin that writes down what it is asked; returns session and project."""
    program = tmp_path / "docker" / "cli-plugins" / "docker-model"
    program.parent.mkdir(parents=True)
    program.write_text(PLUGIN)
    program.chmod(0o755)
    (tmp_path / "compose.yaml").write_text(FILE)
    (tmp_path / "ls").write_text(json.dumps([{"tags": ["ai/big"]}]))

    def make(**options):
        environ = {"DOCKER_CONFIG": str(tmp_path / "docker"), "FOLDER": str(tmp_path), "DOCKER_HOST": "unix:///nowhere"}
        events = []
        session = Session(GlobalOptions(**options), environ=environ, cwd=str(tmp_path), stop=Cancellation(), emit=events.append)
        session.events = events
        return session, session.load()

    return make


def calls(tmp_path):
    return (tmp_path / "calls").read_text().splitlines()


def test_models_are_pulled_where_they_are_not_there_and_configured(project, tmp_path):
    session, loaded = project()
    with_models(session, loaded)
    assert calls(tmp_path) == [
        "ls --json",
        "pull ai/small",
        "docker-cli-plugin-metadata",
        "configure --context-size 4096 ai/small -- --temp 0.1",
        "configure ai/big",
        "status --json",
    ]
    assert [(event.resource, event.action) for event in session.events] == [
        ("Model my-llm", "Pulling"),
        ("Model my-llm", "Pulled"),
        ("Model my-llm", "Configuring"),
        ("Model my-llm", "Configured"),
        ("Model other", "Configuring"),
        ("Model other", "Configured"),
    ]


def test_services_learn_name_and_address_from_variables(project):
    services = with_models(*project()).services
    assert services["app"].environment == {
        "MY_LLM_MODEL": "ai/small",
        "MY_LLM_URL": "http://runner/v1",
        "NAME": "ai/big",
        "WHERE": "http://runner/v1",
    }
    assert services["plain"].environment == {}


def test_a_dry_run_only_asks(project, tmp_path):
    services = with_models(*project(dry_run=True)).services
    assert calls(tmp_path) == ["status --json"]
    assert services["app"].environment["MY_LLM_URL"] == "http://runner/v1"


def test_what_the_plugin_says_of_a_failure_is_told(project, tmp_path):
    (tmp_path / "broken").touch()
    with pytest.raises(ComposeError, match="cannot pull model `ai/small`: exit status 3") as failure:
        with_models(*project())
    (told,) = failure.value.diagnostics
    assert (told.code, told.detail, told.span.line) == ("model-failed", "no such model", 10)


def test_an_answer_that_is_no_json_is_told(project, tmp_path):
    (tmp_path / "ls").write_text("oh")
    with pytest.raises(ComposeError, match="error checking available models: its answer is no JSON"):
        with_models(*project())


def test_a_missing_plugin_is_told(project, tmp_path, monkeypatch):
    monkeypatch.setattr("compose.commands.providers._PLUGIN_DIRECTORIES", ())
    (tmp_path / "docker" / "cli-plugins" / "docker-model").unlink()
    with pytest.raises(ComposeError, match="'models' support requires Docker Model plugin"):
        with_models(*project())


def test_a_project_without_models_needs_no_plugin(project, tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: i}}")
    session, loaded = project()
    assert with_models(session, loaded) is loaded
    assert not (tmp_path / "calls").exists()
