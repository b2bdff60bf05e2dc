"""cp against an engine in memory: which containers, which direction, what is refused before anything is sent."""

from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.commands.copying import Pipes
from compose.commands.cp import CpRequest, cp
from compose.commands.session import GlobalOptions, Session
from compose.engine.fake import FakeEngine
from compose.engine.port import Call


class Site:
    """A session with a project of two containers of `web` and one that `run` made."""

    def __init__(self, tmp_path, *, dry_run=False):
        self.engine = FakeEngine()
        for name, number, oneoff in (("p-web-2", 2, False), ("p-web-1", 1, False), ("p-web-run-x", 1, True)):
            labels = {
                "com.docker.compose.project": "p",
                "com.docker.compose.service": "web",
                "com.docker.compose.container-number": str(number),
                "com.docker.compose.oneoff": str(oneoff),
                "com.docker.compose.config-hash": "h",
            }
            body = {"Image": "busybox", "Labels": labels}
            self.engine.call(Call(method="POST", path="/containers/create", query={"name": name}, body=body))
        self.events = []
        self.session = Session(
            GlobalOptions(project_name="p", dry_run=dry_run),
            environ={},
            cwd=str(tmp_path),
            stop=None,
            emit=self.events.append,
        )
        self.session.use(self.engine)

    def cp(self, source, destination, stdin=b"", **options):
        written = []
        pipes = Pipes(read=lambda: iter([stdin]), write=written.append)
        copies = cp(self.session, CpRequest(source=source, destination=destination, **options), pipes)
        return [str(copy) for copy in copies], b"".join(written)

    def files(self, container):
        return {name: content for name, (content, _) in self.engine.world.container(container).files.items()}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_all_containers_of_the_service_get_the_file(site, tmp_path):
    (tmp_path / "f").write_text("x")
    assert site.cp("f", "web:/g")[0] == ["f to p-web-1:/g", "f to p-web-2:/g"]
    assert site.files("p-web-1") == site.files("p-web-2") == {"/g": b"x"}
    assert site.files("p-web-run-x") == {}
    assert [event.action for event in site.events].count("Copied") == 2


def test_containers_of_run_are_included_on_demand_and_one_can_be_chosen(site, tmp_path):
    (tmp_path / "f").write_text("x")
    assert len(site.cp("f", "web:/all", all=True)[0]) == 3
    assert site.cp("f", "web:/two", index=2)[0] == ["f to p-web-2:/two"]


def test_the_first_container_is_read(site, tmp_path):
    (tmp_path / "f").write_text("x")
    site.cp("f", "web:/g")
    assert site.cp("web:/g", "h")[0] == ["p-web-1:/g to h"]
    assert (tmp_path / "h").read_text() == "x"


def test_every_container_gets_the_archive_from_stdin(site, tmp_path):
    (tmp_path / "f").write_text("x" * 3_000_000)
    site.cp("f", "web:/g")
    archive = site.cp("web:/g", "-")[1]
    site.cp("-", "web:/", stdin=archive)
    assert site.files("p-web-1") == site.files("p-web-2")
    assert len(site.files("p-web-2")["/g"]) == 3_000_000


def test_a_dry_run_only_tells(tmp_path):
    site = Site(tmp_path, dry_run=True)
    assert site.cp("f", "web:/g")[0] == ["f to p-web-1:/g", "f to p-web-2:/g"]
    assert all(call.method == "GET" for call in site.engine.calls if "archive" in call.path)


@pytest.mark.parametrize(
    ("source", "destination", "message"),
    [
        ("web:/a", "web:/b", "copying between services is not supported"),
        ("./web:a", "/b", "unknown copy direction"),
        ("wbe:/a", "b", 'no container found for service "wbe"'),
        ("web:/a", "none/at/all", 'invalid output path: directory "none/at" does not exist'),
        ("web:/nope", "b", "Could not find the file /nope"),
        ("nope", "web:/b", "cannot read `nope`: no such file or directory"),
        ("file/", "web:/b", "not a directory"),
        ("-", "web:/new", 'destination "p-web-1:/new" must be a directory'),
    ],
)
def test_what_cannot_be_copied_is_refused(site, tmp_path, source, destination, message):
    (tmp_path / "file").touch()
    with pytest.raises(ComposeError, match=message):
        site.cp(source, destination)


def test_paths_of_this_machine_may_have_colons(site, tmp_path):
    (tmp_path / "a:b").write_text("x")
    assert site.cp("./a:b", "web:/g")[0][0] == "./a:b to p-web-1:/g"


def test_what_a_link_means_depends_on_how_it_is_written(site, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d/f").write_text("x")
    (tmp_path / "link").symlink_to("d")
    site.cp("link", "web:/as-link")
    site.cp("link", "web:/followed", follow=True)
    site.cp("link/", "web:/slash")
    files = site.files("p-web-1")
    assert files["/as-link"] == b""
    assert (files["/followed/f"], files["/slash/f"]) == (b"x", b"x")
