"""What the host gives for containers: contents, read once, in portions that are worth a request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from compose.base.clock import Clock
from compose.watch import reading
from compose.watch.batch import Item
from compose.watch.entry import Entry
from compose.watch.layout import Layout
from compose.watch.synced import Synced

BIG = 1 << 20
"""A file from this size on is written on its own, in pieces."""
BATCH_BYTES = 8 << 20
BULK_FILES = 1000

Seconds = Callable[[str, Entry], int]
"""Returns the time that a file gets."""


class Supply:
    """Reads for one container, and for one thread at a time; what it cannot read is told in what it is given (`Synced`)."""

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock
        self._folder = reading.Folder()
        self._held: dict[str, tuple[Entry, bytes]] = {}
        """Contents that were read to tell whether they changed, and are to be written next."""

    def begin(self) -> None:
        """Forget what was read."""
        self._held.clear()

    def end(self) -> None:
        """Let go of the host's directories."""
        self._folder.close()

    def digest(self, place: str, entry: Entry, done: Synced) -> bytes | None:
        """Return the digest of a file of the host; None when it cannot be told now."""
        source = self._layout.source(place)
        if source is None:
            done.again.add(place)
            return None
        try:
            if entry.size < BIG and len(self._held) < BULK_FILES:
                data = reading.read(source.tree.root, source.path, entry, folder=self._folder)
                self._held[place] = (entry, data)
                return hashlib.sha256(data).digest()
            with reading.opened(source.tree.root, source.path, entry, folder=self._folder) as file:
                return reading.digest(file)
        except reading.Moved:
            done.again.add(place)
        except OSError as error:
            done.unreadable[place] = error.strerror or str(error)
        return None

    def batches(
        self, puts: list[tuple[str, Entry]], done: Synced, seconds: Seconds, *, whole: bool = False
    ) -> Iterator[tuple[Item, ...]]:
        """Yield what can be read, in portions; `whole`: each for itself."""
        held: list[Item] = []
        size = 0
        for place, entry in puts:
            item = self._item(place, entry, done, seconds)
            if item is None:
                continue
            held.append(item)
            size += len(item.data)
            if whole or size >= BATCH_BYTES or len(held) >= BULK_FILES:
                yield tuple(held)
                held, size = [], 0
        if held:
            yield tuple(held)

    def _item(self, place: str, entry: Entry, done: Synced, seconds: Seconds) -> Item | None:
        if entry.kind != "file":
            return Item(place, entry, b"", int(self._clock.now()))
        held = self._held.pop(place, None)
        if held is not None and held[0] == entry:
            return Item(place, entry, held[1], seconds(place, entry))
        source = self._layout.source(place)
        if source is None:
            done.again.add(place)
            return None
        try:
            data = reading.read(source.tree.root, source.path, entry, folder=self._folder)
        except reading.Moved:
            done.again.add(place)
            return None
        except OSError as error:
            done.unreadable[place] = error.strerror or str(error)
            return None
        return Item(place, entry, data, seconds(place, entry))
