"""How a private dockerd is started: as root in a mount namespace of its own, or rootless under RootlessKit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from compose.base.errors import fail
from compose.base.value import Value
from compose.engine import private_cgroups, private_network
from compose.engine.private_home import Home, Traces, not_installed
from compose.engine.private_process import find_program

ROOTFUL_PACKAGES = ("docker.io", "iptables", "iproute2")
ROOTLESS_PACKAGES = (*ROOTFUL_PACKAGES, "rootlesskit", "slirp4netns", "uidmap", "fuse-overlayfs")

_ROOTFUL_PROGRAMS = ("dockerd", "containerd", "runc", "iptables", "ip", "mount", "unshare")
_ROOTLESS_PROGRAMS = ("dockerd", "containerd", "runc", "iptables", "rootlesskit", "slirp4netns", "newuidmap", "newgidmap")

_EXEC_ROOT = "/run/docker"
"""In the engine's own mount namespace, as paths of sockets below it would soon get too long elsewhere."""

_TUNNEL = "/dev/net/tun"

_FIXED_DIRECTORIES = (_EXEC_ROOT, "/run/containerd")
"""Where dockerd and containerd put sockets whatever they are told; another engine may have its own there."""

_ENTER_ROOTFUL = """\
set -eu
mount --make-rshared /
for directory in {directories}; do
  mkdir -p "$directory"
  mount -t tmpfs -o mode=711 tmpfs "$directory"
done
exec "$@"
"""
"""Run in the new mount namespace. Shared propagation is what containers' bind mounts may ask for; it ends at
the border of the namespace, and all mounts of the engine end with its last process."""

_ENTER_ROOTLESS = """\
set -eu
rm -rf /run/docker /run/containerd /run/xtables.lock
exec "$@"
"""
"""Run by RootlessKit, where /run is a copy of links to the machine's, which this user may not write."""


class Launch(Value, frozen=True, kw_only=True):
    """What to run for an engine, with variables to add to its environment."""

    command: tuple[str, ...]
    environ: dict[str, str] = {}


def plan_rootful(home: Home, environ: Mapping[str, str]) -> tuple[Traces, dict[str, str]]:
    """Return what a rootful dockerd will change on the machine, and the packet filter programs to use.

    Raises:
        ComposeError: a program is missing.
    """
    _require(_ROOTFUL_PROGRAMS, environ, ROOTFUL_PACKAGES, rootless=False)
    filters = private_network.choose_filters(environ)
    traces = msgspec.structs.replace(
        private_network.plan_traces(home, filters, environ),
        mounts=tuple(entry.target for entry in private_cgroups.missing_mounts()),
        directories=tuple(path for path in _FIXED_DIRECTORIES if not Path(path).exists()),
        cgroup=f"compose-engine-{home.digest}",
    )
    return traces, filters


def rootful(home: Home, traces: Traces, filters: Mapping[str, str], environ: Mapping[str, str]) -> Launch:
    """Prepare the machine as `traces` say, and return how to start dockerd.

    Raises:
        ComposeError: control groups cannot be mounted.
    """
    private_cgroups.mount(private_cgroups.missing_mounts())
    private_network.set_up(home, traces, filters, environ)
    script = _ENTER_ROOTFUL.format(directories=" ".join(_FIXED_DIRECTORIES))
    daemon = (
        *_daemon(home, environ),
        *("--exec-root", _EXEC_ROOT),
        *("--bridge", traces.bridge),
        *("--cgroup-parent", f"/{traces.cgroup}"),
        *("--exec-opt", "native.cgroupdriver=cgroupfs"),
        *(() if "iptables" in filters else ("--iptables=false",)),
        *(() if "ip6tables" in filters else ("--ip6tables=false",)),
    )
    return Launch(
        command=("unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", script, "sh", *daemon),
        environ={"PATH": f"{home.programs}{os.pathsep}{environ['PATH']}"},
    )


def check_rootless(environ: Mapping[str, str], *, user: str) -> None:
    """Check what a rootless dockerd needs.

    Raises:
        ComposeError: a program, the user's range of subordinate ids, or the network device is missing.
    """
    _require(_ROOTLESS_PROGRAMS, environ, ROOTLESS_PACKAGES, rootless=True)
    _require_ranges(user)
    if not os.access(_TUNNEL, os.R_OK | os.W_OK):
        hint = f"as root: chmod 666 {_TUNNEL}" if Path(_TUNNEL).exists() else "as root: modprobe tun"
        raise fail("engine-tunnel", f"user `{user}` may not use `{_TUNNEL}`, which a rootless engine's network needs", hint=hint)


def rootless(home: Home, environ: Mapping[str, str]) -> Launch:
    """Return how to start dockerd for a user without rights (source: dockerd's rootless mode).

    It lives in user, network, process and mount namespaces of its own, which end with it, so it leaves no traces.
    """
    kit = (
        "rootlesskit",
        *("--state-dir", str(home.runtime / "kit")),
        *("--net", "slirp4netns", "--mtu", "65520", "--disable-host-loopback"),
        *("--slirp4netns-sandbox", "auto", "--slirp4netns-seccomp", "auto"),
        *("--port-driver", "builtin", "--copy-up", "/etc", "--copy-up", "/run"),
        *("--propagation", "rslave", "--pidns"),
    )
    daemon = (*_daemon(home, environ), "--rootless", "--exec-root", _EXEC_ROOT)
    return Launch(command=(*kit, "sh", "-c", _ENTER_ROOTLESS, "sh", *daemon), environ={"XDG_RUNTIME_DIR": str(home.runtime)})


def _daemon(home: Home, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return dockerd with what is the same for root and others; its own empty configuration keeps the machine's out."""
    configuration = home.directory / "daemon.json"
    configuration.write_text("{}\n")
    return (
        find_program("dockerd", environ) or "dockerd",
        *("--config-file", str(configuration)),
        *("--host", home.host),
        *("--data-root", str(home.data)),
        *("--pidfile", str(home.pid_file)),
    )


def _require(programs: tuple[str, ...], environ: Mapping[str, str], packages: tuple[str, ...], *, rootless: bool) -> None:
    missing = [program for program in programs if find_program(program, environ) is None]
    if missing:
        raise not_installed(missing, packages, kind="docker-rootless" if rootless else "docker")


def _require_ranges(user: str) -> None:
    """Check /etc/subuid and /etc/subgid (subuid(5)), without which a user namespace has a single user."""
    for path in (Path("/etc/subuid"), Path("/etc/subgid")):
        lines = path.read_text().splitlines() if path.exists() else []
        if not any(line.split(":")[0] in {user, str(os.getuid())} for line in lines):
            raise fail(
                "engine-subordinate-ids",
                f"user `{user}` has no range of ids in `{path}`",
                hint=f"as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}",
            )
