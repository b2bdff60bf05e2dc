from __future__ import annotations

import pytest

from compose.state.observed import ContainerState, ImageState
from compose.view.images import LISTING, ids, json_rows, rows
from compose.view.listing import show

NGINX = ImageState(
    reference="nginx:alpine",
    id="sha256:4d043a0046f2df52e746c7665e0c3767944d8f0caa91fd0704bd05f9209254cd",
    repo_tags=("web:latest", "nginx:alpine"),
    os="linux",
    architecture="arm64",
    variant="v8",
    created="2023-11-14T22:13:20Z",
    size=29_342_214,
    last_tagged=1_704_067_200.0,
    last_tag_time="2024-01-01T00:00:00.000000001Z",
)


def container(name, image="nginx:alpine"):
    return ContainerState(id=name, name=name, image=image)


def test_a_row_for_each_container_by_name():
    text = show(LISTING, rows([(container("p-web-2"), NGINX), (container("p-web-1"), None)], now=1_700_000_060), "")
    assert [line.split() for line in text.splitlines()[1:]] == [
        ["p-web-1", "<none>", "<none>", "<none>", "<none>", "<none>", "<none>"],
        ["p-web-2", "nginx", "alpine", "linux/arm64/v8", "4d043a0046f2", "29.3MB", "About", "a", "minute", "ago"],
    ]


def test_json_has_the_peers_fields():
    assert json_rows([(container("p-web-1"), NGINX)]) == [
        {
            "ID": NGINX.id,
            "ContainerName": "p-web-1",
            "Repository": "nginx",
            "Tag": "alpine",
            "Platform": "linux/arm64/v8",
            "Size": 29_342_214,
            "Created": "2023-11-14T22:13:20Z",
            "LastTagTime": "2024-01-01T00:00:00.000000001Z",
        }
    ]
    assert json_rows([(container("a"), None)])[0]["Repository"] == ""


@pytest.mark.parametrize(
    ("tags", "digests", "wanted", "expected"),
    [
        (("web:latest",), (), "web", ("web", "latest")),
        (("a:1", "b:2"), (), "b:2", ("b", "2")),
        (("a:1",), (), "sha256:123", ("a", "1")),
        (("host:5000/web:1",), (), "host:5000/web:1", ("host:5000/web", "1")),
        ((), ("web@sha256:1",), "web", ("web", "<none>")),
        ((), (), "web", ("<none>", "<none>")),
    ],
)
def test_the_name_is_the_one_the_container_uses(tags, digests, wanted, expected):
    image = ImageState(reference="x", id="sha256:1", repo_tags=tags, repo_digests=digests)
    (row,) = rows([(container("c", wanted), image)], now=0)
    assert (row["Repository"], row["Tag"]) == expected


def test_an_image_without_a_date_says_so():
    image = ImageState(reference="x", id="sha256:1", created="0001-01-01T00:00:00Z")
    assert rows([(container("c"), image)], now=0)[0]["Age"] == "N/A"
    assert "Created" not in json_rows([(container("c"), image)])[0]


def test_ids_once_each():
    other = ImageState(reference="y", id="sha256:1")
    assert ids([(container("b"), NGINX), (container("a"), other), (container("c"), NGINX), (container("d"), None)]) == [
        "1",
        "4d043a0046f2df52e746c7665e0c3767944d8f0caa91fd0704bd05f9209254cd",
    ]
