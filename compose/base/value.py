"""The one way to write a frozen value type."""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Immutable record compared by its fields; all fields are given by name.

    msgspec's structs cost a tenth of a dataclass at import time, which is why every value type of
    the project is one.
    """
