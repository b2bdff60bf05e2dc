"""The commands that only look: what they ask the engine, and what they make of its answers."""

from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.commands.images import images
from compose.commands.ls import LsOptions, ls
from compose.commands.port import PortOptions, port
from compose.commands.ps import PsOptions, ps
from compose.commands.stats import StatsOptions, stats
from compose.commands.target import container_of
from compose.commands.top import top
from compose.commands.volumes import volumes
from tests.unit.commands.canned import container, session_with

LIST = "/containers/json"
FILES = {"com.docker.compose.project.config_files": "/a.yaml"}


def test_ls_groups_containers_by_project():
    answers = {LIST: [container("shop-1", project="shop", Labels=FILES), container("blog-1", project="blog", Labels=FILES)]}
    session, engine, warned = session_with(answers)
    found = ls(session, LsOptions(all=True))
    assert list(found) == ["blog", "shop"]
    assert [one.name for one in found["shop"]] == ["shop-1"]
    assert engine.calls[0].query["all"] is True
    assert warned == []


def test_ls_warns_where_no_label_tells_the_files():
    session, _, warned = session_with({LIST: [container("old-1", project="old")]})
    ls(session, LsOptions())
    assert warned == ["unlabelled"]


def test_ls_filters_by_name():
    session, _, _ = session_with({LIST: [container(name, project=name, Labels=FILES) for name in ("shop", "workshop", "blog")]})
    assert list(ls(session, LsOptions(filter="name=^shop"))) == ["shop"]
    assert list(ls(session, LsOptions(filter="name=shop"))) == ["shop", "workshop"]


def test_containers_are_found_without_the_env_files_of_services(tmp_path):
    (tmp_path / "compose.yaml").write_text("name: p\nservices: {web: {image: nginx, env_file: absent.env}}\n")
    session, _, _ = session_with({LIST: [container("p-web-1")]}, name="", cwd=str(tmp_path))
    assert [one.name for one in ps(session, PsOptions())] == ["p-web-1"]
    with pytest.raises(ComposeError, match="no such service: nope"):
        ps(session, PsOptions(services=("nope",)))
    with pytest.raises(ComposeError, match=r"absent\.env not found"):
        session.name()


@pytest.mark.parametrize("text", ["x=y", "name", "name=("])
def test_ls_refuses_other_filters(text):
    session, engine, _ = session_with({})
    with pytest.raises(ComposeError, match="invalid filter"):
        ls(session, LsOptions(filter=text))
    assert engine.calls == []


def test_images_are_looked_up_once_each():
    answers = {
        LIST: [
            container("p-web-1", ImageID="sha256:1", Image="nginx"),
            container("p-web-2", number=2, ImageID="sha256:1", Image="nginx", state="exited"),
            container("p-db-1", service="db", ImageID="sha256:gone", Image="db"),
        ],
        "/images/sha256:1/json": {"Id": "sha256:1", "RepoTags": ["nginx:latest"], "Size": 5},
    }
    session, engine, _ = session_with(answers)
    found = images(session)
    assert [(one.name, image and image.size) for one, image in found] == [("p-db-1", None), ("p-web-1", 5), ("p-web-2", 5)]
    assert sum("/images/" in call.path for call in engine.calls) == 2
    assert [one.name for one, _ in images(session, ("db",))] == ["p-db-1"]


VOLUMES = {
    "Volumes": [
        {"Name": f"p_{key}", "Driver": "local", "Labels": {"com.docker.compose.project": "p", "com.docker.compose.volume": key}}
        for key in ("logs", "data")
    ]
}


def test_volumes_by_name_or_those_that_services_mount():
    mounts = [{"Type": "volume", "Name": "p_data"}, {"Type": "bind", "Source": "/x"}]
    answers = {
        LIST: [container("p-web-1", Mounts=mounts), container("p-db-1", service="db", state="exited", Mounts=mounts)],
        "/networks": [],
        "/volumes": VOLUMES,
    }
    session, _, _ = session_with(answers)
    assert [one.name for one in volumes(session)] == ["p_data", "p_logs"]
    assert [one.name for one in volumes(session, ("web",))] == ["p_data"]
    for service in ("db", "none"):
        with pytest.raises(ComposeError, match=f"no such service: {service}"):
            volumes(session, (service,))


