from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from compose.base.errors import ComposeError
from compose.build.kind import kind_of
from compose.build.remote import GitSource, checkout, fetched, git_source, shown, unpacked
from compose.model.build import Build

AUTHOR = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@host.test",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@host.test",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "PATH": os.environ["PATH"],
}


def git(root, *arguments):
    done = subprocess.run(["git", "-C", root, *arguments], env=AUTHOR, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "sub/Dockerfile").write_text("FROM one")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "tag", "-am", "first", "v1")
    (root / "sub/Dockerfile").write_text("FROM two")
    git(root, "commit", "-qam", "two")
    return root


def fetch(repository, tmp_path, ref="", directory="sub"):
    return checkout(GitSource(url=str(repository), ref=ref, directory=directory), tmp_path / "cache", AUTHOR)


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("/src", "directory"),
        ("-", "stdin"),
        ("https://host.test/a.git", "git"),
        ("https://host.test/a.git#main:sub", "git"),
        ("https://host.test/a.tar.gz", "url"),
        ("http://host.test/a.github", "url"),
        ("git@host.test:a/b", "git"),
        ("ssh://git@host.test/a", "git"),
        ("git://host.test/a", "git"),
        ("github.com/a/b", "git"),
    ],
)
def test_kinds(context, expected):
    assert kind_of(context) == expected


def test_a_file_is_an_archive(tmp_path):
    (tmp_path / "context.tar").touch()
    assert kind_of(str(tmp_path / "context.tar")) == "archive"


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("https://host.test/a.git", GitSource(url="https://host.test/a.git")),
        ("https://host.test/a.git#v1", GitSource(url="https://host.test/a.git", ref="v1")),
        ("https://host.test/a.git#:sub/dir/", GitSource(url="https://host.test/a.git", directory="sub/dir")),
        ("github.com/a/b#main:x", GitSource(url="https://github.com/a/b", ref="main", directory="x")),
    ],
)
def test_git_sources(context, expected):
    assert git_source(context) == expected


@pytest.mark.parametrize(("ref", "text"), [("", "FROM two"), ("main", "FROM two"), ("v1", "FROM one")])
def test_a_branch_a_tag_and_the_default_are_checked_out_without_history(repository, tmp_path, ref, text):
    root = fetch(repository, tmp_path, ref)
    with open(f"{root}/Dockerfile") as file:  # noqa: PTH123 - the function returns a plain path
        assert file.read() == text
    assert not list((tmp_path / "cache").rglob(".git"))


def test_a_commit_that_was_fetched_needs_no_repository_any_more(repository, tmp_path):
    commit = git(repository, "rev-parse", "v1^{commit}")
    root = fetch(repository, tmp_path, commit)
    repository.rename(tmp_path / "gone")
    assert fetch(repository, tmp_path, commit) == root


def test_an_unknown_branch_is_named(repository, tmp_path):
    with pytest.raises(ComposeError, match="has no branch or tag `nope`"):
        fetch(repository, tmp_path, "nope")


@pytest.mark.parametrize("directory", ["nope", "../../.."])
def test_a_directory_that_is_not_in_the_repository_is_an_error(repository, tmp_path, directory):
    with pytest.raises(ComposeError, match="not found in"):
        fetch(repository, tmp_path, directory=directory)


def test_an_unreachable_repository_tells_gits_words(tmp_path):
    with pytest.raises(ComposeError) as caught:
        fetch(tmp_path / "none", tmp_path)
    assert caught.value.diagnostics[0].code == "git-failed"


def test_git_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ComposeError, match="needs the `git` program"):
        checkout(GitSource(url="x"), tmp_path, {"PATH": str(tmp_path)})


def test_credentials_in_addresses_are_not_shown(tmp_path):
    assert shown("at https://me:pw@host.test/a b") == "at https://host.test/a b"
    with pytest.raises(ComposeError) as caught:
        checkout(GitSource(url="http://me:hunter2@127.0.0.1:1/a.git"), tmp_path, AUTHOR)
    assert "hunter2" not in repr(caught.value.diagnostics)


