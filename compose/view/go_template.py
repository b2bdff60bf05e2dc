"""Go templates as the docker command line uses them in `--format`, carried out on plain data.

Supported: fields, variables, pipelines, `if`, `range` with `break` and `continue`, `with`, and the functions of
`compose.view.template_functions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from compose.view.template_functions import FUNCTIONS, truth, written
from compose.view.template_parse import Action, Block, Jump, Node, Operand, Pipeline, Text, parse, template_error

Functions = Mapping[str, Callable[..., Any]]

_NO_VALUE: Final = "<no value>"


class Record(dict[str, Any]):
    """A row of a listing: unlike in a map, a field that it does not have is an error.

    `methods` are fields that take arguments (`.Label "x"`).
    """

    def __init__(self, fields: Mapping[str, Any], methods: Functions | None = None) -> None:
        super().__init__(fields)
        self.methods = dict(methods or {})


class Template:
    """A template, parsed once and carried out for each row."""

    def __init__(self, text: str, functions: Functions | None = None) -> None:
        """Parse `text`.

        Raises:
            ComposeError: it is not a template.
        """
        self._nodes = parse(text)
        self._functions = FUNCTIONS if functions is None else functions

    def execute(self, data: Any) -> str:  # noqa: ANN401 - a template takes any data
        """Return the text for `data`.

        Raises:
            ComposeError: a field or function does not exist, or cannot take its arguments.
        """
        return "".join(_Run(self._functions, data).nodes(self._nodes, data))


class _Jumped(Exception):
    """A `break` or `continue` was reached."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.is_break = keyword == "break"


class _Run:
    def __init__(self, functions: Functions, data: Any) -> None:  # noqa: ANN401 - as above
        self._functions = functions
        self._variables: dict[str, Any] = {"$": data}

    def nodes(self, nodes: tuple[Node, ...], dot: Any) -> Iterator[str]:  # noqa: ANN401 - as above
        for node in nodes:
            if isinstance(node, Text):
                yield node.text
            elif isinstance(node, Action):
                value = self._evaluate(node.pipeline, dot)
                if not node.pipeline.names:
                    yield _NO_VALUE if value is None else written(value)
            elif isinstance(node, Jump):
                raise _Jumped(node.keyword)
            else:
                outer = dict(self._variables)
                yield from self._block(node, dot)
                self._variables = {name: self._variables.get(name) for name in outer}

    def _block(self, block: Block, dot: Any) -> Iterator[str]:  # noqa: ANN401 - as above
        if block.keyword == "range":
            yield from self._range(block, dot)
            return
        value = self._evaluate(block.pipeline, dot)
        inner = value if block.keyword == "with" else dot
        if truth(value):
            yield from self.nodes(block.body, inner)
        else:
            yield from self.nodes(block.otherwise, dot)

    def _range(self, block: Block, dot: Any) -> Iterator[str]:  # noqa: ANN401 - as above
        names = block.pipeline.names
        value = self._evaluate(Pipeline(commands=block.pipeline.commands), dot)
        items = sorted(value.items()) if isinstance(value, Mapping) else list(enumerate(value or ()))
        for key, item in items:
            bound = (key, item) if len(names) > 1 else (item,)
            self._variables.update(zip(names, bound, strict=False))
            try:
                yield from self.nodes(block.body, item)
            except _Jumped as jump:
                if jump.is_break:
                    break
        if not items:
            yield from self.nodes(block.otherwise, dot)

    def _evaluate(self, pipeline: Pipeline, dot: Any) -> Any:  # noqa: ANN401 - as above
        final: tuple[Any, ...] = ()
        for command in pipeline.commands:
            final = (self._command(command, dot, final),)
        for name in pipeline.names:
            self._variables[name] = final[0]
        return final[0]

    def _command(self, command: tuple[Operand, ...], dot: Any, final: tuple[Any, ...]) -> Any:  # noqa: ANN401 - as above
        first, *rest = command
        if first.kind == "function" and not first.fields:
            return self._call(first.value, [*(self._operand(one, dot) for one in rest), *final])
        arguments = [*(self._operand(one, dot) for one in rest), *final]
        return self._operand(first, dot, arguments)

    def _call(self, name: str, arguments: list[Any]) -> Any:  # noqa: ANN401 - as above
        function = self._functions.get(name)
        if function is None:
            raise template_error(f'function "{name}" not defined')
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise template_error(f"error calling {name}: {error}") from error

    def _operand(self, operand: Operand, dot: Any, arguments: list[Any] | None = None) -> Any:  # noqa: ANN401 - as above
        if operand.kind == "dot":
            value = dot
        elif operand.kind == "variable":
            if operand.value not in self._variables:
                raise template_error(f'undefined variable "{operand.value}"')
            value = self._variables[operand.value]
        elif operand.kind == "function":
            value = self._call(operand.value, [])
        elif operand.kind == "pipeline":
            value = self._evaluate(operand.value, dot)
        else:
            value = operand.value
        for index, field in enumerate(operand.fields):
            is_last = index == len(operand.fields) - 1
            value = _field(value, field, arguments if is_last else None)
        return value


def _field(value: Any, name: str, arguments: list[Any] | None) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, Record) and name in value.methods:
        return value.methods[name](*(arguments or ()))
    if arguments:
        raise template_error(f"{name} has arguments but cannot be invoked as function")
    if isinstance(value, Record) and name not in value:
        raise template_error(f'executing "" at <.{name}>: can\'t evaluate field {name}')
    if isinstance(value, Mapping):
        return value.get(name)
    if value is None:
        return None
    raise template_error(f'executing "" at <.{name}>: can\'t evaluate field {name} in type {type(value).__name__}')
