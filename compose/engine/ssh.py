"""Connections to an engine through the user's ssh: one login, many streams."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from compose.engine import errors

_REMOTE = ("docker", "system", "dial-stdio")
_KEEP_SECONDS = 60
_END_SECONDS = 2.0
_REASON_BYTES = 4096


class Tunnel:
    """A running ssh whose standard streams are the other end of `socket`; it ends when that is closed.

    Its words go to a file, because the shared master would hold a pipe open.
    """

    def __init__(self, url: str) -> None:
        """Start ssh.

        Raises:
            EngineError: there is no ssh program.
            OSError: it could not be started.
        """
        self.socket, theirs = socket.socketpair()
        self._reason = ""
        words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that waits for the end
        try:
            with theirs:
                line = command(url, _control_directory())
                end = theirs.fileno()
                process = subprocess.Popen(line, stdin=end, stdout=end, stderr=words, start_new_session=True)  # noqa: S603 - our command
        except OSError as error:
            words.close()
            self.socket.close()
            if not isinstance(error, FileNotFoundError):
                raise
            raise errors.unusable(
                "ssh-missing", f"cannot reach {url}: there is no `ssh` program", hint="install OpenSSH's client"
            ) from error
        self._watch = threading.Thread(target=self._await, args=(process, words), name="engine-ssh", daemon=True)
        self._watch.start()

    def reason(self) -> str:
        """Return what ssh wrote before it ended, "" when it has not ended or ended well."""
        self._watch.join(_END_SECONDS)
        return self._reason

    def _await(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> None:
        status = process.wait()
        with words:
            words.seek(0)
            text = words.read(_REASON_BYTES).decode(errors="replace").strip()
        self._reason = "" if status == 0 else text or f"ssh ended with status {status}"


def command(url: str, control: Path) -> tuple[str, ...]:
    """Return the ssh command line that joins its standard streams with the engine's socket.

    One master connection is shared by all (ControlMaster) and stays a minute after the last; the path of a URL,
    if any, is the engine's socket on the other side.
    """
    parts = urlsplit(url)
    user = ("-l", parts.username) if parts.username else ()
    port = ("-p", str(parts.port)) if parts.port else ()
    share = ("-o", "ControlMaster=auto", "-o", f"ControlPath={control}/%C", "-o", f"ControlPersist={_KEEP_SECONDS}")
    remote = (*_REMOTE[:1], "--host", f"unix://{parts.path}", *_REMOTE[1:]) if parts.path.strip("/") else _REMOTE
    return ("ssh", "-T", "-o", "ConnectTimeout=30", *share, *user, *port, "--", parts.hostname or "", *remote)


def _control_directory() -> Path:
    """Return a directory of this user alone for the sockets of shared connections."""
    directory = Path(tempfile.gettempdir()) / f"compose-ssh-{os.getuid() if hasattr(os, 'getuid') else 0}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and directory.stat().st_uid != os.getuid():
        return Path(tempfile.mkdtemp(prefix="compose-ssh-"))
    return directory
