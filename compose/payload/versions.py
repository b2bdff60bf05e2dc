"""Which engine brought which version of the API, for messages."""

from __future__ import annotations

from compose.state.observed import EngineFacts

Version = tuple[int, int]

_ENGINES: tuple[tuple[Version, str], ...] = (
    ((1, 25), "1.13"),
    ((1, 28), "17.04"),
    ((1, 29), "17.05"),
    ((1, 32), "17.09"),
    ((1, 38), "18.06"),
    ((1, 40), "19.03"),
    ((1, 41), "20.10"),
    ((1, 42), "23.0"),
    ((1, 43), "24.0"),
    ((1, 44), "25.0"),
    ((1, 45), "26.0"),
    ((1, 46), "27.0"),
    ((1, 47), "27.2"),
    ((1, 48), "28.0"),
    ((1, 49), "28.1"),
    ((1, 50), "28.2"),
    ((1, 51), "28.3"),
    ((1, 52), "29.0"),
)


def text(version: Version) -> str:
    """Return `1.44` for (1, 44)."""
    return f"{version[0]}.{version[1]}"


def engine_with(version: Version) -> str:
    """Return the first Docker Engine release whose API has at least `version`."""
    return next((engine for api, engine in _ENGINES if api >= version), "a newer one")


def has(facts: EngineFacts, version: Version) -> bool:
    """Whether the negotiated API has at least `version`."""
    return facts.api_version >= version
