import pytest

from compose.model.storage import FileObject, Volume
from compose.payload.files import copied_files
from compose.payload.mounts import mounted
from compose.payload.payloads import FileCopy
from compose.state.observed import EngineFacts

NEW = EngineFacts(api_version=(1, 51))
OLD = EngineFacts(api_version=(1, 41))


@pytest.fixture
def volumes_of(make, project_of):
    def mounts(*volumes, facts=NEW, **attributes):
        service = make("web", image="nginx", volumes=list(volumes), **attributes)
        project = project_of(
            service,
            make("assets", build={}),
            volumes={"data": Volume(name="shop_data")},
            secrets={"key": FileObject(name="shop_key", file="/srv/key"), "word": FileObject(name="shop_word", content="x")},
            configs={"app": FileObject(name="shop_app", file="/srv/app.conf")},
        )
        return mounted(project, service, facts)

    return mounts


@pytest.mark.parametrize(
    ("volume", "bind"),
    [
        ({"type": "volume", "source": "data", "target": "/d", "volume": {}}, "shop_data:/d:rw"),
        ({"type": "volume", "source": "data", "target": "/d", "read_only": True}, "shop_data:/d:ro"),
        ({"type": "bind", "source": "/src", "target": "/d"}, "/src:/d:rw"),
        ({"type": "bind", "source": "/src", "target": "/d", "bind": {"create_host_path": True}}, "/src:/d:rw"),
        ({"type": "bind", "source": "/src", "target": "/d", "read_only": True, "bind": {"selinux": "Z"}}, "/src:/d:ro,Z"),
    ],
)
def test_what_a_bind_string_can_say_is_said_so(volumes_of, volume, bind):
    found = volumes_of(volume)
    assert (found.binds, found.mounts) == ((bind,), ())


@pytest.mark.parametrize(
    ("volume", "mount"),
    [
        ({"type": "volume", "target": "/d", "volume": {}}, {"Type": "volume", "Target": "/d", "VolumeOptions": {}}),
        (
            {"type": "volume", "source": "data", "target": "/d", "volume": {"nocopy": True, "labels": {"a": "b"}}},
            {"Type": "volume", "Source": "shop_data", "Target": "/d", "VolumeOptions": {"NoCopy": True, "Labels": {"a": "b"}}},
        ),
        (
            {"type": "volume", "source": "data", "target": "/d", "volume": {"subpath": "in"}},
            {"Type": "volume", "Source": "shop_data", "Target": "/d", "VolumeOptions": {"Subpath": "in"}},
        ),
        (
            {"type": "bind", "source": "/s", "target": "/d", "bind": {"create_host_path": False}},
            {"Type": "bind", "Source": "/s", "Target": "/d", "BindOptions": {}},
        ),
        (
            {"type": "bind", "source": "/s", "target": "/d", "read_only": True, "bind": {"propagation": "rslave"}},
            {
                "Type": "bind",
                "Source": "/s",
                "Target": "/d",
                "ReadOnly": True,
                "BindOptions": {"Propagation": "rslave", "CreateMountpoint": True},
            },
        ),
        (
            {"type": "bind", "source": "/s", "target": "/d", "bind": {"create_host_path": False, "recursive": "readonly"}},
            {"Type": "bind", "Source": "/s", "Target": "/d", "BindOptions": {"ReadOnlyForceRecursive": True}},
        ),
        (
            {"type": "tmpfs", "target": "/d", "tmpfs": {"size": "1024", "mode": 511}},
            {"Type": "tmpfs", "Target": "/d", "TmpfsOptions": {"SizeBytes": 1024, "Mode": 511}},
        ),
        (
            {"type": "image", "source": "assets", "target": "/d", "image": {"subpath": "etc"}},
            {"Type": "image", "Source": "shop-assets", "Target": "/d", "ImageOptions": {"Subpath": "etc"}},
        ),
        (
            {"type": "npipe", "source": r"\\.\pipe\x", "target": r"\\.\pipe\x", "consistency": "cached"},
            {"Type": "npipe", "Source": r"\\.\pipe\x", "Target": r"\\.\pipe\x", "Consistency": "cached"},
        ),
    ],
)
def test_the_rest_are_mounts(volumes_of, volume, mount):
    found = volumes_of(volume)
    assert (found.binds, found.mounts) == ((), (mount,))


def test_options_that_the_engine_does_not_know_are_left_out(volumes_of):
    options = {"recursive": "writable", "propagation": "slave"}
    found = volumes_of(
        {"type": "volume", "source": "data", "target": "/v", "volume": {"subpath": "in"}},
        {"type": "bind", "source": "/s", "target": "/b", "bind": options},
        {"type": "bind", "source": "/s", "target": "/n", "bind": {"recursive": "disabled"}},
        facts=OLD,
    )
    assert [mount.get("VolumeOptions", mount.get("BindOptions")) for mount in found.mounts] == [
        {},
        {"Propagation": "slave"},
        {"NonRecursive": True},
    ]


def test_project_volumes_are_listed_once_by_key(volumes_of):
    found = volumes_of(
        {"type": "volume", "source": "data", "target": "/a"},
        {"type": "volume", "source": "data", "target": "/b"},
        {"type": "volume", "target": "/c"},
    )
    assert found.volumes == ("data",)


def test_files_are_bound_read_only_and_volumes_win_over_them(volumes_of):
    found = volumes_of(
        {"type": "bind", "source": "/mine", "target": "/app"},
        secrets=[{"source": "key", "target": "/run/secrets/key"}, {"source": "key", "target": "short"}, {"source": "word"}],
        configs=[{"source": "app"}, {"source": "app", "target": "/etc/app.conf"}],
    )
    assert found.binds == ("/mine:/app:rw",)
    key = {"Type": "bind", "Source": "/srv/key", "ReadOnly": True, "BindOptions": {}}
    assert found.mounts == (
        {**key, "Target": "/run/secrets/key"},
        {**key, "Target": "/run/secrets/short"},
        {"Type": "bind", "Source": "/srv/app.conf", "Target": "/etc/app.conf", "ReadOnly": True},
    )


def test_content_is_copied_with_owner_and_mode(make, project_of):
    service = make(
        "web",
        image="nginx",
        secrets=[{"source": "word", "uid": "7", "mode": "0400"}, {"source": "nothing"}, {"source": "file"}],
        configs=[{"source": "app", "target": "conf/app", "gid": "8"}, {"source": "variable"}],
    )
    project = project_of(
        service,
        environment={"V": "from outside"},
        secrets={
            "word": FileObject(name="word", content="swordfish"),
            "nothing": FileObject(name="nothing", environment="UNSET"),
            "file": FileObject(name="file", file="/srv/file"),
        },
        configs={"app": FileObject(name="app", content="a: b"), "variable": FileObject(name="variable", environment="V")},
    )
    assert copied_files(project, service) == (
        FileCopy(target="/run/secrets/word", content=b"swordfish", mode=0o400, uid=7, secret=True, label="word"),
        FileCopy(target="/conf/app", content=b"a: b", mode=0o444, gid=8, label="app"),
        FileCopy(target="/variable", content=b"from outside", label="variable"),
    )
