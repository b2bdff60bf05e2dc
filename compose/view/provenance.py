"""Where a value comes from, for people: the value, then every place that set it, the winner first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from compose.source.document import Layer
from compose.view.diagnostics import Sources, place
from compose.view.style import paint
from compose.view.width import printable


def provenance(
    path: str,
    value: Any,  # noqa: ANN401 - JSON
    layers: Sequence[Layer],
    sources: Sources | None = None,
    *,
    colour: bool = False,
    width: int | None = None,
) -> str:
    """Return the text for the value at `path`."""
    shown = msgspec.json.encode(value).decode()
    text = f"{paint(path, 'bold', colour=colour)}: {printable(shown)}\n"
    if not layers:
        return f"{text}\nnot written in any file: this is what leaving it out means\n"
    for index, layer in enumerate(layers):
        text += f"\n{'set here' if index == 0 else 'instead of'}{_through(layer)}\n"
        text += place(layer.span, sources, colour=colour, width=width)
    return text


def _through(layer: Layer) -> str:
    where = f" at {layer.cause}" if layer.cause is not None else ""
    return f", through {layer.via}{where}" if layer.via else ""
