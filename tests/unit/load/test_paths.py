"""Relative paths become absolute."""

import pytest

from compose.load import paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", "/p/d/a"),
        ("./a/../b/", "/p/d/b"),
        ("../a", "/p/a"),
        ("/x/../y", "/x/../y"),
        ("~", "/home/u"),
        ("~/a", "/home/u/a"),
        ("", ""),
        (".", "/p/d"),
    ],
)
def test_absolute(path, expected):
    assert paths.absolute(path, "/p/d", "/home/u") == expected


def test_the_home_directory_may_be_unknown():
    assert paths.absolute("~/a", "/p", None) == "/p/~/a"


@pytest.mark.parametrize("path", ["C:\\a", "c:/a", "\\\\server\\share", "/a"])
def test_host_paths_may_be_those_of_windows(path):
    assert paths.host_path(path, "/p", None) == path


def test_an_empty_host_path_is_the_directory():
    assert paths.host_path("", "/p", None) == "/p"


def _resolved(data):
    return paths.resolve(data, "/p", "/home/u")


@pytest.mark.parametrize(
    "context",
    ["https://x/y.git", "git@host:a", "github.com/a/b", "docker-image://alpine", "service:a", "oci-layout://x", "ssh://h/x"],
)
def test_remote_contexts_stay(context):
    build = {"context": context, "additional_contexts": {"a": context}}
    assert _resolved({"services": {"a": {"build": dict(build)}}})["services"]["a"]["build"] == build


def test_every_path_of_a_service():
    service = {
        "build": {"context": ".", "dockerfile": "D", "additional_contexts": {"a": "x"}, "ssh": {"default": None, "k": "key"}},
        "env_file": [{"path": "a.env"}],
        "label_file": ["l"],
        "volumes": [
            {"type": "bind", "source": "s", "target": "t"},
            {"type": "volume", "source": "v", "target": "t"},
            {"type": "bind", "target": "t"},
        ],
    }
    assert _resolved({"services": {"a": service}})["services"]["a"] == {
        "build": {
            "context": "/p",
            "dockerfile": "D",
            "additional_contexts": {"a": "/p/x"},
            "ssh": {"default": None, "k": "/p/key"},
        },
        "env_file": [{"path": "/p/a.env"}],
        "label_file": ["/p/l"],
        "volumes": [
            {"type": "bind", "source": "/p/s", "target": "t"},
            {"type": "volume", "source": "v", "target": "t"},
            {"type": "bind", "target": "t"},
        ],
    }


def test_files_of_secrets_and_configs():
    data = _resolved({"secrets": {"s": {"file": "a"}}, "configs": {"c": {"file": "~/b"}, "d": {"content": "x"}}})
    assert data == {"secrets": {"s": {"file": "/p/a"}}, "configs": {"c": {"file": "/home/u/b"}, "d": {"content": "x"}}}


def test_a_local_volume_that_is_a_bind_mount():
    bind = {"driver": "local", "driver_opts": {"o": "bind", "device": "d", "type": "none"}}
    others = {
        "b": {"driver_opts": {"o": "bind", "device": "d"}},
        "c": {"driver": "local", "driver_opts": {"o": "addr=x", "device": ":/d"}},
        "d": None,
    }
    data = _resolved({"volumes": {"a": bind, **others}})
    assert data["volumes"]["a"]["driver_opts"]["device"] == "/p/d"
    assert {key: data["volumes"][key] for key in others} == others


def test_the_first_symbolic_link_of_a_watched_path_is_followed(tmp_path):
    (tmp_path / "real" / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    data = {"services": {"a": {"develop": {"watch": [{"path": "link/inner"}, {"path": "missing"}]}}}}
    resolved = paths.resolve(data, str(tmp_path), None)
    assert [rule["path"] for rule in resolved["services"]["a"]["develop"]["watch"]] == [
        str(tmp_path / "real" / "inner"),
        str(tmp_path / "missing"),
    ]
