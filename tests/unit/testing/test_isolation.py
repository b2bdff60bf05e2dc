from compose.load.pipeline import load
from compose.load.request import LoadRequest
from compose.testing.isolation import Copy, isolation_of

FILE = """
services:
  web:
    build: .
    container_name: web
    ports: ["80:8000", "443"]
  db:
    image: postgres
    volumes: ["data:/data"]
networks: {default: {ipam: {config: [{subnet: 10.5.0.0/24}]}}}
volumes: {data: {name: shop-data}}
"""


class Engine:
    def call(self, _call):
        return []


def copied(tmp_path, **options):
    (tmp_path / "compose.yaml").write_text(FILE)
    project = load(LoadRequest(cwd=str(tmp_path), project_name="t-shop-1", environment={})).project
    copy = Copy(isolation_of("t-shop", **{"keep": (), "is_here": True, **options}), {"owner": "me"}, Engine)
    return copy(project), copy, project


def test_nothing_is_left_that_only_one_copy_could_have(tmp_path):
    project, copy, _ = copied(tmp_path)
    web = project.services["web"]
    assert [(port.host_ip, port.published) for port in web.ports] == [("127.0.0.1", ""), ("127.0.0.1", "")]
    assert (web.container_name, web.image, web.pull_policy) == ("", "t-shop-web", "never")
    assert "web" in web.networks["default"].aliases
    assert project.volumes["data"].name == "t-shop-1_data"
    assert project.labels["owner"] == "me"
    assert len(copy.changes) == 4


def test_the_copy_has_the_same_subnet_however_often_it_is_made(tmp_path):
    project, copy, original = copied(tmp_path)
    assert project.networks["default"].ipam.config[0].subnet != "10.5.0.0/24"
    assert copy(original) == project


def test_what_is_to_be_kept_stays_and_remote_engines_publish_everywhere(tmp_path):
    project, _, _ = copied(tmp_path, keep=("services.web.ports", "volumes.*"), is_here=False)
    assert project.services["web"].ports[0].published == "80"
    assert project.volumes["data"].name == "shop-data"
    project, _, _ = copied(tmp_path, is_here=False)
    assert project.services["web"].ports[0].host_ip == "0.0.0.0"