def test_top_asks_running_containers():
    answers = {
        LIST: [container("p-web-1"), container("p-db-1", service="db", state="exited"), container("p-web-2", number=2)],
        "/containers/p-web-1/top": {"Titles": ["PID", "CMD"], "Processes": [["1", "nginx"]]},
        "/containers/p-web-2/top": {"Titles": ["PID", "CMD"], "Processes": None},
    }
    session, _, _ = session_with(answers)
    first, second = top(session)
    assert (first.service, first.number, first.titles, first.rows) == ("web", 1, ("PID", "CMD"), (("1", "nginx"),))
    assert second.rows == ()
    assert top(session, ("db",)) == ()


PORTS = [
    {"PrivatePort": 80, "PublicPort": 8080, "IP": "0.0.0.0", "Type": "tcp"},
    {"PrivatePort": 81, "Type": "tcp"},
    {"PrivatePort": 53, "PublicPort": 53, "IP": "::", "Type": "udp"},
]


def test_port_finds_the_hosts_side():
    session, _, _ = session_with({LIST: [container("p-web-1", Ports=PORTS)]})
    found = port(session, PortOptions(service="web", private=80))
    assert (found.address, found.public) == ("0.0.0.0", 8080)
    assert port(session, PortOptions(service="web", private=53, protocol="udp")).public == 53


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (PortOptions(service="web", private=81), r"no port 81/tcp for container p-web-1: 53/udp, 80/tcp"),
        (PortOptions(service="web", private=53), r"no port 53/tcp for container p-web-1"),
        (PortOptions(service="db", private=80), r'service "db" is not running'),
        (PortOptions(service="web", private=80, index=2), r'service "web" is not running container #2'),
    ],
)
def test_port_tells_what_there_is_instead(options, message):
    session, _, _ = session_with({LIST: [container("p-web-1", Ports=PORTS)]})
    with pytest.raises(ComposeError, match=message):
        port(session, options)


def test_stats_samples_what_runs():
    answers = {
        LIST: [container("p-web-1"), container("p-web-2", number=2), container("p-db-1", service="db", state="exited")],
        "/containers/p-web-1/stats": {"pids_stats": {"current": 3}},
    }
    session, engine, _ = session_with(answers)
    found = stats(session, StatsOptions())
    assert [(one.name, sample) for one, sample in found] == [("p-web-1", {"pids_stats": {"current": 3}}), ("p-web-2", {})]
    assert all(call.query.get("stream") is False for call in engine.calls if call.path.endswith("/stats"))
    assert [one.name for one, _ in stats(session, StatsOptions(all=True, service="db"))] == ["p-db-1"]
    with pytest.raises(ComposeError, match="no such service: none"):
        stats(session, StatsOptions(service="none"))


ONEOFF = {"com.docker.compose.oneoff": "True"}


@pytest.mark.parametrize(
    ("index", "stopped", "name"), [(0, False, "p-web-2"), (3, False, "p-web-3"), (0, True, "p-web-1"), (1, True, "p-web-1")]
)
def test_the_first_container_that_runs_is_meant_unless_a_number_is_given(index, stopped, name):
    listed = [
        container("p-web-run-1", number=0, Labels=ONEOFF),
        container("p-web-3", number=3),
        container("p-web-2", number=2),
        container("p-web-1", number=1, state="exited"),
    ]
    session, _, _ = session_with({LIST: listed})
    assert container_of(session, "web", index, stopped=stopped).name == name


def test_a_container_of_run_is_meant_where_there_is_no_other():
    session, _, _ = session_with({LIST: [container("p-web-run-1", number=0, Labels=ONEOFF)]})
    assert container_of(session, "web").name == "p-web-run-1"
    with pytest.raises(ComposeError, match=r'service "web" is not running container #1'):
        container_of(session, "web", 1)


def test_a_misspelt_service_is_answered_with_the_likely_one():
    session, _, _ = session_with({LIST: [container("p-web-1")]})
    with pytest.raises(ComposeError) as caught:
        container_of(session, "wbe", stopped=True)
    assert str(caught.value) == 'no container found for service "wbe"'
    assert caught.value.diagnostics[0].hint == "did you mean `web`?"
