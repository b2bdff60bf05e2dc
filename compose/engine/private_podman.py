"""How Podman's API service is started as a private engine: own storage, own configuration, no systemd."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from pathlib import Path

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


def configuration(home: Home, *, netavark: bool) -> str:
    """Return the containers.conf of a private Podman.

    Limits are those of this process, as Podman asks for a million open files otherwise, which root itself may
    not have in a container-like machine.
    """
    files, processes = (_limit(resource.getrlimit(kind)[1]) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    backend = 'network_backend = "netavark"\n' if netavark else ""
    return _CONFIGURATION.format(files=files, processes=processes, backend=backend, networks=home.directory / "networks")


def plan(environ: Mapping[str, str], *, root: bool) -> Traces:
    """Return what a private Podman will leave on the machine (as root: directories under /run).

    Raises:
        ComposeError: a program is missing.
    """
    missing = [program for program in _PROGRAMS if find_program(program, environ) is None]
    if missing:
        raise not_installed(missing, PACKAGES if root else ROOTLESS_PACKAGES, kind="podman")
    return Traces(directories=tuple(path for path in _FIXED_DIRECTORIES if root and not Path(path).exists()))


def launch(home: Home, environ: Mapping[str, str], *, root: bool) -> Launch:
    """Write Podman's configuration and return how to start its service."""
    for directory in (home.runtime, home.directory / "networks"):
        directory.mkdir(parents=True, exist_ok=True)
    netavark = any(Path(directory, "netavark").exists() for directory in ("/usr/lib/podman", "/usr/libexec/podman"))
    _configuration_file(home).write_text(configuration(home, netavark=netavark))
    service = (*_podman(home), "system", "service", "--time=0", home.host)
    command = ("unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", _ENTER, "sh", *service) if root else service
    return Launch(command=command, environ=_environ(home, environ))


def stop_containers(home: Home, environ: Mapping[str, str]) -> None:
    """End all containers (Podman leaves them running when its service ends), so that their networks go too."""
    run(*_podman(home), "stop", "--all", "--time", "10", environ={**environ, **_environ(home, environ)})


def _podman(home: Home) -> tuple[str, ...]:
    return (
        "podman",
        "--root",
        str(home.data / "storage"),
        "--runroot",
        str(home.runtime),
        "--tmpdir",
        str(home.runtime / "libpod"),
    )


def _environ(home: Home, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "CONTAINERS_CONF": str(_configuration_file(home)),
        "DISABLE_HC_SYSTEMD": "true",
        "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        "XDG_RUNTIME_DIR": environ.get("XDG_RUNTIME_DIR") or str(home.runtime),
    }


def _configuration_file(home: Home) -> Path:
    return home.directory / "containers.conf"


def _limit(value: int) -> int:
    return 1048576 if value == resource.RLIM_INFINITY else value
