"""The screen on a small terminal: enough of one to see what a person would see."""

from __future__ import annotations

import io
import os
import re
import threading

import pytest

from compose.base.events import ResourceUnchanged
from compose.view.progress_layout import ASCII, Glyphs
from compose.view.screen import Painter, Screen, ThreadTicker, glyphs_for

_PIECE = re.compile(r"\x1b\[(?P<number>\??\d*)(?P<command>[A-Za-z])|(?P<character>[\s\S])")


class Terminal(io.StringIO):
    """Logical lines that wrap at the width; a change of width wraps them anew, as terminals that reflow do."""

    encoding = "utf-8"

    def __init__(self, columns=40, lines=10):
        super().__init__()
        self.columns, self.lines = columns, lines
        self.rows = [""]
        self.joined = [False]
        self.row = 0
        self.column = 0
        self.cursor = True

    def size(self):
        return os.terminal_size((self.columns, self.lines))

    def write(self, text):
        for piece in _PIECE.finditer(text):
            if piece["character"]:
                self._character(piece["character"])
            else:
                self._command(piece["command"], piece["number"])
        return len(text)

    def resize(self, columns):
        """Wrap every line anew; the cursor stays at the start of the line it is in."""
        logical, index = [], 0
        for row, joined in zip(self.rows, self.joined, strict=True):
            if joined:
                logical[-1] += row
            else:
                logical.append(row)
        index = sum(not joined for joined in self.joined[: self.row + 1]) - 1
        self.columns, self.rows, self.joined = columns, [], []
        for number, line in enumerate(logical):
            if number == index:
                self.row = len(self.rows)
            parts = [line[at : at + columns] for at in range(0, len(line), columns)] or [""]
            self.rows += parts
            self.joined += [False] + [True] * (len(parts) - 1)

    @property
    def shown(self):
        rows = [row.rstrip() for row in self.rows]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def _character(self, character):
        if character == "\n":
            self._down()
            self.column = 0
        elif character == "\r":
            self.column = 0
        else:
            if self.column == self.columns:
                self._down(joined=True)
                self.column = 0
            row = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = row[: self.column] + character + row[self.column + 1 :]
            self.column += 1

    def _down(self, *, joined=False):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")
            self.joined.append(joined)

    def _command(self, command, number):
        if command == "A":
            self.row = max(self.row - int(number or 1), 0)
        elif command == "K":
            self.rows[self.row] = self.rows[self.row][: self.column]
        elif command == "J":
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1 :], self.joined[self.row + 1 :]
        elif command in "hl":
            assert number == "?25"
            self.cursor = command == "h"
        else:
            assert command == "m", command


class Clock:
    def now(self):
        return 103.0

    def monotonic(self):
        return 103.0


class ByHand:
    """A ticker that paints when a test says so."""

    def __init__(self, paint):
        self.paint = paint
        self.state = "new"
        self.woken = 0

    def start(self):
        self.state = "started"

    def wake(self):
        self.woken += 1

    def stop(self):
        self.state = "stopped"


@pytest.fixture
def terminal():
    return Terminal()


@pytest.fixture
def tickers():
    return []


@pytest.fixture
def screen(terminal, tickers):
    def ticker(paint):
        tickers.append(ByHand(paint))
        return tickers[-1]

    return Screen(terminal, size=terminal.size, clock=Clock(), colour=True, ticker=ticker)


WEB, DB = "Container p-web-1", "Container p-db-1"


def test_the_block_is_repainted_in_place(screen, terminal, happen):
    terminal.write("$ compose up\n")
    screen.handle(happen.plan())
    screen.handle(happen.started("a", WEB, time=100.0))
    screen.paint()
    assert terminal.shown == ["$ compose up", "[+] up 0/1", " ⠋ Container p-web-1  Creating    3.0s"]
    screen.handle(happen.started("b", DB, time=101.0))
    screen.paint()
    screen.handle(happen.finished("a", WEB, time=102.0))
    screen.paint()
    assert terminal.shown == [
        "$ compose up",
        "[+] up 1/2",
        " ✔ Container p-web-1  Created     2.0s",
        " ⠹ Container p-db-1   Creating    2.0s",
    ]


def test_the_end_of_a_plan_leaves_its_block_and_the_next_begins_below(screen, terminal, happen):
    for event in (happen.plan(), happen.started("a", WEB), happen.finished("a", WEB), happen.end()):
        screen.handle(event)
    for event in (happen.plan("stop"), happen.started("b", WEB, "Stopping", time=102.0)):
        screen.handle(event)
    screen.paint()
    assert [line.split("  ")[0] for line in terminal.shown] == [
        "[+] up 1/1",
        " ✔ Container p-web-1",
        "[+] stop 0/1",
        " ⠋ Container p-web-1",
    ]


def test_the_cursor_is_hidden_only_while_something_is_going_on(screen, terminal, tickers, happen):
    screen.handle(happen.plan())
    assert terminal.cursor
    screen.handle(happen.started("a", WEB))
    assert not terminal.cursor
    assert tickers[0].state == "started"
    screen.handle(happen.end())
    assert terminal.cursor
    assert tickers[0].state == "stopped"


