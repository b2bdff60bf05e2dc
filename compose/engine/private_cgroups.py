"""Control groups for private engines: mounting what a container-like machine lacks, removing what is left."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from compose.base.errors import fail
from compose.base.value import Value
from compose.engine.private_process import run

ROOT = Path("/sys/fs/cgroup")
_NEEDED = ("cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "pids")
"""Version 1 controllers dockerd uses; without `devices` it does not start."""


class Mount(Value, frozen=True, kw_only=True):
    """A mount to make: `mount -t kind -o options kind target`."""

    kind: str
    target: str
    options: str = ""


def plan_mounts(controllers: str, mounts: str) -> tuple[Mount, ...]:
    """Return the cgroup mounts that are missing, given the texts of /proc/cgroups and /proc/self/mounts.

    Nothing when version 2 is mounted at its place, or version 1 with all controllers an engine needs. When
    nothing is mounted, version 2 is chosen unless the kernel has given controllers to version 1 already.
    """
    rows = [line.split() for line in controllers.splitlines() if line and not line.startswith("#")]
    hierarchies = {row[0]: int(row[1]) for row in rows if row[3] == "1"}
    present = [line.split() for line in mounts.splitlines()]
    if any(kind == "cgroup2" and target == str(ROOT) for _, target, kind, *_ in present):
        return ()
    mounted = {option for _, _, kind, options, *_ in present if kind == "cgroup" for option in options.split(",")}
    if not mounted and not any(hierarchies.get(name, 0) for name in _NEEDED):
        return (Mount(kind="cgroup2", target=str(ROOT)),)
    missing = [name for name in _NEEDED if name in hierarchies and name not in mounted]
    if not missing:
        return ()
    groups: dict[object, list[str]] = {}
    for name in missing:
        # Controllers of one hierarchy can only be mounted together.
        groups.setdefault(hierarchies[name] or name, []).append(name)
    base = (
        ()
        if any(target == str(ROOT) for _, target, *_ in present)
        else (Mount(kind="tmpfs", target=str(ROOT), options="mode=755"),)
    )
    joined = (",".join(names) for names in groups.values())
    return (*base, *(Mount(kind="cgroup", target=str(ROOT / names), options=names) for names in joined))


def missing_mounts() -> tuple[Mount, ...]:
    """Return the cgroup mounts this machine lacks."""
    return plan_mounts(Path("/proc/cgroups").read_text(), Path("/proc/self/mounts").read_text())


def mount(mounts: Iterable[Mount]) -> None:
    """Make the mounts.

    Raises:
        ComposeError: the kernel refused one.
    """
    for entry in mounts:
        Path(entry.target).mkdir(parents=True, exist_ok=True)
        options = ("-o", entry.options) if entry.options else ()
        result = run("mount", "-t", entry.kind, *options, entry.kind, entry.target)
        if result.returncode:
            raise fail(
                "engine-cgroups",
                f"control groups cannot be mounted at `{entry.target}`",
                detail=result.stderr.strip(),
                hint="an engine needs a machine (or a privileged container) whose root may mount control groups",
            )


def unmount(targets: Iterable[str]) -> None:
    """Undo `mount`; a hierarchy that is in use by now stays."""
    for target in reversed(tuple(targets)):
        run("umount", target)


def groups_named(name: str) -> list[Path]:
    """Return the directories of the control group `name` in every hierarchy; none for an empty name."""
    return [path for path in (ROOT / name, *ROOT.glob(f"*/{name}")) if path.is_dir()] if name else []


def remove(name: str) -> None:
    """Remove the control group `name` and those below it; the kernel keeps any that still has processes."""
    for top in groups_named(name):
        for directory in (*sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True), top):
            with contextlib.suppress(OSError):
                directory.rmdir()
