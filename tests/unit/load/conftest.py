"""Projects written into a directory of their own, and loaded from there."""

import textwrap

import pytest

from compose.base.errors import InvalidProject
from compose.load.pipeline import LoadRequest, load, load_model


class Directory:
    """A directory with a project; every method takes fields of `LoadRequest`."""

    def __init__(self, path):
        self.path = path

    def write(self, files):
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"))
        return self

    def request(self, **fields):
        environment = fields.pop("environment", {})
        cwd = str(self.path / fields.pop("cwd", ""))
        return LoadRequest(cwd=cwd.rstrip("/"), environment={"HOME": "/home/ann", **environment}, **fields)

    def load(self, **fields):
        return load(self.request(**fields))

    def project(self, **fields):
        return self.load(**fields).project

    def model(self, **fields):
        return load_model(self.request(**fields))

    def problems(self, **fields):
        with pytest.raises(InvalidProject) as caught:
            self.load(**fields)
        return caught.value.diagnostics


@pytest.fixture
def directory(tmp_path):
    """Return an empty directory `app` to put a project in."""
    path = tmp_path / "app"
    path.mkdir()
    return Directory(path)


@pytest.fixture
def files(directory):
    """Return a function that writes files (name: text) and returns the directory."""
    return directory.write
