"""A project with one service that uses much, as data: the one whose containers are recorded in `answers/`."""

from __future__ import annotations

import msgspec
import pytest

from compose.base.place import Span
from compose.base.units import decode_unit
from compose.model.network import Network
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject, Volume

WEB = {
    "image": "nginx:alpine",
    "command": ["nginx", "-g", "daemon off;"],
    "user": "1000",
    "hostname": "web",
    "environment": {"DB_URL": "postgres://app:hunter2@db/shop", "API_TOKEN": "abc", "MODE": "plain", "BARE": None},
    "labels": {"tier": "front"},
    "ports": [
        {"mode": "ingress", "target": 80, "published": "18080", "protocol": "tcp"},
        {"mode": "ingress", "host_ip": "127.0.0.1", "target": 81, "protocol": "tcp"},
    ],
    "expose": ["9000"],
    "volumes": [
        {"type": "volume", "source": "data", "target": "/data", "volume": {}},
        {"type": "bind", "source": "/srv/shop", "target": "/src", "read_only": True, "bind": {"create_host_path": True}},
        {"type": "volume", "target": "/cache", "volume": {}},
        {"type": "tmpfs", "target": "/scratch", "tmpfs": {"size": "1048576"}},
    ],
    "tmpfs": ["/run:size=1m"],
    "networks": {"default": {"aliases": ["www"]}, "back": {"ipv4_address": "10.77.3.9"}},
    "healthcheck": {"test": ["CMD", "true"], "interval": "5s", "start_period": "10s"},
    "cap_add": ["NET_ADMIN"],
    "stop_grace_period": "3s",
    "restart": "on-failure:3",
    "logging": {"driver": "json-file", "options": {"max-size": "1m"}},
    "ulimits": {"nofile": {"soft": 100, "hard": 200}},
    "sysctls": {"net.core.somaxconn": "1024"},
    "extra_hosts": ["one=10.0.0.1"],
    "dns": ["192.0.2.1"],
    "security_opt": ["no-new-privileges"],
    "deploy": {"resources": {"limits": {"memory": "67108864", "pids": 50, "cpus": 0.5}}},
    "devices": [{"source": "/dev/null", "target": "/dev/mine", "permissions": "rwm"}],
    "secrets": [{"source": "key", "target": "/run/secrets/key"}],
}


class Lines:
    """Places: every path is on a line of its own, its length."""

    def nearest(self, path):
        return Span(file="compose.yaml", line=len(path), column=1, end_line=len(path), end_column=2)

    key = nearest


def make_service(name, /, **attributes):
    return msgspec.convert({"name": name, **attributes}, Service, dec_hook=decode_unit)


@pytest.fixture
def make():
    """Make a service from canonical attributes: `make("web", image="busybox")`."""
    return make_service


@pytest.fixture
def project_of():
    """Make a project `shop` of services, with any other part of a Project by name."""

    def project(*services, **parts):
        found = {
            "name": "shop",
            "directory": "/srv/shop",
            "files": ("/srv/shop/compose.yaml",),
            "networks": {"default": Network(name="shop_default")},
            "places": Lines(),
        }
        return Project(**{**found, "services": {service.name: service for service in services}, **parts})

    return project


@pytest.fixture
def shop(project_of):
    """Make the recorded project with changes to its service: `shop(user="0")`; None takes an attribute away."""

    def changed(**attributes):
        wanted = {key: value for key, value in {**WEB, **attributes}.items() if value is not None}
        return project_of(
            make_service("web", **wanted),
            networks={"default": Network(name="shop_default"), "back": Network(name="shop_back")},
            volumes={"data": Volume(name="shop_data"), "other": Volume(name="shop_other")},
            secrets={"key": FileObject(name="shop_key", file="/srv/shop/compose.yaml")},
        )

    return changed
