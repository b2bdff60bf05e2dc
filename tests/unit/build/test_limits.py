from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.build.job import Job
from compose.build.limits import check_buildkit, check_classic
from compose.model.build import Build
from compose.model.project import Project

PROJECT = Project(name="p", directory="/p")


class Told:
    def __init__(self):
        self.codes = []

    def warn(self, diagnostic):
        self.codes.append((diagnostic.severity, diagnostic.code))


def job(memory=0, **build):
    return Job(service="web", build=Build(**build), tags=("web",), memory=memory)


@pytest.mark.parametrize("build", [{}, {"isolation": "default"}, {"ssh": ("default",), "cache_to": ("type=inline",)}])
def test_buildkit_does_what_is_asked_for(build):
    told = Told()
    check_buildkit(PROJECT, job(**build), told)
    assert told.codes == []


def test_what_only_the_classic_builder_does_names_it():
    told = Told()
    check_buildkit(PROJECT, job(memory=1), told)
    assert told.codes == [("warning", "buildkit-unsupported")]
    with pytest.raises(ComposeError, match="set DOCKER_BUILDKIT=0 to use the classic builder"):
        check_buildkit(PROJECT, job(isolation="hyperv"), told)


def test_what_only_buildkit_does_names_it():
    told = Told()
    assert not check_classic(PROJECT, job(isolation="hyperv", memory=1), told)
    assert check_classic(PROJECT, job(cache_to=("type=inline",), sbom="true"), told)
    assert told.codes == [("warning", "classic-builder-ignores")] * 2
    with pytest.raises(ComposeError, match="set DOCKER_BUILDKIT=1 to use BuildKit"):
        check_classic(PROJECT, job(ssh=("default",)), told)
