"""export and commit."""

from __future__ import annotations

import io
import tarfile

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def simple(stack):
    """A service whose container has a file of its own."""
    stack.write(
        "services:\n  simple: {image: busybox, command: [sh, -c, 'echo mine > /mine; sleep 600'], stop_grace_period: 0s}\n"
    )
    stack.compose("up", "-d")
    stack.until(lambda: stack.container("simple").exec_run(["test", "-s", "/mine"]).exit_code == 0, "the file is there")
    return stack


def test_export_writes_an_archive_of_all_files(simple):
    simple.compose("export", "-o", "all.tar", "simple")
    piped = simple.piped("export", "simple", stdin=b"")
    for data in ((simple.folder / "all.tar").read_bytes(), piped.stdout):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            assert archive.extractfile("mine").read() == b"mine\n"
    simple.compose("export", "-o", "all.tar", "other", code=1)
    assert (simple.folder / "all.tar").stat().st_size > len(b"mine")
    terminal = simple.terminal("export", "simple")
    terminal.until("output option is required when exporting to terminal")
    assert terminal.wait() == 1


def test_commit_makes_an_image(simple):
    name = f"{simple.name}-image:tried"
    flags = ("-a", "Ann", "-m", "changed", "-c", "CMD cat /mine", "-c", "ENV A=1")
    said = simple.compose("commit", *flags, "simple", name).stderr
    image = simple.client.images.get(name)
    try:
        assert f"Committed as {image.id}" in said
        assert (image.attrs["Author"], image.attrs["Comment"]) == ("Ann", "changed")
        assert "A=1" in image.attrs["Config"]["Env"]
        assert simple.client.containers.run(name, remove=True) == b"mine\n"
    finally:
        simple.client.images.remove(name, force=True)
