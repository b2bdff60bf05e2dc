"""What a YAML parser's complaint means, in the user's terms."""

from __future__ import annotations

import yaml

from compose.base.diagnostics import Diagnostic, Note
from compose.base.pattern import lazy_pattern
from compose.base.place import Span
from compose.source.document import Origin, pack

_HINTS = (
    ("mapping values are not allowed", "a `: ` inside a value needs quotes around it; or this line is indented too far"),
    ("could not find expected ':'", "a mapping entry needs `name: value`; look at the indentation of this line"),
    ("did not find expected key", "look at the indentation: entries of one mapping begin in the same column"),
    ("did not find expected '-' indicator", "look at the indentation: items of one list begin in the same column"),
    ("found unexpected end of stream", "a quote or bracket that was opened is never closed"),
    ("did not find expected ',' or", "a bracket that was opened is never closed, or a comma is missing"),
    ("found unknown escape character", "in double quotes a backslash must be doubled; single quotes take it as it is"),
    ("did not find expected alphabetic or numeric character", "`*` and `&` begin an alias or anchor; put the value in quotes"),
    ("found duplicate anchor", "give each anchor its own name"),
    ("block sequence entries are not allowed", "a list begins on the line below its key"),
    ("control characters are not allowed", "the file holds a character that is no text; is it a text file?"),
    ("special characters are not allowed", "the file holds a character that is no text; is it a text file?"),
)
_TAB = lazy_pattern(r"[ ]*\t")


def explain_syntax(error: Exception, origin: Origin) -> Diagnostic:
    """Return the diagnostic for an exception of the YAML parser on `origin`."""
    if isinstance(error, UnicodeEncodeError):
        return _syntax(origin, "the text is not valid Unicode", error.start)
    if isinstance(error, yaml.reader.ReaderError):
        return _syntax(origin, str(error.reason), _characters(origin.text, error))
    if not isinstance(error, yaml.MarkedYAMLError):
        return _syntax(origin, str(error), 0)
    mark = error.problem_mark or error.context_mark
    at = int(mark.index) if mark is not None else 0
    notes: tuple[Note, ...] = ()
    if error.context and error.context_mark is not None and error.context_mark.index != at:
        notes = (Note(message=str(error.context), span=_point(origin, int(error.context_mark.index))),)
    return _syntax(origin, str(error.problem or error.context), at, notes)


def _syntax(origin: Origin, summary: str, at: int, notes: tuple[Note, ...] = ()) -> Diagnostic:
    start = origin.text.rfind("\n", 0, at) + 1
    if _TAB.match(origin.text, start) and "scan" not in summary:
        tab = origin.text.index("\t", start)
        hint = "YAML is indented with spaces only; replace the tab"
        return Diagnostic(
            severity="error",
            code="yaml-tab",
            summary="found a tab character in the indentation",
            span=_point(origin, tab),
            hint=hint,
        )
    hint = next((hint for words, hint in _HINTS if words in summary), "")
    if not hint and "cannot start any token" in summary:
        hint = f"put a value that begins with `{origin.text[at : at + 1]}` in quotes"
    return Diagnostic(severity="error", code="yaml-syntax", summary=summary, span=_point(origin, at), hint=hint, notes=notes)


def _point(origin: Origin, at: int) -> Span:
    return origin.span(pack(at, at + 1))


def _characters(text: str, error: yaml.reader.ReaderError) -> int:
    """Return a reader error's place in characters; libyaml counts bytes."""
    if error.encoding == "unicode":
        return int(error.position)
    return len(text.encode("utf-8", "surrogatepass")[: error.position].decode("utf-8", "ignore"))
