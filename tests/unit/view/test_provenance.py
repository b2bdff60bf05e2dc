from __future__ import annotations

from compose.base.place import Span
from compose.source.document import Layer
from compose.view.provenance import provenance


def span(file, line, column, end):
    return Span(file=file, line=line, column=column, end_line=line, end_column=end)


def sources(file):
    return {"compose.yaml": "a: 1\nb: 2\n", "base.yaml": "b: 1\n"}.get(file)


def test_the_winner_comes_first_then_what_it_replaced():
    winner = Layer(span=span("compose.yaml", 2, 4, 5), key=span("compose.yaml", 2, 1, 2), raw="2")
    loser = Layer(
        span=span("base.yaml", 1, 4, 5),
        key=span("base.yaml", 1, 1, 2),
        raw="1",
        via="include",
        cause=span("compose.yaml", 1, 1, 2),
    )
    assert provenance("b", 2, [winner, loser], sources) == (
        "b: 2\n"
        "\n"
        "set here\n"
        " --> compose.yaml:2:4\n"
        "  |\n"
        "2 | b: 2\n"
        "  |    ^\n"
        "\n"
        "instead of, through include at compose.yaml:1:1\n"
        " --> base.yaml:1:4\n"
        "  |\n"
        "1 | b: 1\n"
        "  |    ^\n"
    )


def test_what_no_text_set_is_implied():
    assert provenance("networks", {"default": None}, []) == (
        'networks: {"default":null}\n\nnot written in any file: this is what leaving it out means\n'
    )


def test_colours_only_when_asked():
    layer = Layer(span=span("compose.yaml", 2, 4, 5), key=span("compose.yaml", 2, 1, 2), raw="2")
    assert "\x1b" not in provenance("b", 2, [layer], sources)
    assert provenance("b", 2, [layer], sources, colour=True).startswith("\x1b[1mb\x1b[0m: 2\n")
