"""The short syntax of a service's `volumes`: ``[source:]target[:option[,option]]``."""

from __future__ import annotations

import posixpath
from typing import Any

_OPTIONS: dict[str, tuple[str, str, Any]] = {
    "nocopy": ("volume", "nocopy", True),
    "z": ("bind", "selinux", "z"),
    "Z": ("bind", "selinux", "Z"),
    **{mode: ("bind", "propagation", mode) for mode in ("rprivate", "private", "rshared", "shared", "rslave", "slave")},
}
_TARGET_ONLY = 2


def parse(text: str) -> dict[str, Any]:
    """Return the long form of `text`, its target cleaned.

    A source that looks like a path (see `is_path`) is a bind mount, any other a named
    volume; unknown options have no effect.

    Raises:
        ValueError: the text is no volume; the message is the peer's.
    """
    if not text:
        raise ValueError("invalid empty volume spec")
    if len(text.encode()) <= _TARGET_ONLY:
        return {"type": "volume", "target": clean(text)}
    sections = _sections(text)
    if not all(sections):
        raise ValueError(f"invalid spec: {text}: empty section between colons")
    if len(sections) > _TARGET_ONLY + 1:
        raise ValueError(f"invalid spec: {text}: too many colons")
    source, target = ("", sections[0]) if len(sections) == 1 else sections[:2]
    options = sections[2].split(",") if len(sections) > _TARGET_ONLY else []
    return _long(source, clean(target), options)


def unknown_options(text: str) -> list[str]:
    """Return the options of a readable short form that mean nothing."""
    sections = _sections(text)
    options = sections[2].split(",") if len(sections) > _TARGET_ONLY else []
    return [option for option in options if option not in _OPTIONS and option not in {"ro", "rw"}]


def clean(target: str) -> str:
    """Return a path in a container without `.`, `..`, doubled and final slashes; empty stays empty."""
    if not target:
        return ""
    path = posixpath.normpath(target)
    return path[1:] if path.startswith("//") else path


def is_path(source: str) -> bool:
    """Tell whether a source of the short syntax names a file rather than a volume."""
    return source[:1] in {".", "/", "~"} or source.startswith("\\\\") or (source[:1].isalpha() and source[1:2] == ":")


def _sections(text: str) -> list[str]:
    """Split at the colons that are neither a Windows drive's nor inside `${…}`."""
    if "$" not in text and ":" not in text[:2] and not _has_drive(text):
        return text.split(":")
    sections, buffer, depth = [], "", 0
    for index, char in enumerate(text):
        if char == "$" and text[index + 1 : index + 2] == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == ":" and not depth and not (len(buffer) == 1 and buffer.isalpha()):
            sections.append(buffer)
            buffer = ""
            continue
        buffer += char
    sections.append(buffer)
    return sections


def _has_drive(text: str) -> bool:
    return any(len(section) == 1 and section.isalpha() for section in text.split(":"))


def _long(source: str, target: str, options: list[str]) -> dict[str, Any]:
    kind = "bind" if is_path(source) else "volume"
    blocks: dict[str, dict[str, Any]] = {kind: {}}
    read_only = False
    for option in options:
        if option in _OPTIONS:
            block, key, value = _OPTIONS[option]
            blocks.setdefault(block, {})[key] = value
        elif option in {"ro", "rw"}:
            read_only = option == "ro"
    if kind == "bind":
        blocks["bind"]["create_host_path"] = True
    mount: dict[str, Any] = {"type": kind}
    if source:
        mount["source"] = source
    mount["target"] = target
    if read_only:
        mount["read_only"] = True
    return mount | blocks
