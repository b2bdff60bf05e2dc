from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from compose.build import stale
from compose.build.cache import Cache, Manifest, cache_directory
from compose.build.context import open_context
from compose.build.job import Job
from compose.build.stale import INPUTS, changed, describe, manifest_of
from compose.model.build import Build


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def root(tmp_path):
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM alpine:3\nCOPY src /src\n")
    (context / "src").mkdir()
    (context / "src/app.py").write_text("1")
    (context / "notes").write_text("1")
    return context


def look(root, cache, now=None, **build):
    build = Build(context=str(root), **build)
    job = Job(service="web", build=build, tags=("t",), file_args=build.args)
    return manifest_of(job, open_context(build), cache, now=time.time() if now is None else now)


def keep(manifest, cache):
    cache.keep_manifest(manifest.digest, manifest)
    return {INPUTS: manifest.digest}


def test_nothing_changed(root, cache):
    labels = keep(look(root, cache), cache)
    assert changed(look(root, cache), labels, cache) == ()


def test_the_files_that_changed_are_named(root, cache):
    labels = keep(look(root, cache), cache)
    (root / "src/app.py").write_text("2")
    (root / "src/new.py").write_text("2")
    assert changed(look(root, cache), labels, cache) == ("src/app.py", "src/new.py")


def test_a_mode_a_removal_and_a_link_count(root, cache):
    (root / "src/gone").write_text("")
    (root / "src/link").symlink_to("a")
    labels = keep(look(root, cache), cache)
    (root / "src/gone").unlink()
    (root / "src/link").unlink()
    (root / "src/link").symlink_to("b")
    (root / "src/app.py").chmod(0o755)
    assert changed(look(root, cache), labels, cache) == ("src/app.py", "src/gone", "src/link")


def test_files_that_the_dockerfile_does_not_read_do_not_count(root, cache):
    labels = keep(look(root, cache), cache)
    (root / "notes").write_text("2")
    assert changed(look(root, cache), labels, cache) == ()


def test_where_everything_may_be_read_everything_counts_but_what_is_ignored(root, cache):
    (root / "Dockerfile").write_text("FROM alpine:3\nCOPY . /src\n")
    (root / ".dockerignore").write_text("*.log\n")
    labels = keep(look(root, cache), cache)
    (root / "a.log").write_text("2")
    assert changed(look(root, cache), labels, cache) == ()
    (root / "notes").write_text("2")
    assert changed(look(root, cache), labels, cache) == ("notes",)


def test_times_do_not_count(root, cache):
    labels = keep(look(root, cache), cache)
    os.utime(root / "src/app.py", (1, 1))
    assert changed(look(root, cache), labels, cache) == ()


def test_settings_are_named_by_their_path(root, cache):
    labels = keep(look(root, cache, args={"A": "1"}), cache)
    found = look(root, cache, args={"A": "2"}, target="t", labels={"l": "v"})
    assert changed(found, labels, cache) == ("build.args.A", "build.labels", "build.target")


def test_the_dockerfile_is_named_as_the_user_knows_it(root, cache):
    (root / "sub").mkdir()
    (root / "sub/Dockerfile").write_text("FROM x")
    labels = keep(look(root, cache, dockerfile="sub/Dockerfile"), cache)
    (root / "sub/Dockerfile").write_text("FROM y")
    assert changed(look(root, cache, dockerfile="sub/Dockerfile"), labels, cache) == ("sub/Dockerfile",)


def test_local_additional_contexts_count(root, cache, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "tool").write_text("1")
    contexts = {"tools": str(other), "image": "docker-image://x"}
    labels = keep(look(root, cache, additional_contexts=contexts), cache)
    (other / "tool").write_text("2")
    assert changed(look(root, cache, additional_contexts=contexts), labels, cache) == ("tools:tool",)


def test_a_newer_base_image_counts_where_both_are_known(root, cache):
    manifest = look(root, cache)
    labels = {INPUTS: manifest.digest}
    for before, now, expected in (("1", "2", ("alpine:3",)), ("1", "1", ()), ("", "2", ()), ("1", "", ())):
        cache.keep_manifest(
            manifest.digest, Manifest(files=manifest.files, settings=manifest.settings, bases={"alpine:3": before})
        )
        later = Manifest(files=manifest.files, settings=manifest.settings, bases={"alpine:3": now})
        assert changed(later, labels, cache) == expected


def test_without_a_label_nothing_is_known(root, cache):
    assert changed(look(root, cache), {}, cache) == ()


def test_without_the_cache_only_that_something_changed_is_known(root, cache, tmp_path):
    labels = keep(look(root, cache), cache)
    elsewhere = Cache(tmp_path / "other-cache")
    assert changed(look(root, elsewhere), labels, elsewhere) == ()
    (root / "src/app.py").write_text("2")
    assert changed(look(root, elsewhere), labels, elsewhere) == ("build inputs",)


def test_values_of_arguments_are_nowhere_in_the_cache(root, cache):
    keep(look(root, cache, args={"TOKEN": "hunter2"}), cache)
    assert all("hunter2" not in file.read_text() for file in cache.directory.rglob("*.json"))


def test_a_file_left_alone_is_read_once(root, cache, monkeypatch):
    read = []
    content = stale._content
    monkeypatch.setattr(stale, "_content", lambda entry: read.append(entry.path) or content(entry))
    later = time.time() + 60
    look(root, cache, now=later)
    look(root, cache, now=later)
    assert read == ["src/app.py"]


def test_a_file_that_has_just_changed_is_read_again(root, cache, monkeypatch):
    read = []
    content = stale._content
    monkeypatch.setattr(stale, "_content", lambda entry: read.append(entry.path) or content(entry))
    look(root, cache)
    look(root, cache)
    assert read == ["src/app.py", "src/app.py"]


def test_a_broken_cache_is_as_good_as_none(root, cache):
    later = time.time() + 60
    before = look(root, cache, now=later)
    for file in cache.directory.rglob("*.json"):
        file.write_text("{")
    assert look(root, cache, now=later) == before
    assert cache.manifest(before.digest) is None


def test_only_the_newest_manifests_are_kept(cache, monkeypatch):
    monkeypatch.setattr("compose.build.cache._KEPT", 2)
    made = [Manifest(files={"a": str(number)}) for number in range(4)]
    for number, manifest in enumerate(made):
        cache.keep_manifest(manifest.digest, manifest)
        file = cache.directory / "builds" / f"{manifest.digest.removeprefix('sha256:')}.json"
        os.utime(file, (number, number))
    cache.keep_manifest(made[3].digest, made[3])
    assert [cache.manifest(manifest.digest) is not None for manifest in made] == [False, False, True, True]


def test_the_sentence():
    assert describe("web", ("src/app.py",)) == "image of `web` is older than its inputs: `src/app.py` changed"
    assert describe("web", tuple("abcde")) == "image of `web` is older than its inputs: `a`, `b`, `c` and 2 more changed"
    assert describe("web", ("build inputs",)) == "image of `web` is older than its inputs"


def test_the_cache_lies_where_the_system_wants_it():
    assert cache_directory({"XDG_CACHE_HOME": "/c"}) == Path("/c/compose-reconciler")
    assert cache_directory({"XDG_CACHE_HOME": "relative", "HOME": "/h"}) == Path("/h/.cache/compose-reconciler")
    assert cache_directory({"HOME": "/h"}) == Path("/h/.cache/compose-reconciler")
