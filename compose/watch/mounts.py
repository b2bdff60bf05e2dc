"""Where file events do not arrive: file systems that others change behind the kernel's back; pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_SILENT = {
    "9p": "a folder of the virtual machine's host",
    "drvfs": "a drive of Windows",
    "nfs": "a network file system",
    "nfs4": "a network file system",
    "cifs": "a Windows share",
    "smb3": "a Windows share",
    "smbfs": "a Windows share",
    "afs": "a network file system",
    "ceph": "a network file system",
    "fuse": "a file system in user space",
    "fuseblk": "a file system in user space",
    "vboxsf": "a folder of VirtualBox's host",
    "prl_fs": "a folder of Parallels' host",
    "virtiofs": "a folder of the virtual machine's host",
    "osxfs": "a folder of the virtual machine's host",
    "grpcfuse": "a folder of the virtual machine's host",
}
_HINTS = {
    "9p": "keep the project in the Linux file system (\\\\wsl$), not under /mnt",
    "drvfs": "keep the project in the Linux file system (\\\\wsl$), not under /mnt",
}
_USUAL_HINT = "keep the project on a local file system"
_ESCAPED = re.compile(r"\\([0-7]{3})")


class Silent(NamedTuple):
    """A path whose changes are not told: the file system's type, what that is, and what would help."""

    path: str
    type: str
    words: str
    hint: str


def silent(paths: list[str], table: str) -> list[Silent]:
    """Return the paths that lie where events do not arrive, given the text of /proc/self/mounts."""
    mounts = sorted(_mounts(table), key=lambda mount: len(mount[0]))
    found = []
    for path in paths:
        kind = ""
        for place, type_ in mounts:
            if path == place or path.startswith(place.rstrip("/") + "/"):
                kind = type_
        name = kind if kind in _SILENT else kind.partition(".")[0]
        if name in _SILENT:
            found.append(Silent(path, kind, _SILENT[name], _HINTS.get(name, _USUAL_HINT)))
    return found


def _mounts(table: str) -> list[tuple[str, str]]:
    found = []
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:  # noqa: PLR2004 - device, place, type
            found.append((_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[1]), fields[2]))
    return found
