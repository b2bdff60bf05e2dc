"""What is mounted where. Binds and Mounts are two ways to say the same, so mount points are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compose.base.value import Value
from compose.payload.comparison.finding import Case, Finding, by_key

_HOST_PREFIXES = ("/host_mnt", "/run/desktop/mnt/host")
"""Where Docker Desktop shows the machine's files."""
_OPTIONS = ("BindOptions", "VolumeOptions", "TmpfsOptions", "ImageOptions")
_AT_CREATION = {"CreateMountpoint", "NoCopy", "Labels", "DriverConfig"}
"""Options that have done their work once the container is there."""
_PROPAGATION = "rprivate"


class Point(Value, frozen=True, kw_only=True):
    """A mount point; `source` "" = anonymous. `options` are those that matter after creation."""

    kind: str
    source: str
    writable: bool
    relabel: str = ""
    propagation: str = ""
    options: dict[str, Any] = {}

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in sorted(self.options.items()))
        parts = [self.source or self.kind, "rw" if self.writable else "ro", self.relabel, self.propagation, options]
        return ":".join(part for part in parts if part)


def findings(case: Case) -> Iterator[Finding]:
    """Yield what differs in mounts, by target."""
    wanted, actual = _wanted(case), _actual(case)
    for target in sorted(wanted.keys() | actual.keys()):
        new, old = wanted.get(target), actual.get(target)
        if new is None:
            if old is not None and not _is_expected(case, target, old):
                yield Finding(path=("volumes", target), old=str(old))
        elif old is None:
            yield Finding(path=("volumes", target), new=str(new))
        elif not _same(new, old):
            yield Finding(path=("volumes", target), old=str(old), new=str(new))
    yield from by_key(("tmpfs",), case.wanted("HostConfig", "Tmpfs") or {}, case.actual("HostConfig", "Tmpfs") or {})
    yield from _volumes_from(case)


def _same(wanted: Point, actual: Point) -> bool:
    if (wanted.kind, wanted.writable, wanted.options) != (actual.kind, actual.writable, actual.options):
        return False
    if wanted.kind == "bind" and (wanted.relabel, wanted.propagation) != (actual.relabel, actual.propagation):
        return False
    return wanted.source in {"", actual.source}


def _is_expected(case: Case, target: str, actual: Point) -> bool:
    """Whether a mount that the body does not name comes from the image, or from the containers it takes volumes of."""
    if case.wanted("HostConfig", "VolumesFrom"):
        return True
    if case.image is None:
        return actual.kind == "volume"
    return target in (case.default("Volumes") or {})


def _wanted(case: Case) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for bind in case.wanted("HostConfig", "Binds") or ():
        target, point = _from_bind(bind)
        found[target] = point
    for mount in case.wanted("HostConfig", "Mounts") or ():
        found[_clean(mount["Target"])] = _from_mount(mount)
    return found


def _from_bind(text: str) -> tuple[str, Point]:
    """Return target and point of `source:target:options`; the source is a path or a volume's name."""
    source, target, options = text.rsplit(":", 2)
    words = options.split(",")
    is_path = "/" in source or "\\" in source
    relabel = next((word for word in words if word in {"z", "Z"}), "")
    point = Point(
        kind="bind" if is_path else "volume",
        source=_source(source) if is_path else source,
        writable="ro" not in words,
        relabel=relabel,
        propagation=_PROPAGATION if is_path else "",
    )
    return _clean(target), point


def _from_mount(mount: dict[str, Any]) -> Point:
    kind, source = mount["Type"], mount.get("Source") or ""
    is_bind = kind == "bind"
    propagation = (mount.get("BindOptions") or {}).get("Propagation") or _PROPAGATION
    return Point(
        kind=kind,
        source=_source(source) if is_bind else source,
        writable=not mount.get("ReadOnly") and kind != "image",
        propagation=propagation if is_bind else "",
        options=_options(mount),
    )


def _options(mount: dict[str, Any]) -> dict[str, Any]:
    given = {key: value for kind in _OPTIONS for key, value in (mount.get(kind) or {}).items()}
    return {key: value for key, value in given.items() if value and key not in {*_AT_CREATION, "Propagation"}}


def _actual(case: Case) -> dict[str, Point]:
    asked = {_clean(mount.get("Target", "")): mount for mount in case.actual("HostConfig", "Mounts") or ()}
    found = {}
    for mount in case.actual("Mounts") or ():
        target = _clean(mount.get("Destination", ""))
        found[target] = _from_point(mount, asked.get(target) or {})
    return found


def _from_point(mount: dict[str, Any], asked: dict[str, Any]) -> Point:
    kind = mount.get("Type", "")
    is_bind = kind == "bind"
    source = mount.get("Source") or ""
    if kind in {"volume", "image", "cluster"}:
        source = mount.get("Name") or source
    words = (mount.get("Mode") or "").split(",")
    return Point(
        kind=kind,
        source=_source(source) if is_bind else source,
        writable=bool(mount.get("RW")) and kind != "image",
        relabel=next((word for word in words if word in {"z", "Z"}), "") if is_bind else "",
        propagation=(mount.get("Propagation") or _PROPAGATION) if is_bind else "",
        options=_options(asked),
    )


def _clean(path: str) -> str:
    return path.rstrip("/") or "/"


def _source(path: str) -> str:
    for prefix in _HOST_PREFIXES:
        if path.startswith(prefix + "/"):
            path = path.removeprefix(prefix)
    return _clean(path)


def _volumes_from(case: Case) -> Iterator[Finding]:
    wanted, actual = (list(where("HostConfig", "VolumesFrom") or ()) for where in (case.wanted, case.actual))
    if wanted != actual:
        yield Finding(path=("volumes_from",), old=actual, new=wanted)
