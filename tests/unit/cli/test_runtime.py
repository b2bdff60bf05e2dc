from __future__ import annotations

import json

import pytest

from compose.cli.process import working_directory
from compose.cli.runtime import Runtime


@pytest.mark.parametrize(
    ("typed", "terminal", "answer"),
    [
        ("y\n", False, True),
        ("1", False, True),
        ("True and more\n", False, True),
        ("yes\n", False, False),
        ("", False, False),
        ("n\n", False, False),
        ("yes\n", True, True),
        ("Y\n", True, True),
        ("\n", True, False),
    ],
)
def test_only_a_clear_yes_confirms(process, typed, terminal, answer):
    assert Runtime(process(stdin=typed, terminal=terminal)).confirm("Remove?") is answer


def test_the_question_is_on_stdout_with_its_default_where_somebody_reads_it(process):
    piped, typed = process(), process(terminal=True)
    Runtime(piped).confirm("Remove?")
    Runtime(typed).confirm("Remove?")
    assert piped.stdout.getvalue() == "Remove?"
    assert typed.stdout.getvalue() == "Remove? [y/N]: "


@pytest.mark.parametrize(
    ("typed", "terminal", "answer"), [("\n", True, True), ("n\n", True, False), ("", True, False), ("\n", False, False)]
)
def test_an_empty_line_at_a_terminal_is_the_default(process, typed, terminal, answer):
    stage = process(stdin=typed, terminal=terminal)
    assert Runtime(stage).confirm("Proceed?", default=True) is answer
    assert ("[Y/n]" in stage.stdout.getvalue()) is terminal


def test_sources_are_read_relative_to_the_caller(process, tmp_path):
    (tmp_path / "a.yaml").write_text("x: 1\n")
    runtime = Runtime(process())
    assert runtime.source("a.yaml") == "x: 1\n"
    assert runtime.source(str(tmp_path / "a.yaml")) == "x: 1\n"
    assert runtime.source("none.yaml") is None
    assert runtime.source("-") is None


def test_docker_settings_are_texts_or_nothing(process, tmp_path):
    assert Runtime(process(DOCKER_CONFIG=str(tmp_path))).docker_setting("psFormat") == ""
    (tmp_path / "config.json").write_text(json.dumps({"psFormat": "{{.Name}}", "auths": {}}))
    runtime = Runtime(process(DOCKER_CONFIG=str(tmp_path)))
    assert (runtime.docker_setting("psFormat"), runtime.docker_setting("auths")) == ("{{.Name}}", "")
    (tmp_path / "config.json").write_text("{broken")
    assert runtime.docker_setting("psFormat") == ""


def test_the_directory_keeps_the_name_the_shell_knows(tmp_path, monkeypatch):
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    monkeypatch.chdir(link)
    assert working_directory({"PWD": str(link)}) == str(link)
    assert working_directory({"PWD": str(tmp_path)}) == str(real)
    assert working_directory({}) == str(real)
