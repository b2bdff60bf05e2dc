"""The grammar of `.env` files, and of the simpler `raw` format of an `env_file`.

Values are gathered in a `Map`, whose marks say where each was written. No problem quotes a value: these files
hold secrets.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from compose.base.diagnostics import Diagnostic
from compose.base.pattern import lazy_pattern
from compose.source.document import Map, Mark, Origin, Range, over, pack
from compose.source.template import Lookup, Outcome, substitute

_SPACE = r"\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BLANK = r"[\t\v\f\r \x85\xa0]*"
_START = lazy_pattern(rf"(?:[{_SPACE}]+|#[^\n]*)*")
_EXPORT = lazy_pattern(rf"export[{_SPACE}]+")
_KEY_END = lazy_pattern(r"[=:\n]")
_KEY_CHARACTERS = frozenset("_.-[]\t\v\f\r \x85\xa0")
_GAP = lazy_pattern(_BLANK)
_QUOTED = {'"': lazy_pattern(r'"((?:[^"\\]|\\.)*)"', re.DOTALL), "'": lazy_pattern(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)}
_ESCAPE = lazy_pattern(r"\\(?:[abcfnrtv$\\]|0\d{0,3})")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$", "\\": "\\"}
_OCTAL = lazy_pattern(r"[0-3][0-7]{2}")


class Mistake(Exception):
    """What is wrong at a range of the text; ends one statement, and never leaves this module."""

    def __init__(self, summary: str, where: Range, hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.where = where
        self.hint = hint


def read(origin: Origin, lookup: Lookup, values: Map, outcome: Outcome) -> list[Diagnostic]:
    """Add the assignments of a dotenv text to `values`, the last of a name winning, and return what is wrong.

    `lookup` answers for variables in values and for names without one, before what `values` already holds.
    """
    return _statements(origin, _Reader(origin, lookup, values, outcome).statement, _START)


def read_raw(origin: Origin, lookup: Lookup, values: Map) -> list[Diagnostic]:
    """Add the lines of a `raw` env file to `values`: no quotes, no variables; return what is wrong."""

    def statement(at: int) -> int:
        end = _line_end(origin.text, at)
        name, equals, value = origin.text[at:end].partition("=")
        where = pack(at, at + len(name))
        if not name or any(character in name for character in " \t"):
            raise Mistake("variable name contains whitespaces" if name else "no variable name before the `=`", where)
        if equals:
            _assign(values, name, value.removesuffix("\r"), (origin, where, pack(at, end), None))
        else:
            _inherit(values, name.removesuffix("\r"), (origin, where, where, None), lookup)
        return end

    return _statements(origin, statement, _START)


def _statements(origin: Origin, statement: Callable[[int], int], start: re.Pattern[str]) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    text = origin.text
    at = _skip(start, text, 0)
    while at < len(text):
        try:
            at = statement(at)
        except Mistake as mistake:
            problems.append(_diagnostic(origin, mistake))
            at = _line_end(text, at)
        at = _skip(start, text, at)
    return problems


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _diagnostic(origin: Origin, mistake: Mistake) -> Diagnostic:
    span = origin.span(mistake.where)
    summary = f"failed to read {origin.file}: line {span.line}: {mistake.summary}"
    return Diagnostic(severity="error", code="env-file-syntax", summary=summary, span=span, hint=mistake.hint)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _assign(values: Map, name: str, value: str, mark: Mark) -> None:
    values.marks[name] = over(mark, values.marks.get(name)) or mark
    values[name] = value


def _inherit(values: Map, name: str, mark: Mark, lookup: Lookup) -> None:
    value = lookup(name)
    if value is not None:
        _assign(values, name, value, mark)


class _Reader:
    """Reads the statements of one text."""

    def __init__(self, origin: Origin, lookup: Lookup, values: Map, outcome: Outcome) -> None:
        self.origin = origin
        self.text = origin.text
        self.lookup = lookup
        self.values = values
        self.outcome = outcome

    def statement(self, at: int) -> int:
        """Read the statement at `at` and return where it ends.

        Raises:
            Mistake: it is none.
        """
        at = _skip(_EXPORT, self.text, at)
        found = _KEY_END.search(self.text, at)
        end = found.start() if found else len(self.text)
        name = self._name(at, end)
        where = pack(at, at + len(name))
        if found is None or found[0] == "\n":
            _inherit(self.values, name, (self.origin, where, where, None), self.lookup)
            return end
        start = _skip(_GAP, self.text, found.end())
        value, end = self._value(name, start)
        _assign(self.values, name, value, (self.origin, where, pack(start, end), None))
        return end

    def _name(self, start: int, end: int) -> str:
        written = self.text[start:end]
        for index, character in enumerate(written):
            if not (character.isalpha() or character.isnumeric() or character in _KEY_CHARACTERS):
                hint = "names have letters, digits, `_`, `.`, `-`; put a value of several lines in quotes"
                summary = f'unexpected character "{character}" in variable name'
                raise Mistake(summary, pack(start + index, start + index + 1), hint)
        name = written.rstrip()
        if any(character.isspace() for character in name):
            raise Mistake("key cannot contain a space", pack(start, start + len(name)), "write NAME=value, one on a line")
        return name

    def _value(self, name: str, at: int) -> tuple[str, int]:
        quote = self.text[at : at + 1]
        if quote not in _QUOTED or not quote:
            end = _line_end(self.text, at)
            return self._expand(name, self.text[at:end].partition(" #")[0].rstrip(), at, end), end
        found = _QUOTED[quote].match(self.text, at)
        if found is None:
            hint = f"end the value with {quote}"
            raise Mistake(f"unterminated quoted value of `{name}`", pack(at, at + 1), hint)
        value = found[1].replace(f"\\{quote}", quote) if "\\" in found[1] else found[1]
        if quote == '"':
            value = self._expand(name, _unescape(found[1]), at, found.end())
        return value, found.end()

    def _expand(self, name: str, value: str, at: int, end: int) -> str:
        if "$" not in value:
            return value
        outcome = Outcome()
        value = substitute(value, self._lookup, outcome)
        self.outcome.unset.extend(outcome.unset)
        if outcome.too_long:
            raise Mistake(f"the value of `{name}` is too long", pack(at, end))
        if outcome.malformed:
            raise Mistake(
                f"invalid interpolation format in `{name}`", pack(at, end), "write `$$` for a `$`, or use single quotes"
            )
        for missing in outcome.missing:
            reason = f": {missing.message}" if missing.message else ""
            raise Mistake(f"required variable {missing.name} is missing a value{reason}", pack(at, end))
        return value

    def _lookup(self, name: str) -> str | None:
        value = self.lookup(name)
        return self.values.get(name) if value is None else value


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    parts, at = [], 0
    for found in _PIECES.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        parts.append('"' if found[0] == '\\"' else _escape(found[0]))
    parts.append(text[at:])
    return "".join(parts)


_PIECES = lazy_pattern(r'\\"|' + _ESCAPE.pattern)


def _escape(sequence: str) -> str:
    body = sequence[1:]
    if body[0] != "0":
        return _ESCAPES.get(body, sequence)
    digits = body[1:]
    return chr(int(digits, 8)) if _OCTAL.fullmatch(digits) else f"\\{digits}"
