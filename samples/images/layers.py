"""Turns Debian packages into image layers, and layers into archives as `docker save` writes them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import debian
from recipes import IMAGES, LAYERS, LEFT_OUT, PATH, PATHS_LEFT_OUT, Layer

HERE = Path(__file__).resolve().parent
DATE = "2024-01-01T00:00:00Z"  # one date for everything: the same contents give the same ids
MERGED = re.compile(r"(bin|sbin|lib|lib64)/")
PROGRAMS = re.compile(r"usr/lib/postgresql/\d+/bin/(?P<name>[^/]+)$")


class Builder:
    """Builds layers and images into a cache; what is there already is not built again."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._built = cache / "built"
        self._built.mkdir(parents=True, exist_ok=True)
        self._releases: dict[str, debian.Packages] = {}

    def image(self, family: str) -> tuple[Path, dict[str, str]]:
        """Return the archive with all tags of a family, and the image id of each tag."""
        image = IMAGES[family]
        layers = [self.layer(name) for name in self._stack(image.layer)]
        archive = self._built / f"{family}-{_key([layer.name for layer in layers], repr(image))}.tar"
        index = archive.with_suffix(".ids")
        if archive.exists():
            return archive, json.loads(index.read_text())
        digests = [_digest(layer) for layer in layers]
        manifest, ids = [], {}
        with tarfile.open(archive.with_suffix(".part"), "w") as out:
            for digest, layer in zip(digests, layers, strict=True):
                out.add(layer, f"{digest}/layer.tar")
            for tag in image.tags:
                blob = self._config(family, tag, digests)
                ids[tag] = hashlib.sha256(blob).hexdigest()
                _add(out, f"{ids[tag]}.json", blob)
                manifest.append({"Config": f"{ids[tag]}.json", "RepoTags": [tag], "Layers": [f"{d}/layer.tar" for d in digests]})
            _add(out, "manifest.json", json.dumps(manifest).encode())
        index.write_text(json.dumps(ids))
        archive.with_suffix(".part").rename(archive)
        return archive, ids

    def layer(self, name: str) -> Path:
        """Return the layer as a tar file."""
        recipe = LAYERS[name]
        target = self._built / f"{name}-{_key(self._recipe(name))}.layer"
        if target.exists():
            return target
        part = target.with_suffix(".part")
        with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as out:
            _Writer(out, self._paths_below(recipe.below)).write(name, recipe, self._archives(recipe))
        part.rename(target)
        return target

    def _archives(self, recipe: Layer) -> list[Path]:
        older = debian.is_debian() and debian.codename() in {"bullseye", "bookworm"}
        release = recipe.newer if older else ""
        packages = self._releases.setdefault(release, debian.Packages(self._cache, release))
        names = list(recipe.packages)
        if recipe.closure:
            below = {package for layer in self._stack(recipe.below) for package in LAYERS[layer].packages}
            names = [n for n in packages.closure(recipe.packages) if n not in below and not re.fullmatch(LEFT_OUT, n)]
        return packages.download(names)

    def _paths_below(self, layer: str) -> set[str]:
        found = set()
        for name in self._stack(layer):
            with tarfile.open(self.layer(name)) as files:
                found.update(entry.name for entry in files if entry.isdir())
        return found

    def _stack(self, layer: str) -> list[str]:
        names: list[str] = []
        while layer:
            names.insert(0, layer)
            layer = LAYERS[layer].below
        return names

    def _recipe(self, name: str) -> str:
        """Return everything the layer is made from as text, so that another recipe is another layer."""
        files = sorted(file for file in (HERE / "files" / name).rglob("*") if file.is_file())
        own = [(str(file), file.stat().st_mode, file.read_text()) for file in files]
        programs = [(HERE / file).read_text() for file in ("layers.py", "debian.py")]
        below = LAYERS[name].below
        return repr((LAYERS[name], LEFT_OUT, PATHS_LEFT_OUT, own, programs, self._recipe(below) if below else ""))

    def _config(self, family: str, tag: str, digests: list[str]) -> bytes:
        image = IMAGES[family]
        names = self._stack(image.layer)
        history = [{"created": DATE, "created_by": f"stand-in from Debian packages: {name}"} for name in names]
        history[-1]["comment"] = tag  # each tag is an image with an id of its own, as the real ones are
        env = [f"{name}={value}" for name, value in {"PATH": PATH, **image.env}.items()]
        config = {
            "architecture": debian.architecture(),
            "os": "linux",
            "created": DATE,
            "config": {**image.config, "Env": env},
            "history": history,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        }
        return json.dumps(config).encode()


