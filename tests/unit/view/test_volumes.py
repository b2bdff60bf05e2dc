from __future__ import annotations

import json

from compose.state.observed import VolumeState
from compose.view.listing import show
from compose.view.volumes import LISTING, rows

DATA = VolumeState(name="p_data", driver="local", labels={"a": "b"}, inspect={"Mountpoint": "/var/lib/x", "Scope": "local"})


def test_the_table_is_that_of_docker_volume_ls():
    assert show(LISTING, rows([DATA]), "") == "DRIVER    VOLUME NAME\nlocal     p_data\n"


def test_json_has_dockers_fields():
    assert json.loads(show(LISTING, rows([DATA]), "json")) == {
        "Availability": "N/A", "Driver": "local", "Group": "N/A", "Labels": "a=b", "Links": "N/A", "Mountpoint": "/var/lib/x",
        "Name": "p_data", "Scope": "local", "Size": "N/A", "Status": "N/A",
    }  # fmt: skip


def test_templates():
    assert show(LISTING, rows([DATA]), '{{.Name}} {{.Label "a"}}') == "p_data b\n"
