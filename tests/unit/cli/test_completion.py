from __future__ import annotations

import shutil
import subprocess

import pytest

from compose.cli import scripts
from compose.cli.completion import NO_FILES, NO_SPACE, offer
from compose.cli.root import group
from compose.commands.session import GlobalOptions

NAMES = {"services": ("api", "db", "web"), "profiles": ("debug",), "projects": ("blog", "shop")}


@pytest.fixture
def offered():
    seen = []

    def ask(*words):
        def lookup(options, kind):
            seen.append((options, kind))
            return NAMES[kind]

        return offer(group(), words, lookup)

    ask.seen = seen
    return ask


def values(found):
    return [value for value, _text in found.values]


def test_commands_with_what_they_do(offered):
    found = offered("do")
    assert found.values == (("down", "Stop and remove containers and networks"),)
    assert "ps" in values(offered(""))
    assert not [value for value in values(offered("")) if value.startswith("_")]


def test_commands_of_a_group(offered):
    assert values(offered("engine", "st")) == ["status", "start", "stop"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("down", ""), ["api", "db", "web"]),
        (("down", "w"), ["web"]),
        (("down", "web", ""), ["api", "db"]),
        (("down", "-v", "--timeout", "3", "web", ""), ["api", "db"]),
        (("down", "--timeout", ""), []),
        (("-p", "x", "--dry-run", "ps", "d"), ["db"]),
        (("--profile", ""), ["debug"]),
        (("-p", "s"), ["shop"]),
        (("--project-name=b",), ["--project-name=blog"]),
        (("down", "--rmi", ""), ["local", "all"]),
        (
            (
                "down",
                "--rmi=a",
            ),
            ["--rmi=all"],
        ),
        (("ps", "--format", ""), ["table", "json"]),
        (("config", "--format", ""), ["yaml", "json"]),
        (("version", ""), []),
        (("nope", ""), []),
        (("completion", "z"), ["zsh"]),
        (("test", "w"), ["web"]),
        (("plugin", "un"), ["uninstall"]),
    ],
)
def test_what_fits(offered, words, expected):
    assert values(offered(*words)) == expected


def test_flags_that_are_not_hidden(offered):
    flags = values(offered("rm", "--"))
    assert "--force" in flags
    assert "--all" not in flags
    assert values(offered("down", "--vo")) == ["--volumes"]
    assert "--ansi" in values(offered("-"))


def test_services_after_an_equals_sign_follow_without_space(offered):
    found = offered("up", "--scale", "")
    assert values(found) == ["api=", "db=", "web="]
    assert found.directive == NO_SPACE | NO_FILES


def test_paths_of_services_or_of_here_are_copied(offered):
    for before in ((), ("web:/x",)):
        found = offered("cp", *before, "")
        assert values(found) == ["api:", "db:", "web:"]
        assert found.directive == NO_SPACE
    assert (values(offered("cp", "./fi")), offered("cp", "./fi").directive) == ([], NO_SPACE)


def test_files_where_a_file_is_meant(offered):
    assert offered("-f", "").directive == 0
    assert offered("config", "-o", "").directive == 0


def test_names_are_looked_up_under_the_global_options_typed(offered):
    offered("-f", "a.yaml", "--file=b.yaml", "-p", "x", "--nonsense", "down", "")
    offered("-f", "a.yaml", "-p", "x", "down", "")
    assert offered.seen == [
        (GlobalOptions(), "services"),
        (GlobalOptions(files=("a.yaml",), project_name="x"), "services"),
    ]


def test_the_answer_is_in_cobras_form(offered):
    assert str(offered("down", "w")) == "web\n:4\n"
    assert str(offered("do")) == "down\tStop and remove containers and networks\n:4\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web: {image: x, profiles: [front]}\n  db: {image: '${UNSET:?no}', profiles: [back, front]}\n"
    )


@pytest.mark.usefixtures("project")
def test_services_and_profiles_come_from_the_files_however_incomplete(compose):
    assert compose("__complete", "--", "down", "").out == "db\nweb\n:4\n"
    assert compose("__complete", "down", "").out == "db\nweb\n:4\n"
    assert compose("__complete", "--", "--profile", "").out == "back\nfront\n:4\n"


def test_without_files_or_an_engine_nothing_is_offered_and_nothing_said(compose):
    for words in (("down", ""), ("-p", "")):
        result = compose("__complete", "--", *words, DOCKER_HOST="unix:///nowhere/docker.sock")
        assert (result.code, result.out, result.err) == (0, ":4\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(compose, shell):
    result = compose("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert "__complete --" in result.out


def test_another_shell_has_none(compose):
    assert 'unsupported shell "tcsh"' in compose("completion", "tcsh").err


@pytest.fixture
def bash(tmp_path):
    """Ask the bash script what it offers for a command line; a stand-in for `compose` gives the answers."""
    if shutil.which("bash") is None:
        pytest.fail("bash is needed to test its completion script")

    def ask(answer, *words):
        stand_in = tmp_path / "compose"
        stand_in.write_text(f"#!/bin/sh\nprintf '%s' \"$*\" > {tmp_path}/asked\nprintf '%b' '{answer}'\n")
        stand_in.chmod(0o755)
        quoted = " ".join(f"'{word}'" for word in ("compose", *words))
        script = f"{scripts.BASH}\ncompopt() {{ :; }}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words)}\n_compose_complete\n"
        script += 'printf "%s\\n" "${COMPREPLY[@]}"\n'
        done = subprocess.run(
            ["bash", "--norc", "-c", script],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split(), (tmp_path / "asked").read_text()

    return ask


def test_bash_offers_what_compose_answers(bash):
    assert bash(r"web\tthe front\ndb\n:4\n", "down", "-v", "") == (["web", "db"], "__complete -- down -v ")


def test_bash_offers_files_where_compose_says_so(bash):
    offered, _ = bash(r":0\n", "-f", "com")
    assert offered == ["compose"]
