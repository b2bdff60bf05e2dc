import re

from msgspec.structs import replace

from compose.payload.labels import VERSION, as_replacement, container_labels, image_labels, image_source, with_image
from compose.state.observed import ImageState

PREFIX = "com.docker.compose."


def own(labels):
    return {key.removeprefix(PREFIX): value for key, value in labels.items() if key.startswith(PREFIX)}


def test_a_container_tells_its_place_and_how_it_came_to_be(make, project_of):
    dependencies = {"db": {"condition": "service_healthy"}, "cache": {"condition": "service_started", "restart": True}}
    service = make("web", image="nginx", depends_on=dependencies)
    assert own(container_labels(project_of(service), service, config_hash="cafe", images={})) == {
        "project": "shop",
        "service": "web",
        "version": VERSION,
        "project.working_dir": "/srv/shop",
        "project.config_files": "/srv/shop/compose.yaml",
        "config-hash": "cafe",
        "depends_on": "cache:service_started:true,db:service_healthy:false",
    }


def test_env_files_are_told_when_there_are_some(make, project_of):
    service = make("web", image="nginx")
    project = project_of(service, env_files=("/a", "/b"), files=("/x", "-"))
    labels = own(container_labels(project, service, config_hash="", images={}))
    assert labels["project.environment_file"] == "/a,/b"
    assert labels["project.config_files"] == "/x,-"


def test_the_users_labels_stand_below_ours(make, project_of):
    service = make("web", image="nginx", labels={"tier": "front", PREFIX + "project": "mine"})
    labels = container_labels(project_of(service), service, config_hash="", images={})
    assert (labels["tier"], labels[PREFIX + "project"]) == ("front", "shop")


def test_the_version_has_numbers_only():
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_images_are_known_by_their_content(make, project_of):
    mounts = [
        {"type": "image", "source": source, "target": f"/{target}"}
        for source, target in (("b", "z"), ("assets", "a"), ("no", "n"))
    ]
    service = make("web", image="nginx", volumes=mounts)
    project = project_of(service, make("assets", build={}))
    images = {
        "nginx": ImageState(reference="nginx", id="sha256:index", identity="sha256:manifest"),
        "b": ImageState(reference="b", id="sha256:b"),
        "shop-assets": ImageState(reference="shop-assets", id="sha256:c"),
    }
    assert own(image_labels(project, service, images)) == {
        "image": "sha256:manifest",
        "image-volume-digest": "/a=sha256:c,/z=sha256:b",
    }
    assert image_labels(project, service, {}) == {}


def test_the_source_of_an_image_mount_may_be_a_service(make, project_of):
    project = project_of(make("named", image="redis:7"), make("built", build={}))
    project = replace(project, disabled={"off": make("off", image="busybox")})
    assert [image_source(project, source) for source in ("named", "built", "off", "alpine")] == [
        "redis:7",
        "shop-built",
        "busybox",
        "alpine",
    ]


def test_labels_that_come_later_leave_the_body_as_it_was():
    body = {"Image": "x", "Labels": {"a": "b"}}
    assert with_image(body, "sha256:1") == {"Image": "x", "Labels": {"a": "b", PREFIX + "image": "sha256:1"}}
    assert as_replacement(body, "web-1")["Labels"] == {"a": "b", PREFIX + "replace": "web-1"}
    assert body == {"Image": "x", "Labels": {"a": "b"}}
