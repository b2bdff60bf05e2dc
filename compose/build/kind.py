"""What a build context is, by how it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from compose.base.pattern import lazy_pattern

Kind = Literal["directory", "git", "url", "archive", "stdin"]

STDIN = "-"
_GIT = lazy_pattern(r"(?:git://|git@|ssh://|github\.com/)|https?://[^#?]+\.git(?:[#?]|$)")
_URL = lazy_pattern(r"https?://")


def kind_of(context: str) -> Kind:
    """Return what a `build.context` is, by how it is written and what is there."""
    if context == STDIN or (Path(context).name == STDIN and not Path(context).exists()):
        return "stdin"  # loading makes an absolute path of it
    if _GIT.match(context):
        return "git"
    if _URL.match(context):
        return "url"
    return "archive" if Path(context).is_file() else "directory"
