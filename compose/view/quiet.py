"""No progress at all; log lines and warnings are still shown."""

from __future__ import annotations

from compose.base.events import Event
from compose.view.progress_view import Unmoving


class Quiet(Unmoving):
    """Says nothing."""

    def handle(self, _event: Event) -> None:
        """Keep silent."""
