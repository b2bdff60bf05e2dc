"""Where the program begins: what makes it start and end fast, before and after everything else.

Only for a process of our own: it settles things for the whole interpreter.
"""

from __future__ import annotations

import gc
import os
import sys
import threading

from compose.base.pattern import compiled_lazily

_GARBAGE: tuple[int, int, int] = (50_000, 20, 20)
"""New objects between two looks for cycles: loading makes hundreds of thousands of objects, hardly any of them in one."""


def run() -> None:
    """Run the program in this process and end it with its exit code (the console script)."""
    gc.set_threshold(*_GARBAGE)
    _import_msgspec()
    from compose.cli.main import main  # noqa: PLC0415 - after what comes before it
    from compose.cli.process import current, settle  # noqa: PLC0415 - likewise

    code = main(current())
    settle()
    leave(code)


def _import_msgspec() -> None:
    """Import msgspec without `typing_extensions`, which it prefers but does not need from Python 3.11 on.

    That would take as long as everything else that msgspec imports. What it does import compiles patterns nobody uses.
    """
    if "typing_extensions" in sys.modules or "msgspec" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment] # how Python marks what must not be imported
    try:
        with compiled_lazily():
            import msgspec  # noqa: F401, PLC0415 - for all later imports
    finally:
        del sys.modules["typing_extensions"]


def leave(code: int) -> None:
    """End the process; the memory of a large project is not taken apart first, which takes longer than a command."""
    if threading.active_count() > 1 or sys.gettrace() is not None or sys.getprofile() is not None:
        sys.exit(code)  # somebody still works or watches
    os._exit(code)
