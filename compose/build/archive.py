"""A build context as a tar stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from compose.base.errors import ComposeError, fail
from compose.base.packing import Member, Problems, gathered, literal, packed
from compose.base.value import Value
from compose.build.tree import Entry, unreadable


class Extra(Value, frozen=True, kw_only=True):
    """A file that is sent beside those of the context, in place of one with the same path; dated 1970 for the cache's sake."""

    path: str
    content: bytes
    mode: int = 0o644


def archive(entries: Iterable[Entry], extras: Iterable[Extra] = ()) -> Iterator[bytes]:
    """Yield a tar of `entries` and `extras`, see `packing`; owners are 0:0, as the builders' own clients send them.

    Raises:
        ComposeError: `build-context-unreadable` or `build-context-changed`, a file cannot be read to its end.
    """
    taken = {extra.path: extra for extra in extras}
    members = (Member(*entry) for entry in entries if entry.path not in taken)
    made = (literal(extra.path, extra.content, extra.mode) for extra in taken.values())
    return gathered(chain(packed(members, Problems(unreadable, _shortened)), made))


def _shortened(file: str) -> ComposeError:
    return fail("build-context-changed", f"`{file}` became shorter while it was sent", hint="build again")
