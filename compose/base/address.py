"""Names of the things a plan acts on, the same in plans, events and logs."""

from __future__ import annotations

from typing import Literal

from compose.base.value import Value

Kind = Literal["network", "volume", "image", "container", "service", "orphan", "provider", "model", "project"]


class Address(Value, frozen=True, kw_only=True):
    """A resource of a project: `network:front`, `container:web:2`, `image:redis:7`.

    `key` is the name in the file (service, network, volume) or the image reference; `number` is the
    replica number of a container, else 0.
    """

    kind: Kind
    key: str
    number: int = 0

    def __str__(self) -> str:
        text = f"{self.kind}:{self.key}"
        return f"{text}:{self.number}" if self.number else text
