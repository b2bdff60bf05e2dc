"""Image references as users write them, taken apart; pure.

Source: the distribution reference grammar (`[registry/]path[:tag][@digest]`).
"""

from __future__ import annotations

import re

from compose.base.errors import ComposeError, fail
from compose.base.pattern import lazy_pattern
from compose.base.value import Value

DEFAULT_TAG = "latest"
_OFFICIAL = "library/"
_PATH = lazy_pattern(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = lazy_pattern(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = lazy_pattern(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_IDENTIFIER = lazy_pattern(r"[0-9a-f]{64}")


class Reference(Value, frozen=True, kw_only=True):
    """An image reference; `registry` is the host part as written, "" when the engine's default is meant.

    `path` is the name in the registry as written; `tag` and `digest` are "" when not given.
    """

    path: str
    registry: str = ""
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """The reference without tag and digest."""
        return f"{self.registry}/{self.path}" if self.registry else self.path

    @property
    def familiar(self) -> str:
        """The reference as people write it, `latest` spelled out where neither tag nor digest is given."""
        return str(self if self.tag or self.digest else self.tagged(DEFAULT_TAG))

    @property
    def repository(self) -> str:
        """The path as the registry knows it: images of one word are under `library/` where no registry is given."""
        return self.path if self.registry or "/" in self.path else _OFFICIAL + self.path

    @property
    def wanted(self) -> str:
        """What to ask the registry for: the digest, else the tag."""
        return self.digest or self.tag or DEFAULT_TAG

    @property
    def canonical(self) -> str:
        """The one text for all ways to write the same image: registry, whole path, and digest or else tag."""
        return f"{self.registry}/{self.repository}{'@' if self.digest else ':'}{self.wanted}"

    def tagged(self, tag: str) -> Reference:
        """Return the same image under a tag, without digest."""
        return Reference(registry=self.registry, path=self.path, tag=tag)

    def pinned(self, digest: str) -> Reference:
        """Return the reference with a digest; the tag stays, for people to read."""
        return Reference(registry=self.registry, path=self.path, tag=self.tag, digest=digest)

    def same_image(self, other: Reference) -> bool:
        """Return whether both mean the same image: `x`, `x:latest` and `library/x` do."""
        return self.canonical == other.canonical

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


def parse_reference(text: str) -> Reference:
    """Take a reference apart.

    Raises:
        ComposeError: `invalid-reference`, with the engine's words.
    """
    rest, at, digest = text.partition("@")
    registry, rest = _registry(rest)
    path, colon, tag = rest.partition(":")
    if _IDENTIFIER.fullmatch(text):
        raise fail("invalid-reference", f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    if path != path.lower():
        raise _invalid(text, "repository name must be lowercase")
    if not _PATH.fullmatch(path) or (colon and not _TAG.fullmatch(tag)) or (at and not _DIGEST.fullmatch(digest)):
        raise _invalid(text, "")
    return Reference(registry=registry, path=path, tag=tag, digest=digest)


def canonical(text: str) -> str:
    """Return the text that all references to the same image share; what is no reference is its own."""
    try:
        return parse_reference(text).canonical
    except ComposeError:
        return text


def is_same_image(one: str, other: str) -> bool:
    """Return whether two texts are references that mean the same image."""
    return one == other or canonical(one) == canonical(other)


def _registry(text: str) -> tuple[str, str]:
    """Split off a first part that can only be a host: it has a dot or a port, or is `localhost`."""
    first, slash, rest = text.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        return first, rest
    return "", text


def _invalid(text: str, why: str) -> ComposeError:
    summary = f"invalid reference format: {why}" if why else "invalid reference format"
    return fail("invalid-reference", f"{summary}: `{text}`", hint="a reference reads `[registry/]name[:tag][@digest]`")
