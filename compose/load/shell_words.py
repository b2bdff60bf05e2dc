"""A command written as text: split as the peer splits it, with quotes and backslashes but without a shell."""

from __future__ import annotations

_SPACE = " \t\r\n"
_ENDS = ";&|<>"


def split(text: str) -> tuple[list[str], int | None]:
    """Return the words of `text`, and the offset of the first unquoted ``; & | < >``, where the peer stops reading.

    Backquotes and ``$( )`` keep their text together and are not run. A number before ``>`` goes with it.

    Raises:
        ValueError: a quote or bracket is left open, or stands where it cannot; the message is the peer's.
    """
    reader = _Reader()
    for offset, char in enumerate(text):
        if not reader.read(char):
            return reader.finish(), offset
    return reader.finish(), None


class _Reader:
    """The state between two characters: the word so far, and which quotes are open."""

    __slots__ = ("escaped", "open", "started", "word", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.word = ""
        self.started = False
        self.escaped = False
        self.open: set[str] = set()

    def read(self, char: str) -> bool:
        """Take in one character; False when the command ends before it."""
        if self.escaped:
            self.escaped = False
            self._add(char)
        elif char == "\\" and "'" not in self.open:
            self.escaped = True
        elif char == "\\":
            self.word += char
        elif char in _SPACE:
            self._space(char)
        elif char in _ENDS and not self.open:
            if char == ">" and self.word[:1].isdecimal():
                self.started = False
            return False
        elif not self._quote(char):
            self._add(char)
        return True

    def finish(self) -> list[str]:
        """Return the words."""
        if self.started:
            self.words.append(self.word)
        if self.escaped or self.open:
            raise ValueError("invalid command line string")
        return self.words

    def _add(self, char: str) -> None:
        self.started = True
        self.word += char

    def _space(self, char: str) -> None:
        if self.open:
            self.word += char
        elif self.started:
            self.words.append(self.word)
            self.word, self.started = "", False

    def _quote(self, char: str) -> bool:
        """Open or close what `char` opens or closes; True when the character itself is dropped."""
        if char in "\"'":
            other = "'" if char == '"' else '"'
            if other in self.open or "(" in self.open:
                return False
            self.started = self.started or char in self.open
            self.open ^= {char}
            return True
        if char == "`" and not self.open & {'"', "'", "("}:
            self.open ^= {"`"}
        elif char == ")" and not self.open & {'"', "'", "`"}:
            self.open ^= {"("}
        elif char == "(" and not self.open & {'"', "'", "`"}:
            if "(" in self.open or not self.word.endswith("$"):
                raise ValueError("invalid command line string")
            self.open.add("(")
        return False
