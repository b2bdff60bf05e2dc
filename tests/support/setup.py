#!/usr/bin/env python3
"""Makes the virtual environment with the project (editable) and its development tools.

Runs with a bare Debian `python3`: where that has no `ensurepip`, the package python3-venv is installed (as root or
through sudo), or else pip is taken from Debian's wheel of it, for which no rights are needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)


def main() -> None:
    folder = Path(sys.argv[1])
    if sys.version_info < OLDEST:
        raise SystemExit(f"setup: Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}")
    python = folder / "bin" / "python"
    if (
        subprocess.run((python, "-m", "pip", "--version"), capture_output=True, check=False).returncode
        if python.exists()
        else True
    ):
        make(folder)
    print("setup: installing the project and its development tools", flush=True)
    run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", str(ROOT), *tools())
    # An ordinary installation compiles what it installs, an editable one does not: every start would cost 250 ms more
    # wherever Python is told not to write bytecode.
    run(str(python), "-m", "compileall", "-q", str(ROOT / "compose"))


def tools() -> list[str]:
    """Return the requirements of the group `dev` (pip itself reads groups only since 25.1)."""
    import tomllib  # noqa: PLC0415 - Python before 3.11 gets to hear of that first

    return tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"]


def make(folder: Path) -> None:
    print(f"setup: making {folder} with Python {sys.version.split()[0]}", flush=True)
    if ordinary(folder):
        return
    if shutil.which("apt-get") and install("python3-venv", f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"):
        print("setup: installed python3-venv, which this Python lacked", flush=True)
        if ordinary(folder):
            return
    print("setup: taking pip from Debian's wheel of it", flush=True)
    run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder))
    with tempfile.TemporaryDirectory() as place:
        wheel = pip_wheel(Path(place))
        run(
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--upgrade",
            "pip",
            environ={"PYTHONPATH": str(wheel)},
        )


def ordinary(folder: Path) -> bool:
    return works(sys.executable, "-m", "venv", "--clear", str(folder))


def install(*packages: str) -> bool:
    """Install Debian packages; False when there are no rights to, or apt-get failed."""
    prefix: tuple[str, ...] = ()
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False).returncode:
            return False
        prefix = ("sudo", "-n")
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120")
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
        if subprocess.run((*prefix, *quiet, *arguments), stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode:
            return False
    return True


def pip_wheel(place: Path) -> Path:
    """Return a folder with pip in it, from the package python3-pip-whl."""
    sys.path.insert(0, str(ROOT / "samples" / "images"))
    import debian  # noqa: PLC0415 - only where Debian's own tools are needed

    if not debian.supported():
        raise SystemExit("setup: this Python has no ensurepip: install your system's package for Python virtual environments")
    for archive in debian.Packages(place / "cache").download(["python3-pip-whl"]):
        run("dpkg-deb", "--extract", str(archive), str(place / "tree"))
    (wheel,) = (place / "tree").rglob("pip-*.whl")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(place / "pip")
    return place / "pip"


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(*command: str, environ: dict[str, str] | None = None) -> None:
    result = subprocess.run(command, env={**os.environ, **(environ or {})}, check=False)
    if result.returncode:
        raise SystemExit(f"setup: `{' '.join(command[:4])} …` failed with status {result.returncode}")


if __name__ == "__main__":
    main()
