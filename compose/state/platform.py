"""Platforms (`linux/arm64/v8`) and whether one serves for another."""

from __future__ import annotations

from compose.base.value import Value

_ARCHITECTURES = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "i386": ("386", ""),
    "i686": ("386", ""),
}
_OWN_VARIANT = {"arm64": "v8", "amd64": "v1"}
"""The variant that goes without saying."""
_SYSTEMS = {"linux", "windows", "darwin", "freebsd"}


class Platform(Value, frozen=True, kw_only=True):
    """A platform in normal form: `linux/aarch64` and `linux/arm64/v8` are equal."""

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def of(cls, os: str, architecture: str, variant: str = "") -> Platform:
        """Return the normal form of a platform given in parts."""
        name, implied = _ARCHITECTURES.get(architecture.lower(), (architecture.lower(), ""))
        chosen = (variant or implied or ("v7" if name == "arm" else "")).lower()
        if chosen and not chosen.startswith("v"):
            chosen = f"v{chosen}"
        return cls(os=os.lower() or "linux", architecture=name, variant="" if chosen == _OWN_VARIANT.get(name) else chosen)

    @classmethod
    def parse(cls, text: str, default: Platform) -> Platform:
        """Read `os`, `architecture`, `os/architecture` or `os/architecture/variant`; `default` fills what is missing."""
        parts = text.split("/")
        if len(parts) == 1:
            if parts[0].lower() in _SYSTEMS:
                return cls.of(parts[0], default.architecture, default.variant)
            return cls.of(default.os, parts[0])
        return cls.of(parts[0], parts[1], "/".join(parts[2:]))

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def canonical(text: str) -> str:
    """Return the one text for all ways to write a platform (`linux/x86_64`: `linux/amd64`), "" for none."""
    return str(Platform.parse(text, Platform(os="linux", architecture=""))) if text else ""
