"""YAML text -> Documents, from the parser's events, without recursion and with every problem of a file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.pattern import compiled_lazily
from compose.source.builder import Builder
from compose.source.document import Document, Map, Origin, Seq

with compiled_lazily():  # the patterns of its own parser, which is not used, take longer to compile than a project to load
    import yaml

_Events: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Used for its parser alone; the second is for a PyYAML without libyaml."""


def parse(origin: Origin) -> list[Document]:
    """Return the documents of a YAML text.

    Raises:
        InvalidProject: the text is not YAML, or breaks a rule that needs no knowledge of Compose (duplicate keys,
            keys that are not strings, unknown aliases, too many values); carries every such problem.
    """
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    try:
        for builder in _documents(origin):
            document = Document(origin, builder.root, tuple(builder.resets), size=builder.visits)
            document.warnings = tuple(builder.warnings)
            documents.append(document)
            problems.extend(builder.problems)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        from compose.source.mistakes import explain_syntax  # noqa: PLC0415 - only for mistakes

        problems.append(explain_syntax(error, origin))
    if problems:
        raise InvalidProject(*problems)
    return documents


def _documents(origin: Origin) -> Iterator[Builder]:
    events = _Events(origin.text)
    builder = Builder(origin)
    while events.check_event():
        event = events.get_event()
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(builder, event)
            if builder.is_full:
                break
        elif type(event) is yaml.DocumentEndEvent:
            yield builder
            builder = Builder(origin)
    if builder.is_full:
        yield builder


_HANDLERS: dict[type, Callable[[Builder, Any], None]] = {
    yaml.ScalarEvent: Builder.scalar,
    yaml.AliasEvent: Builder.alias,
    yaml.MappingStartEvent: lambda builder, event: builder.start(Map(), event),
    yaml.SequenceStartEvent: lambda builder, event: builder.start(Seq(), event),
    yaml.MappingEndEvent: Builder.end,
    yaml.SequenceEndEvent: Builder.end,
}
