"""Installs an engine's packages on Debian and Ubuntu."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from compose.base.errors import fail
from compose.engine.private_process import find_program, run

_POLICY = Path("/usr/sbin/policy-rc.d")
_POLICY_TEXT = "#!/bin/sh\nexit 101\n"
"""Debian's way to say that packages must not start services now (invoke-rc.d(8): 101 = forbidden)."""

_APPARMOR = Path("/sys/module/apparmor/parameters/enabled")
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=120")


def install(packages: tuple[str, ...], environ: Mapping[str, str], log: Path) -> None:
    """Install packages with apt-get, as root or through sudo; what it says goes to `log`.

    The packages' own services are not started: the engine that follows is a private one.

    Raises:
        ComposeError: this is no Debian or Ubuntu, the user is not root and has no sudo, or apt-get failed.
    """
    if find_program("apt-get", environ) is None:
        raise fail(
            "engine-install-unsupported",
            "`--install` works on Debian and Ubuntu only: there is no `apt-get` here",
            hint="install Docker or Podman the way your system does, then run `compose engine start`",
        )
    prefix: tuple[str, ...] = ()
    if os.geteuid() != 0:
        if find_program("sudo", environ) is None:
            raise fail(
                "engine-install-rights",
                f"installing {', '.join(packages)} needs root, and there is no `sudo`",
                hint="run it as root",
            )
        prefix = ("sudo",)
    if _text(_APPARMOR).startswith("Y"):
        # dockerd cannot start a container on such a kernel without the tool that loads its profile.
        packages = (*packages, "apparmor")
    quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    with _no_services(writable=not prefix):
        for command in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
            arguments = (*prefix, *(("env", "DEBIAN_FRONTEND=noninteractive") if prefix else ()), *_APT, *command)
            if run(*arguments, environ=quiet, log=log).returncode:
                raise fail(
                    "engine-install-failed",
                    f"`{' '.join(arguments)}` failed",
                    detail="\n".join(_text(log).splitlines()[-25:]),
                )


@contextlib.contextmanager
def _no_services(*, writable: bool) -> Iterator[None]:
    """Keep packages from starting their services meanwhile; a policy of the machine's own stays as it is."""
    if not writable or _POLICY.exists():
        yield
        return
    _POLICY.write_text(_POLICY_TEXT)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