class _Writer:
    """Writes one layer: own files first, then what the packages bring."""

    def __init__(self, out: tarfile.TarFile, directories: set[str]) -> None:
        self._out = out
        self._directories = directories
        self._written: set[str] = set()

    def write(self, name: str, recipe: Layer, archives: list[Path]) -> None:
        for folder in recipe.folders:
            self._directory(folder)
        for path, target in recipe.links.items():
            self._link(path, target)
        own = HERE / "files" / name
        for file in sorted(own.rglob("*")):
            if file.is_file():
                self._file(str(file.relative_to(own)), file.read_bytes(), 0o755 if file.stat().st_mode & 0o100 else 0o644)
        python = next((match[1] for archive in archives if (match := re.match(r"python(3\.\d+)_", archive.name))), "")
        for archive in archives:
            for entry, files in debian.contents(archive):
                path = _place(entry.name)
                if _wanted(path, recipe) and not entry.isdir():
                    self._entry(entry, path, files, python)

    def _entry(self, entry: tarfile.TarInfo, path: str, files: tarfile.TarFile, python: str) -> None:
        if path.endswith(".whl"):
            for name, data in _wheel(files.extractfile(entry)):
                self._file(f"usr/local/lib/python{python}/dist-packages/{name}", data, 0o644)
            return
        if entry.issym():
            self._link(path, entry.linkname)
        elif entry.islnk():
            self._link(path, "/" + _place(entry.linkname))
        elif entry.isreg():
            data = files.extractfile(entry).read()
            self._file(path, data, entry.mode & 0o777)
            if path == "usr/bin/busybox":
                for applet in _applets(data):
                    self._link(f"usr/bin/{applet}", "busybox")
        if match := PROGRAMS.match(path):
            self._link(f"usr/local/bin/{match['name']}", f"/{path}")

    def _file(self, path: str, data: bytes, mode: int) -> None:
        if self._begin(path):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            self._out.addfile(entry, io.BytesIO(data))

    def _link(self, path: str, target: str) -> None:
        if self._begin(path):
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, target, 0o777
            self._out.addfile(entry)

    def _directory(self, path: str) -> None:
        if path in self._directories or path in {"", "."}:
            return
        self._directory(str(Path(path).parent))
        self._directories.add(path)
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if path in {"tmp", "var/tmp"} else 0o755
        self._out.addfile(entry)

    def _begin(self, path: str) -> bool:
        """Make the directory above; False when the path is written already (the first writer wins)."""
        if path in self._written or path in self._directories:
            return False
        self._directory(str(Path(path).parent))
        self._written.add(path)
        return True


def _place(name: str) -> str:
    """Return where a package's file goes: older packages have directories that are links into /usr today."""
    path = name.removeprefix("./").rstrip("/")
    return f"usr/{path}" if MERGED.match(path) else path


def _wanted(path: str, recipe: Layer) -> bool:
    def matches(patterns: tuple[str, ...]) -> bool:
        return any(re.match(pattern, path) for pattern in patterns)

    if recipe.only and not matches(recipe.only):
        return False
    return matches(recipe.keep) or not matches((*recipe.drop, *PATHS_LEFT_OUT))


def _wheel(file: io.BufferedReader) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(file.read())) as wheel:
        for name in wheel.namelist():
            if not name.endswith("/"):
                yield name, wheel.read(name)


def _applets(program: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        busybox = Path(folder, "busybox")
        busybox.write_bytes(program)
        busybox.chmod(0o755)
        output = subprocess.run((busybox, "--list"), capture_output=True, text=True, check=True).stdout
    return [name for name in output.split() if name != "busybox"]


def _add(out: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    out.addfile(entry, io.BytesIO(data))


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
