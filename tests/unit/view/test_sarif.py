from __future__ import annotations

from compose.base.codes import CODES
from compose.base.diagnostics import Diagnostic, Note
from compose.base.place import Span
from compose.view.sarif import sarif


def span(file, line):
    return Span(file=file, line=line, column=3, end_line=line, end_column=9)


def test_each_diagnostic_is_a_result_with_its_rule_and_place():
    log = sarif(
        [
            Diagnostic(severity="error", code="b-code", summary="second", span=span("my file.yaml", 4), detail="why", hint="do"),
            Diagnostic(severity="warning", code="a-code", summary="first"),
            Diagnostic(severity="error", code="b-code", summary="third", span=span("/abs/x.yaml", 1)),
        ],
        version="1.2.3",
    )
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    assert run["tool"]["driver"] == {"name": "compose", "version": "1.2.3", "rules": [{"id": "a-code"}, {"id": "b-code"}]}
    assert [(r["ruleId"], r["ruleIndex"], r["level"]) for r in run["results"]] == [
        ("b-code", 1, "error"),
        ("a-code", 0, "warning"),
        ("b-code", 1, "error"),
    ]
    assert run["results"][0]["message"]["text"] == "second\nwhy\nhint: do"
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20file.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 3, "endLine": 4, "endColumn": 9}
    assert "locations" not in run["results"][1]
    assert run["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///abs/x.yaml"


def test_notes_with_places_are_related_locations():
    note = Note(message="also here", span=span("base.yaml", 2))
    log = sarif([Diagnostic(severity="note", code="c", summary="s", notes=(note, Note(message="nowhere")))], version="1")
    related = log["runs"][0]["results"][0]["relatedLocations"]
    assert [entry["message"]["text"] for entry in related] == ["also here"]


def test_a_rule_has_the_text_of_its_code():
    log = sarif([Diagnostic(severity="error", code="unknown-flag", summary="s")], version="1")
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule == {"id": "unknown-flag", "fullDescription": {"text": CODES["unknown-flag"]}}
