"""How Podman's API service is started as a private engine: own storage, own configuration, no systemd."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from compose.base.errors import fail
from compose.engine import private_cgroups, private_network
from compose.engine.private_docker import Launch
from compose.engine.private_home import Home, Traces, not_installed
from compose.engine.private_process import find_program, run

PACKAGES = ("podman", "netavark", "aardvark-dns", "crun", "catatonit", "iptables", "iproute2")
ROOTLESS_PACKAGES = (*PACKAGES, "uidmap", "slirp4netns", "fuse-overlayfs")

_PROGRAMS = ("podman", "conmon")

_CONFIGURATION = """\
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
[network]
{backend}network_config_dir = "{networks}"
"""

_ENTER = """\
set -eu
mount --make-rshared /
for directory in /run/containers /run/libpod /run/crun /run/netns; do
  mkdir -p "$directory"
  mount -t tmpfs -o mode=711 tmpfs "$directory"
done
exec "$@"
"""
"""Run in root's new mount namespace: Podman keeps some state at fixed places, where another may have its own."""

_FIXED_DIRECTORIES = ("/run/containers", "/run/libpod", "/run/crun", "/run/netns")
_CHAINS = "NETAVARK"
_PARENT_GROUP = "libpod_parent"
_GRACE_SECONDS = "10"


def configuration(home: Home, *, netavark: bool) -> str:
    """Return the containers.conf of a private Podman.

    Limits are those of this process, as Podman asks for a million open files otherwise, which root itself may
    not have in a container-like machine.
    """
    files, processes = (_limit(resource.getrlimit(kind)[1]) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    backend = 'network_backend = "netavark"\n' if netavark else ""
    return _CONFIGURATION.format(files=files, processes=processes, backend=backend, networks=home.directory / "networks")


def plan(home: Home, environ: Mapping[str, str], *, root: bool) -> Traces:
    """Return what a private Podman will change on the machine; without root it cannot change anything.

    Raises:
        ComposeError: a program is missing.
    """
    missing = [program for program in _PROGRAMS if find_program(program, environ) is None]
    if missing:
        raise not_installed(missing, PACKAGES if root else ROOTLESS_PACKAGES, kind="podman")
    if not root:
        return Traces()
    filters = private_network.choose_filters(environ)
    return msgspec.structs.replace(
        private_network.plan_traces(home, filters, environ),
        bridge="",
        tag=_CHAINS,
        directories=tuple(path for path in _FIXED_DIRECTORIES if not Path(path).exists()),
    )


def launch(home: Home, environ: Mapping[str, str], *, root: bool) -> Launch:
    """Write Podman's configuration and return how to start its service.

    Raises:
        ComposeError: somebody else has a directory where the user's runtime files go.
    """
    (home.directory / "networks").mkdir(exist_ok=True)
    if not root:
        _make_runtime(home)
    netavark = any(Path(directory, "netavark").exists() for directory in ("/usr/lib/podman", "/usr/libexec/podman"))
    _configuration_file(home).write_text(configuration(home, netavark=netavark))
    service = (*_podman(home), "system", "service", "--time=0", home.host)
    command = ("unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", _ENTER, "sh", *service) if root else service
    return Launch(command=command, environ=_environ(home, environ))


def health_checks(home: Home) -> tuple[str, ...]:
    """Return the command that runs the containers' health checks, which Podman leaves to systemd."""
    return (sys.executable, "-m", "compose.engine.podman_health", str(home.socket))


def stop_containers(home: Home, pid: int, environ: Mapping[str, str]) -> None:
    """End all containers (Podman leaves them running when its service ends), so that their networks go too."""
    enter = ("nsenter", "--target", str(pid), "--mount", "--") if os.geteuid() == 0 else ()
    run(*enter, *_podman(home), "stop", "--all", "--time", _GRACE_SECONDS, environ={**environ, **_environ(home, environ)})


def groups(home: Home) -> list[Path]:
    """Return the control groups of the engine's own containers; their parent is the same for every Podman."""
    containers = home.data / "storage" / "overlay-containers"
    names = [f"libpod-{entry.name}" for entry in containers.iterdir()] if containers.is_dir() else []
    return [group / name for group in private_cgroups.groups_named(_PARENT_GROUP) for name in names if (group / name).is_dir()]


def tear_down(home: Home, traces: Traces, environ: Mapping[str, str], *, is_last: bool) -> None:
    """Take away what containers left; chains that every Podman shares only when no other engine runs."""
    if os.geteuid() != 0:
        shutil.rmtree(_runtime(home), ignore_errors=True)
    elif is_last:
        private_network.tear_down(home, traces, environ, is_last=True)
        private_cgroups.remove(_PARENT_GROUP)


def _podman(home: Home) -> tuple[str, ...]:
    runtime = _runtime(home)
    return ("podman", "--root", str(home.data / "storage"), "--runroot", str(runtime), "--tmpdir", str(runtime / "libpod"))


def _runtime(home: Home) -> Path:
    """Return where Podman keeps what lasts no longer than its containers; the path may have 50 characters.

    As root it is in the engine's own mount namespace.
    """
    if os.geteuid() == 0:
        return Path(_FIXED_DIRECTORIES[0], f"ce-{home.digest}")
    return Path(tempfile.gettempdir(), f"ce-{os.getuid()}-{home.digest}")


def _make_runtime(home: Home) -> None:
    """Make the runtime directory of a user's Podman, in a place where others might have been first."""
    path = _runtime(home)
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        raise fail("engine-runtime-directory", f"`{path}` belongs to somebody else", hint="remove it, or set TMPDIR")


def _environ(home: Home, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "CONTAINERS_CONF": str(_configuration_file(home)),
        "DISABLE_HC_SYSTEMD": "true",
        "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        "XDG_RUNTIME_DIR": environ.get("XDG_RUNTIME_DIR") or str(_runtime(home)),
    }


def _configuration_file(home: Home) -> Path:
    return home.directory / "containers.conf"


def _limit(value: int) -> int:
    return 1048576 if value == resource.RLIM_INFINITY else value
