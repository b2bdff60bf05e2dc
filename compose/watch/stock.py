"""Taking stock of a container: what it has at the targets of rules, and what of that equals the host's without a look inside."""

from __future__ import annotations

import tarfile

from msgspec.structs import replace

from compose.base.errors import EngineError, fail
from compose.engine.port import Engine
from compose.watch import listing
from compose.watch.container import Access, image_seconds
from compose.watch.difference import topmost
from compose.watch.entry import Known
from compose.watch.layout import Layout
from compose.watch.record import Record

_DIGESTED = 64 << 20
"""How much of an archive is read to tell whether files are equal."""
_BUILDING_SECONDS = 600
"""How long before an image was made files may have been copied into it: what is older and looks equal is equal."""


def take(engine: Engine, access: Access, layout: Layout, record: Record) -> dict[str, Known]:
    """Return what a container has at the targets, by place.

    Raises:
        EngineError: the engine refused.
    """
    found: dict[str, Known] = {}
    for root in topmost(layout.roots):
        found |= _listed(access, layout, root)
    remembered = record.containers.get(access.facts.id, {})
    trusted = image_seconds(engine, access.facts.image) - _BUILDING_SECONDS
    for place, known in found.items():
        if known.kind != "file":
            continue
        before = remembered.get(place)
        if before is not None and (before.kind, before.size, before.seconds) == (known.kind, known.size, known.seconds):
            found[place] = replace(before, mode=known.mode)
        elif known.seconds < trusted:
            entry = layout.wanted(place)
            if entry is not None and (entry.size, entry.seconds, entry.mode) == (known.size, known.seconds, known.mode):
                found[place] = replace(known, stamp=entry.stamp)
    return found


def _listed(access: Access, layout: Layout, root: str) -> dict[str, Known]:
    if access.shell is None or not access.lists:
        return _unpacked(access, root)
    found = listing.parse(access.shell.ask(listing.ask([root], layout.ignored_directories())).output)
    links = [place for place, known in found.items() if known.kind == "link"]
    if links:
        told = access.shell.ask(listing.ask_links(links)).output.strip(b"\n").split(b"\n")
        if len(told) == len(links):
            found |= {
                place: replace(found[place], link=text.decode("utf-8", "surrogateescape"))
                for place, text in zip(links, told, strict=True)
            }
    return found


def _unpacked(access: Access, root: str) -> dict[str, Known]:
    opened = access.archive(root)
    if opened is None:
        return {}
    try:
        with opened:
            return dict(listing.unpack(opened, root, _DIGESTED))
    except tarfile.TarError as error:
        summary = f"the archive of {root} in {access.facts.name} cannot be read: {error}"
        raise EngineError(fail("unexpected-engine-answer", summary).diagnostics[0]) from error
