"""What the user may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_LIKENESS = 0.6


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that looks most like `name`, ignoring case, or None when none does."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for mistakes

    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=_LIKENESS)
    return by_lower[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest of `known`, or no text."""
    near = closest(name, known)
    return f"did you mean `{near}`?" if near else ""
