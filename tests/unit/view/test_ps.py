from __future__ import annotations

import pytest

from compose.state.observed import ContainerState, Published
from compose.view.listing import show
from compose.view.ps import LISTING, quoted, rows, shorten

WEB = ContainerState(
    id="5b66d1f5aaf2145f3c28f2774ab1011bb0cd6145d93ca7155b6e91a82e6ac841",
    name="shop-web-1",
    service="web",
    number=1,
    state="running",
    status="Up 5 s",
    health="healthy",
    image="nginx:alpine",
    command="sh -c 'for i in 1 2 3'",
    created=1_700_000_000,
    labels={"com.docker.compose.project": "shop", "a": "b"},
    ports=(Published(private=80, public=8080, address="0.0.0.0"),),
    networks={"shop_default": "1", "shop_back": "2"},
    mounts=(
        {"Type": "volume", "Name": "shop_data", "Driver": "local"},
        {"Type": "bind", "Source": "/a/very/long/path/indeed"},
    ),
)


def test_the_table_has_the_peers_columns():
    assert show(LISTING, rows([WEB], now=1_700_000_005), "").splitlines() == [
        "NAME         IMAGE          COMMAND                  SERVICE   CREATED         STATUS    PORTS",
        'shop-web-1   nginx:alpine   "sh -c \'for i in 1 2…"   web       5 seconds ago   Up 5 s    0.0.0.0:8080->80/tcp',
    ]


def test_json_has_the_peers_fields():
    (row,) = rows([WEB], now=1_700_000_005)
    assert list(row) == [
        "Command", "CreatedAt", "ExitCode", "Health", "ID", "Image", "Labels", "LocalVolumes", "Mounts", "Name", "Names",
        "Networks", "Ports", "Project", "Publishers", "RunningFor", "Service", "Size", "State", "Status",
    ]  # fmt: skip
    assert row["ID"] == "5b66d1f5aaf2"
    assert row["Labels"] == "a=b,com.docker.compose.project=shop"
    assert (row["LocalVolumes"], row["Mounts"], row["Networks"]) == ("1", "shop_data,/a/very/long/p…", "shop_back,shop_default")
    assert row["Publishers"] == [{"URL": "0.0.0.0", "TargetPort": 80, "PublishedPort": 8080, "Protocol": "tcp"}]
    assert (row["ExitCode"], row["Project"], row["Health"]) == (0, "shop", "healthy")


def test_nothing_is_shortened_on_request():
    (row,) = rows([WEB], now=0, truncate=False)
    assert row["ID"] == WEB.id
    assert row["Command"] == "\"sh -c 'for i in 1 2 3'\""
    assert row["Mounts"].endswith("/a/very/long/path/indeed")


def test_labels_can_be_asked_for():
    assert show(LISTING, rows([WEB], now=0), '{{.Label "a"}}-{{.Label "none"}}') == "b-\n"


@pytest.mark.parametrize(("text", "length", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, "")])
def test_shortening_keeps_the_length(text, length, short):
    assert shorten(text, length) == short


def test_quotes_are_escaped():
    assert quoted('say "hi"') == '"say \\"hi\\""'
