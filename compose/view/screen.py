"""Progress on a terminal: a block of lines, repainted in place while something is going on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, TextIO

from compose.base.clock import Clock
from compose.base.events import Event, PlanFinished, PlanStarted
from compose.view.progress_layout import ASCII, Glyphs, lay_out
from compose.view.progress_model import Progress, reduce
from compose.view.progress_view import Footer
from compose.view.style import Line, paint
from compose.view.width import cells

Size = Callable[[], os.terminal_size]
"""Gives the terminal's size at this moment."""

_HIDE_CURSOR: Final = "\x1b[?25l"
_SHOW_CURSOR: Final = "\x1b[?25h"
_CLEAR_REST_OF_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"
_FRAME_SECONDS: Final = 0.1
_SOONEST_SECONDS: Final = 0.03


class Ticker(Protocol):
    """Calls for a repaint from time to time."""

    def start(self) -> None:
        """Begin."""
        ...

    def wake(self) -> None:
        """Ask for a repaint soon."""
        ...

    def stop(self) -> None:
        """End; no repaint happens after this returns."""
        ...


class Painter:
    """Writes a block of lines over the one it wrote before.

    A terminal that became narrower has broken the lines of the old block; the rows they fill now are counted
    anew, so that nothing above the block is overwritten and nothing of it is left.
    """

    def __init__(self, stream: TextIO, size: Size, *, colour: bool) -> None:
        self._stream = stream
        self._size = size
        self._colour = colour
        self._widths: list[int] = []

    def draw(self, lines: Sequence[Line]) -> None:
        """Replace the block by `lines`."""
        text = self._to_top()
        for line in lines:
            text += "".join(paint(part, style, colour=self._colour) for part, style in line) + _CLEAR_REST_OF_LINE + "\n"
        self._write(text + _CLEAR_BELOW)
        self._widths = [sum(cells(part) for part, _style in line) for line in lines]

    def erase(self) -> None:
        """Take the block away; the cursor stands where it began."""
        if self._widths:
            self._write(self._to_top() + _CLEAR_BELOW)
            self._widths = []

    def leave(self) -> None:
        """Let the block stand; the next one begins below it."""
        self._widths = []

    def cursor(self, *, shown: bool) -> None:
        """Show or hide the cursor."""
        self._write(_SHOW_CURSOR if shown else _HIDE_CURSOR)

    def _to_top(self) -> str:
        if not self._widths:
            return "\r"
        size = self._size()
        rows = sum(max((width - 1) // size.columns + 1, 1) for width in self._widths)
        return f"\r\x1b[{min(rows, max(size.lines - 1, 1))}A"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Screen:
    """Shows progress on a terminal; painting happens on the ticker's thread, only between a plan's start and end."""

    def __init__(
        self,
        stream: TextIO,
        *,
        size: Size,
        clock: Clock,
        colour: bool,
        ticker: Callable[[Callable[[], bool]], Ticker] | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._painter = Painter(stream, size, colour=colour)
        self._size = size
        self._clock = clock
        self._glyphs = glyphs_for(stream)
        self._progress = Progress()
        self._frame = 0
        self._footer: Footer | None = None
        self._ticker: Ticker | None = None
        self._make_ticker = ticker or ThreadTicker

    def handle(self, event: Event) -> None:
        """Take note of `event`; a plan's start and end begin and end the block."""
        if isinstance(event, PlanStarted) and self._progress.command:
            self.close()
        with self._lock:
            self._progress = reduce(self._progress, event)
            if self._ticker is None and self._progress.is_working:
                self._painter.cursor(shown=False)
                self._ticker = self._make_ticker(self.paint)
                self._ticker.start()
        if isinstance(event, PlanFinished):
            self.close()
        elif self._ticker is not None:
            self._ticker.wake()

    def paint(self) -> bool:
        """Repaint the block, and return whether it changes by time alone."""
        with self._lock:
            size = self._size()
            self._painter.draw(self._block(size))
            self._frame += 1
            return self._progress.is_working

    @contextmanager
    def above(self) -> Iterator[None]:
        """Let others write above the block."""
        with self._lock:
            self._painter.erase()
            try:
                yield
            finally:
                if self._ticker is not None or self._footer is not None:
                    self.paint()

    def footer(self, footer: Footer | None) -> None:
        """Keep a line below everything, made anew whenever it is shown; None takes it away."""
        with self._lock:
            self._footer = footer
            if self._ticker is None and footer is None:
                self._painter.erase()
            else:
                self.paint()

    def pause(self) -> None:
        """Give the cursor back for a while."""
        with self._lock:
            if self._footer is not None:
                self._painter.erase()
            if self._ticker is not None:
                self._painter.cursor(shown=True)

    def resume(self) -> None:
        """Go on below what others wrote meanwhile."""
        with self._lock:
            self._painter.leave()
            if self._ticker is not None:
                self._painter.cursor(shown=False)
                self._ticker.wake()
            elif self._footer is not None:
                self.paint()

    def close(self) -> None:
        """Paint the block for the last time, all rows of it, and give the cursor back."""
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            ticker.stop()
        with self._lock:
            if self._progress.rows:
                self._painter.erase()
                self._painter.draw(self._lines(self._size().columns, None))
                self._painter.leave()
            if ticker is not None:
                self._painter.cursor(shown=True)
            self._progress = Progress()
            if self._footer is not None:
                self.paint()

    def _block(self, size: os.terminal_size) -> list[Line]:
        """Return what is shown at the bottom: progress as far as there is room, and the footer."""
        if self._footer is None:
            return self._lines(size.columns, size.lines - 1)
        return [*self._lines(size.columns, size.lines - 2), self._footer(max(size.columns - 1, 1))]

    def _lines(self, width: int, height: int | None) -> list[Line]:
        return lay_out(
            self._progress, now=self._clock.now(), width=max(width - 1, 1), height=height, frame=self._frame, glyphs=self._glyphs
        )


class ThreadTicker:
    """Repaints on a thread: every tenth of a second while something moves, soon after each call to `wake`."""

    def __init__(self, paint: Callable[[], bool]) -> None:
        self._paint = paint
        self._wakened = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Ask for a repaint soon."""
        self._wakened.set()

    def stop(self) -> None:
        """End; no repaint happens after this returns."""
        self._ended.set()
        self._wakened.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wakened.clear()
            moving = self._paint()
            self._ended.wait(_SOONEST_SECONDS)
            self._wakened.wait(_FRAME_SECONDS - _SOONEST_SECONDS if moving else None)


def glyphs_for(stream: TextIO) -> Glyphs:
    """Return the signs that the stream's encoding can carry."""
    try:
        (Glyphs().spinner + Glyphs().fill + Glyphs().done + Glyphs().failed).encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return Glyphs()
