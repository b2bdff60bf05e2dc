"""The builder of stand-in images: which files go where, and what an archive says."""

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[3] / "samples" / "images"
sys.path.insert(0, str(IMAGES))
import build  # noqa: E402 - the builder is a program, not a package
import layers  # noqa: E402
import recipes  # noqa: E402


def packed(*entries):
    """Return a package's file system as dpkg-deb gives it, opened for reading."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as out:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            if content.startswith("->"):
                entry.type, entry.linkname = tarfile.SYMTYPE, content[2:]
                out.addfile(entry)
            else:
                entry.size, entry.mode = len(content), 0o755
                out.addfile(entry, io.BytesIO(content.encode()))
    data.seek(0)
    return tarfile.open(fileobj=data)


@pytest.fixture
def write(monkeypatch, tmp_path):
    """Write one layer from packages given by their entries; return what is in it."""

    def write(recipe, packages, below=()):
        def contents(archive):
            files = packed(*packages[archive.name])
            return [(entry, files) for entry in files]

        monkeypatch.setattr(layers.debian, "contents", contents)
        monkeypatch.setattr(layers, "HERE", tmp_path)
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as out:
            layers._Writer(out, set(below)).write("x", recipe, [Path(name) for name in packages])
        data.seek(0)
        with tarfile.open(fileobj=data) as files:
            return {entry.name: entry.linkname or ("/" if entry.isdir() else files.extractfile(entry).read()) for entry in files}

    return write


def test_files_of_older_packages_go_below_usr_and_documentation_stays_out(write):
    found = write(
        recipes.Layer(below="", packages=()),
        {"a_1.deb": [("./bin/tool", "x"), ("./lib/x.so", "y"), ("./usr/share/doc/a/copyright", "z"), ("./etc/a.conf", "c")]},
    )

    assert found == {"usr": "/", "usr/bin": "/", "usr/bin/tool": b"x", "usr/lib": "/", "usr/lib/x.so": b"y"}


def test_directories_of_the_layers_below_are_not_repeated(write):
    found = write(recipes.Layer(below="", packages=()), {"a_1.deb": [("./usr/bin/tool", "x")]}, below=("usr", "usr/bin"))

    assert found == {"usr/bin/tool": b"x"}


def test_own_files_win_over_the_packages(write, tmp_path):
    own = tmp_path / "files" / "x" / "etc" / "a.conf"
    own.parent.mkdir(parents=True)
    own.write_text("ours")

    found = write(recipes.Layer(below="", packages=(), keep=("etc/",)), {"a_1.deb": [("./etc/a.conf", "theirs")]})

    assert found["etc/a.conf"] == b"ours"


def test_what_is_kept_is_taken_out_of_what_is_dropped(write):
    recipe = recipes.Layer(below="", packages=(), drop=("usr/share/",), keep=("usr/share/postgresql/",))

    found = write(recipe, {"a_1.deb": [("./usr/share/postgresql/15/x.sql", "x"), ("./usr/share/other", "y")]})

    assert "usr/share/postgresql/15/x.sql" in found
    assert "usr/share/other" not in found


def test_postgres_programs_are_found_without_a_path_of_their_own(write):
    found = write(recipes.Layer(below="", packages=()), {"a_1.deb": [("./usr/lib/postgresql/15/bin/initdb", "x")]})

    assert found["usr/local/bin/initdb"] == "/usr/lib/postgresql/15/bin/initdb"


def test_folders_and_links_are_made(write):
    recipe = recipes.Layer(below="", packages=(), folders=("data", "tmp"), links={"var/run": "/run"})

    assert write(recipe, {}) == {"data": "/", "tmp": "/", "var": "/", "var/run": "/run"}


def test_every_image_lies_on_a_layer_and_every_tag_is_made_once():
    tags = [tag for image in recipes.IMAGES.values() for tag in image.tags]

    assert len(tags) == len(set(tags))
    assert {image.layer for image in recipes.IMAGES.values()} <= set(recipes.LAYERS)
    assert {layer.below for layer in recipes.LAYERS.values()} <= {"", *recipes.LAYERS}


def test_scripts_of_the_images_can_be_run():
    scripts = [file for file in (IMAGES / "files").rglob("*") if file.is_file() and file.read_bytes()[:2] == b"#!"]

    assert len(scripts) >= 4
    for script in scripts:
        assert script.stat().st_mode & 0o111, script
        subprocess.run(("sh", "-n", str(script)), check=True)


class Registry:
    """An engine that has some images, and pulls or refuses others."""

    def __init__(self, has=(), pulls=()):
        self.here, self.pulls, self.asked = set(has), set(pulls), []

    def has(self, tag):
        return tag in self.here

    def pull(self, tag):
        self.asked.append(tag)
        if tag not in self.pulls:
            raise build.ApiError("no route to host")
        self.here.add(tag)


@pytest.fixture
def made(monkeypatch):
    """Families that a stand-in was made for, with the reason."""
    made = []
    monkeypatch.setattr(build, "stand_in", lambda _engine, family, why: made.append((family, why)))
    return made


def test_images_that_are_there_are_left_alone(made):
    engine = Registry(has=recipes.IMAGES["redis"].tags)

    build.provide(engine, ["redis"], stand_ins=False)

    assert (engine.asked, made) == ([], [])


def test_images_that_can_be_pulled_are_pulled(made):
    engine = Registry(has=["redis:7"], pulls=recipes.IMAGES["redis"].tags)

    build.provide(engine, ["redis"], stand_ins=False)

    assert set(engine.asked) == {*recipes.IMAGES["redis"].tags} - {"redis:7"}
    assert made == []


def test_after_one_refused_pull_no_other_is_tried(made):
    engine = Registry()

    build.provide(engine, ["redis", "nginx"], stand_ins=False)

    assert engine.asked == ["redis:latest"]
    assert made == [("redis", "no route to host"), ("nginx", "no route to host")]


def test_stand_ins_can_be_asked_for(made):
    engine = Registry(pulls=recipes.IMAGES["redis"].tags)

    build.provide(engine, ["redis"], stand_ins=True)

    assert (engine.asked, [family for family, _ in made]) == ([], ["redis"])


def test_an_archive_names_its_tags_each_with_an_id_of_its_own(monkeypatch, tmp_path):
    builder = layers.Builder(tmp_path)
    layer = tmp_path / "base.layer"
    layer.write_bytes(b"layer")
    monkeypatch.setattr(builder, "layer", lambda _name: layer)
    monkeypatch.setattr(layers.debian, "architecture", lambda: "amd64")

    archive, ids = builder.image("busybox")

    with tarfile.open(archive) as files:
        manifest = json.load(files.extractfile("manifest.json"))
        config = json.load(files.extractfile(manifest[0]["Config"]))
    assert [entry["RepoTags"] for entry in manifest] == [[tag] for tag in recipes.IMAGES["busybox"].tags]
    assert len(set(ids.values())) == len(ids)
    assert config["config"] == {"Cmd": ["sh"], "Env": [f"PATH={recipes.PATH}"]}
    assert builder.image("busybox") == (archive, ids)
