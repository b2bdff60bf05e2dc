from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.build.job import job, platforms
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject, FileReference
from compose.plan.operation import BuildImage


def project(build=None, environment=None, **service):
    return Project(
        name="shop",
        directory="/src",
        services={"web": Service(name="web", build=build or Build(context="/src"), **service)},
        secrets={"s": FileObject(name="shop_s", file="/src/s.txt")},
        environment=environment or {},
    )


def test_the_commands_settings_win_over_the_file_and_the_file_over_proxies():
    build = Build(
        context="/src", args={"A": "file", "B": "file", "HTTP_PROXY": "file", "NONE": None}, ssh=("default",), sbom="true"
    )
    operation = BuildImage(service="web", tags=("t",), args={"A": "given"}, ssh=("k=/key",), no_cache=True, sbom="false")
    found = job(project(build), operation, {"HTTP_PROXY": "proxy", "NO_PROXY": "proxy"})
    assert found.args == {"A": "given", "B": "file", "HTTP_PROXY": "file", "NO_PROXY": "proxy"}
    assert found.build.ssh == ("k=/key",)
    assert (found.build.no_cache, found.build.pull, found.build.sbom) == (True, False, "false")


def test_secrets_go_by_the_id_the_dockerfile_uses():
    build = Build(context="/src", secrets=(FileReference(source="s"), FileReference(source="s", target="other")))
    found = job(project(build), BuildImage(service="web", tags=("t",)), {})
    assert sorted(found.secrets) == ["other", "s"]


def test_labels_tell_project_and_service():
    origin = job(project(), BuildImage(service="web", tags=("t",)), {}).origin
    assert origin["com.docker.compose.project"] == "shop"
    assert origin["com.docker.compose.service"] == "web"


def test_an_ssh_key_without_a_path_is_refused():
    with pytest.raises(ComposeError, match='invalid ssh key "x"'):
        job(project(), BuildImage(service="web", tags=("t",), ssh=("x",)), {})


BOTH = ("linux/amd64", "linux/arm64")


@pytest.mark.parametrize(
    ("listed", "own", "default", "every", "expected"),
    [
        ((), "", "", True, ()),
        (BOTH, "", "", True, BOTH),
        (BOTH, "", "", False, ()),
        (BOTH[:1], "", "", False, BOTH[:1]),
        (BOTH, "linux/arm64", "", True, BOTH),
        (BOTH, "linux/arm64", "", False, ("linux/arm64",)),
        ((), "linux/arm64", "linux/amd64", False, ("linux/arm64",)),
        ((), "", "linux/amd64", True, ("linux/amd64",)),
    ],
)
def test_platforms(listed, own, default, every, expected):
    found = project(Build(context="/src", platforms=listed), {"DOCKER_DEFAULT_PLATFORM": default}, platform=own)
    assert platforms(found, found.services["web"], every=every) == expected


def test_a_platform_that_is_not_listed_is_refused():
    found = project(Build(context="/src", platforms=BOTH), platform="linux/s390x")
    with pytest.raises(ComposeError, match='service "web" build configuration does not support platform: linux/s390x'):
        platforms(found, found.services["web"], every=True)
    found = project(Build(context="/src", platforms=BOTH), {"DOCKER_DEFAULT_PLATFORM": "linux/s390x"})
    message = 'service "web" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: linux/s390x'
    with pytest.raises(ComposeError, match=message):
        platforms(found, found.services["web"], every=True)
