from __future__ import annotations

import io
import tarfile

import pytest

from compose.base.errors import ComposeError
from compose.build.context import open_context, upload
from compose.model.build import Build
from compose.source.ignore import Ignore


def write(root, **files):
    for name, text in files.items():
        file = root / name.replace("__", ".").replace("SLASH", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def sent(root, **build):
    result = upload(open_context(Build(context=str(root), **build)))
    with tarfile.open(fileobj=io.BytesIO(b"".join(result.blocks))) as tar:
        return result.dockerfile, {member.name: tar.extractfile(member).read().decode() for member in tar if member.isreg()}


def engine_leaves(files, dockerfile):
    """What reaches COPY: the engine takes away its Dockerfile and ignore file where the sent rules name them."""
    rules = Ignore.parse(files.get(".dockerignore", ""))
    return {name for name in files if name not in {dockerfile, ".dockerignore"} or not rules.ignores(name)}


def test_a_plain_context_is_sent_as_it_is(tmp_path):
    write(tmp_path, Dockerfile="FROM x", a="1", __dockerignore="b\n", b="2")
    name, files = sent(tmp_path)
    assert name == "Dockerfile"
    assert set(files) == {"Dockerfile", "a", ".dockerignore"}


def test_an_ignored_dockerfile_reaches_the_engine_but_not_the_image(tmp_path):
    write(tmp_path, Dockerfile="FROM x", a="1", __dockerignore="Dockerfile\n.dockerignore\n")
    name, files = sent(tmp_path)
    assert files[name] == "FROM x"
    assert engine_leaves(files, name) == {"a"}


def test_everything_may_be_ignored(tmp_path):
    write(tmp_path, Dockerfile="FROM x", a="1", __dockerignore="*\n")
    name, files = sent(tmp_path)
    assert files[name] == "FROM x"
    assert engine_leaves(files, name) == set()


def test_a_dockerfile_outside_the_context(tmp_path):
    write(tmp_path, outSLASHDockerfile="FROM out", inSLASHDockerfile="FROM in", inSLASHa="1")
    name, files = sent(tmp_path / "in", dockerfile="../out/Dockerfile")
    assert files[name] == "FROM out"
    assert engine_leaves(files, name) == {"Dockerfile", "a"}
    assert sent(tmp_path / "in", dockerfile=str(tmp_path / "out/Dockerfile"))[0] == name


def test_an_inline_dockerfile_needs_no_file_and_has_a_name_of_its_content(tmp_path):
    write(tmp_path, a="1")
    name, files = sent(tmp_path, dockerfile_inline="FROM x\n")
    assert files[name] == "FROM x\n"
    assert engine_leaves(files, name) == {"a"}
    assert sent(tmp_path, dockerfile_inline="FROM x\n")[0] == name
    assert sent(tmp_path, dockerfile_inline="FROM y\n")[0] != name


def test_a_visible_ignore_file_stays_visible_beside_an_inline_dockerfile(tmp_path):
    write(tmp_path, a="1", b="2", __dockerignore="b\n")
    name, files = sent(tmp_path, dockerfile_inline="FROM x\n")
    assert engine_leaves(files, name) == {"a", ".dockerignore"}


def test_rules_beside_the_dockerfile_replace_those_of_the_context(tmp_path):
    write(tmp_path, subSLASHweb__Dockerfile="FROM x", a="1", b="2")
    write(tmp_path, __dockerignore="a\nsub\n", subSLASHweb__Dockerfile__dockerignore="b\n")
    name, files = sent(tmp_path, dockerfile="sub/web.Dockerfile")
    assert files[name] == "FROM x"
    assert engine_leaves(files, name) == {"a", ".dockerignore", "sub/web.Dockerfile", "sub/web.Dockerfile.dockerignore"}


def test_a_dockerfile_that_links_out_of_the_context_is_sent_by_content(tmp_path):
    write(tmp_path, outSLASHDockerfile="FROM out", inSLASHa="1")
    (tmp_path / "in/Dockerfile").symlink_to("../out/Dockerfile")
    name, files = sent(tmp_path / "in")
    assert name != "Dockerfile"
    assert files[name] == "FROM out"


def test_a_dockerfile_behind_a_linked_directory_is_found_by_its_real_name(tmp_path):
    write(tmp_path, realSLASHDockerfile="FROM x")
    (tmp_path / "link").symlink_to("real")
    assert sent(tmp_path, dockerfile="link/Dockerfile")[0] == "real/Dockerfile"


def test_a_context_is_walked_once_however_often_it_is_looked_at(tmp_path, monkeypatch):
    write(tmp_path, Dockerfile="FROM x", a="1")
    context = open_context(Build(context=str(tmp_path)))
    first = list(context.entries())
    write(tmp_path, b="1")
    assert list(context.entries()) == first
    monkeypatch.setattr("compose.build.context._REMEMBERED", 1)
    context = open_context(Build(context=str(tmp_path)))
    assert len(list(context.entries())) == 3
    write(tmp_path, c="1")
    assert len(list(context.entries())) == 4


def error(root, **build):
    with pytest.raises(ComposeError) as caught:
        open_context(Build(context=str(root), **build))
    return caught.value.diagnostics[0]


def test_a_missing_context_is_named(tmp_path):
    found = error(tmp_path / "gone")
    assert found.code == "build-context-not-found"
    assert found.summary == f'unable to prepare context: path "{tmp_path / "gone"}" not found'


def test_a_missing_dockerfile_hints_at_others(tmp_path):
    write(tmp_path, Dockerfile__dev="FROM x")
    found = error(tmp_path)
    assert found.code == "dockerfile-not-found"
    assert found.summary == "failed to read dockerfile: open Dockerfile: no such file or directory"
    assert "`Dockerfile.dev`" in found.hint


def test_a_missing_dockerfile_without_others(tmp_path):
    assert str(tmp_path) in error(tmp_path, dockerfile="no/where").hint


def test_a_directory_is_no_dockerfile(tmp_path):
    (tmp_path / "Dockerfile").mkdir()
    assert error(tmp_path).code == "dockerfile-unreadable"


def test_a_bad_rule_names_its_file(tmp_path):
    write(tmp_path, Dockerfile="FROM x", __dockerignore="a[\n")
    assert str(tmp_path / ".dockerignore") in error(tmp_path).summary
