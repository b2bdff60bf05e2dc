"""How a command ends: what is said on stderr, and the exit code. No traceback reaches a user unasked."""

from __future__ import annotations

import traceback
from typing import Final, TextIO

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.cli.runtime import BROKEN_PIPE
from compose.view.diagnostics import Sources, render_all, to_json

CANCELLED: Final = 130


def report(
    error: BaseException,
    stderr: TextIO,
    *,
    json: bool = False,
    debugging: bool = False,
    sources: Sources | None = None,
    colour: bool = False,
    width: int | None = None,
) -> int:
    """Say on stderr why the command failed, and return the exit code.

    With `json` (progress mode json) one line: `error`, `message` as the peer has them, and `diagnostics`.
    """
    if isinstance(error, KeyboardInterrupt):
        return CANCELLED
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    if not isinstance(error, ComposeError):
        error = _internal(error, stderr, debugging=debugging)
    if error.diagnostics:
        if json:
            stderr.write(_json_line(error))
        else:
            stderr.write(render_all(error.diagnostics, sources, colour=colour, width=width))
        stderr.flush()
    return error.exit_code


def _internal(error: BaseException, stderr: TextIO, *, debugging: bool) -> ComposeError:
    """Return what is said of a defect of ours; the traceback comes first when debugging."""
    where = "run the command again with COMPOSE_DEBUG=1 to see where it happened"
    if debugging:
        stderr.write("".join(traceback.format_exception(error)))
        where = "please report this with the traceback above"
    text = str(error).strip()
    return ComposeError(
        Diagnostic(
            severity="error",
            code="internal-error",
            summary=f"internal error: {type(error).__name__}{': ' if text else ''}{text}",
            hint=where,
        )
    )


def _json_line(error: ComposeError) -> str:
    line = {
        "error": True,
        "message": str(error),
        "diagnostics": [to_json(diagnostic) for diagnostic in error.diagnostics],
    }
    return msgspec.json.encode(line).decode() + "\n"
