"""Rules out of a project."""

from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.model.build import Build
from compose.model.develop import Develop, Hook, WatchRule
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import Mount
from compose.watch.rules import compile_rules, ignore_files, split_glob


def project(*rules, **service):
    return Project(name="p", directory="/p", services={"web": Service(name="web", develop=Develop(watch=rules), **service)})


def rule(action="sync", path="/p/src", target="/app", **fields):
    return WatchRule(action=action, path=path, target=target, **fields)


def compiled(*rules, read=lambda _file: None, **service):
    return compile_rules(project(*rules, **service), read).of["web"]


@pytest.mark.parametrize(
    ("target", "is_file", "path", "place"),
    [
        ("/app", False, "a/b", "/app/a/b"),
        ("/app/", False, "a", "/app/a"),
        ("/app", False, "", "/app"),
        ("/app/x.conf", True, "", "/app/x.conf"),
        ("/app/", True, "", "/app/src"),
    ],
)
def test_paths_have_places_and_places_paths(target, is_file, path, place):
    (one,) = compiled(rule(target=target))
    assert one.place(path, is_file=is_file) == place
    assert one.origin(place, is_file=is_file) == path
    assert one.origin("/other", is_file=is_file) is None
    assert one.origin("/appendix", is_file=is_file) is None


def test_a_signal_and_a_command_are_kept():
    hook = Hook(command=("make",))
    first, second = compiled(rule(extensions={"x-signal": "SIGHUP"}), rule("sync+exec", exec=hook))
    assert (first.signal, first.number, first.syncs) == ("SIGHUP", 1, True)
    assert (second.exec, second.number) == (hook, 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (rule("rebuild"), "without a build context"),
        (rule("sync+exec"), "without a command"),
        (rule(path="/"), "cannot watch root directory"),
        (rule(target="/"), "cannot sync to the root directory"),
        (rule(target="/app/.."), "cannot sync to the root directory"),
    ],
)
def test_what_cannot_work_is_refused(wrong, message):
    with pytest.raises(ComposeError, match=message):
        compiled(wrong)


def test_without_rules_there_is_nothing_to_watch():
    with pytest.raises(ComposeError, match="none of the selected services is configured for watch, do this"):
        compile_rules(project(), lambda _file: None, hint="do this")


def test_what_is_mounted_is_left_out_with_a_warning():
    mounted = {"volumes": (Mount(type="bind", source="/p/src", target="/app"),)}
    rules = compile_rules(project(rule(), rule(path="/p/other"), rule("restart"), **mounted), lambda _file: None)
    assert [one.number for one in rules] == [2, 3]
    assert [one.code for one in rules.warnings] == ["watch-path-mounted"]


def test_the_builds_ignore_file_counts_for_every_rule():
    files = {"/p/.dockerignore": "src/skip\n"}
    (one,) = compiled(rule(), read=files.get, build=Build(context="/p"))
    assert not one.filter.wants("skip/x")
    files = {"/p/docker/web.dockerignore": "src/only", **files}
    (one,) = compiled(rule(), read=files.get, build=Build(context="/p", dockerfile="docker/web"))
    assert one.filter.wants("skip")
    assert not one.filter.wants("only")
    assert ignore_files(Service(name="x", build=Build(context="https://example.org/x.git"))) == ()


def test_a_path_may_have_wild_parts(tmp_path):
    assert split_glob("/p/packages/*/src") == ("/p/packages", "*/src")
    assert split_glob("/p/[a-c]/**/*.py") == ("/p", "[a-c]/**/*.py")
    (tmp_path / "[id]").mkdir()
    assert split_glob(f"{tmp_path}/[id]") == (f"{tmp_path}/[id]", "")
    (one,) = compiled(rule(path="/p/packages/*/src"))
    assert one.path == "/p/packages"
    assert one.filter.wants("a/src/x")
    assert not one.filter.wants("a/other/x")
