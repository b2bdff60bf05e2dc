"""Debian packages without installing anything: which are needed, their files, their contents."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

LISTS_AGE = 24 * 3600.0


class DebianError(Exception):
    """apt or dpkg could not do what was asked; the text is theirs."""


def supported() -> bool:
    """Tell whether this machine has Debian's tools."""
    return all(shutil.which(program) for program in ("apt-get", "dpkg-deb", "dpkg"))


def architecture() -> str:
    """Return Debian's name of the machine's architecture, which is the images' too for the usual ones."""
    return _run("dpkg", "--print-architecture").strip()


class Packages:
    """A release's packages, with package lists and downloads of our own: the machine's apt stays as it is.

    `release` "" is what the machine's own sources give.
    """

    def __init__(self, cache: Path, release: str = "") -> None:
        self._place = cache / "apt" / (release or "own")
        self._release = release
        self._refreshed = False

    def closure(self, names: tuple[str, ...]) -> list[str]:
        """Return these packages and what they depend on, recommended ones left out."""
        self._refresh()
        output = self._apt("install", "--yes", "--no-install-recommends", "--print-uris", *names)
        return sorted({match[1] for match in re.finditer(r"^'[^']*' ([^_ ]+)_", output, re.MULTILINE)})

    def download(self, names: list[str]) -> list[Path]:
        """Return the packages' archives, fetched when they are not there yet."""
        self._refresh()
        target = self._place / "debs"
        target.mkdir(parents=True, exist_ok=True)
        self._apt("download", *names, cwd=target)
        found = []
        for name in names:
            archives = sorted(target.glob(f"{name}_*.deb"), key=lambda file: file.stat().st_mtime)
            if not archives:
                raise DebianError(f"apt-get downloaded no {name}")
            found.append(archives[-1])
        return found

    def _refresh(self) -> None:
        """Have package lists that are not older than a day: a mirror drops files that newer lists no longer name."""
        if self._refreshed:
            return
        stamp = self._place / "stamp"
        for folder in ("lists/partial", "archives/partial"):
            (self._place / folder).mkdir(parents=True, exist_ok=True)
        (self._place / "status").touch()
        if self._release:
            (self._place / "sources.list").write_text(f"deb {_options()}{_mirror()} {self._release} main\n")
        if not stamp.exists() or time.time() - stamp.stat().st_mtime > LISTS_AGE:
            self._apt("update")
            stamp.touch()
        self._refreshed = True

    def _apt(self, *arguments: str, cwd: Path | None = None) -> str:
        place = self._place
        settings = [
            f"Dir::State::lists={place}/lists",
            f"Dir::State::status={place}/status",  # empty, so that every dependency is named
            f"Dir::Cache={place}",
            "Dir::Cache::archives=archives",
            "APT::Sandbox::User=root",
            "Debug::NoLocking=true",
        ]
        if self._release:
            settings += [f"Dir::Etc::sourcelist={place}/sources.list", "Dir::Etc::sourceparts=-", "Dir::Etc::preferencesparts=-"]
        options = [word for setting in settings for word in ("-o", setting)]
        return _run("apt-get", "-qq", *options, *arguments, cwd=cwd)


def codename() -> str:
    """Return the machine's release (`bookworm`); "" when it does not say."""
    match = re.search(r'^VERSION_CODENAME="?(\w+)', Path("/etc/os-release").read_text(), re.MULTILINE)
    return match[1] if match else ""


def is_debian() -> bool:
    """Tell whether this is Debian itself, whose mirror has the other releases too."""
    return re.search(r"^ID=debian$", Path("/etc/os-release").read_text(), re.MULTILINE) is not None


def contents(archive: Path) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Yield the entries of a package's file system, as they lie in it."""
    with (
        subprocess.Popen(("dpkg-deb", "--fsys-tarfile", str(archive)), stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as files,
    ):
        for entry in files:
            yield entry, files
    if process.returncode:
        raise DebianError(f"dpkg-deb cannot read {archive}")


def _mirror() -> str:
    """Return the address of the Debian mirror that the machine's apt uses."""
    for file in [*Path("/etc/apt/sources.list.d").glob("*.sources"), *_old_style()]:
        text = file.read_text()
        match = re.search(r"^URIs:\s*(\S+)", text, re.MULTILINE) or re.search(
            r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)", text, re.MULTILINE
        )
        if match:
            return match[1]
    raise DebianError("no Debian mirror is named in /etc/apt")


def _old_style() -> list[Path]:
    files = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list")]
    return [file for file in files if file.is_file()]


def _options() -> str:
    keys = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    return f"[signed-by={keys}] " if keys.exists() else ""


def _run(*command: str, cwd: Path | None = None) -> str:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=cwd)
    if result.returncode:
        words = (result.stderr or result.stdout).strip().splitlines()[-5:]
        raise DebianError(f"{command[0]} {command[-1]}: " + "; ".join(words))
    return result.stdout
