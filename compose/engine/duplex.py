"""Two-way use of a TLS connection through an ordinary socket.

Python's TLS sockets may not be read and written by two threads at once, and cannot close one direction. A bridge
owns the TLS socket on a single thread and gives a plain socket, with both, to everybody else.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from io import BufferedReader

_CHUNK = 65536


def bridged(secure: ssl.SSLSocket, buffer: BufferedReader) -> socket.socket:
    """Return a plain socket whose other end is the TLS connection; `buffer` may hold bytes that were read from that."""
    secure.settimeout(0)
    try:
        early = buffer.peek()
    except ssl.SSLWantReadError:
        early = b""
    ours, theirs = socket.socketpair()
    threading.Thread(target=_Bridge(secure, theirs, early).run, name="engine-tls", daemon=True).start()
    return ours


class _Bridge:
    """Carries bytes both ways; what one side does not take yet stops the reading of the other, nothing else."""

    def __init__(self, secure: ssl.SSLSocket, plain: socket.socket, early: bytes) -> None:
        self._secure = secure
        self._plain = plain
        self._inward = early
        self._outward = b""
        self._input_ended = False

    def run(self) -> None:
        """Go on until the TLS side ends, or nobody listens any more."""
        self._secure.settimeout(0)
        self._plain.settimeout(0)
        try:
            while self._wait() and self._from_secure() and self._flush_inward() and self._to_secure():
                pass
            self._plain.settimeout(None)
            self._plain.sendall(self._inward)
        except OSError:
            pass  # one side is gone: closing the other tells whoever waits there
        finally:
            self._plain.close()
            self._secure.close()

    def _wait(self) -> bool:
        """Wait until something can be done."""
        if not self._inward and self._secure.pending():
            return True
        reads = ([] if self._inward else [self._secure]) + ([] if self._outward or self._input_ended else [self._plain])
        writes = ([self._plain] if self._inward else []) + ([self._secure] if self._outward else [])
        select.select(reads, writes, [])
        return True

    def _from_secure(self) -> bool:
        """Take what came; False at the end."""
        if self._inward:
            return True
        try:
            self._inward = self._secure.recv(_CHUNK)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return True
        return bool(self._inward)

    def _flush_inward(self) -> bool:
        if self._inward:
            try:
                self._inward = self._inward[self._plain.send(self._inward) :]
            except BlockingIOError:
                return True
        return True

    def _to_secure(self) -> bool:
        """Send what was given, and the end of it."""
        if not self._outward and not self._input_ended:
            try:
                self._outward = self._plain.recv(_CHUNK)
            except BlockingIOError:
                return True
            if not self._outward:
                self._input_ended = True
                self._say_end()
        if self._outward:
            try:
                self._outward = self._outward[self._secure.send(self._outward) :]
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return True
        return True

    def _say_end(self) -> None:
        """End our direction of the TCP connection below.

        TLS has a message for it, but Python can send that only together with discarding what the other side sends.
        """
        socket.socket.shutdown(self._secure, socket.SHUT_WR)