def packed():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        info = tarfile.TarInfo("Dockerfile")
        info.size = 6
        tar.addfile(info, io.BytesIO(b"FROM x"))
    return data.getvalue()


@pytest.mark.parametrize("data", [packed(), gzip.compress(packed())])
def test_an_archive_is_passed_on_as_it_is(tmp_path, data):
    (tmp_path / "a.tar").write_bytes(data)
    found = fetched(Build(context=str(tmp_path / "a.tar"), dockerfile="sub/D"), "archive", None)
    assert (found.dockerfile, b"".join(found.blocks)) == ("sub/D", data)


def test_text_is_a_dockerfile_alone():
    found = fetched(Build(context="-"), "stdin", lambda: io.BytesIO(b"FROM x\n"))
    with tarfile.open(fileobj=io.BytesIO(b"".join(found.blocks))) as tar:
        assert [tar.extractfile(member).read() for member in tar] == [b"FROM x\n"]
    assert found.dockerfile == "Dockerfile"


def test_standard_input_that_is_not_there():
    with pytest.raises(ComposeError, match="standard input"):
        fetched(Build(context="-"), "stdin", None)


def test_an_inline_dockerfile_cannot_be_put_into_an_archive():
    with pytest.raises(ComposeError, match="`dockerfile_inline` cannot be added"):
        fetched(Build(context="-", dockerfile_inline="FROM x"), "stdin", io.BytesIO)


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/a.tar":
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(packed())

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_archive_behind_a_url(site):
    found = fetched(Build(context=f"{site}/a.tar"), "url", None)
    assert b"".join(found.blocks) == packed()


def test_what_the_server_answers_is_told(site):
    with pytest.raises(ComposeError, match="with status 404 Not Found"):
        fetched(Build(context=f"{site}/b.tar"), "url", None)
    with pytest.raises(ComposeError, match="unable to download remote context"):
        fetched(Build(context="http://127.0.0.1:1/b.tar"), "url", None)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_an_archive_is_unpacked_for_buildx(tmp_path, mode):
    place = tmp_path / "place"
    place.mkdir()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archived:
        member = tarfile.TarInfo("src/run.sh")
        member.mode, member.size = 0o751, 2
        archived.addfile(member, io.BytesIO(b"hi"))
    build = unpacked(Build(context="-", dockerfile="src/run.sh"), "stdin", lambda: io.BytesIO(data.getvalue()), place)
    assert (build.context, build.dockerfile) == (str(place), "src/run.sh")
    assert (place / "src/run.sh").read_bytes() == b"hi"
    assert (place / "src/run.sh").stat().st_mode & 0o777 == 0o751


def test_plain_text_is_a_dockerfile(tmp_path):
    build = unpacked(Build(context="-"), "stdin", lambda: io.BytesIO(b"FROM x\n"), tmp_path)
    assert (build.dockerfile, (tmp_path / "Dockerfile").read_text()) == ("Dockerfile", "FROM x\n")


def test_an_archive_that_reaches_out_of_its_directory_or_is_broken_is_refused(tmp_path):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archived:
        archived.addfile(tarfile.TarInfo("../outside"))
    place = tmp_path / "place"
    place.mkdir()
    for content in (data.getvalue(), data.getvalue()[:700], b"\x1f\x8bnonsense"):
        with pytest.raises(ComposeError, match="cannot unpack the archive `-`"):
            unpacked(Build(context="-"), "stdin", lambda content=content: io.BytesIO(content), place)
    assert not (tmp_path / "outside").exists()


def test_standard_input_is_known_after_loading_made_a_path_of_it(tmp_path):
    assert kind_of(str(tmp_path / "-")) == "stdin"
    (tmp_path / "-").mkdir()
    assert kind_of(str(tmp_path / "-")) == "directory"