def test_closing_shows_what_is_known_and_gives_the_cursor_back(screen, terminal, happen):
    screen.handle(happen.plan())
    screen.handle(happen.started("a", WEB, time=100.0))
    screen.close()
    assert terminal.cursor
    assert terminal.shown == ["[+] up 0/1", " ⠋ Container p-web-1  Creating    3.0s"]
    screen.close()
    assert len(terminal.shown) == 2


def test_every_event_wakes_the_ticker(screen, tickers, happen):
    screen.handle(happen.started("a", WEB))
    screen.handle(happen.finished("a", WEB))
    assert tickers[0].woken == 2


def test_others_write_above_the_block(screen, terminal, happen):
    screen.handle(happen.plan())
    screen.handle(happen.started("a", WEB, time=100.0))
    screen.paint()
    with screen.above():
        terminal.write("web-1  | hello\n")
    assert terminal.shown == ["web-1  | hello", "[+] up 0/1", " ⠙ Container p-web-1  Creating    3.0s"]


def test_outside_a_plan_others_simply_write(screen, terminal):
    with screen.above():
        terminal.write("web-1  | hello\n")
    assert terminal.shown == ["web-1  | hello"]


def test_a_pause_gives_the_cursor_back_and_what_follows_is_below(screen, terminal, happen):
    screen.handle(happen.plan())
    screen.handle(happen.started("a", WEB, time=100.0))
    screen.paint()
    screen.pause()
    assert terminal.cursor
    terminal.write("[1]+ Stopped\n$ fg\n")
    screen.resume()
    assert not terminal.cursor
    screen.paint()
    assert [line[:10] for line in terminal.shown] == [
        "[+] up 0/1",
        " ⠋ Contain",
        "[1]+ Stopp",
        "$ fg",
        "[+] up 0/1",
        " ⠙ Contain",
    ]


def test_a_pause_outside_a_plan_changes_nothing(screen, terminal):
    screen.pause()
    screen.resume()
    assert terminal.cursor
    assert terminal.shown == []


def test_a_block_that_does_not_fit_is_cut_and_shown_whole_at_the_end(screen, terminal, happen):
    screen.handle(happen.plan())
    for number in range(20):
        screen.handle(happen.started(str(number), f"Container c-{number}"))
    screen.paint()
    assert len(terminal.shown) == terminal.lines - 1
    assert terminal.shown[-1] == " ... 13 more"
    for number in range(20):
        screen.handle(happen.finished(str(number), f"Container c-{number}"))
    screen.handle(happen.end())
    assert len(terminal.shown) == 21


@pytest.mark.parametrize("columns", [20, 25, 39, 41, 80])
def test_a_change_of_width_leaves_no_ruins(screen, terminal, happen, columns):
    terminal.write("$ compose up\nweb-1  | one\n")
    screen.handle(happen.plan())
    for number in range(4):
        screen.handle(happen.started(str(number), f"Container c-{number}"))
    screen.paint()
    terminal.resize(columns)
    screen.paint()
    assert "".join(terminal.shown).count("[+] up 0/4") == 1
    assert "".join(terminal.shown).startswith("$ compose upweb-1  | one[+] up 0/4")
    assert sum(line.startswith(" ") for line in terminal.shown) == 4


def test_what_is_unchanged_is_shown_without_a_ticker(screen, terminal, tickers, happen):
    screen.handle(happen.plan())
    screen.handle(ResourceUnchanged(time=1.0, address="x", resource=WEB))
    screen.handle(happen.end())
    assert terminal.shown == ["[+] up 1/1", " ✔ Container p-web-1  Running     0.0s"]
    assert tickers == []


def test_a_painter_without_colour_writes_no_styles(terminal):
    stream = io.StringIO()
    Painter(stream, terminal.size, colour=False).draw([(("text", "error"),)])
    assert "\x1b[1;31m" not in stream.getvalue()


def test_the_ticker_paints_when_woken_and_never_after_it_stopped():
    painted = threading.Semaphore(0)
    paints = []

    def paint():
        paints.append(1)
        painted.release()
        return False

    ticker = ThreadTicker(paint)
    ticker.start()
    assert painted.acquire(timeout=10)
    ticker.wake()
    assert painted.acquire(timeout=10)
    ticker.stop()
    count = len(paints)
    ticker.wake()
    assert not painted.acquire(blocking=False)
    assert len(paints) == count


def test_the_ticker_goes_on_by_itself_while_something_moves():
    painted = threading.Semaphore(0)

    def paint():
        painted.release()
        return True

    ticker = ThreadTicker(paint)
    ticker.start()
    for _ in range(3):
        assert painted.acquire(timeout=10)
    ticker.stop()


@pytest.mark.parametrize(
    ("encoding", "glyphs"), [("utf-8", Glyphs()), ("ascii", ASCII), ("latin-1", ASCII), (None, ASCII), ("nonsense", ASCII)]
)
def test_signs_follow_the_encoding(encoding, glyphs):
    class Stream(io.StringIO):
        pass

    Stream.encoding = encoding
    assert glyphs_for(Stream()) == glyphs
