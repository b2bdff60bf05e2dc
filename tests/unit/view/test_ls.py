from __future__ import annotations

import json

from compose.state.observed import ContainerState
from compose.view.listing import show
from compose.view.ls import LISTING, listing, rows


def container(state, files=""):
    labels = {"com.docker.compose.project.config_files": files} if files else {}
    return ContainerState(id="1", name="n", state=state, labels=labels)


PROJECTS = {
    "shop": [container("running", "/a.yaml,/b.yaml"), container("exited", "/a.yaml,/c.yaml"), container("running", "/a.yaml")],
    "blog": [container("exited")],
}


def test_projects_with_the_states_of_their_containers():
    assert show(LISTING, rows(PROJECTS), "").splitlines() == [
        "NAME                STATUS                  CONFIG FILES",
        "blog                exited(1)               N/A",
        "shop                exited(1), running(2)   /a.yaml,/b.yaml,/c.yaml",
    ]


def test_json_is_an_array():
    assert json.loads(show(LISTING, rows(PROJECTS), "json"))[1] == {
        "Name": "shop",
        "Status": "exited(1), running(2)",
        "ConfigFiles": "/a.yaml,/b.yaml,/c.yaml",
    }


def test_instances_are_told_where_there_are_any():
    own = "io.compose-reconciler."
    copy = ContainerState(id="2", name="c", state="running", labels={f"{own}instance": "b", f"{own}instance-of": "shop"})
    listed = rows({"shop-b": [copy], **PROJECTS})
    assert show(listing(listed), listed, "").splitlines() == [
        "NAME                INSTANCE            STATUS                  CONFIG FILES",
        "blog                                    exited(1)               N/A",
        "shop                                    exited(1), running(2)   /a.yaml,/b.yaml,/c.yaml",
        "shop-b              b                   running(1)              N/A",
    ]
    assert json.loads(show(listing(listed), listed, "json"))[2]["InstanceOf"] == "shop"
    assert listing(rows(PROJECTS)) == LISTING
