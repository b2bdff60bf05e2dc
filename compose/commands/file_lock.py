"""The system's lock on an open file: it is over when its process ends, however that happens, or closes the file."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt
    from contextlib import suppress

    _BEHIND = 1 << 20
    """The byte that is locked lies behind the note, which others must be able to read."""

    def try_to_acquire(file: int) -> bool:
        """Lock an open file unless another process has locked it; tell whether it is ours."""
        os.lseek(file, _BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def acquire(file: int) -> None:
        """Lock an open file, waiting for as long as another process has locked it."""
        while True:
            os.lseek(file, _BEHIND, os.SEEK_SET)
            with suppress(OSError):  # it gives up after ten seconds
                msvcrt.locking(file, msvcrt.LK_LOCK, 1)
                return

else:
    import fcntl

    def try_to_acquire(file: int) -> bool:
        """Lock an open file unless another process has locked it; tell whether it is ours."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(file: int) -> None:
        """Lock an open file, waiting for as long as another process has locked it."""
        fcntl.flock(file, fcntl.LOCK_EX)
