"""The base of every part of the model."""

from typing import Any

from compose.base.value import Value


class Spec(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of the Compose Specification in canonical (long) form.

    Absent means the field's default. Lists are tuples. Unknown keys are refused when decoding; `x-*`
    keys are gathered in `extensions` where the specification allows them.
    """


class Extensible(Spec, frozen=True, kw_only=True):
    """A mapping in which the specification allows `x-*` keys."""

    extensions: dict[str, Any] = {}
