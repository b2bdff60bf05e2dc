"""No progress at all; log lines and warnings are still shown."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from compose.base.events import Event


class Quiet:
    """Says nothing."""

    def handle(self, _event: Event) -> None:
        """Keep silent."""

    def above(self) -> AbstractContextManager[None]:
        """Let others write."""
        return nullcontext()

    def close(self) -> None:
        """Nothing is held back."""
