"""Random work on a folder, as editors, version control and people do it; and on the container that follows it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

NAMES = ("a", "b", "c.py", "d e", "f'g", "ü", ".h", "skipped", "i.log")


class Storm:
    """A source of random changes below `root`; the same seed gives the same changes."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.done = 0

    def blow(self, count: int) -> None:
        """Make so many changes."""
        for _ in range(count):
            self.random.choice(self.ACTIONS)(self)
            self.done += 1

    def _folder(self) -> Path:
        folders = [self.root, *(path for path in self.root.rglob("*") if path.is_dir() and not path.is_symlink())]
        return self.random.choice(folders)

    def _some(self) -> Path | None:
        found = list(self.root.rglob("*"))
        return self.random.choice(found) if found else None

    def _file(self) -> Path | None:
        found = [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]
        return self.random.choice(found) if found else None

    def _free(self) -> Path:
        return self._folder() / self.random.choice(NAMES)

    def _clear(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def write(self) -> None:
        path = self._free()
        if path.is_symlink() or not path.exists():
            self._clear(path)
        if not path.is_dir():
            path.write_bytes(self.random.randbytes(self.random.choice((0, 1, 10, 1000, 100_000))))

    def rewrite(self) -> None:
        """Change a file without changing its size."""
        path = self._file()
        if path is not None:
            path.write_bytes(self.random.randbytes(path.stat().st_size))

    def large(self) -> None:
        path = self._free()
        self._clear(path)
        path.write_bytes(self.random.randbytes(3 << 20))

    def append(self) -> None:
        path = self._file()
        if path is not None:
            with path.open("ab") as file:
                file.write(b"more")

    def save(self) -> None:
        """Save as editors do: beside it, then in its place."""
        path = self._file()
        if path is not None:
            fresh = path.with_name(f"{path.name}.tmp~")
            fresh.write_bytes(self.random.randbytes(50))
            fresh.replace(path)

    def remove(self) -> None:
        path = self._some()
        if path is not None:
            self._clear(path)

    def folder(self) -> None:
        path = self._free()
        if not path.exists() and not path.is_symlink():
            path.mkdir()

    def rename(self) -> None:
        path, target = self._some(), self._free()
        if path is not None and path != target and path not in target.parents and target not in path.parents:
            self._clear(target)
            path.rename(target)

    def mode(self) -> None:
        path = self._some()
        if path is not None and not path.is_symlink():
            path.chmod(self.random.choice((0o755, 0o700, 0o775)) if path.is_dir() else self.random.choice((0o644, 0o755, 0o600)))

    def link(self) -> None:
        path = self._free()
        if not path.exists() and not path.is_symlink():
            path.symlink_to(self.random.choice(("a", "nowhere", "../b", "/etc/passwd")))

    def checkout(self) -> None:
        """Replace a whole folder by another state of it, as a change of branches does."""
        folder = self.root / "branch"
        self._clear(folder)
        for number in range(self.random.choice((5, 50, 400))):
            path = folder / str(number % 7) / f"f{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.random.randbytes(self.random.choice((3, 300))))

    ACTIONS = (write,) * 6 + (rewrite, append, save, remove, rename, mode) * 2 + (folder,) * 3 + (link, checkout, large)
