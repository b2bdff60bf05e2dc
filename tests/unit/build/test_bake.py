from __future__ import annotations

import msgspec
import pytest

from compose.base.errors import ComposeError
from compose.base.units import ByteSize
from compose.build.bake import definition, entitlements, target_name
from compose.build.job import Job
from compose.model.build import Build, Ulimit
from compose.model.storage import FileObject


def job(service="web", *, tags=("shop-web",), named=False, push=False, check=False, secrets=None, **build):
    build.setdefault("context", "/src")
    return Job(
        service=service,
        build=Build(**build),
        tags=tags,
        origin={"com.docker.compose.service": service},
        inputs={"io.compose-reconciler.build-inputs": "sha256:1"},
        named=named,
        push=push,
        check=check,
        secrets=secrets or {},
    )


def target(*jobs, **options):
    return definition(jobs, **options)["target"][target_name(jobs[0].service)]


def test_the_least():
    assert definition([job()]) == {
        "group": {"default": {"targets": ["web"]}},
        "target": {
            "web": {
                "context": "/src",
                "dockerfile": "/src/Dockerfile",
                "labels": {"com.docker.compose.service": "web", "io.compose-reconciler.build-inputs": "sha256:1"},
                "tags": ["shop-web"],
                "output": ["type=docker"],
            }
        },
    }


ATTRIBUTES = [
    ({"dockerfile": "sub/Dockerfile.x"}, "dockerfile", "/src/sub/Dockerfile.x"),
    ({"dockerfile": "/else/Dockerfile"}, "dockerfile", "/else/Dockerfile"),
    ({"context": "https://host.test/a.git", "dockerfile": "sub/D"}, "dockerfile", "sub/D"),
    ({"context": "https://host.test/a.git"}, "context", "https://host.test/a.git"),
    ({"dockerfile_inline": "FROM x\nRUN echo ${A} %{b} $C\n"}, "dockerfile-inline", "FROM x\nRUN echo $${A} %%{b} $C\n"),
    ({"args": {"A": "1", "B": None, "C": "x${y}"}}, "args", {"A": "1", "C": "x$${y}"}),
    ({"cache_from": ("type=local,src=/c", "alpine:3")}, "cache-from", ["type=local,src=/c", "alpine:3"]),
    ({"cache_to": ("type=inline",)}, "cache-to", ["type=inline"]),
    ({"target": "t"}, "target", "t"),
    ({"ssh": ("default", "k=/key", "f: /a=b", "g=/a: b")}, "ssh", ["default=", "k=/key", "f=/a=b", "g=/a: b"]),
    ({"platforms": ("linux/amd64", "linux/arm64")}, "platforms", ["linux/amd64", "linux/arm64"]),
    ({"platforms": ("linux/amd64", "linux/arm64")}, "output", ["type=image,push=false"]),
    ({"platforms": ("linux/amd64",)}, "output", ["type=docker"]),
    ({"push": True, "named": True, "platforms": ("a", "b")}, "output", ["type=image,push=true"]),
    ({"push": True, "named": True}, "output", ["type=registry"]),
    ({"push": True}, "output", ["type=docker"]),
    ({"pull": True}, "pull", True),
    ({"no_cache": True}, "no-cache", True),
    ({"no_cache_filter": ("a",)}, "no-cache-filter", ["a"]),
    ({"network": "host"}, "network", "host"),
    ({"shm_size": ByteSize(67108864)}, "shm-size", "67108864"),
    ({"ulimits": {"nproc": Ulimit(soft=1, hard=2), "nofile": Ulimit(single=100)}}, "ulimits", ["nofile=100", "nproc=1:2"]),
    ({"entitlements": ("network.host",), "privileged": True}, "entitlements", ["network.host", "security.insecure"]),
    ({"extra_hosts": ("h=1.2.3.4", "h=::1", "g:5.6.7.8")}, "extra-hosts", {"h": "1.2.3.4,::1", "g": "5.6.7.8"}),
    ({"provenance": "mode=max", "sbom": "true"}, "attest", ["type=provenance,mode=max", "type=sbom"]),
    ({"check": True}, "call", "lint"),
    ({"tags": ("a", "b:1")}, "tags", ["a", "b:1"]),
]


@pytest.mark.parametrize(("attributes", "key", "expected"), ATTRIBUTES)
def test_attributes(attributes, key, expected):
    assert target(job(**attributes))[key] == expected


@pytest.mark.parametrize(
    ("attributes", "absent"),
    [
        ({"provenance": "false", "sbom": "false"}, "attest"),
        ({"check": True}, "output"),
        ({"dockerfile_inline": "FROM x"}, "dockerfile"),
        ({"isolation": "hyperv"}, "isolation"),
    ],
)
def test_what_is_left_out(attributes, absent):
    assert absent not in target(job(**attributes))


def test_secrets_are_named_and_never_written():
    secrets = {
        "one": FileObject(file="/src/one.txt"),
        "two": FileObject(environment="TWO", content="hidden"),
    }
    assert target(job(secrets=secrets))["secret"] == ["id=one,type=file,src=/src/one.txt", "id=two,type=env,env=TWO"]


def test_images_of_other_services_are_targets():
    other = job("base.x", tags=("shop-base.x",))
    found = definition([job(additional_contexts={"b": "service:base.x", "o": "/other", "i": "docker-image://x"}), other])
    assert found["target"]["web"]["contexts"] == {"b": "target:base_x", "o": "/other", "i": "docker-image://x"}
    assert found["group"]["default"]["targets"] == ["base_x", "web"]


def test_a_context_may_be_the_image_of_a_service_that_shares_it():
    web = job(additional_contexts={"b": "service:second"})
    first = msgspec.structs.replace(job("first"), services=("first", "second"))
    found = definition([web, first])
    assert found["target"]["web"]["contexts"] == {"b": "target:first"}
    assert found["group"]["default"]["targets"] == ["first", "web"]


def test_an_image_another_service_makes_comes_from_its_target():
    found = target(job(), job("base", tags=("me/base",)), sources={"web": {"me/base": "base"}})
    assert found["contexts"] == {"me/base": "target:base"}


def test_a_context_that_is_not_built_is_an_error():
    with pytest.raises(ComposeError, match="service:base"):
        definition([job(additional_contexts={"b": "service:base"})])


def test_entitlements_of_all_jobs_are_allowed_once():
    jobs = [job(privileged=True), job("b", entitlements=("network.host", "security.insecure"))]
    assert entitlements(jobs) == ("network.host", "security.insecure")
