r"""What is said to the shell that is kept open in a container; pure.

The shell runs `LOOP`: it reads a request, carries it out, and answers with whatever that wrote and a line
`\n<token> <status>\n`. A request is a line of shell, or, where it is long, the number of bytes of shell that follow
(`read` takes bytes one by one, `dd` does not). Contents follow their request and are taken by `dd`, which, unlike
`head`, takes no byte more than it was told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

TOOLS = ("dd", "tar", "mv", "rm", "mkdir", "find", "stat", "sha256sum", "readlink", "chmod", "chown", "touch", "ln")
LONG = 1000
"""From so many bytes on a request is taken by `dd`."""

LOOP = """\
N='
'
umask 022
cd /
while IFS= read -r l; do
case "$l" in [0-9]*) l=$(dd bs=65536 count="$l" iflag=fullblock,count_bytes 2>/dev/null);; esac
eval "$l" 2>&1
printf '\\n%s %s\\n' TOKEN "$?"
done
"""

PROBE = (
    f'for t in {" ".join(TOOLS)}; do command -v "$t" >/dev/null 2>&1 && echo "$t"; done; '
    'x=$(dd bs=65536 count=5 iflag=fullblock,count_bytes 2>/dev/null); [ "$x" = hello ] && echo exact; '
    "mv -T /nonexistent/a /nonexistent/b 2>&1 | grep -qi 'usage\\|unrecognized\\|invalid' || echo moves"
)
"""Tells which tools there are; the five bytes `hello` follow. `exact`: dd can count bytes; `moves`: mv knows -T."""
PROBE_CONTENT = b"hello"


def loop(token: str) -> str:
    """Return the program of a shell whose answers end with `token`."""
    return LOOP.replace("TOKEN", token)


def request(text: bytes) -> bytes:
    """Return the bytes that ask for something."""
    if len(text) < LONG and not text[:1].isdigit() and b"\n" not in text:
        return text + b"\n"
    return b"%d\n" % len(text) + text


def quote(text: str) -> bytes:
    """Return a word of shell for any text without NUL; newlines become `$N`, because requests are lines."""
    return b"'" + os.fsencode(text).replace(b"'", b"'\\''").replace(b"\n", b"'\"$N\"'") + b"'"


def words(texts: Iterable[str]) -> bytes:
    """Return several words."""
    return b" ".join(map(quote, texts))


def unlinked(directories: Iterable[str]) -> bytes:
    """Return a condition: none of these is a symlink, so that nothing is written elsewhere through one."""
    given = words(directories)
    if not given:
        return b":"
    return b"k=; for d in " + given + b'; do [ -L "$d" ] && { k=1; echo "symlink $d"; }; done; [ -z "$k" ]'


REFUSED = 97
"""The status of a request that met a symlink where there should be a directory."""


def guarded(directories: Iterable[str], body: bytes, content: int = 0) -> bytes:
    """Return a request that does `body` unless it met a symlink; what follows it is taken in any case."""
    taken = b"dd bs=65536 count=%d iflag=fullblock,count_bytes >/dev/null 2>&1; " % content if content else b""
    return b"if " + unlinked(directories) + b"; then " + body + b"; else " + taken + b"(exit %d); fi" % REFUSED


def remove(paths: Iterable[str], *, chunk: int = 60_000) -> bytes:
    """Return what removes paths with all below them, in as many calls as the limit on arguments asks for."""
    calls: list[bytes] = []
    current = b""
    for path in paths:
        current += b" " + quote(path)
        if len(current) > chunk:
            calls.append(b"rm -rf --" + current)
            current = b""
    if current:
        calls.append(b"rm -rf --" + current)
    return b" && ".join(calls) or b":"


def unpack(size: int) -> bytes:
    """Return what unpacks an archive of so many bytes that follows; what `tar` leaves when it fails is taken as well."""
    return (
        b"dd bs=65536 count=%d iflag=fullblock,count_bytes 2>/dev/null | "
        b"{ tar xpf - || { r=$?; dd of=/dev/null 2>/dev/null; (exit $r); }; }" % size
    )


def move(source: str, target: str, *, exact: bool) -> bytes:
    """Return what puts a file in its place at once; `exact`: mv knows -T, else a link in its place is removed first."""
    if exact:
        return b"mv -fT -- " + words((source, target))
    place = quote(target)
    return b"{ [ -L " + place + b" ] && rm -f -- " + place + b"; mv -f -- " + words((source, target)) + b"; }"


def gather(sources: Iterable[str], directory: str) -> bytes:
    """Return what puts files under their own names into a directory at once."""
    return b"mv -f -- " + words(sources) + b" " + quote(directory + "/")


def store(temporary: str, size: int) -> bytes:
    """Return what writes the bytes that follow to a file."""
    return b"dd bs=65536 count=%d iflag=fullblock,count_bytes of=%s 2>&1 >/dev/null" % (size, quote(temporary))


def finish(temporary: str, *, mode: int, owner: tuple[int, int], seconds: int) -> bytes:
    """Return what gives a file its owner, permissions and time."""
    name = quote(temporary)
    return b"chown %d:%d %s && chmod %o %s && touch -d @%d %s" % (*owner, name, mode, name, seconds, name)


def run(command: Iterable[str]) -> bytes:
    """Return what runs a program, not a builtin of the shell, without input."""
    return b"(exec " + words(command) + b") </dev/null"
