"""The menu of attached `up`: which keys do what, as one line below the output. Pure: keys in, a new menu out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec.structs import replace

from compose.base.value import Value
from compose.view.style import Line, Segment, Style
from compose.view.width import cells, clip, printable

Action = Literal["", "detach", "stop", "watch", "logs", "line"]
"""What a key asks for: `logs` = the services in `hidden` changed, `line` = an empty line in the output."""

_GAP: Final = "   "
_CHOOSING: Final = "Logs "
_SURE: Final = "press s again to stop everything"
_MOVES: Final = {"left": -1, "up": -1, "right": 1, "down": 1, "\t": 1}
_SHOWN, _HIDDEN = "●", "○"


class Menu(Value, frozen=True, kw_only=True):
    """What the menu line shows.

    - `watch`: whether files are watched; None = watching is not set up.
    - `services`: those whose output is shown; `hidden` are the ones turned off.
    - `choosing`: services are being turned on and off; `at` is the one the next key is for.
    - `message`: shown instead of the keys, until the next key; `sure` = the next `s` stops, after one that was not meant
      for a shell the user took this for.
    """

    watch: bool | None = None
    services: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    choosing: bool = False
    at: int = 0
    message: str = ""
    sure: bool = False


def press(menu: Menu, key: str) -> tuple[Menu, Action]:
    """Return the menu after a key, and what is to be done.

    Keys are characters, or `up`, `down`, `left`, `right`, `enter`, `escape`.
    """
    was_sure = menu.sure
    menu = replace(menu, message="", sure=False)
    if menu.choosing:
        return _choose(menu, key)
    if key == "enter":
        return menu, "line"
    if key in {"s", "S"} and not was_sure:
        return replace(menu, message=_SURE, sure=True), ""
    if key == "l" and menu.services:
        return replace(menu, choosing=True, at=0), ""
    actions: dict[str, Action] = {"d": "detach", "s": "stop", "w": "watch"}
    return menu, actions.get(key.lower(), "")


def _choose(menu: Menu, key: str) -> tuple[Menu, Action]:
    """Turn the output of services on and off."""
    number = len(menu.services)
    if key in _MOVES:
        return replace(menu, at=(menu.at + _MOVES[key]) % number), ""
    if key in {"escape", "l", "q"}:
        return replace(menu, choosing=False), ""
    at = int(key) - 1 if key.isdecimal() and 0 < int(key) <= number else menu.at
    one = frozenset((menu.services[at],))
    if key in {" ", "enter"} or key.isdecimal():
        hidden = menu.hidden ^ one
    elif key in {"a", "o"}:
        hidden = frozenset(menu.services) - one if key == "o" else frozenset()
    else:
        return menu, ""
    return replace(menu, at=at, hidden=hidden), "logs"


def lay_out_menu(menu: Menu, width: int) -> Line:
    """Return the line to show, never wider than `width`: keys that there is no room for are left out at the end."""
    if menu.message:
        return ((clip(printable(menu.message), width), "accent"),)
    if menu.choosing:
        return _chooser(menu, width)
    entries = [("w", "Disable Watch" if menu.watch else "Enable Watch"), ("d", "Detach"), ("s", "Stop")]
    if menu.services:
        hidden = len(menu.hidden)
        entries.insert(1, ("l", f"Logs ({hidden} hidden)" if hidden else "Logs"))
    return _entries(entries, width)


def _entries(entries: Sequence[tuple[str, str]], width: int) -> Line:
    line: list[Segment] = []
    used = 0
    for key, text in entries:
        gap = _GAP if line else ""
        needed = cells(gap) + cells(key) + 1 + cells(text)
        if used + needed > width:
            break
        line += [(gap, "plain"), (key, "bold"), (f" {text}", "dim")]
        used += needed
    return tuple(line)


def _chooser(menu: Menu, width: int) -> Line:
    """Return the services around the chosen one, each with a mark, as many as there is room for."""
    help_text = f"{_GAP}←→ move  space on/off  o only  a all  esc back"
    room = max(width - cells(_CHOOSING) - cells(help_text), width // 2)
    first, last = _window([cells(_name(menu, index)) + 2 for index in range(len(menu.services))], menu.at, room)
    line: list[Segment] = [(clip(_CHOOSING, width), "dim")]
    used = cells(line[0][0])
    for index in range(first, last):
        text = clip(_name(menu, index) + "  ", max(width - used, 0))
        line.append((text, _style(menu, index)))
        used += cells(text)
    line.append((clip(help_text, max(width - used, 0)), "dim"))
    return tuple(line)


def _name(menu: Menu, index: int) -> str:
    service = menu.services[index]
    return f"{_HIDDEN if service in menu.hidden else _SHOWN} {printable(service)}"


def _style(menu: Menu, index: int) -> Style:
    if index == menu.at:
        return "chosen"
    return "dim" if menu.services[index] in menu.hidden else "plain"


def _window(widths: Sequence[int], at: int, room: int) -> tuple[int, int]:
    """Return from where to where there is room, with `at` among them and as near to the middle as can be."""
    first, last, used = at, at + 1, widths[at]
    while True:
        grown = False
        if last < len(widths) and used + widths[last] <= room:
            used, last, grown = used + widths[last], last + 1, True
        if first > 0 and used + widths[first - 1] <= room:
            used, first, grown = used + widths[first - 1], first - 1, True
        if not grown:
            return first, last
