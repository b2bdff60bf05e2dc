from __future__ import annotations

import json

from compose.base.place import Span
from compose.base.units import ByteSize, Duration
from compose.plan.operation import RemoveImage
from compose.view.json_form import complete, json_line


def test_fields_with_their_default_are_there_too():
    from compose.base.diagnostics import Diagnostic  # noqa: PLC0415

    span = Span(file="a", line=1, column=1, end_line=1, end_column=2)
    form = complete(Diagnostic(severity="error", code="c", summary="s", span=span))
    assert (form["hint"], form["notes"], form["span"]["line"]) == ("", [], 1)


def test_tagged_values_keep_their_tag():
    assert complete(RemoveImage(reference="x")) == {"kind": "remove-image", "reference": "x"}


def test_a_line_of_json():
    assert json.loads(json_line({"a": (1, None), 2: {"x"}, "d": Duration.parse("90s"), "b": ByteSize(5)})) == {
        "a": [1, None], "2": ["x"], "d": "1m30s", "b": 5,
    }  # fmt: skip
