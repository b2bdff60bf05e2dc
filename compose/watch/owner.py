"""Whose files a service's are: its user as numbers; pure."""

from __future__ import annotations

Ids = tuple[int, int]


def needs_lookup(user: str) -> bool:
    """Whether the container's own lists of users are needed: a name, or a user without a group."""
    name, _, group = user.partition(":")
    return bool(user) and not (name.isdigit() and (group.isdigit() or name == "0"))


def ids(user: str, passwd: str = "", group: str = "") -> Ids:
    """Return user and group as numbers for what `user` of a service or image says (`""`, `1000`, `app`, `app:web`).

    `passwd` and `group` are the texts of the container's files; what they do not know is root.
    """
    name, _, wanted = user.partition(":")
    entry = _find(passwd, name, number=2)
    uid = int(name) if name.isdigit() else _number(entry, 2)
    if not wanted:
        return uid, _number(entry, 3)
    return uid, int(wanted) if wanted.isdigit() else _number(_find(group, wanted, number=2), 2)


def _find(text: str, name: str, *, number: int) -> list[str]:
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] == name or (name.isdigit() and len(fields) > number and fields[number] == name):
            return fields
    return []


def _number(fields: list[str], index: int) -> int:
    return int(fields[index]) if len(fields) > index and fields[index].isdigit() else 0
