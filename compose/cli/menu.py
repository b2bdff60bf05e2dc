"""The menu of attached `up` on a terminal: keys, the line that tells them, and what they do."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.cli.keyboard import Keyboard
from compose.cli.process import is_terminal
from compose.view.menu import Action, Menu, lay_out_menu, press
from compose.view.style import Line

if TYPE_CHECKING:
    from compose.cli.runtime import Runtime
    from compose.commands.aside import Controls
    from compose.view.make import View

_MESSAGE_SECONDS: Final = 10.0


def wants_menu(runtime: Runtime, asked: bool | None) -> bool:
    """Return whether there is a menu: as `--menu` says, else COMPOSE_MENU, else yes; only where it can be used."""
    process = runtime.process
    if runtime.mode != "tty" or not all(is_terminal(one) for one in (process.stdin, process.stdout, process.stderr)):
        return False
    variable = process.environ.get("COMPOSE_MENU", "").lower()
    return variable not in {"0", "false", "f", "no", "off", "n"} if asked is None else asked


class MenuKeys:
    """Implements `compose.commands.aside.Keys` with a keyboard and a line below the output."""

    def __init__(self, runtime: Runtime, view: View) -> None:
        self._runtime = runtime
        self._view = view
        self._menu = Menu()
        self._controls: Controls | None = None
        self._lock = threading.RLock()
        self._open = False
        self._timer: threading.Timer | None = None
        self._keyboard = Keyboard(runtime.process.stdin.fileno(), pressed=self._pressed, resized=self._show)

    def open(self, controls: Controls) -> None:
        """Show the menu and listen to keys, until the user asks to stop."""
        with self._lock:
            if self._open:
                return
            self._open = True
            self._controls = controls
            self._menu = Menu(watch=controls.watches, services=controls.services)
        self._runtime.keyboard = self._keyboard
        self._runtime.stop.subscribe(lambda _level: self._leave())
        self._keyboard.open()
        self._show()

    def close(self) -> None:
        """Take the menu away, and leave the terminal as it was."""
        self._leave()
        self._runtime.keyboard = None
        self._keyboard.close()

    def _leave(self) -> None:
        with self._lock:
            was_open, self._open = self._open, False
            if self._timer is not None:
                self._timer.cancel()
        if was_open:
            self._view.footer(None)

    def _show(self) -> None:
        if self._open:
            self._view.footer(self._line)

    def _line(self, width: int) -> Line:
        return lay_out_menu(self._menu, width)

    def _pressed(self, key: str) -> None:
        """React to a key (on the keyboard's thread)."""
        if not self._open:
            return
        with self._lock:
            self._menu, action = press(self._menu, key)
        self._act(action)
        self._show()

    def _act(self, action: Action) -> None:
        controls = self._controls
        assert controls is not None  # there are no keys before
        if action == "stop":
            os.kill(os.getpid(), signal.SIGINT)
        elif action == "logs":
            self._view.hide(self._menu.hidden)
        elif action == "line":
            self._runtime.write("\n")
        elif action == "detach" and not controls.detach():
            self._say("detaching as soon as everything is started")
        elif action == "watch":
            self._toggle_watch(controls)

    def _toggle_watch(self, controls: Controls) -> None:
        try:
            controls.toggle_watch()
        except ComposeError as error:
            self._say(str(error))
        with self._lock:
            self._menu = replace(self._menu, watch=controls.watches)

    def _say(self, message: str) -> None:
        """Show a message instead of the keys for a while."""
        with self._lock:
            self._menu = replace(self._menu, message=message)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(_MESSAGE_SECONDS, self._unsay)
            self._timer.daemon = True
            self._timer.start()

    def _unsay(self) -> None:
        with self._lock:
            self._menu = replace(self._menu, message="")
        self._show()
