"""One container of a service: what it has, and making it have what the host has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from compose.base import tar
from compose.base.clock import Clock
from compose.base.errors import ComposeError, EngineError, fail
from compose.engine.port import Engine
from compose.watch import bare, batch, helper, listing, reading, script, stock
from compose.watch.batch import Item
from compose.watch.container import Access, Facts
from compose.watch.difference import Difference, ancestors, difference, topmost
from compose.watch.entry import Entry, Known
from compose.watch.layout import Layout
from compose.watch.record import Record
from compose.watch.shell import Answer, Shell, failed
from compose.watch.supply import BATCH_BYTES, BIG, BULK_FILES, Supply
from compose.watch.synced import Synced

_CHANCES = 3
"""How often a container that runs is asked for a shell until it is believed to have none."""
_ASKED = 400
"""How many digests are asked for at once."""


class _Stale(Exception):
    """The container is not what it was believed to be."""


class Replica:
    """One container, known by its id. For one thread at a time."""

    def __init__(self, engine: Engine, clock: Clock, facts: Facts, layout: Layout, record: Record) -> None:
        """Open the roads into the container; `look` is to be called before anything else.

        Raises:
            EngineError: the engine refused.
        """
        self._engine = engine
        self._clock = clock
        self._layout = layout
        self._record = record
        self.access = Access(engine, facts)
        self.index: dict[str, Known] = {}
        self._lost = False
        self._chances = _CHANCES
        self._doubtful = False
        """Whether something went wrong half-way, so that nobody knows what is there."""
        self._helpless = False
        """Whether our own program cannot be run there."""
        self._litter: set[str] = set()
        """What may have been left half-way: places where something is made before it comes to its own."""
        self._supply = Supply(layout, clock)
        self.owed: set[str] = set()
        """Places that cannot be removed as long as the container does not run."""
        try:
            self._owner = self.access.owner()
        except BaseException:
            self.access.close()
            raise

    @property
    def facts(self) -> Facts:
        """What was known of the container when it was looked at last."""
        return self.access.facts

    @property
    def is_usable(self) -> bool:
        """Whether the roads are as they were found; otherwise it is to be opened anew.

        Where a container that runs gave no shell, it may just have begun to run, or be about to end: it is asked again.
        """
        facts = self.facts
        return not self._lost and not (self._chances and facts.running and not facts.paused and self.access.shell is None)

    def look(self) -> None:
        """Look at what the container has, or close it.

        Raises:
            EngineError: the engine refused.
        """
        try:
            self._list()
        except BaseException:
            self.access.close()
            raise

    def lost(self) -> None:
        """Take in that a road broke."""
        self._lost = True
        self.access.close()

    def interrupt(self) -> None:
        """End a wait for the container's shell (from any thread)."""
        self.access.interrupt()

    def close(self) -> None:
        """Let go of the container."""
        self.access.close()

    def reopen(self, facts: Facts) -> bool:
        """Take in that the container was started, stopped or paused; whether it may have lost what it had (a tmpfs)."""
        again = facts.started != self.facts.started
        forgets = again and any(not self.access.reaches(root) for root in self._layout.roots)
        self._chances = _CHANCES if again else max(0, self._chances - 1)
        self.access.close()
        self.access = Access(self._engine, facts)
        self._lost = self._helpless = False
        self._doubtful = self._doubtful or bool(self.owed)  # what is owed may be gone with what took its place
        if forgets:
            self._list()
        return forgets

    def keep(self) -> None:
        """Write what is known into the record."""
        owned = self._record.owned
        kept = {place: known for place, known in self.index.items() if place in owned}
        self._record.containers.pop(self.facts.id, None)
        self._record.containers[self.facts.id] = kept

    def sync(self, places: set[str]) -> Synced:
        """Make places have what the host has, and return what that took.

        Raises:
            ComposeError: it could not be done; what was done is known, and the same places can be given again.
        """
        if self._doubtful:
            self.keep()
            self._list()
        began = self._clock.monotonic()
        self._doubtful = True
        done = Synced(
            container=self.facts.id, name=self.facts.name, written=[], removed=[], again=set(), unreadable={}, unremoved=[]
        )
        try:
            self._sync(places, done)
        except _Stale:
            self._list()
            try:
                self._sync(self._layout.places() | places, done)
            except _Stale as error:
                raise fail(
                    "watch-symlink-inside", f"a directory of {self.facts.name} that files go to is a symlink in the container"
                ) from error
        finally:
            self._supply.end()
        self._doubtful = False
        done.seconds = self._clock.monotonic() - began
        return done

    # -- what is to be done

    def _sync(self, places: set[str], done: Synced) -> None:
        roots = self._layout.roots
        found = difference(places, self._layout.wanted, self.index, self._record.owned, roots)
        self._supply.begin()
        self._clean()
        puts, modes = self._decided(found, done)
        self._record.owned.update(place for place in places if self._layout.wanted(place) is not None)
        removals = self._removable(found.removals)
        if not (removals or puts or modes):
            return
        if self.access.writes:
            self._through_shell(removals, puts, modes, done)
        else:
            self._through_archive(removals, puts, modes, done)

    def _decided(self, found: Difference, done: Synced) -> tuple[list[tuple[str, Entry]], list[tuple[str, int]]]:
        """Look at the contents of files that may be equal; return what is to be written, and what gets other modes."""
        puts, modes = list(found.puts), list(found.modes)
        digests = self._digests([place for place, _ in found.unsure if self.index[place].digest is None])
        for place, entry in found.unsure:
            known = self.index[place]
            inside = known.digest or digests.get(place)
            own = self._supply.digest(place, entry, done) if inside is not None else None
            if inside is not None and own is None:
                continue
            if inside is None or own != inside:
                puts.append((place, entry))
            else:
                self.index[place] = replace(known, stamp=entry.stamp, digest=own)
                if known.mode != entry.mode:
                    modes.append((place, entry.mode))
        return puts, modes

    def _digests(self, places: list[str]) -> dict[str, bytes]:
        """Return the digests of files in the container, as far as it can tell them."""
        found: dict[str, bytes] = {}
        if self.access.shell is None or "sha256sum" not in self.access.tools:
            return found
        for start in range(0, len(places), _ASKED):
            asked = places[start : start + _ASKED]
            found |= listing.parse_digests(self._shell.ask(listing.ask_digests(asked)).output, asked)
        return found

    def _clean(self) -> None:
        """Remove what an interruption left half-way."""
        if self._litter and self.access.writes:
            litter = sorted(self._litter)
            guard = batch.directories(litter, self._layout.roots)
            self._litter.clear()  # where a symlink is met by now, there is nothing of ours either
            self._shell.ask(script.guarded(guard, script.remove(litter)))

    def _removable(self, places: tuple[str, ...]) -> tuple[str, ...]:
        """Return what to remove for places: of directories that hold what is none of our business only the rest."""
        folders = [place for place in places if self.index[place].kind == "directory"]
        if not folders:
            return places
        inside = listing.parse(self._shell.ask(listing.ask(folders)).output) if self.access.lists else {}
        kept = [place for place in inside if self._layout.is_protected(place)]
        kept += [mount for mount in self.facts.mounts if any(mount.startswith(folder + "/") for folder in folders)]
        if not kept:
            return places
        holding = {above for place in kept for above in (*ancestors(place), place)}
        rest = [
            place
            for place in {*inside, *places}
            if place not in holding and not any(f"{place}/".startswith(f"{one}/") for one in kept)
        ]
        return topmost(rest)

    # -- how it is done

    @property
    def _shell(self) -> Shell:
        assert self.access.shell is not None
        return self.access.shell

    def _through_shell(
        self, removals: tuple[str, ...], puts: list[tuple[str, Entry]], modes: list[tuple[str, int]], done: Synced
    ) -> None:
        big = [(place, entry) for place, entry in puts if entry.kind == "file" and entry.size >= BIG]
        small = [(place, entry) for place, entry in puts if not (entry.kind == "file" and entry.size >= BIG)]
        done.road = "shell"
        bulk = len(small) > BULK_FILES or sum(entry.size for _, entry in small) > BATCH_BYTES
        if bulk and all(self.access.reaches(root) for root in self._layout.roots):
            self._ask((), removals, (), done)
            self._through_archive((), small, [], done)
            removals, small = (), []
        for items in self._supply.batches(small, done, self._seconds):
            self._write(items, removals, done)
            removals = ()
        if removals or modes:
            self._ask((), removals, tuple(modes), done)
        for place, entry in big:
            self._write_big(place, entry, done)

    def _write(self, items: tuple[Item, ...], removals: tuple[str, ...], done: Synced) -> None:
        """Write items at once; where that fails, write those of them that can be written.

        Raises:
            ComposeError: not all of them could be written.
        """
        try:
            self._ask(items, removals, (), done)
        except EngineError:
            raise
        except ComposeError:
            if not 1 < len(items) <= batch.ATOMIC_FILES:
                raise
            self._ask((), removals, (), done)
            self._one_by_one(items, done)

    def _one_by_one(self, items: tuple[Item, ...], done: Synced) -> None:
        wrong: ComposeError | None = None
        for item in items:
            try:
                self._ask((item,), (), (), done)
            except EngineError:
                raise
            except ComposeError as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong

    def _ask(self, items: tuple[Item, ...], removals: tuple[str, ...], modes: tuple[tuple[str, int], ...], done: Synced) -> None:
        if not (items or removals or modes):
            return
        made = batch.request(
            items, removals=removals, modes=modes, roots=self._layout.roots, owner=self._owner, exact=self.access.exact
        )
        self._forget(item.place for item in items)
        self._litter.update(made.staged)
        self._check(self._shell.ask(made.text, (made.content,)), [*(item.place for item in items), *removals, *dict(modes)])
        self._litter.difference_update(made.staged)
        self._removed(removals, done)
        self._written(items, done)
        for place, mode in modes:
            self.index[place] = replace(self.index[place], mode=mode)
            done.written.append(place)

    def _check(self, answer: Answer, places: list[str]) -> None:
        if answer.status == script.REFUSED:
            raise _Stale
        several = f" and {len(places) - 1} more" if len(places) > 1 else ""
        failed(answer, f"cannot write {''.join(places[:1])}{several} in {self.facts.name}")

    def _write_big(self, place: str, entry: Entry, done: Synced) -> None:
        source = self._layout.source(place)
        if source is None:
            return
        temporary, seconds = batch.temporary(place), self._seconds(place, entry)
        digest = hashlib.sha256()
        guard = batch.directories([place], self._layout.roots)
        self._forget([place])
        self._litter.add(temporary)
        try:
            with reading.opened(source.tree.root, source.path, entry) as file:
                text = script.guarded(guard, script.store(temporary, entry.size), entry.size)
                self._check(self._shell.ask(text, reading.exactly(file, entry.size, digest)), [place])
        except reading.Moved:
            self._clean()
            done.again.add(place)
            return
        except OSError as error:
            done.unreadable[place] = error.strerror or str(error)
            return
        finishing = script.finish(temporary, mode=entry.mode, owner=self._owner, seconds=seconds)
        moving = script.move(temporary, place, exact=self.access.exact)
        self._check(self._shell.ask(script.guarded(guard, finishing + b" && " + moving)), [place])
        self._litter.discard(temporary)
        self.index[place] = Known("file", entry.mode, entry.size, "", seconds, digest.digest(), entry.stamp)
        done.written.append(place)
        done.size += entry.size

    def _through_archive(
        self, removals: tuple[str, ...], puts: list[tuple[str, Entry]], modes: list[tuple[str, int]], done: Synced
    ) -> None:
        known = ((place, self._layout.wanted(place)) for place, _ in modes)
        everything = [*puts, *((place, entry) for place, entry in known if entry is not None)]
        done.road = "archive" if not done.road else "shell+archive"
        if bare.meets_link(
            self._engine, self.facts.id, [*removals, *(place for place, _ in everything)], self._layout.roots, self.index
        ):
            raise _Stale
        helped = self._is_helped and (bool(removals) or any(entry.kind != "directory" for _, entry in everything))
        gone = set(removals)
        if helped and any(not gone.isdisjoint((place, *ancestors(place))) for place, _ in everything):
            self._through_archive(removals, [], [], done)  # what takes the place of something else must not go with it
            removals, helped = (), self._is_helped
        program = bare.place_of(self._layout.roots) if helped else ""
        staged = helped and len(everything) <= batch.ATOMIC_FILES
        written: list[Item] = []
        litter = set(self._litter)
        if helped:
            self._litter |= {program, *(batch.temporary(place) for place, _ in everything if staged)}
        if everything or helped:
            self._forget(place for place, entry in everything if entry.kind != "directory")
            self.access.put(batch.pieces(self._stream(everything, written, done, program=program, staged=staged)))
        if helped:
            moves = [(batch.temporary(one.place), one.place) for one in written if staged and one.entry.kind != "directory"]
            self._helpless = True  # until it is known better: files get there without it as well
            bare.run(self._engine, self.facts, program, [*self._expanded(removals), *litter], moves)
            self._helpless = False
            self._litter.clear()
            self._removed(removals, done)
        elif removals:
            done.unremoved.extend(removals)
            self.owed.update(self._expanded(removals))
        self._written(written, done)

    @property
    def _is_helped(self) -> bool:
        """Whether a program of ours can be run in the container, which has none of its own."""
        facts = self.facts
        able = facts.running and not facts.paused and not self.access.writes and not self._helpless
        return able and self._engine.facts.arch in helper.MACHINES

    def _expanded(self, removals: tuple[str, ...]) -> list[str]:
        """Return what is to be removed with everything that is known below."""
        gone = set(removals)
        return [one for one in self.index if one in gone or any(above in gone for above in ancestors(one))]

    def _stream(
        self, puts: list[tuple[str, Entry]], written: list[Item], done: Synced, *, program: str, staged: bool
    ) -> Iterator[bytes]:
        """Yield an archive, reading each file when its turn comes; `program`: with the helper, `staged`: to be renamed."""
        for item in chain.from_iterable(self._supply.batches(puts, done, self._seconds, whole=True)):
            written.append(replace(item, data=b"", digest=_digest(item)))
            under = batch.temporary(item.place) if staged and item.entry.kind != "directory" else item.place
            yield batch.block(item, under, self._owner)
        if program:
            code = helper.program()
            yield batch.block(Item(program, Entry("file", 0o700, len(code)), code), program, (0, 0))
        yield tar.END

    def _seconds(self, place: str, entry: Entry) -> int:
        """Return the time a file gets: the host's, but later than what it had, so that who compares times sees a change."""
        known = self.index.get(place)
        return max(entry.seconds, known.seconds + 1 if known is not None and known.kind == "file" else 0)

    # -- what is known then

    def _forget(self, places: Iterable[str]) -> None:
        """Know nothing of files while they are written: when that fails nobody can tell what is there."""
        for place in places:
            known = self.index.get(place)
            if known is not None and known.kind != "directory":
                self.index[place] = replace(known, size=-1, digest=None, stamp=None, link="")

    def _written(self, items: Iterable[Item], done: Synced) -> None:
        for item in items:
            entry = item.entry
            digest = item.digest or _digest(item)
            self.index[item.place] = Known(entry.kind, entry.mode, entry.size, entry.link, item.seconds, digest, entry.stamp)
            done.written.append(item.place)
            done.size += entry.size

    def _removed(self, places: Iterable[str], done: Synced) -> None:
        gone = set(places)
        if gone:
            below = [one for one in self.index if one in gone or any(above in gone for above in ancestors(one))]
            for place in below:
                del self.index[place]
            done.removed.extend(below)

    def _list(self) -> None:
        """Look at what the container has."""
        found = stock.take(self._engine, self.access, self._layout, self._record)
        self._litter |= {place for place in found if batch.is_temporary(place)}
        self.index = found


def _digest(item: Item) -> bytes | None:
    return hashlib.sha256(item.data).digest() if item.entry.kind == "file" else None
