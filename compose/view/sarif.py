"""Diagnostics as a SARIF 2.1.0 log, for editors and code scanning (OASIS, sarif-v2.1.0)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from compose.base.codes import CODES
from compose.base.diagnostics import Diagnostic
from compose.base.place import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic], *, version: str) -> dict[str, Any]:
    """Return the log as plain data: one run of the tool, a rule for each code, a result for each diagnostic."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {"name": "compose", "version": version, "rules": [_rule(code) for code in codes]}
    results = [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    if code in CODES:
        rule["fullDescription"] = {"text": CODES[code]}
    return rule


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    parts = [diagnostic.summary, diagnostic.detail, f"hint: {diagnostic.hint}" if diagnostic.hint else ""]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": "\n".join(part for part in parts if part)},
    }
    if diagnostic.span is not None:
        result["locations"] = [_location(diagnostic.span)]
    related = [_location(note.span, note.message) for note in diagnostic.notes if note.span is not None]
    if related:
        result["relatedLocations"] = related
    return result


def _location(span: Span, message: str = "") -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": region}}
    if message:
        location["message"] = {"text": message}
    return location


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
