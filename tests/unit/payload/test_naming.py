import pytest
from msgspec.structs import replace

from compose.model.network import Network
from compose.model.storage import Volume
from compose.payload import naming


@pytest.fixture
def project(make, project_of):
    return project_of(make("web", build={}), networks={"front": Network(name="edge")}, volumes={"data": Volume(name="kept")})


def test_containers_are_named_after_project_service_and_number(project, make):
    assert naming.container_name(project, make("web"), 3) == "shop-web-3"
    assert naming.container_name(project, make("web", container_name="alone"), 1) == "alone"


def test_compatibility_mode_joins_with_underscores(project, make):
    old = replace(project, separator="_")
    assert naming.container_name(old, make("web"), 1) == "shop_web_1"
    assert naming.image_name(old, make("web", build={})) == "shop_web"
    assert naming.network_name(old, "other") == "shop_other"


def test_an_image_is_named_by_the_file_or_after_the_service(project, make):
    assert naming.image_name(project, make("web", image="redis:7")) == "redis:7"
    assert naming.image_name(project, make("web")) == "shop-web"


def test_one_offs_and_replacements_bear_short_ids(project, make):
    slug = "0123456789abcdef" * 4
    assert naming.run_name(project, make("web", container_name="alone"), slug) == "shop-web-run-0123456789ab"
    assert naming.temporary_name(slug, "shop-web-1") == "0123456789ab_shop-web-1"
    assert naming.short("sha256:" + slug) == "0123456789ab"


def test_networks_and_volumes_have_the_names_of_the_file(project):
    assert naming.network_name(project, "front") == "edge"
    assert naming.network_name(project, "back") == "shop_back"
    assert naming.volume_name(project, "data") == "kept"
    assert naming.volume_name(project, "more") == "shop_more"


@pytest.mark.parametrize(
    ("container", "shown"), [("shop-web-1", "web-1"), ("shop-web-2", "shop-web-2"), ("alone", "alone"), ("web-1", "web-1")]
)
def test_logs_leave_the_project_out_of_default_names(container, shown):
    assert naming.display_name("shop", container, service_name="web", number=1) == shown
