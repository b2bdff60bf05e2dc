"""The text of a Go template taken apart: tokens, then a tree (https://pkg.go.dev/text/template)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from compose.base.errors import ComposeError, fail
from compose.base.pattern import lazy_pattern
from compose.base.value import Value

_ACTION: Final = lazy_pattern(
    r"\{\{(?P<left>- )?(?P<body>(?:/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|`[^`]*`|[^\"`])*?)(?P<right> -)?\}\}", re.DOTALL
)
_COMMENT: Final = lazy_pattern(r"\s*/\*.*\*/\s*", re.DOTALL)
_TOKEN: Final = lazy_pattern(
    r"""(?P<space>\s+)
      | (?P<string>"(?:\\.|[^"\\])*")
      | (?P<raw>`[^`]*`)
      | (?P<number>[+-]?\d+(?:\.\d+)?)
      | (?P<variable>\$\w*)
      | (?P<field>\.[A-Za-z_]\w*)
      | (?P<dot>\.)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>:=|[|(),=])""",
    re.VERBOSE,
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CONSTANTS: Final = {"true": True, "false": False, "nil": None}


class Operand(Value, frozen=True, kw_only=True, tag=True):
    """A value to be had when the template runs, then the fields taken from it.

    `kind` is dot, variable (`value` its name), literal (`value` itself), function (`value` its name) or
    pipeline (`value` a `Pipeline`).
    """

    kind: str
    value: Any = None
    fields: tuple[str, ...] = ()


class Pipeline(Value, frozen=True, kw_only=True):
    """Commands, the result of each the last argument of the next; `names` are variables that get the result."""

    commands: tuple[tuple[Operand, ...], ...]
    names: tuple[str, ...] = ()


class Text(Value, frozen=True, kw_only=True):
    """Text between actions."""

    text: str


class Action(Value, frozen=True, kw_only=True):
    """A pipeline whose result is printed, or kept when it has names."""

    pipeline: Pipeline


class Block(Value, frozen=True, kw_only=True):
    """An `if`, `range` or `with`: what it depends on, what is done, what is done else."""

    keyword: str
    pipeline: Pipeline
    body: tuple[Any, ...]
    otherwise: tuple[Any, ...] = ()


class Jump(Value, frozen=True, kw_only=True):
    """A `break` or `continue`: leaves the innermost `range`, or goes on with its next item."""

    keyword: str


Node = Text | Action | Block | Jump


class _Token(Value, frozen=True, kw_only=True):
    kind: str
    text: str


def template_error(what: str) -> ComposeError:
    """Return the error for a template that cannot be read or carried out."""
    return fail("bad-template", f"template parsing error: template: {what}", hint='an example: --format "{{.Name}}: {{.Status}}"')


def parse(text: str) -> tuple[Node, ...]:
    """Return the tree of a template.

    Raises:
        ComposeError: it is not a template, or uses what is not supported here (`define`, `template`, `block`).
    """
    return _Parser(tuple(_pieces(text))).tree()


def _pieces(text: str) -> Iterator[Text | tuple[_Token, ...]]:
    """Yield texts and the tokens of actions, spaces trimmed where `{{-` and `-}}` ask for it."""
    at, trim = 0, False
    for match in _ACTION.finditer(text):
        before = text[at : match.start()]
        before = before.lstrip() if trim else before
        before = before.rstrip() if match["left"] else before
        _check_text(before)
        if before:
            yield Text(text=before)
        if not _COMMENT.fullmatch(match["body"]):
            yield tuple(_tokens(match["body"]))
        at, trim = match.end(), bool(match["right"])
    rest = text[at:].lstrip() if trim else text[at:]
    _check_text(rest)
    if rest:
        yield Text(text=rest)


def _check_text(text: str) -> None:
    if "{{" in text:
        raise template_error("unclosed action")


def _tokens(body: str) -> Iterator[_Token]:
    at = 0
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None:
            raise template_error(f"unexpected {body[at]!r} in action")
        at = match.end()
        kind = match.lastgroup or ""
        glued = kind == "field" and match.start() > 0 and body[match.start() - 1] not in " \t\n(|,="
        if kind != "space":
            yield _Token(kind="chain" if glued else kind, text=match[0])


class _Parser:
    def __init__(self, pieces: Sequence[Text | tuple[_Token, ...]]) -> None:
        self._pieces = pieces
        self._at = 0
        self._ranges = 0

    def tree(self) -> tuple[Node, ...]:
        nodes, ending = self._nodes(())
        assert not ending
        return nodes

    def _nodes(self, endings: Sequence[str]) -> tuple[tuple[Node, ...], tuple[_Token, ...]]:
        """Return the nodes up to an action that begins with one of `endings`, and that action's tokens."""
        nodes: list[Node] = []
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            self._at += 1
            if isinstance(piece, Text):
                nodes.append(piece)
                continue
            word = piece[0].text if piece and piece[0].kind == "word" else ""
            if word in endings:
                return tuple(nodes), piece
            if word in {"if", "range", "with"}:
                nodes.append(self._block(word, piece[1:]))
            elif word in {"break", "continue"} and self._ranges and len(piece) == 1:
                nodes.append(Jump(keyword=word))
            elif word in {"end", "else", "define", "template", "block", "break", "continue"}:
                raise template_error(f"unexpected {{{{{word}}}}}")
            else:
                nodes.append(Action(pipeline=pipeline(piece)))
        if endings:
            raise template_error("unexpected EOF")
        return tuple(nodes), ()

    def _block(self, keyword: str, tokens: tuple[_Token, ...]) -> Block:
        condition = pipeline(tokens)
        self._ranges += keyword == "range"
        body, ending = self._nodes(("else", "end"))
        self._ranges -= keyword == "range"
        otherwise: tuple[Node, ...] = ()
        if ending[0].text == "else" and len(ending) > 1:
            otherwise = (self._block(ending[1].text, ending[2:]),)
        elif ending[0].text == "else":
            otherwise, _ = self._nodes(("end",))
        return Block(keyword=keyword, pipeline=condition, body=body, otherwise=otherwise)


def pipeline(tokens: tuple[_Token, ...]) -> Pipeline:
    """Return the pipeline that the tokens of an action form."""
    if not tokens:
        raise template_error("missing value for command")
    names: tuple[str, ...] = ()
    signs = [index for index, token in enumerate(tokens) if token.kind == "sign" and token.text in {":=", "="}]
    if signs:
        names = tuple(token.text for token in tokens[: signs[0]] if token.kind == "variable")
        tokens = tokens[signs[0] + 1 :]
    reader = _Commands(tokens)
    commands = reader.commands()
    if reader.left:
        raise template_error("unexpected right paren")
    return Pipeline(commands=commands, names=names)


class _Commands:
    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self.left = list(tokens)

    def commands(self) -> tuple[tuple[Operand, ...], ...]:
        """Read up to the end or a closing parenthesis."""
        commands: list[tuple[Operand, ...]] = []
        operands: list[Operand] = []
        while self.left and self.left[0].text != ")":
            if self.left[0].text == "|" and self.left[0].kind == "sign":
                self.left.pop(0)
                commands.append(self._command(operands))
                operands = []
            else:
                operands.append(self._operand())
        commands.append(self._command(operands))
        return tuple(commands)

    @staticmethod
    def _command(operands: Sequence[Operand]) -> tuple[Operand, ...]:
        if not operands:
            raise template_error("missing value for command")
        return tuple(operands)

    def _operand(self) -> Operand:
        token = self.left.pop(0)
        if token.text == "(" and token.kind == "sign":
            inner = Pipeline(commands=self.commands())
            if not self.left:
                raise template_error("unclosed left paren")
            self.left.pop(0)
            return Operand(kind="pipeline", value=inner, fields=self._chain())
        if token.kind == "field":
            return Operand(kind="dot", fields=(token.text[1:], *self._chain()))
        if token.kind == "dot":
            return Operand(kind="dot")
        if token.kind == "variable":
            return Operand(kind="variable", value=token.text, fields=self._chain())
        if token.kind == "word" and token.text not in _CONSTANTS:
            return Operand(kind="function", value=token.text, fields=self._chain())
        return Operand(kind="literal", value=_literal(token))

    def _chain(self) -> tuple[str, ...]:
        fields: list[str] = []
        while self.left and self.left[0].kind == "chain":
            fields.append(self.left.pop(0).text[1:])
        return tuple(fields)


def _literal(token: _Token) -> str | float | bool | None:
    if token.kind == "string":
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), token.text[1:-1])
    if token.kind == "raw":
        return token.text[1:-1]
    if token.kind == "number":
        return float(token.text) if "." in token.text else int(token.text)
    if token.kind == "word":
        return _CONSTANTS[token.text]
    raise template_error(f"unexpected {token.text!r} in operand")
